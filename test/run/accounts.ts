// What the tests of the operator's commands share: accounts with a history in a folder of their own, and a bot that
// lives in this process: it holds the lock and answers its inbox as src/run/live-run.ts does, or does not.
import { onTestFinished } from 'vitest';
import type { BreakerSnapshot } from '#core/guard';
import type { Micros, Money } from '#core/units';
import type { InboxOrder } from '#ledger/inbox';
import { AccountLock } from '#ledger/lock';
import { accountPaths } from '#ledger/paths';
import type { AccountPaths } from '#ledger/paths';
import { LedgerReader } from '#ledger/reader';
import { Ledger } from '#ledger/writer';
import type { MetricsSnapshot } from '#report/metrics';
import { T0, fill, place, start, us } from '../ledger/fixtures.js';
import { BID } from '#core/units';

export const HEALTHY: BreakerSnapshot = {
  latched: null,
  paused: [],
  operatorPaused: false,
  dayStartEquity: 500_000_000_000 as Money,
  day: Math.floor(T0 / 86_400e6),
  peakEquity: 500_000_000_000 as Money,
};

export const LATCHED: BreakerSnapshot = {
  ...HEALTHY,
  latched: { guard: 'drawdown', severity: 'latch', reason: 'fell by 20 %', untilUs: 0 as Micros },
};

export const figures = (change: Partial<MetricsSnapshot> = {}): MetricsSnapshot => ({
  schemaVersion: 1,
  runId: 'run1',
  mode: 'static',
  venue: 'sim',
  account: 'test',
  market: 'BTC-USD-PERP',
  model: 'as',
  startedAt: '2026-11-21T00:00:00.000Z',
  asOf: '2026-11-21T00:01:00.000Z',
  live: true,
  equity: '4999.5',
  realizedPnl: '-0.5',
  unrealizedPnl: '0',
  dailyPnl: '-0.5',
  fees: '0.02',
  funding: '0',
  volume: '200',
  volumeToday: '200',
  costPerMillion: 100,
  makerShare: 1,
  fills: 2,
  inventory: '-0.001',
  mark: '60000',
  markAgeSeconds: 0.1,
  openOrders: 2,
  quotes: [],
  reason: 'as half 3.09bp',
  drawdownPct: 0.01,
  uptimeSeconds: 60,
  errorRate: 0,
  state: 'running',
  halted: null,
  marketParams: null,
  estimates: null,
  ...change,
});

export interface History {
  readonly account?: string;
  readonly runId?: string;
  readonly startedUs?: Micros;
  readonly breaker?: BreakerSnapshot | null;
  /** Bought and held: 10 lots at 600,000 ticks; valued at 600,128.5 ticks when marked. */
  readonly holding?: 'marked' | 'unmarked';
  /** Orders left open: the run was killed. */
  readonly killed?: boolean;
  readonly status?: MetricsSnapshot | null;
}

export const pathsOf = (state: string, account = 'test'): AccountPaths =>
  accountPaths(state, 'sim', account);

/** A run on this account, over or killed. */
export function ran(state: string, history: History = {}): AccountPaths {
  const paths = pathsOf(state, history.account);
  const ledger = Ledger.open(paths.ledger, { durable: true });
  begin(ledger, history);
  if (history.holding !== undefined) {
    ledger.recordIntents(T0, [place(1)]);
    ledger.event(fill('t1', 1, BID, 600_000, 10));
    ledger.event({ kind: 'transfer', us: T0, amount: 5_000e8 as Money });
  }
  if (history.holding === 'marked') {
    const equity = (5_000e8 - 12_345 + 12_850_000) as Money;
    ledger.equity({ us: T0, mark: 600_128.5 as never, accrued: 0 as Money, equity });
  }
  if (history.killed === true) ledger.recordIntents(T0, [place(2), place(3)]);
  else ledger.endRun({ us: us(T0 + 5e6), exitCode: 0, reason: 'SIGINT', commandHash: null });
  ledger.close();
  return paths;
}

function begin(ledger: Ledger, history: History): void {
  const { account = 'test', runId = 'run1', startedUs = T0, breaker = HEALTHY } = history;
  ledger.beginRun(start({ account, runId, startedUs }));
  if (breaker !== null) ledger.breaker(startedUs, breaker);
  if (history.status !== null) {
    ledger.status(startedUs, history.status ?? figures({ runId, account }));
  }
  ledger.commit();
}

export interface Bot {
  readonly ledger: Ledger;
  /** Orders as it read them, oldest first. */
  readonly heard: InboxOrder[];
  /** Dies as by SIGKILL: the lock is freed, nothing is written. */
  die(): void;
}

/**
 * A live run. `obey` is called with each order it hears; what it returns (or resolves to) being true marks it taken.
 */
export function live(
  state: string,
  history: History,
  obey: (order: InboxOrder, ledger: Ledger) => boolean,
): Bot {
  const { account = 'test', runId = 'run1' } = history;
  const paths = pathsOf(state, account);
  const holder = { pid: 4711, runId, market: 'BTC-USD-PERP', sinceUs: T0 };
  const lock = AccountLock.acquire(paths, holder);
  const ledger = Ledger.open(paths.ledger, { durable: true });
  begin(ledger, history);
  const heard: InboxOrder[] = [];
  const timer = setInterval(() => {
    for (const order of ledger.inbox('BTC-USD-PERP')) {
      if (!heard.some(({ id }) => id === order.id)) heard.push(order);
      if (obey(order, ledger)) ledger.taken(us(T0 + 1e6), order.id);
    }
    ledger.commit();
  }, 10);
  let dead = false;
  const die = (): void => {
    if (dead) return;
    dead = true;
    clearInterval(timer);
    ledger.close();
    lock.release();
  };
  onTestFinished(die);
  return { ledger, heard, die };
}

/** Opens, reads, closes. */
export function read<T>(paths: AccountPaths, work: (reader: LedgerReader) => T): T {
  const reader = LedgerReader.open(paths.ledger);
  try {
    return work(reader);
  } finally {
    reader.close();
  }
}

export const breakerOf = (paths: AccountPaths): BreakerSnapshot =>
  read(paths, (r) => r.state(1, 'breaker')?.value as BreakerSnapshot);
