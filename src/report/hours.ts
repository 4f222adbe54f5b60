// A simulated run hour by hour. One pass over the fills: a long run has as many hours as it has days of fills, and looking
// through all fills for each hour made the last second of a 240 h run its most expensive.
import type { Instrument } from '#core/instrument';
import { formatMoney } from '#core/money';
import type { Money } from '#core/units';
import type { FillRecord } from './collector.js';
import type { HourRow } from './run-result.js';

const HOUR_US = 3_600e6;
/** A recording of a day ends some milliseconds into the next: no hour of its own. */
const LEAST_US = 60e6;

/** What the collector keeps by the hour, hours counted since the epoch. */
export interface Hourly {
  readonly hourlyPnl: ReadonlyMap<number, Money>;
  readonly hourlyInventory: ReadonlyMap<number, { readonly mean: number }>;
  readonly fills: readonly FillRecord[];
  readonly endUs: number;
}

/** P&L at the end of each hour, in order; a last hour shorter than a minute is part of the one before it. */
export function hourEnds({ hourlyPnl, endUs }: Hourly): (readonly [number, Money])[] {
  const ends = [...hourlyPnl.entries()].sort(([a], [b]) => a - b);
  const [last, before] = [ends.at(-1), ends.at(-2)];
  if (last === undefined || before === undefined || endUs - last[0] * HOUR_US >= LEAST_US)
    return ends;
  return [...ends.slice(0, -2), [before[0], last[1]]];
}

/** One row an hour; `netEdge` is the mean over some fills, bp. */
export function hourRows(
  run: Hourly,
  instrument: Instrument,
  netEdge: (fills: readonly FillRecord[]) => number | null,
): HourRow[] {
  const ends = hourEnds(run);
  const last = ends.at(-1)?.[0] ?? 0;
  const byHour = new Map<number, FillRecord[]>(ends.map(([hour]) => [hour, []]));
  for (const fill of run.fills)
    byHour.get(Math.min(last, Math.floor(fill.us / HOUR_US)))?.push(fill);
  let before = 0;
  return ends.map(([hour, pnl]) => {
    const fills = byHour.get(hour) ?? [];
    const sum = (pick: (fill: FillRecord) => number): Money =>
      fills.reduce((total, fill) => total + pick(fill), 0) as Money;
    const row = {
      hour: new Date(hour * 3_600_000).toISOString().slice(0, 13),
      pnl: formatMoney((pnl - before) as Money),
      fills: fills.length,
      volume: formatMoney(sum((fill) => instrument.notional(fill.lots, fill.ticks))),
      fees: formatMoney(sum((fill) => fill.fee)),
      netEdgeBps: netEdge(fills),
      inventoryMean: run.hourlyInventory.get(hour)?.mean ?? 0,
    };
    before = pnl;
    return row;
  });
}
