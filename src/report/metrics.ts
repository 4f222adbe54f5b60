// The P&L snapshot of one run: what `mm metrics --json` prints (names are a contract for users' scripts) and how it
// reads as text. Money as decimal strings, ratios as numbers, inventory in base units.
import type { MarketEstimates } from '#core/analyzer';
import { marketRows } from './market-text.js';
import { dollars, figure, percentOf, table } from './table.js';

export interface QuoteLine {
  readonly side: 'bid' | 'ask';
  readonly level: number;
  readonly price: string;
  readonly size: string;
  /** Target distance from the fair price, bp. */
  readonly distanceBps: number;
}

export interface MetricsSnapshot {
  readonly schemaVersion: 1;
  readonly runId: string;
  readonly mode: 'static' | 'dynamic';
  readonly venue: string;
  readonly account: string;
  readonly market: string;
  readonly model: string;
  readonly startedAt: string;
  readonly asOf: string;
  /** False when the run has ended. */
  readonly live: boolean;
  readonly equity: string;
  readonly realizedPnl: string;
  readonly unrealizedPnl: string;
  readonly dailyPnl: string;
  readonly fees: string;
  readonly funding: string;
  readonly volume: string;
  readonly volumeToday: string;
  readonly costPerMillion: number | null;
  readonly makerShare: number | null;
  readonly fills: number;
  readonly inventory: string;
  readonly mark: string;
  readonly markAgeSeconds: number;
  readonly openOrders: number;
  readonly quotes: readonly QuoteLine[];
  readonly reason: string;
  readonly drawdownPct: number;
  readonly uptimeSeconds: number;
  readonly errorRate: number;
  readonly state: string;
  readonly halted: string | null;
  readonly marketParams: {
    readonly source: string;
    readonly sigma: number;
    readonly kappa: number;
    readonly alpha: number;
    readonly epsilon: number;
  } | null;
  /** What the analyzer measures (in static mode: beside what is quoted on); null where there is none. */
  readonly estimates: MarketEstimates | null;
}

/** A length of time as a person says it: 6h 0m, 4m 10s, 12s. */
export const durationText = (seconds: number): string => {
  const s = Math.round(seconds);
  const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
  return h > 0 ? `${h}h ${m}m` : m > 0 ? `${m}m ${s % 60}s` : `${s}s`;
};

function quoteText(snapshot: MetricsSnapshot): string {
  if (snapshot.quotes.length === 0) return 'none';
  return snapshot.quotes
    .map((q) => `${q.side} ${q.size} @ ${q.price} (${figure(q.distanceBps, 2)} bp)`)
    .join(', ');
}

/** The compact block of `mm metrics` and of the live status of `mm run`. */
export function metricsText(s: MetricsSnapshot): string {
  const state = s.halted ? `${s.state}: ${s.halted}` : s.state;
  const rows = [
    ['run', `${s.runId} (${s.mode} ${s.model}, ${s.venue}:${s.market}, account ${s.account})`],
    [
      'state',
      `${s.live ? '' : 'ended; last '}${state}; up ${durationText(s.uptimeSeconds)}, errors ${percentOf(s.errorRate, 2)}`,
    ],
    [
      'equity',
      `${dollars(s.equity)}  today ${dollars(s.dailyPnl)}  drawdown ${figure(s.drawdownPct, 3)}%`,
    ],
    [
      'P&L',
      `realised ${dollars(s.realizedPnl)}  unrealised ${dollars(s.unrealizedPnl)}  fees ${dollars(s.fees)}  funding ${dollars(s.funding)}`,
    ],
    [
      'trading',
      `${s.fills} fills, volume ${dollars(s.volume)} (today ${dollars(s.volumeToday)}), maker ${percentOf(s.makerShare)}`,
    ],
    [
      'position',
      `${s.inventory} at mark ${s.mark} (${figure(s.markAgeSeconds, 1)} s old), ${s.openOrders} orders open`,
    ],
    ['quotes', quoteText(s)],
    ...marketRows(s.mode, s.marketParams, s.estimates ?? null),
    ['why', s.reason],
  ];
  return rows.map(([name, text]) => `${(name as string).padEnd(9)} ${text as string}`).join('\n');
}

/** One line a run, for several at once. */
export function metricsTable(snapshots: readonly MetricsSnapshot[]): string {
  const head = 'run venue mode equity today fills position drawdown state'.split(' ');
  const rows = snapshots.map((s) => [
    s.runId, s.venue, s.mode, dollars(s.equity), dollars(s.dailyPnl), String(s.fills), s.inventory,
    `${figure(s.drawdownPct, 2)}%`, s.halted ? `${s.state} (${s.halted})` : s.state,
  ]); // prettier-ignore
  return table([head, ...rows]);
}
