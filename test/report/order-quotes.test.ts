// The path of quotes and parameters that a live ledger leaves: from order rows and from notes.
import { describe, expect, test } from 'vitest';
import type { MarketEstimates } from '#core/analyzer';
import type { OrderRow } from '#ledger/rows';
import { quotesOfOrders } from '#report/order-quotes';
import { momentText, parameterMoment, parseMoment } from '#report/parameter-path';
import type { Level, RecordedFill } from '#report/record';

const order = (side: 1 | -1, ticks: number, from: number | null, to: number | null): OrderRow =>
  ({
    ...{ side, ticks, tif: 'post-only' },
    acceptedUs: from === null ? null : from * 1e6,
    closedUs: to === null ? null : to * 1e6,
  }) as OrderRow;
const level = (s: number, mark: number): Level => ({ us: s * 1e6, mark, pnl: 0, lots: 0 }) as Level;
const fill = (s: number): RecordedFill => ({ us: s * 1e6 }) as RecordedFill;

describe('quotes from orders', () => {
  const levels = [level(5_000, 99), level(5_005, 100), level(5_010, 101)];

  test('the innermost of what rested, from acceptance to close, within the busiest ten minutes', () => {
    const orders = [
      order(1, 90, 5_001, 5_006),
      order(1, 92, 5_002, 5_004),
      order(-1, 110, 5_003, null),
      order(-1, 105, null, 5_004), // never accepted
      order(1, 1, 100, 200), // hours before
      { ...order(1, 99, 5_001, 5_009), tif: 'ioc' },
    ];
    const fills = [fill(100), fill(5_000), fill(5_001), fill(5_300)];
    const found = quotesOfOrders(orders, fills, levels);
    expect(found.map(([us, ...rest]) => [us / 1e6, ...rest])).toEqual([
      [5_000, 99, 0, 0], [5_001, 99, 90, 0], [5_002, 99, 92, 0], [5_003, 99, 92, 110],
      [5_004, 99, 90, 110], [5_005, 100, 90, 110], [5_006, 100, 0, 110], [5_010, 101, 0, 110],
    ]); // prettier-ignore
  });

  test('nothing rested: nothing to draw', () => {
    expect(quotesOfOrders([], [], levels)).toEqual([]);
    expect(quotesOfOrders([order(1, 9, 1, 2)], [fill(5_000)], levels)).toEqual([]);
  });
});

describe('parameters as notes', () => {
  const figure = {
    value: 1.23456789,
    standardError: 0.1,
    low: 1,
    high: 1.5,
    effectiveCount: 9,
    age: 0,
  };
  const sided = { bid: figure, ask: figure, both: { ...figure, effectiveCount: 0 } };
  const used = { sigma: 1.23456789, kappa: 1.2, alpha: 0.2, epsilon: 0.2, source: 'dynamic' };
  const estimates = { sigma: figure, kappa: sided, alpha: sided, epsilon: sided } as never;

  test('there and back, with bands only where something was measured', () => {
    const moment = parameterMoment(
      1_767_600_000_123_456 as never,
      used as never,
      estimates as MarketEstimates,
    );
    expect(moment).toMatchObject({ sigma: [1.23456789, 1, 1.5], kappa: [1.2, null, null] });
    const back = parseMoment(momentText(moment));
    expect(back).toEqual({ ...moment, sigma: [1.23457, 1, 1.5] });
    expect(momentText(moment).length).toBeLessThan(400);
  });

  test('other notes are none of ours', () => {
    expect(['', 'a word', '{}', '[1]', 'null'].map((text) => parseMoment(text))).toEqual([
      null, null, null, null, null,
    ]); // prettier-ignore
  });
});
