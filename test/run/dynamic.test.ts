// `--dynamic` through the whole machine: static values slide into the measured ones and back, a jump withdraws, a
// dead market stays static, the same input gives the same commands, and a restart goes on from what was learnt.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readLayers } from '#config/layers';
import type { BreakerStateName, Trip } from '#core/guard';
import { Instrument } from '#core/instrument';
import type { Command } from '#core/messages';
import type { MarketParams } from '#core/params';
import { Random } from '#core/random';
import type { CurrentMarket } from '#core/strategy';
import type { Micros, Seconds, TickPrice } from '#core/units';
import { ASK, BID } from '#core/units';
import type { RunResult } from '#report/run-result';
import { openAccount } from '#run/account-files';
import type { OpenAccount } from '#run/account-files';
import { SIM_PROFILE, assemble } from '#run/assembly';
import type { Assembly, Mode } from '#run/assembly';
import { REPORT_EVERY, runBacktest, simulateRun } from '#run/backtest';
import { MarketWatch } from '#run/market-watch';
import { openMarket } from '#run/markets';
import { Simulation } from '#run/simulation';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { SimVenue } from '#sim/venue';
import { ScriptedMarket } from '../support/scripted-market.js';
import type { Instant, Script } from '../support/scripted-market.js';

const START_US = Date.UTC(2026, 0, 5) * 1000;
const MID = 1_000_000;
const BP = MID / 10_000;
const settings = (flags: Record<string, string> = {}): ReturnType<typeof readLayers>['values'] =>
  readLayers({ flags, env: {}, dotenvPath: null, configPath: null }).values;

/** The engine as a backtest has it, over a script; keeps what was decided, sent and tripped. */
class Played {
  readonly sent: { us: number; kind: Command['kind'] }[] = [];
  readonly views: { us: number; market: CurrentMarket }[] = [];
  readonly moves: { us: number; to: BreakerStateName; cause: Trip | null }[] = [];
  readonly assembly: Assembly;
  readonly simulation: Simulation;

  constructor(
    script: Script,
    seconds: number,
    flags: Record<string, string>,
    mode: Mode,
    shadow: boolean,
  ) {
    const values = settings({ makerFee: '0', ...flags });
    const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
    const { capital, latency } = values;
    const venue = new SimVenue({
      instrument,
      fillModel: 'queue',
      account: { deposit: capital, leverage: 1 },
      orderDelay: latency.order,
      replyDelay: latency.reply,
    });
    const send = (us: Micros, commands: readonly Command[]): void => {
      for (const { kind } of commands) this.sent.push({ us, kind });
      venue.send(us, commands);
    };
    this.assembly = assemble({
      ...{ values, instrument, profile: SIM_PROFILE, mid: MID as TickPrice, mode, shadow },
      sink: { send },
      observer: {
        onDecision: (us, view) => void this.views.push({ us, market: view.market }),
        onTransition: (us, _from, to, cause) => void this.moves.push({ us, to, cause }),
      },
      start: { nowUs: START_US as Micros, firstOrdinal: 1, capital },
      restored: null,
    });
    this.simulation = new Simulation({
      ...{ venue, engine: this.assembly.engine, feed: latency.feed, reportEvery: REPORT_EVERY },
      source: new ScriptedMarket({ script, seconds, startUs: START_US }),
      probe: null,
    });
    this.simulation.draining = true;
    this.simulation.advanceTo(START_US + seconds * 1e6);
  }

  get nowUs(): Micros {
    return this.simulation.nowUs;
  }
}

const play = (
  script: Script,
  seconds: number,
  flags = {},
  mode: Mode = 'dynamic',
  shadow = false,
): Played => new Played(script, seconds, flags, mode, shadow);

/** A random walk of 1 bp a root second with a taker order on either side each second, until told otherwise. */
function walk(
  change: (second: number, mid: number) => Partial<Instant> & { mid?: number },
): Script {
  const random = new Random('dynamic');
  let mid = MID;
  return (second) => {
    const own = change(second, mid);
    mid = own.mid ?? mid + Math.round(random.normal() * BP * Math.sqrt(0.1));
    const side = Math.round(second) % 2 === 0 ? BID : ASK;
    const reach = Math.round(BP * (0.1 + random.exponential(3)));
    const prints =
      second % 1 === 0 ? [{ aggressor: side, ticks: mid + side * reach, lots: 3 }] : [];
    return { book: { bid: mid - 2, ask: mid + 2 }, prints, ...own };
  };
}
const frozen = (_: number, mid: number): Partial<Instant> & { mid: number } => ({
  mid,
  prints: [],
});
const alive = (): Partial<Instant> => ({});

