// What the reconciler sends for what is wanted and what rests: slots, sizes, amends, limits, budgets, refusals.
import { describe, expect, test } from 'vitest';
import type { EngineParams, VenueProfile } from '#core/params';
import type { Bps, Lots, Ticks } from '#core/units';
import { Random } from '#core/random';
import { ASK, BID } from '#core/units';
import { HARD, MID, MS, PARAMS, Rig, SECOND, UNIT, dollars } from './fixture.js';

const on = (venue: Partial<VenueProfile>, more: Partial<EngineParams> = {}): Rig =>
  new Rig({ params: { ...PARAMS, ...more, venue: { ...PARAMS.venue, ...venue } } });

describe('slots', () => {
  test('cancel before replace: the new order waits for the confirmed cancel', () => {
    const rig = new Rig().quoted();
    rig.wait(SECOND).mid(30);
    expect(rig.said).toEqual(['cancel 1', 'cancel 2']);
    rig.wait(SECOND);
    expect(rig.batch).toEqual([]);
    rig.closed(1).settle();
    expect(rig.said).toEqual(['place 3 bid 5 @ 199989']);
    rig.closed(2).settle();
    expect(rig.said).toEqual(['place 4 ask 5 @ 200071']);
  });

  test('levels each have a slot; a level no longer wanted is cancelled', () => {
    const rig = new Rig();
    rig.strategy.levels = 2;
    rig.strategy.lots = 2;
    rig.up();
    expect(rig.said).toEqual([
      ...['place 1 bid 2 @ 199960', 'place 2 bid 2 @ 199940'],
      ...['place 3 ask 2 @ 200040', 'place 4 ask 2 @ 200060'],
    ]);
    rig.acceptAll().settle();
    rig.strategy.levels = 1;
    rig.wait(5 * SECOND);
    expect(rig.said).toEqual(['cancel 2', 'cancel 4']);
  });

  test('an order in flight is left alone by the tolerance, and cancelled when it is not wanted', () => {
    const rig = new Rig().up();
    rig.wait(SECOND).mid(30);
    expect(rig.batch).toEqual([]);
    rig.strategy.sides = [ASK];
    rig.wait(4 * SECOND);
    expect(rig.said).toEqual(['cancel 1']);
  });

  test('a cancel that was refused is sent again a second later', () => {
    const rig = new Rig().quoted();
    rig.wait(SECOND).mid(9);
    rig.event({ kind: 'cancel-rejected', ordinal: 2, reason: 'rate-limit' }).settle();
    rig.wait(SECOND);
    expect(rig.said).toEqual(['cancel 2']);
    rig.event({ kind: 'unknown', ordinal: 2, operation: 'cancel' }).settle();
    expect(rig.batch).toEqual([]);
    rig.toWake();
    expect(rig.said).toEqual(['cancel 2']);
  });

  test('"not found" blocks the slot: nothing is sent until it is settled', () => {
    const rig = new Rig().quoted();
    rig.wait(SECOND).mid(9);
    rig.event({ kind: 'cancel-rejected', ordinal: 2, reason: 'not-found' }).settle();
    for (let i = 0; i < 5; i += 1) {
      rig.wait(5 * SECOND);
      expect(rig.said.filter((s) => s.includes('ask') || s.includes('cancel 2'))).toEqual([]);
    }
    expect(rig.engine.unresolved).toEqual([2]);
    rig.fill(2, ASK, 200_040, 5).settle();
    expect(rig.said.join()).toMatch(/place \d+ ask 5 @ 200050/);
  });
});

describe('sizes', () => {
  test('a partly filled order rests on while half is left, then it is replaced', () => {
    const rig = new Rig();
    rig.strategy.lots = 10;
    rig.quoted();
    rig.wait(SECOND).fill(1, BID, 199_960, 5).settle();
    expect(rig.batch).toEqual([]);
    rig.wait(SECOND).fill(1, BID, 199_960, 1).settle();
    expect(rig.said).toEqual(['cancel 1']);
    rig.closed(1, 6).settle();
    expect(rig.said).toEqual(['place 3 bid 10 @ 199960']);
  });

  test('a smaller wanted size replaces at once, a slightly larger one waits for the refresh', () => {
    const rig = new Rig().quoted();
    rig.strategy.lots = 6;
    rig.wait(5 * SECOND);
    expect(rig.batch).toEqual([]);
    rig.strategy.lots = 4;
    rig.wait(5 * SECOND);
    expect(rig.said).toEqual(['cancel 1', 'cancel 2']);
  });

  test('reduce-only cannot be changed on an order: it is replaced', () => {
    const rig = on({ amend: true }).quoted();
    rig.strategy.reduceOnly = true;
    rig.wait(5 * SECOND);
    expect(rig.said).toEqual(['cancel 1', 'cancel 2']);
  });

  test('the unit is fixed anew only while flat', () => {
    const rig = new Rig().quoted();
    rig.fill(1, BID, 199_960, 5).settle();
    // At $30,000 a unit would be 3 lots.
    rig.wait(SECOND).book(300_000, 300_001);
    rig.wait(5 * SECOND);
    expect(rig.strategy.views.at(-1)).toMatchObject({ unitLots: UNIT, limitLots: 33 });
    rig.fill(2, ASK, 200_040, 5).settle();
    expect(rig.strategy.views.at(-1)).toMatchObject({ unitLots: 3, positionLots: 0 });
  });
});

