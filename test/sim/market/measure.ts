// Measures a source of rows the way portrait.md measured its recordings: volatility by horizon, spread, arrivals,
// sizes, mark-outs, chances of reach, depth. Gaps are left out: a window that touches one does not count.
import { L2Book } from '#core/book';
import type { RowSource } from '#core/rows';
import { ROW_CLEAR, ROW_GAP, ROW_LEVEL, ROW_TRADE, RowBlock } from '#core/rows';
import type { Lots, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';

const SECOND = 1_000_000;
export const REACH_BP = [0.1, 0.5, 1, 2, 3, 5];
export const MARKOUT_S = [1, 5, 30, 60];
const SIGMA_S = [1, 5, 30, 60];

interface TakerOrder {
  readonly second: number;
  readonly us: number;
  readonly side: number;
  readonly midBefore: number;
  lots: number;
  /** Distance of the deepest print from the mid before, in bp. */
  reach: number;
  readonly spreadBp: number;
}

/** Everything measured over whole seconds since the first row; `mids[s]` is the mid at the end of second s, NaN in gaps. */
export interface Recording {
  readonly mids: number[];
  readonly orders: TakerOrder[];
  /** Highest buy and lowest sell print of each second. */
  readonly high: number[];
  readonly low: number[];
  readonly rows: number;
  readonly messages: number;
  readonly crossed: number;
  readonly tight: number;
  readonly spreadBp: number;
  readonly depth: { best: number; second: number; half: number; one: number; two: number };
  readonly seconds: number;
}

export function record(source: RowSource): Recording {
  const book = new L2Book();
  const mids: number[] = [];
  const orders: TakerOrder[] = [];
  const high: number[] = [];
  const low: number[] = [];
  const depth = { best: 0, second: 0, half: 0, one: 0, two: 0 };
  let depthSamples = 0;
  let startUs = NaN;
  let second = 0;
  let rows = 0;
  let messages = 0;
  let crossed = 0;
  let tightUs = 0;
  let spreadSum = 0;
  let soundUs = 0;
  let lastUs = NaN;
  let messageOpen = false;
  let order: TakerOrder | null = null;
  const block = new RowBlock();

  const sample = (): void => {
    mids.push(book.sound ? book.mid : NaN);
    if (!book.sound || mids.length % 5 !== 0) return;
    depthSamples += 1;
    const mid = book.mid;
    for (const side of [BID, ASK] as const) {
      let price = side === BID ? book.bidTicks : book.askTicks;
      depth.best += book.lotsAt(side, price) / 2;
      depth.second += book.lotsAt(side, book.next(side, price)) / 2;
      while (price !== 0) {
        const away = (Math.abs(price - mid) / mid) * 1e4;
        if (away > 2) break;
        const lots = book.lotsAt(side, price) / 2;
        depth.two += lots;
        if (away <= 1) depth.one += lots;
        if (away <= 0.5) depth.half += lots;
        price = book.next(side, price);
      }
    }
  };

  for (let b = source.next(block); b !== null; b = source.next(block)) {
    for (let i = 0; i < b.count; i++) {
      const us = b.localUs[i] as number;
      const kind = b.kind[i] as number;
      rows += 1;
      if (Number.isNaN(startUs)) {
        startUs = us;
        lastUs = us;
      }
      if (us !== lastUs) {
        if (messageOpen) {
          messages += 1;
          if (book.crossed) crossed += 1;
        }
        messageOpen = false;
        if (book.sound) {
          const span = us - lastUs;
          soundUs += span;
          spreadSum += (span * (book.askTicks - book.bidTicks) * 1e4) / book.mid;
          if (book.askTicks - book.bidTicks <= 1) tightUs += span;
        }
        while (startUs + (second + 1) * SECOND <= us) {
          sample();
          second += 1;
        }
        lastUs = us;
      }
      const price = b.price[i] as number;
      const size = b.size[i] as number;
      if (kind === ROW_LEVEL) {
        book.apply(b.side[i] as Side, price as Ticks, size as Lots);
        messageOpen = true;
      } else if (kind === ROW_CLEAR || kind === ROW_GAP) {
        book.clear();
      } else if (kind === ROW_TRADE && book.sound) {
        const side = b.side[i] as number;
        const venueUs = b.exchangeUs[i] as number;
        const mid = book.mid;
        if (order === null || order.us !== venueUs || order.side !== side) {
          const spreadBp = ((book.askTicks - book.bidTicks) / mid) * 1e4;
          order = {
            second,
            us: venueUs,
            side,
            midBefore: mid,
            lots: 0,
            reach: -Infinity,
            spreadBp,
          };
          orders.push(order);
        }
        order.lots += size;
        order.reach = Math.max(order.reach, ((price - order.midBefore) * side * 1e4) / mid);
        if (side >= 0) high[second] = Math.max(high[second] ?? -Infinity, price);
        if (side <= 0) low[second] = Math.min(low[second] ?? Infinity, price);
      }
    }
  }
  for (const key of Object.keys(depth) as (keyof typeof depth)[]) depth[key] /= depthSamples;
  return {
    mids,
    orders,
    high,
    low,
    rows,
    messages,
    crossed,
    tight: tightUs / soundUs,
    spreadBp: spreadSum / soundUs,
    depth,
    seconds: mids.length,
  };
}

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

/** Mid returns over h seconds in bp, at every second. */
function returns(mids: readonly number[], h: number): number[] {
  const out: number[] = [];
  for (let s = h; s < mids.length; s++) {
    const r = Math.log((mids[s] as number) / (mids[s - h] as number)) * 1e4;
    if (!Number.isNaN(r)) out.push(r);
  }
  return out;
}

const meanSquare = (xs: readonly number[]): number => xs.reduce((a, x) => a + x * x, 0) / xs.length;

function fano(orders: readonly TakerOrder[], seconds: number, window: number): number {
  const counts = new Array<number>(Math.floor(seconds / window)).fill(0);
  for (const { second } of orders) {
    const w = Math.floor(second / window);
    if (w < counts.length) counts[w] = (counts[w] as number) + 1;
  }
  const m = mean(counts);
  return mean(counts.map((c) => (c - m) * (c - m))) / m;
}

/** Chance that a side is reached within `window` seconds at each of REACH_BP, both sides averaged. */
function reachChances(recording: Recording, window: number): number[] {
  const { mids, high, low } = recording;
  const hits = REACH_BP.map(() => 0);
  let windows = 0;
  for (let s = 0; s + window < mids.length; s += window) {
    const mid = mids[s] as number;
    if (Number.isNaN(mid) || Number.isNaN(mids[s + window] as number)) continue;
    windows += 1;
    let up = -Infinity;
    let down = -Infinity;
    for (let k = s + 1; k <= s + window; k++) {
      up = Math.max(up, (((high[k] ?? -Infinity) - mid) / mid) * 1e4);
      down = Math.max(down, ((mid - (low[k] ?? Infinity)) / mid) * 1e4);
    }
    REACH_BP.forEach((bp, i) => {
      hits[i] = (hits[i] as number) + (up >= bp ? 0.5 : 0) + (down >= bp ? 0.5 : 0);
    });
  }
  return hits.map((count) => count / windows);
}

/**
 * A and kappa of -ln(1-p)/h = A exp(-kappa d) from 0.5 to 3 bp, weighted by the chances. The portrait's fits have
 * points nearer the touch ("w") or no weights ("u"): on its recordings this one comes out near "u".
 */
function fit(chances: readonly number[], window: number): { a: number; kappa: number } {
  const points = REACH_BP.map((d, i) => ({ d, p: chances[i] as number }))
    .filter(({ d, p }) => d >= 0.5 && d <= 3 && p > 0)
    .map(({ d, p }) => ({ d, y: Math.log(-Math.log1p(-p) / window), w: p }));
  const w = points.reduce((s, q) => s + q.w, 0);
  const md = points.reduce((s, q) => s + q.w * q.d, 0) / w;
  const my = points.reduce((s, q) => s + q.w * q.y, 0) / w;
  const up = points.reduce((s, q) => s + q.w * (q.d - md) * (q.y - my), 0);
  const slope = up / points.reduce((s, q) => s + q.w * (q.d - md) * (q.d - md), 0);
  return { a: Math.exp(my - slope * md), kappa: -slope };
}

/** Mean move of the mid in the taker's direction from just before the order, in bp. */
export function markout(
  recording: Recording,
  h: number,
  keep: (o: TakerOrder) => boolean = () => true,
): number {
  const moves: number[] = [];
  for (const order of recording.orders) {
    const later = recording.mids[order.second + h];
    if (later === undefined || Number.isNaN(later) || order.side === 0 || !keep(order)) continue;
    moves.push((order.side * (later - order.midBefore) * 1e4) / order.midBefore);
  }
  return mean(moves);
}

export interface Portrait {
  readonly rowsPerSecond: number;
  readonly sigma: readonly number[];
  readonly ac1: number;
  readonly kurtosis1s: number;
  readonly ordersPerSecond: number;
  readonly fano1: number;
  readonly fano60: number;
  readonly size: { mean: number; p50: number; p90: number; p99: number; lnSd: number };
  readonly tight: number;
  readonly spreadBp: number;
  readonly depth: Recording['depth'];
  readonly markouts: readonly number[];
  readonly reach1: readonly number[];
  readonly reach5: readonly number[];
  readonly fit1: { a: number; kappa: number };
  readonly fit5: { a: number; kappa: number };
  readonly big1min: number;
}

/** `lot`: base size of a lot. */
export function portray(recording: Recording, lot: number): Portrait {
  const { mids, orders, seconds, rows } = recording;
  const one = returns(mids, 1);
  let up = 0;
  for (let i = 1; i < one.length; i++) up += (one[i] as number) * (one[i - 1] as number);
  const sizes = orders.map((o) => o.lots * lot).sort((a, b) => a - b);
  const at = (q: number): number => sizes[Math.floor(q * (sizes.length - 1))] as number;
  const logs = sizes.map((s) => Math.log(s));
  const meanLog = mean(logs);
  const minutes = returns(mids, 60).filter((_, i) => i % 60 === 0);
  const reach1 = reachChances(recording, 1);
  const reach5 = reachChances(recording, 5);
  const { best, second, half, one: oneBp, two } = recording.depth;
  return {
    rowsPerSecond: rows / seconds,
    sigma: SIGMA_S.map((h) => Math.sqrt(meanSquare(returns(mids, h)) / h)),
    ac1: up / one.length / meanSquare(one),
    kurtosis1s: meanSquare(one.map((r) => r * r)) / (meanSquare(one) * meanSquare(one)),
    ordersPerSecond: orders.length / seconds,
    fano1: fano(orders, seconds, 1),
    fano60: fano(orders, seconds, 60),
    size: {
      mean: mean(sizes),
      p50: at(0.5),
      p90: at(0.9),
      p99: at(0.99),
      lnSd: Math.sqrt(meanSquare(logs.map((l) => l - meanLog))),
    },
    tight: recording.tight,
    spreadBp: recording.spreadBp,
    depth: {
      best: best * lot,
      second: second * lot,
      half: half * lot,
      one: oneBp * lot,
      two: two * lot,
    },
    markouts: MARKOUT_S.map((h) => markout(recording, h)),
    reach1,
    reach5,
    fit1: fit(reach1, 1),
    fit5: fit(reach5, 5),
    big1min: minutes.filter((r) => Math.abs(r) > 30).length / minutes.length,
  };
}
