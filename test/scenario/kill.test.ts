// SIGKILL at random moments of a live run, again and again on one account, each time started anew. Nothing that was
// acknowledged (committed) may be lost, money must add up to the unit in every row, baselines stay, and every order
// of a dead run has an end. MM_KILLS sets how often (200 for the figures); the seed is printed and can be given.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '#core/random';
import { leaveOrder } from '#ledger/inbox';
import type { Micros } from '#core/units';
import { demandFreshBuild } from '../support/fresh-build.js';
import { hang } from '../support/hang.js';
import { Place, QUOTE, sleep } from './bot.js';
import type { Bot } from './bot.js';
import {
  breakerOf,
  expectNoneLeftOpen,
  expectSound,
  ledgerOf,
  lost,
  reading,
  rowsOf,
} from './evidence.js';
import type { Rows } from './evidence.js';

const KILLS = Number(process.env['MM_KILLS'] ?? 6);
const SEED = Number(process.env['SCENARIO_SEED'] ?? Math.floor(Math.random() * 1e9));
const RUN = ['run', '--static', '--synthetic', 'fast', '--maker-fee', '0', '--speed', '30'];

/** At this speed a turn of the program spans seconds of market: orders are answered before the turn is committed. */
const FAST = 400;

/** Makes the program kill itself right after its n-th line about a quote or a fill: in the middle of its work. */
const suicide = (n: number): Record<string, string> => {
  const code = `
    let left = ${n};
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text, ...rest) => {
      const done = write(text, ...rest);
      if (/INFO +(quote|fill)/.test(text) && --left === 0) process.kill(process.pid, 'SIGKILL');
      return done;
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
};

let place: Place;
beforeAll(() => demandFreshBuild());
afterEach(() => place.clear());

/** One account under fire. */
class Campaign {
  readonly path = ledgerOf(place.state);
  readonly recoveries: number[] = [];
  /** All rows that were ever seen committed. */
  readonly acknowledged: Rows = new Map();
  inFlight = 0;
  early = 0;
  within = 0;
  /** Answers of the venue found in the console output. */
  answers = 0;
  private lastId = 0;

  constructor(private readonly random: Random) {}

  /** One life: start, let it trade (or not even that), look, kill, look again. */
  async kill(): Promise<void> {
    const how = this.random.int(3);
    const before = reading(this.path, breakerOf);
    if (how === 0) {
      this.early += 1;
      const bot = place.mm(RUN);
      await sleep(this.random.int(900));
      await this.end(bot);
    } else if (how === 1) {
      const bot = place.mm(RUN);
      const took = await bot.said(QUOTE);
      if (before !== null) this.recoveries.push(took);
      this.expectContinued(before);
      await sleep(20 + this.random.int(1_500));
      await this.end(bot);
    } else {
      this.within += 1;
      const bot = place.mm([...RUN, '--speed', String(FAST)], suicide(1 + this.random.int(60)));
      expect((await bot.ended).signal).toBe('SIGKILL');
      await this.end(bot);
    }
  }

  /** The kill, unless it is dead already, and what must be there after it. */
  private async end(bot: Bot): Promise<void> {
    const from = this.lastId;
    const nothing = { rows: new Map<string, string>(), lastId: from };
    const seen = reading(this.path, (reader) => rowsOf(reader, from)) ?? nothing;
    await bot.signal('SIGKILL');
    reading(this.path, (reader) => {
      const { rows, lastId } = rowsOf(reader, from);
      expect(lost(seen.rows, rows)).toEqual([]);
      this.expectIntents(bot, reader.lastRun()?.id ?? 0, rows);
      expectSound(reader);
      const run = reader.lastRun();
      if (run?.pid === bot.process.pid) this.inFlight += reader.openOrders(run?.id ?? 0).length;
      for (const [name, text] of rows) this.acknowledged.set(name, text);
      this.lastId = lastId;
    });
  }

  /** What a restart must find as it was: the day's start and the peak. */
  private expectContinued(before: ReturnType<typeof breakerOf>): void {
    reading(this.path, (reader) => {
      const run = reader.lastRun();
      if (run === null) throw new Error('it quotes without a run in the ledger');
      expectNoneLeftOpen(reader, run);
      const now = breakerOf(reader);
      if (before === null || now === null || before.day < 0) return;
      expect(now.peakEquity).toBeGreaterThanOrEqual(before.peakEquity);
      if (now.day === before.day) expect(now.dayStartEquity).toBe(before.dayStartEquity);
    });
  }

  /** Whatever the venue answered to was sent, and whatever was sent had been recorded before. */
  private expectIntents(bot: Bot, run: number, rows: Rows): void {
    for (const line of bot.out) {
      const ordinal = /(?:fill|order closed|order rejected): .* ordinal=(\d+)/.exec(line)?.[1];
      if (ordinal === undefined) continue;
      this.answers += 1;
      expect(rows.has(`order ${run} ${ordinal}`), line).toBe(true);
    }
  }
}

describe('SIGKILL', () => {
  test(`${KILLS} times at random moments`, { timeout: 30_000 + KILLS * 10_000 }, async () => {
    place = new Place();
    console.log(`seed ${SEED}`);
    const campaign = new Campaign(new Random(SEED));
    for (let i = 0; i < KILLS; i += 1) await campaign.kill();
    // One more life, ended in order: it must find everything closed, and leave nothing open itself.
    const bot = place.mm(RUN);
    await bot.said(QUOTE);
    await sleep(500);
    expect((await bot.signal('SIGINT')).code).toBe(0);
    const { runs, orders, fills, equity } = reading(campaign.path, (reader) => {
      const { rows } = rowsOf(reader, 0);
      expect(lost(campaign.acknowledged, rows).filter((name) => !name.startsWith('close'))).toEqual(
        [],
      );
      const run = reader.lastRun();
      expect(run?.endReason).toBe('SIGINT');
      expect(reader.openOrders(run?.id ?? 0)).toEqual([]);
      const count = (word: string): number =>
        [...rows.keys()].filter((k) => k.startsWith(word)).length;
      expect(count('order ')).toBe(count('close '));
      return {
        runs: count('run '),
        orders: count('order '),
        fills: count('fills '),
        equity: expectSound(reader).equityRows,
      };
    }) as Record<'runs' | 'orders' | 'fills' | 'equity', number>;
    expect(campaign.answers).toBeGreaterThan(0);
    const sorted = campaign.recoveries.sort((a, b) => a - b).map(Math.round);
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
    console.log(
      `${KILLS} kills (${campaign.early} while starting, ${campaign.within} in the middle of a turn, ${campaign.inFlight} orders open at a kill): ` +
        `${runs} runs, ${orders} orders, ${fills} fills, ${equity} equity rows, nothing lost; ` +
        `start to first quote median ${at(0.5)} ms, 99 % ${at(0.99)} ms, most ${at(1)} ms`,
    );
  });

  /** A quoting bot with that order of the operator in its inbox, killed once `state` is on disk. */
  const killedWith = async (
    operation: string,
    obeyed: (bot: Bot) => Promise<unknown>,
  ): Promise<string> => {
    place = new Place();
    const path = ledgerOf(place.state);
    const bot = place.mm(RUN);
    await bot.said(QUOTE);
    const order = {
      us: (Date.now() * 1000) as Micros,
      market: 'BTC-USD-PERP',
      operation,
      reason: 'test',
    };
    if (operation === 'stop') await hang(bot.process, path); // it cannot obey any more
    leaveOrder(path, order);
    await obeyed(bot);
    await bot.signal('SIGKILL');
    return path;
  };

  test('a pause of the operator outlives it, until mm resume', { timeout: 30_000 }, async () => {
    const path = await killedWith('pause', (bot) =>
      bot.said('operator: pause').then(() => sleep(300)),
    );
    const bot = place.mm(RUN);
    await bot.said('run begins');
    await sleep(1_500);
    expect(bot.has(QUOTE)).toBe(false);
    expect(reading(path, (reader) => [...reader.orders(reader.lastRun()?.id ?? 0)])).toEqual([]);
    const resume = await place.mm(['resume']).ended;
    expect(resume.code).toBe(0);
    await bot.said(QUOTE);
    expect((await bot.signal('SIGTERM')).code).toBe(0);
  });

  test(
    'mm stop for a bot that hangs: the next start obeys it before it sends anything',
    { timeout: 30_000 },
    async () => {
      const path = await killedWith('stop', () => sleep(100));
      const obeys = await startRefused(path);
      expect(obeys).toBe(2); // a run began, sent nothing and latched
      expect(await startRefused(path)).toBe(2); // not even a run
      expect((await place.mm(['reset', '--reason', 'looked into it']).ended).code).toBe(0);
      const bot = place.mm(RUN);
      await bot.said(QUOTE);
      expect((await bot.signal('SIGINT')).code).toBe(0);
    },
  );

  /** Starts: exit code 3, and no order of the newest run. Returns how many runs the ledger has. */
  const startRefused = async (path: string): Promise<number> => {
    const runsBefore = reading(path, (reader) => reader.runs().map((run) => run.id)) ?? [];
    const { code } = await place.mm(RUN).ended;
    expect(code).toBe(3);
    return reading(path, (reader) => {
      const runs = reader.runs();
      for (const run of runs.filter(({ id }) => !runsBefore.includes(id))) {
        expect([...reader.orders(run.id)]).toEqual([]);
      }
      return runs.length;
    }) as number;
  };

  test(
    'a daily loss outlives it: paused on, from the same day’s start',
    { timeout: 30_000 },
    async () => {
      place = new Place();
      const path = ledgerOf(place.state);
      const args = [
        ...RUN.filter((arg) => arg !== '--maker-fee' && arg !== '0'),
        '--max-daily-loss-usd',
        '0.01',
        '--maker-fee',
        '1bp',
      ];
      const bot = place.mm(args);
      await bot.said('state paused: daily-loss');
      await sleep(300);
      await bot.signal('SIGKILL');
      const before = reading(path, breakerOf);
      expect(before?.paused.map((trip) => trip.guard)).toEqual(['daily-loss']);
      const next = place.mm(args);
      await next.said('run begins');
      await sleep(1_500);
      expect(next.has(QUOTE)).toBe(false);
      expect((await next.signal('SIGINT')).code).toBe(0);
      const after = reading(path, breakerOf);
      expect(after?.dayStartEquity).toBe(before?.dayStartEquity);
      for (const trip of after?.paused ?? []) {
        expect([trip.guard, trip.untilUs]).toEqual(['daily-loss', before?.paused[0]?.untilUs]);
      }
      expect(after?.paused.length).toBeGreaterThan(0);
    },
  );
});