describe('amend in place, where the venue can', () => {
  test('price and size move with one command; total size counts the fills so far', () => {
    const rig = on({ amend: true }).quoted();
    rig.wait(SECOND).mid(30);
    expect(rig.said).toEqual(['amend 1 bid 5 @ 199989', 'amend 2 ask 5 @ 200071']);
    rig.event({ kind: 'amended', ordinal: 1, ticks: 199_989 as Ticks, lots: 5 as Lots });
    rig.fill(1, BID, 199_989, 2).settle();
    rig.wait(SECOND).mid(60);
    expect(rig.said).toEqual(['amend 1 bid 7 @ 200019']);
  });

  test('one amend at a time; refused or unknown ones are not repeated blindly', () => {
    const rig = on({ amend: true }).quoted();
    rig.wait(SECOND).mid(30);
    rig.wait(SECOND).mid(60);
    expect(rig.batch).toEqual([]);
    rig.event({ kind: 'unknown', ordinal: 1, operation: 'amend' });
    rig.event({ kind: 'amend-rejected', ordinal: 2, reason: 'other' }).settle();
    // The unknown one leaves, because it may rest at 199,990 and 200,020 is wanted; the refused one waits a little.
    expect(rig.said).toEqual(['cancel 1', 'amend 2 ask 5 @ 200101']);
  });
});

describe('the hard limit', () => {
  test('an order that could carry the position past it is not sent', () => {
    const rig = new Rig();
    rig.strategy.lots = 40;
    rig.quoted();
    expect(rig.sent).toHaveLength(2);
    rig.fill(1, BID, 199_960, 40).settle();
    expect(rig.said).toEqual([]);
    expect(rig.notes.at(-1)).toBe('bid not sent: 40 more with 0 possible, room 35');
    rig.strategy.lots = 35;
    rig.wait(5 * SECOND);
    expect(rig.said).toContain(`place 3 bid ${HARD - 40} @ 199960`);
  });

  test('what is leaving, in doubt or owed counts', () => {
    const rig = new Rig();
    rig.strategy.lots = 40;
    rig.quoted();
    // The bid goes; while its cancel is under way another 40 on a second level would make 80.
    rig.strategy.levels = 2;
    rig.strategy.bps = 4;
    rig.wait(5 * SECOND);
    rig.wait(SECOND).mid(30);
    expect(rig.sent.filter((c) => c.kind === 'place')).toHaveLength(2);
    rig.closed(1, 30).closed(2).settle();
    // Thirty fills of it are owed: 30 + 40 fits, 30 + 80 does not.
    expect(rig.engine.numbers.longestLots).toBe(30 + 40);
    expect(rig.said.filter((s) => s.includes('bid'))).toHaveLength(1);
  });

  test('quotes are taken away, outermost first, when the limit comes nearer', () => {
    const rig = new Rig();
    rig.strategy.levels = 2;
    rig.strategy.lots = 30;
    rig.quoted();
    rig.fill(null, BID, 200_000, 20).settle();
    expect(rig.said).toEqual(['cancel 2']);
    expect(rig.notes.join()).toContain('hard limit');
  });
});

describe('reducing', () => {
  test('only the reducing side, reduce-only, no more than the position', () => {
    const rig = new Rig().quoted();
    rig.fill(1, BID, 199_960, 2).settle();
    rig.breaker.state = 'reducing';
    rig.settle();
    expect(rig.said).toEqual(['cancel 2', 'cancel 1']);
    rig.closed(1, 2).closed(2).settle();
    expect(rig.said).toEqual(['place 3 ask 2 @ 200040 reduce-only']);
  });

  test('flat and reducing: nothing', () => {
    const rig = new Rig();
    rig.breaker.state = 'reducing';
    rig.up();
    expect(rig.sent).toEqual([]);
  });
});

