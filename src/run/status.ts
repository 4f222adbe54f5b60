// Reads the engine and says where the run stands: the snapshot that the ledger keeps for `mm metrics` and that the
// terminal shows. It changes nothing.
import { sideName } from '#core/units';
import type { Lots, Micros, Money, TickPrice } from '#core/units';
import type { Instrument } from '#core/instrument';
import { formatMoney } from '#core/money';
import { distanceOf } from '#core/placement';
import type { Engine } from '#engine/engine';
import type { MetricsSnapshot, QuoteLine } from '#report/metrics';
import { SCHEMA_VERSION } from '#report/run-result';
import type { RiskBreaker } from '#risk/breaker';
import type { MarketWatch } from './market-watch.js';
import type { Recorder } from './recorder.js';

export interface StatusParts {
  readonly runId: string;
  readonly mode: 'static' | 'dynamic';
  readonly venue: string;
  readonly account: string;
  readonly model: string;
  readonly instrument: Instrument;
  readonly startedUs: Micros;
  readonly engine: Engine;
  readonly breaker: RiskBreaker;
  readonly recorder: Recorder;
  readonly watch: MarketWatch;
}

/** Volume at the last UTC midnight, kept in the ledger's state so that a restart knows it. */
export interface DayMark {
  readonly day: number;
  readonly volume: Money;
}

const DAY_US = 86_400e6;
const iso = (us: number): string => new Date(us / 1000).toISOString();

/** Rolls the day mark when a new UTC day has begun. */
export const dayMark = (nowUs: Micros, volume: Money, before: DayMark | null): DayMark => {
  const day = Math.floor(nowUs / DAY_US);
  return before !== null && before.day >= day ? before : { day, volume };
};

function quoteLines(parts: StatusParts): QuoteLine[] {
  const { engine, instrument } = parts;
  const fair = engine.lastView?.fair ?? 0;
  return engine.orders
    .filter((order) => order.remainingLots > 0)
    .map((order) => ({
      side: sideName(order.side),
      level: order.level,
      price: instrument.formatPrice(order.ticks),
      size: instrument.formatSize(order.remainingLots),
      distanceBps: fair > 0 ? distanceOf(order.side, fair, order.ticks) : 0,
    }));
}

export function statusOf(
  parts: StatusParts,
  nowUs: Micros,
  accrued: Money,
  today: DayMark,
  live: boolean,
): MetricsSnapshot {
  const { engine, breaker, instrument, recorder } = parts;
  const { numbers, position } = engine;
  const { mark } = numbers;
  const size = instrument.formatSize(Math.abs(position.lots) as Lots);
  const cost = (position.fees - position.funding) as number;
  const quotes = quoteLines(parts);
  const halted = breaker.state === 'running' || breaker.state === 'reducing' ? null : breaker.cause;
  const market = engine.lastView?.market ?? null;
  const { day, dayStartEquity, peakEquity } = breaker.snapshot();
  const dailyPnl = day < 0 ? 0 : numbers.guardEquity - dayStartEquity;
  return {
    schemaVersion: SCHEMA_VERSION,
    runId: parts.runId,
    mode: parts.mode,
    venue: parts.venue,
    account: parts.account,
    market: instrument.spec.symbol,
    model: parts.model,
    startedAt: iso(parts.startedUs),
    asOf: iso(nowUs),
    live,
    equity: formatMoney(position.equity(mark, accrued)),
    realizedPnl: formatMoney(position.realised),
    unrealizedPnl: formatMoney(mark > 0 ? position.unrealised(mark) : (0 as Money)),
    dailyPnl: formatMoney(dailyPnl as Money),
    fees: formatMoney(position.fees),
    funding: formatMoney(position.funding),
    volume: formatMoney(position.volume),
    volumeToday: formatMoney((position.volume - today.volume) as Money),
    costPerMillion: position.volume > 0 ? (cost / position.volume) * 1e6 : null,
    makerShare: position.volume > 0 ? position.makerVolume / position.volume : null,
    fills: position.fills,
    inventory: position.lots < 0 ? `-${size}` : size,
    mark: instrument.formatPrice((Math.round(mark * 100) / 100) as TickPrice),
    markAgeSeconds: numbers.markUs > 0 ? (nowUs - numbers.markUs) / 1e6 : 0,
    openOrders: engine.openOrders,
    quotes,
    reason: recorder.why,
    drawdownPct:
      peakEquity > 0 ? Math.max(0, ((peakEquity - numbers.guardEquity) / peakEquity) * 100) : 0,
    uptimeSeconds: (nowUs - parts.startedUs) / 1e6,
    errorRate: recorder.counts.errorRate,
    state: breaker.state,
    halted: halted === null ? null : `${halted.guard}: ${halted.reason}`,
    marketParams: market === null ? null : { ...market },
    estimates: parts.watch.estimates(nowUs),
  };
}
