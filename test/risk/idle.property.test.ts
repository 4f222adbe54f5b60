// What `idle` promises: a breaker that is asked at every settle and one that is asked only when a number has moved or it
// does not say that it is idle are the same, whatever time, fills, markets and operators do. The engine skips on this word.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccountNumbers } from '#core/guard';
import type { Bps, Micros, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { Random } from '#core/random';
import { RiskBreaker } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import { DAY, INSTRUMENT, PARAMS, SECOND, VENUE, dollars, fill, healthy, trip } from './fixture.js';

/** MM_HISTORIES=100000, the campaign of the engine, is 20,000 here: each is 700 settles of two breakers. */
const RUNS = Number(process.env['MM_HISTORIES'] ?? 200) / 5;
const TIME = Math.max(30_000, 500 * RUNS);
const STEPS = 700;
/** Ten minutes before midnight: the day rolls within every history. */
const START = 20_778 * DAY - 600 * SECOND;
const MID = 1_000_000;
const MOVES = [-8, -4, -2, -1, 1, 2, 3] as const;

class Watched {
  readonly heard: string[] = [];
  readonly numbers: AccountNumbers;
  readonly breaker: RiskBreaker;
  asked = 0;

  constructor(private readonly everySettle: boolean) {
    this.numbers = healthy({ nowUs: START as Micros, bookUs: START as Micros, mark: MID as never });
    const params = { ...PARAMS, maxMarketSpread: 20 as Bps };
    this.breaker = new RiskBreaker({
      guards: makeGuards(params, INSTRUMENT, VENUE),
      onTransition: (us, from, to, cause) => void this.heard.push(`${us} ${from} ${to} ${cause?.reason}`), // prettier-ignore
      onGuard: (us, _trip, text) => void this.heard.push(`${us} ${text}`),
    });
  }

  /** Idle later is idle until then: an engine looks ahead by that. */
  private foresee(): void {
    const { breaker, numbers } = this;
    const { nowUs } = numbers;
    numbers.nowUs = (nowUs + SECOND) as Micros;
    const later = breaker.idle(numbers);
    numbers.nowUs = nowUs;
    if (later) expect(breaker.idle(numbers)).toBe(true);
  }

  settle(moved: boolean): void {
    const { breaker, numbers } = this;
    if (!moved) this.foresee();
    if (!this.everySettle && !moved && breaker.idle(numbers)) return;
    this.asked += 1;
    if (breaker.onSettle(numbers)) this.heard.push(`${numbers.nowUs} cancel`);
  }
}

/** One thing that happens to both; true when a number other than the time has moved, or the guards were told something. */
function happen(random: Random, { numbers, breaker }: Watched): boolean {
  const { nowUs } = numbers;
  const dice = random.int(1_000);
  const touch = (bps: number, wide = 1): void => {
    numbers.bestBid = (MID + bps * 100 - wide) as Ticks;
    numbers.bestAsk = (MID + bps * 100 + wide) as Ticks;
  };
  if (dice < 500) return false;
  if (dice < 700) touch(MOVES[random.int(MOVES.length)] ?? 0);
  else if (dice < 900) {
    // Bought (sold) at what the last move had made cheap (dear): mostly to our loss.
    const side: Side = random.bool(0.5) ? BID : ASK;
    breaker.onFill(fill(nowUs, side, MID + side * random.int(300), 0.5), numbers);
  } else if (dice < 930)
    numbers.guardEquity = dollars(random.bool(0.01) ? 4_600 : 4_900 + random.int(200));
  else if (dice < 933) numbers.publicUp = !numbers.publicUp;
  else if (dice < 936) numbers.bookSound = !numbers.bookSound;
  else if (dice < 939) touch(0, random.bool(0.5) ? 3_000 : 1);
  else if (dice < 943)
    breaker.trip(trip({ guard: 'jump', severity: 'withdraw', untilUs: (nowUs + 5 * SECOND) as Micros }), numbers); // prettier-ignore
  else if (dice < 944) breaker.operator('pause', 'the test', numbers);
  else if (dice < 960) breaker.operator('resume', 'the test', numbers);
  else if (dice < 961) breaker.operator('reset', 'the test', numbers);
  else if (dice < 962) numbers.refusedRuns += 1;
  else {
    [numbers.publicUp, numbers.bookSound] = [true, true];
    touch(MOVES[random.int(MOVES.length)] ?? 0);
  }
  return true;
}

const asked = { all: 0, idle: 0, bleeding: 0 };

test(
  'asked only when it is not idle, a breaker says and is what one is that is asked every time',
  { timeout: TIME },
  () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [always, rarely] = [new Watched(true), new Watched(false)];
        const [one, other] = [new Random(seed), new Random(seed)];
        for (let step = 0; step < STEPS; step += 1) {
          const moved = [happen(one, always), happen(other, rarely)][0] as boolean;
          for (const [random, watched] of [[one, always], [other, rarely]] as const) {
          const { numbers } = watched;
          numbers.nowUs = (numbers.nowUs + 1 + random.int(random.bool(0.1) ? 9 * SECOND : 3 * SECOND)) as Micros;
          if (random.bool(0.97)) numbers.bookUs = numbers.nowUs;
          watched.settle(moved);
        } // prettier-ignore
          expect(rarely.heard).toEqual(always.heard.slice(0, rarely.heard.length));
          expect(rarely.breaker.state).toBe(always.breaker.state);
          expect(rarely.numbers.dayStartEquity).toBe(always.numbers.dayStartEquity);
          expect(rarely.breaker.untilUs).toBe(always.breaker.untilUs);
          if (always.breaker.cause?.guard === 'bleed') asked.bleeding += 1;
        }
        expect(rarely.heard).toEqual(always.heard);
        expect(rarely.breaker.snapshot()).toEqual(always.breaker.snapshot());
        asked.all += always.asked;
        asked.idle += rarely.asked;
      }),
      { numRuns: RUNS },
    );
    if (process.env['MM_HISTORIES'] !== undefined) console.log(asked);
    expect(asked.bleeding).toBeGreaterThan(RUNS);
    expect(asked.idle).toBeLessThan(asked.all * 0.9);
  },
);
