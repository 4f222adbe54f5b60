// For how long something of ours rested at the venue, and for how long on both sides at once: from the order rows of a
// ledger. Times in microseconds. Pure.
import type { OrderRow } from '#ledger/rows';

/** From, to. */
export type Span = readonly [number, number];

/** When at least one of these orders rested within [from, to], merged and in order. One still open rests to the end. */
export function restedSpans(orders: readonly OrderRow[], from: number, to: number): Span[] {
  const spans = orders
    .flatMap(({ acceptedUs, closedUs }): Span[] =>
      acceptedUs === null ? [] : [[Math.max(from, acceptedUs), Math.min(to, closedUs ?? to)]],
    )
    .sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [start, end] of spans) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (end > start) merged.push([start, end]);
  }
  return merged;
}

/** When bids and asks rested at once. */
export function bothSides(orders: readonly OrderRow[], from: number, to: number): Span[] {
  const of = (side: number): Span[] =>
    restedSpans(orders.filter((order) => order.side === side), from, to); // prettier-ignore
  const [bids, asks] = [of(1), of(-1)];
  const both: Span[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [bid, ask] = [bids[i], asks[j]];
    if (bid === undefined || ask === undefined) return both;
    const [start, end] = [Math.max(bid[0], ask[0]), Math.min(bid[1], ask[1])];
    if (end > start) both.push([start, end]);
    if (bid[1] < ask[1]) i += 1;
    else j += 1;
  }
}

export const lengthOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, [from, to]) => sum + to - from, 0);