/** No parameter moved by more than 25 % a minute, sigma upwards excepted (risk that was seen is not held back). */
function noCliff({ views }: Played): void {
  for (let i = 1; i < views.length; i += 1) {
    const [a, b] = [views[i - 1], views[i]] as [(typeof views)[0], (typeof views)[0]];
    const most = Math.exp((Math.log(1.25) * Math.min(60, (b.us - a.us) / 1e6)) / 60) * (1 + 1e-9);
    for (const name of ['kappa', 'alpha'] as const) {
      expect(
        Math.max(b.market[name] / a.market[name], a.market[name] / b.market[name]),
      ).toBeLessThan(most);
    }
    expect(a.market.sigma / b.market.sigma).toBeLessThan(most);
    const step = Math.max(a.market.epsilon, 0.2) * (most - 1);
    expect(Math.abs(b.market.epsilon - a.market.epsilon)).toBeLessThan(step * 1.001 + 1e-12);
  }
}

const fixedOf = (played: Played): MarketParams => played.assembly.params.strategy.market;

describe('measured values', () => {
  /** What happens from second 600 on, and how long until nothing is trusted any more. */
  const CASES: readonly [string, Script, number, Record<string, string>][] = [
    // The mid stands still while frames go on: after 5 min it is dead.
    ['a market that dies', walk((s, mid) => (s < 600 ? alive() : frozen(s, mid))), 300, {}],
    // No frame at all; the stale guard (2 s by default) is put off so that quoting goes on.
    [
      'a feed that falls silent',
      walk((s, mid) => (s < 600 ? alive() : { ...frozen(s, mid), book: null })),
      60,
      { staleAfter: '2h' },
    ],
  ];
  it.each(CASES)(
    'slide in, and back to static with no cliff: %s',
    (_name, script, trustedFor, flags) => {
      const played = play(script, 3_600, flags);
      const { views } = played;
      const fixed = fixedOf(played);
      const sources = views.map(({ market }) => market.source).join(' ');
      expect(sources).toMatch(/^(static )+(dynamic )+(static ?)+$/);
      const measured = views.find(({ us }) => us >= START_US + 590e6);
      expect(measured?.market.source).toBe('dynamic');
      expect(Math.abs((measured?.market.kappa ?? 0) / fixed.kappa - 1)).toBeGreaterThan(0.1);
      noCliff(played);
      const fallen = views.find(
        ({ us, market }) => us > START_US + 600e6 && market.source === 'static',
      );
      const after = ((fallen?.us ?? NaN) - START_US) / 1e6 - 600;
      expect(after).toBeGreaterThanOrEqual(trustedFor - 1);
      expect(after).toBeLessThan(trustedFor + 11); // a decision every 5 s, and the latency of the feed
      const last = views.at(-1)?.market as CurrentMarket;
      expect(last).toEqual({ ...fixed, source: 'static' });
    },
  );

  it('are used again when the feed comes back, with no cliff either', () => {
    const silent = (s: number): boolean => s >= 600 && s < 1_200;
    const script = walk((s, mid) => (silent(s) ? { ...frozen(s, mid), book: null } : alive()));
    const played = play(script, 1_800); // the stale guard withdraws meanwhile
    expect(played.moves.some(({ cause }) => cause?.guard === 'stale-feed')).toBe(true);
    expect(played.views.some(({ us }) => us > START_US + 605e6 && us < START_US + 1_200e6)).toBe(
      false,
    );
    expect(played.views.at(-1)?.market.source).toBe('dynamic');
    noCliff(played);
  });

  it('stay static to the end in a dead market, without a NaN', () => {
    const played = play(() => ({ book: { bid: MID - 2, ask: MID + 2 } }), 3_600);
    expect(played.views.length).toBeGreaterThan(100);
    for (const { market } of played.views) {
      expect(market).toEqual({ ...fixedOf(played), source: 'static' });
    }
    const estimates = played.assembly.analyzer?.estimates?.(played.nowUs);
    expect(estimates?.state).toMatch(/^static/);
    const text = JSON.stringify(estimates, (_key, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? 'not finite' : value,
    );
    expect(text).not.toContain('not finite');
  });
});

describe('a jump', () => {
  const JUMP_S = 900;
  const script = (): Script =>
    walk((s, mid) => (s === JUMP_S ? { mid: mid + Math.round(40 * BP) } : alive()));
  const modes: readonly [Mode, boolean][] = [['dynamic', false], ['static', true]]; // prettier-ignore

  it.each(modes)('withdraws quotes in one settle, for 60 s (%s, shadow %s)', (mode, shadow) => {
    const { moves, sent } = play(script(), 1_200, {}, mode, shadow);
    const away = moves.find(({ cause }) => cause?.guard === 'jump');
    expect(away?.to).toBe('withdrawn');
    const at = away?.us ?? NaN;
    expect((at - START_US) / 1e6).toBeGreaterThanOrEqual(JUMP_S);
    expect((at - START_US) / 1e6).toBeLessThan(JUMP_S + 6);
    expect(sent.filter(({ us }) => us === at).map(({ kind }) => kind)).toEqual(['cancel-all']);
    const places = sent.filter(({ us, kind }) => kind === 'place' && us >= at);
    expect(((places[0]?.us ?? NaN) - at) / 1e6).toBeGreaterThanOrEqual(54);
    expect(((places[0]?.us ?? NaN) - at) / 1e6).toBeLessThan(66);
  });

  it('does nothing where no analyzer watches', () => {
    const { moves } = play(script(), 1_200, {}, 'static', false);
    expect(moves.some(({ cause }) => cause?.guard === 'jump')).toBe(false);
  });
});

describe('backtests', () => {
  const MINUTES = 1_800 as Seconds;
  async function run(mode: Mode, shadow = false): Promise<RunResult> {
    const values = settings({ makerFee: '0' });
    const market = await openMarket(
      { tape: null, synthetic: 'normal' },
      values,
      MINUTES,
      '/nowhere',
    );
    return simulateRun({ values, mode, shadow, market, duration: null, fillModel: 'queue' });
  }

  it('give the same commands for the same input in dynamic mode, and others than in static mode', async () => {
    const [first, second] = [await run('dynamic'), await run('dynamic')];
    expect({ ...second, rowsPerSecond: 0 }).toEqual({ ...first, rowsPerSecond: 0 });
    expect(first.measuredShare).toBeGreaterThan(0.8);
    expect(first.estimates?.state).toBe('ready');
    expect((await run('static')).commandHash).not.toBe(first.commandHash);
  });

  it('are not changed by a shadow that sees no jump', async () => {
    const [alone, watched] = [await run('static'), await run('static', true)];
    expect(watched.commandHash).toBe(alone.commandHash);
    expect([alone.jumps, watched.jumps, watched.measuredShare]).toEqual([null, 0, 0]);
    expect(watched.estimates?.used.source).toBe('dynamic'); // what it would have said
    expect(alone.estimates).toBeNull();
  });

  it('run both modes on the same rows, both with the jump alarm', async () => {
    const { runs } = await runBacktest({
      values: settings({ makerFee: '0' }),
      mode: 'both',
      market: { tape: null, synthetic: 'normal' },
      duration: 600 as Seconds,
      progress: { step: () => undefined },
    });
    expect(runs.map(({ mode, fillModel }) => `${mode} ${fillModel}`)).toEqual([
      'static floor', 'static queue', 'static ceiling', 'dynamic floor', 'dynamic queue', 'dynamic ceiling',
    ]); // prettier-ignore
    expect(new Set(runs.map(({ rows }) => rows)).size).toBe(1);
    for (const { jumps } of runs) expect(jumps).not.toBeNull();
  });
});

describe('a restart', () => {
  const runOf = (opened: OpenAccount, instrument: Instrument, runId: string, us: Micros): void => {
    opened.ledger.beginRun({
      ...{ runId, account: 'test', instrument, kind: 'sim', mode: 'dynamic', version: 'test' },
      ...{ pid: process.pid, capital: settings().capital, params: {}, startedUs: us },
      deadOrders: 'restart',
    });
  };

  it('goes on from what was learnt: through the ledger, said in the log', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mm-learnt-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const instrument = new Instrument({ ...SYNTHETIC_INSTRUMENT, venue: 'sim' });
    const said: string[] = [];
    const tell = (...args: unknown[]): void => void said.push(String(args.at(-1)));
    const log = { debug: tell, info: tell, warn: tell } as never;
    const watchOf = ({ engine, analyzer }: Assembly, { ledger }: OpenAccount): MarketWatch =>
      new MarketWatch({ analyzer, engine, mode: 'dynamic', ledger, log });

    const before = play(walk(alive), 900);
    const us = before.nowUs;
    const first = openAccount(folder, 'test', instrument, 'run0000001', us, true);
    expect(first.learnt).toBeNull();
    runOf(first, instrument, 'run0000001', us);
    watchOf(before.assembly, first).look(us);
    first.ledger.commit();
    first.close();

    const second = openAccount(folder, 'test', instrument, 'run0000002', us, true);
    const fresh = play(() => ({ book: null }), 0); // no row seen yet
    const watch = watchOf(fresh.assembly, second);
    watch.restore(second.learnt);
    second.close();
    expect(said.join('\n')).toContain('goes on from what the last run had learnt');
    const [old, now] = [before, fresh].map((p) => p.assembly.analyzer?.estimates?.(us));
    expect(now?.kappa).toEqual(old?.kappa);
    expect(now?.sigma).toEqual(old?.sigma);
    expect(now?.kappa.both.effectiveCount).toBeGreaterThan(50);
    expect(said.some((line) => line.startsWith('market: quoting on (dynamic) sigma'))).toBe(true);
  });
});