describe('immediate orders', () => {
  test('reduce-only, IOC, no larger than the position, one at a time', () => {
    const rig = new Rig().quoted();
    rig.fill(1, BID, 199_960, 3).settle();
    rig.strategy.sides = [];
    rig.strategy.immediate = { side: ASK, limitTicks: 199_900 as Ticks, lots: 10 as Lots };
    rig.wait(5 * SECOND);
    expect(rig.said).toContain('place 3 ask 3 @ 199900 ioc reduce-only');
    rig.wait(5 * SECOND);
    expect(rig.said.filter((s) => s.includes('ioc'))).toEqual([]);
    rig.fill(3, ASK, 199_990, 3).settle();
    expect(rig.engine.numbers.positionLots).toBe(0);
    rig.wait(5 * SECOND);
    expect(rig.said.filter((s) => s.includes('ioc'))).toEqual([]);
  });

  test('one that would open is not sent', () => {
    const rig = new Rig();
    rig.strategy.sides = [];
    rig.strategy.immediate = { side: ASK, limitTicks: 199_900 as Ticks, lots: 10 as Lots };
    rig.up();
    expect(rig.sent).toEqual([]);
  });
});

describe('budget and refusals', () => {
  test('out of budget: places wait for the token, cancels never do', () => {
    const rig = on({ ordersPerSecond: 1, orderBurst: 1 }).up();
    expect(rig.said).toEqual(['place 1 bid 5 @ 199960']);
    rig.accept(1).settle();
    expect(rig.engine.nextWakeUs).toBe(rig.now + SECOND);
    rig.toWake();
    expect(rig.said).toEqual(['place 2 ask 5 @ 200040']);
    rig.accept(2).settle();
    rig.wait(100 * MS).mid(9);
    // Too close: it leaves although no token is there to replace it. Too far would have stayed.
    expect(rig.said).toEqual(['cancel 2']);
  });

  test('out of budget: a quote that is merely too far stays until the token is there', () => {
    const rig = on({ ordersPerSecond: 1, orderBurst: 2 }).quoted();
    rig.strategy.sides = [BID];
    rig.wait(100 * MS).mid(27);
    expect(rig.said).toEqual(['cancel 2']);
    expect(rig.notes.at(-1)).toBe('order 1: out of budget, stays at 199960');
    rig.toWake();
    expect(rig.said).toEqual(['cancel 1']);
  });

  test('a scarce budget: the tolerance widens as it is spent, and what is left goes where it pays', () => {
    const play = (stretch: number): { moves: number; dry: number; bare: number } => {
      const rig = on({ ordersPerSecond: 0.5, orderBurst: 8, stretch }).quoted();
      const random = new Random('a market that wanders');
      let [mid, moves, bare] = [0, 0, 0];
      for (let i = 0; i < 600; i += 1) {
        mid += random.int(21) - 10;
        rig.wait(250 * MS).mid(mid);
        for (const said of rig.said)
          if (said.startsWith('cancel')) rig.closed(Number(said.slice(7)));
        rig.settle();
        for (const said of rig.said) if (said.startsWith('place')) moves += 1;
        rig.acceptAll().settle();
        bare += [BID, ASK].filter((side) => rig.resting(side) === undefined).length;
      }
      return {
        moves,
        dry: rig.notes.filter((note) => note.includes('out of budget')).length,
        bare,
      };
    };
    const [rigid, supple] = [play(1), play(4)];
    expect([supple.dry, supple.bare]).toEqual([0, 0]);
    expect(Math.min(rigid.dry, rigid.bare)).toBeGreaterThan(10);
    expect(supple.moves).toBeLessThan(rigid.moves * 1.5);
  });

  test('the side that brings the position home is served first', () => {
    const rig = on({ ordersPerSecond: 1, orderBurst: 1 });
    rig.fill(null, BID, 199_960, 5).up();
    expect(rig.said).toEqual(['place 1 ask 5 @ 200040']);
    rig.accept(1).settle().toWake();
    expect(rig.said).toEqual(['place 2 bid 5 @ 199960']);
  });

  test('a refusal: twice the wait each time, and never soon at the same price', () => {
    const rig = new Rig().up();
    rig.accept(2);
    const reject = (ordinal: number): Rig =>
      rig.event({ kind: 'rejected', ordinal, reason: 'post-only', detail: '' }).settle();
    reject(1);
    expect(rig.batch).toEqual([]);
    rig.wait(250 * MS);
    expect(rig.batch).toEqual([]); // same price: not before the next check
    rig.strategy.bps = 2.2;
    rig.wait(250 * MS).mid(-3);
    rig.wait(250 * MS);
    rig.wait(5 * SECOND);
    expect(rig.said).toEqual(['place 3 bid 5 @ 199953']);
    reject(3);
    rig.strategy.bps = 2.3;
    rig.wait(499 * MS);
    expect(rig.batch).toEqual([]);
    rig.wait(1 * MS);
    expect(rig.said).toEqual(['place 4 bid 5 @ 199951']);
    expect(rig.engine.numbers.failures).toBe(0);
  });

  test('operations and failures of the last minute are counted', () => {
    const rig = new Rig().up();
    rig.event({ kind: 'rejected', ordinal: 1, reason: 'margin', detail: '' });
    rig.event({ kind: 'unknown', ordinal: 2, operation: 'place' }).settle();
    expect(rig.engine.numbers).toMatchObject({ operations: 2, failures: 2 });
    // "It never arrived": the same operation, told before.
    rig.event({ kind: 'rejected', ordinal: 2, reason: 'other', detail: '' }).settle();
    expect(rig.engine.numbers.failures).toBe(2);
    rig.wait(61 * SECOND);
    expect(rig.engine.numbers.failures).toBe(0);
  });
});

