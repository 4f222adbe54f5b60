// A second reading of ApeX's public frames, from the venue notes alone (section 5.2): the whole book as plain sorted
// lists, rebuilt at every message. Shares no line with clients/apex; the fast feed is held against it. And a seeded
// stream of such frames to damage.
import { Instrument } from '#core/instrument';
import type { Random } from '#core/random';
import type { Rate, Seconds } from '#core/units';
import { naiveMantissa } from './paradex-naive.js';

export const SYMBOL = 'BTCUSDT';
export const INSTRUMENT = new Instrument({
  venue: 'apex',
  symbol: 'BTC-USDT',
  tickSize: '0.5',
  lotSize: '0.001',
  minNotional: '0',
  kind: 'linear',
  multiplier: '1',
  settle: 'USDT',
  makerFee: 2_000_000 as Rate,
  takerFee: 5_000_000 as Rate,
  fundingPeriod: 3600 as Seconds,
  maintenanceMargin: 0.005,
});
export const LOW_TICKS = 100_000;
export const HIGH_TICKS = 300_000;
const MID = 182_000;
const TICK = 50_000_000n;
const LOT = 100_000n;
const DEPTH = 200;
const START_MS = 1_790_000_000_000;

type Levels = Map<number, number>;
type Json = Readonly<Record<string, unknown>>;

function count(value: unknown, step: bigint): number | null {
  if (typeof value !== 'string') return null;
  const mantissa = naiveMantissa(value);
  if (mantissa < 0n || mantissa % step !== 0n) return null;
  const steps = mantissa / step;
  return steps <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(steps) : null;
}
const isWhole = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

export class NaiveApexBook {
  /** Null while the book is not whole. */
  sides: { bids: Levels; asks: Levels } | null = null;
  private u = -1;
  private ts = -1;
  /** Messages that the book held already. */
  repeats = 0;

  /** A frame of the book's topic. */
  take(frame: Json): void {
    const before = this.sides;
    this.sides = null;
    const { type, ts } = frame;
    const data = frame['data'];
    if (typeof data !== 'object' || data === null || !isWhole(ts) || ts === 0) return;
    const { b, a, s, u } = data as Json;
    if ((type !== 'snapshot' && type !== 'delta') || s !== SYMBOL || !isWhole(u)) return;
    if (!Array.isArray(b) || !Array.isArray(a)) return;
    const again = type === 'delta' && before !== null && u === this.u && ts <= this.ts;
    if (type === 'delta' && !again && (before === null || u !== this.u + 1)) return;
    const fresh = type === 'snapshot' || before === null;
    const bids = changed(fresh ? new Map() : before.bids, b as unknown[], 1);
    const asks = changed(fresh ? new Map() : before.asks, a as unknown[], -1);
    if (bids === null || asks === null) return;
    if (again) {
      this.repeats += 1;
      this.sides = before;
      return;
    }
    const crossed = bids.size > 0 && asks.size > 0 && Math.max(...bids.keys()) > Math.min(...asks.keys()); // prettier-ignore
    if (crossed) return;
    this.u = u;
    this.ts = ts;
    this.sides = { bids, asks };
  }
}

function changed(levels: Levels, changes: readonly unknown[], side: 1 | -1): Levels | null {
  const all: Levels = new Map(levels);
  for (const change of changes) {
    if (!Array.isArray(change)) return null;
    const ticks = count((change as unknown[])[0], TICK);
    const lots = count((change as unknown[])[1], LOT);
    if (!ticks || lots === null) return null;
    if (ticks < LOW_TICKS || ticks > HIGH_TICKS) continue;
    if (lots === 0) all.delete(ticks);
    else all.set(ticks, lots);
  }
  const sorted = [...all].sort(([x], [y]) => (y - x) * side);
  return new Map(sorted.slice(0, DEPTH));
}

const price = (ticks: number): string => INSTRUMENT.formatPrice(ticks as never);
const size = (lots: number): string => INSTRUMENT.formatSize(lots as never);
const level = (ticks: number, lots: number): [string, string] => [price(ticks), size(lots)];

/** A full book, both sides in ascending price. */
export function snapshotFrame(random: Random, u: number, deep: boolean): Json {
  const levels = deep ? DEPTH - random.int(3) : 6;
  const range = Array.from({ length: levels }, (_, i) => i);
  const b = range.map((i) => level(MID - levels + i, 1 + random.int(9999)));
  const a = range.map((i) => level(MID + 1 + i, 1 + random.int(9999)));
  return frame(`orderBook200.H.${SYMBOL}`, 'snapshot', { s: SYMBOL, b, a, u }, u);
}
export function deltaFrame(random: Random, u: number): Json {
  const side = (sign: 1 | -1): [string, string][] =>
    Array.from({ length: random.int(5) }, () => {
      const away = random.bool(0.8) ? random.int(12) : random.int(230);
      const lots = random.bool(0.3) ? 0 : 1 + random.int(9999);
      return level(sign === 1 ? MID - away : MID + 1 + away, lots);
    });
  const data = { s: SYMBOL, b: side(1), a: side(-1), u };
  return frame(`orderBook200.H.${SYMBOL}`, 'delta', data, u);
}
export function tradesFrame(random: Random, u: number): Json {
  const data = Array.from({ length: 1 + random.int(3) }, (_, i) => ({
    T: START_MS + u,
    s: SYMBOL,
    S: random.bool(0.5) ? 'Buy' : 'Sell',
    v: size(1 + random.int(999)),
    p: price(MID - 5 + random.int(10)),
    L: 'PlusTick',
    i: `9d1c-${u}-${i}`,
  }));
  return frame(`recentlyTrade.H.${SYMBOL}`, 'delta', data, u);
}
export function tickerFrame(random: Random, u: number): Json {
  const mark = random.bool(0.6) ? { markPrice: `91000.${random.int(99)}` } : {};
  const rate = random.bool(0.5) ? { fundingRate: `-0.0000${random.int(999)}` } : {};
  const data = { symbol: SYMBOL, openInterest: '12', ...mark, ...rate };
  return frame(`instrumentInfo.H.${SYMBOL}`, 'delta', data, u);
}
const frame = (topic: string, type: string, data: unknown, u: number): Json => ({
  ...{ topic, type, data, cs: u, ts: (START_MS + u) * 1000 },
});
