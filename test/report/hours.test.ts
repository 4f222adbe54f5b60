// A run hour by hour: everything is in exactly one hour, and the milliseconds of a day's recording that lie beyond
// midnight make no hour of their own.
import { expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import { parseMoney } from '#core/money';
import type { Lots, Micros, Money, Side, TickPrice, Ticks } from '#core/units';
import type { FillRecord } from '#report/collector';
import { hourEnds, hourRows } from '#report/hours';
import type { Hourly } from '#report/hours';
import { INSTRUMENT } from '../risk/fixture.js';

const HOUR = 3_600e6;
const START = 490_000;

const fill = (us: number): FillRecord => ({
  ...{ us: us as Micros, side: 1 as Side, ticks: 1_000_000 as Ticks, lots: 1 as Lots },
  ...{ fee: 7 as Money, maker: true, gap: false, mid: 1_000_000 as TickPrice },
  ...{ mids: new Float64Array(4), bridged: new Uint8Array(4) },
});

function run(lastSeconds: number): Hourly {
  const at = (hour: number, seconds: number): number => (START + hour) * HOUR + seconds * 1e6;
  return {
    hourlyPnl: new Map([
      [START, 300 as Money],
      [START + 1, -500 as Money],
      [START + 2, -800 as Money],
    ]),
    hourlyInventory: new Map([[START, { mean: 1 }], [START + 1, { mean: 2 }], [START + 2, { mean: 9 }]]), // prettier-ignore
    fills: [fill(at(0, 1)), fill(at(1, 3_599)), fill(at(2, 0.5))],
    endUs: at(2, lastSeconds),
  };
}

const rowsOf = (hourly: Hourly): (readonly [string, number, number])[] =>
  hourRows(hourly, new Instrument(INSTRUMENT.spec), () => null).map((row) => [
    ...([row.hour.slice(11), parseMoney(row.pnl) ?? NaN, row.fills] as const),
  ]);

test('a last hour of a second is part of the one before it', () => {
  const rows = rowsOf(run(0.8));
  expect(rows.map(([, pnl, fills]) => [pnl, fills])).toEqual([[300, 1], [-1_100, 2]]); // prettier-ignore
  expect(hourEnds(run(0.8)).map(([, pnl]) => pnl)).toEqual([300, -800]);
});

test('a last hour of a minute or more stands for itself', () => {
  const rows = rowsOf(run(60));
  expect(rows.map(([, pnl, fills]) => [pnl, fills])).toEqual([[300, 1], [-800, 1], [-300, 1]]); // prettier-ignore
});

test('a run of seconds still has its one hour', () => {
  const hourly = { ...run(0.8), hourlyPnl: new Map([[START + 2, 5 as Money]]), fills: [] };
  expect(rowsOf(hourly).map(([, pnl]) => pnl)).toEqual([5]);
});
