// The quotes of a live run from the order rows of its ledger: what rested when, in the ten minutes with the most fills.
// Backtests leave a trace instead; live runs leave every order.
import type { OrderRow } from '#ledger/rows';
import type { Level, RecordedFill } from './record.js';
import type { QuoteMoment } from './trace.js';

const EXCERPT_US = 600e6;

/** Where a window with the most fills begins; 0 without fills. */
function busiest(fills: readonly RecordedFill[]): number {
  let [from, most, head] = [0, 0, 0];
  for (let tail = 0; tail < fills.length; tail += 1) {
    const us = fills[tail]?.us ?? 0;
    while ((fills[head]?.us ?? us) < us - EXCERPT_US) head += 1;
    if (tail - head + 1 > most) [from, most] = [fills[head]?.us ?? 0, tail - head + 1];
  }
  return from;
}

interface Rested {
  readonly side: number;
  readonly ticks: number;
  readonly fromUs: number;
  readonly toUs: number;
}

/** Empty when nothing ever rested there. An amended order counts at its last price. */
export function quotesOfOrders(
  orders: Iterable<OrderRow>,
  fills: readonly RecordedFill[],
  levels: readonly Level[],
): QuoteMoment[] {
  const from = busiest(fills) || (levels[0]?.us ?? 0);
  const to = from + EXCERPT_US;
  const rested: Rested[] = [];
  for (const { side, ticks, acceptedUs, closedUs, tif } of orders) {
    if (tif !== 'post-only' || acceptedUs === null) continue;
    const toUs = closedUs ?? Infinity;
    if (toUs > from && acceptedUs < to) rested.push({ side, ticks, fromUs: acceptedUs, toUs });
  }
  if (rested.length === 0) return [];
  const marks = levels.filter(({ us }) => us >= from && us <= to);
  const edges = [
    ...rested.flatMap(({ fromUs, toUs }) => [fromUs, toUs]),
    ...marks.map(({ us }) => us),
  ];
  const times = [...new Set(edges)].filter((us) => us >= from && us <= to).sort((a, b) => a - b);
  const innermost = (us: number, side: number): number =>
    rested
      .filter((order) => order.side === side && order.fromUs <= us && order.toUs > us)
      .reduce((best, { ticks }) => (best === 0 || (ticks - best) * side > 0 ? ticks : best), 0);
  let next = 0;
  let mark = marks[0]?.mark ?? 0;
  return times.map((us): QuoteMoment => {
    while ((marks[next]?.us ?? Infinity) <= us) {
      mark = marks[next]?.mark ?? mark;
      next += 1;
    }
    return [us, mark, innermost(us, 1), innermost(us, -1)];
  });
}