describe('decisions', () => {
  test('every one is shown, before its orders go out, with its commands', () => {
    const seen: string[] = [];
    const rig: Rig = new Rig({
      observer: {
        onDecision: (_us, view, decision, commands) =>
          void seen.push(
            `${view.mid} ${decision.bids.length} ${commands.length} ${rig.sent.length}`,
          ),
      },
    });
    rig.quoted();
    rig.wait(SECOND).mid(30);
    // The second only cancels: those are sent first.
    expect(seen).toEqual([`${MID} 1 2 0`, `${MID + 30} 1 2 4`]);
  });

  test('a veto: nothing is sent but cancels', () => {
    const rig = new Rig().quoted();
    rig.breaker.veto = true;
    rig.wait(5 * SECOND);
    expect(rig.said).toEqual(['cancel-all']);
    rig.closed(1).closed(2).settle();
    expect(rig.batch).toEqual([]);
    rig.breaker.veto = false;
    rig.wait(5 * SECOND);
    expect(rig.said).toHaveLength(2);
  });

  test('the trimmed decision is what counts', () => {
    const rig = new Rig();
    rig.breaker.trim = (decision) => ({ ...decision, bids: [] });
    rig.up();
    expect(rig.said).toEqual(['place 1 ask 5 @ 200040']);
  });

  test('a strategy that withdraws: quotes go, and the breaker holds them off', () => {
    const rig = new Rig().quoted();
    rig.strategy.withdrawn = 'too wide';
    rig.strategy.withdrawForMs = 30_000;
    rig.wait(5 * SECOND);
    expect(rig.said).toEqual(['cancel-all']);
    const untilUs = rig.now + 30 * SECOND;
    expect(rig.breaker.trips).toEqual([
      { guard: 'strategy', severity: 'withdraw', reason: 'too wide', untilUs },
    ]);
    // The breaker asks for the same cancel again at the next settle: once is enough.
    rig.wait(MS);
    expect(rig.batch).toEqual([]);
  });

  test('a strategy that withdraws until the next decision', () => {
    const rig = new Rig().quoted();
    rig.strategy.withdrawn = 'not now';
    rig.wait(5 * SECOND);
    expect([rig.said, rig.breaker.trips]).toEqual([['cancel-all'], []]);
    rig.closed(1).closed(2).settle();
    rig.strategy.withdrawn = null;
    rig.wait(5 * SECOND);
    expect(rig.said).toHaveLength(2);
  });

  test('a quote that cannot be is our own mistake', () => {
    const rig = new Rig();
    rig.breaker.trim = (decision) => ({
      ...decision,
      bids: [{ ...decision.bids[0], level: 0, lots: 0.5 as Lots, distance: 1 as Bps } as never],
    });
    expect(() => rig.up()).toThrow('quote of 0.5 lots');
  });
});

test('money is what the sizes come from', () => {
  const rig = new Rig({ params: { ...PARAMS, size: dollars(199.99) } }).up();
  expect(rig.said).toEqual(['place 1 bid 9 @ 199960', 'place 2 ask 9 @ 200040']);
});
