// The tracker against a model that looks through the whole list of mids for every fill; gaps,
// silence, growth, order.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BRIDGE_US, MarkoutTracker, markoutOf } from '#core/markout';
import type { Micros, Side, TickPrice } from '#core/units';
import { ASK, BID } from '#core/units';

const SECOND = 1_000_000;
const us = (seconds: number): Micros => Math.round(seconds * SECOND) as Micros;
const px = (n: number): TickPrice => n as TickPrice;

interface Result {
  readonly id: number;
  readonly horizon: number;
  readonly mid: number;
  readonly bridged: boolean;
}

function makeTracker(horizons: readonly number[], capacity = 16) {
  const results: Result[] = [];
  const tracker = new MarkoutTracker(horizons, capacity, (id, horizon, mid, bridged) =>
    results.push({ id, horizon, mid, bridged }),
  );
  return { tracker, results };
}

type Event =
  | { readonly kind: 'fill' | 'mid'; readonly wait: number }
  | { readonly kind: 'gap'; readonly wait: number; readonly length: number };

/** What spec.md section 6 says, by search. Gaps with no mid between them are one gap. */
function model(horizons: readonly number[], events: readonly Event[]): Result[] {
  const timeline: { at: number; kind: string; mid: number; from: number }[] = [];
  let now = 0;
  let gapFrom: number | null = null;
  events.forEach((event, i) => {
    now += event.wait;
    if ('length' in event) {
      gapFrom ??= now;
      now += event.length;
    }
    timeline.push({ at: now, kind: event.kind, mid: i + 1, from: gapFrom ?? now });
    if (event.kind === 'mid') gapFrom = null;
  });
  const results: Result[] = [];
  timeline.forEach((fill, i) => {
    if (fill.kind !== 'fill') return;
    horizons.forEach((h, horizon) => {
      const due = fill.at + h * SECOND;
      const first = timeline.findIndex((e, k) => k > i && e.kind === 'mid' && e.at >= due);
      if (first < 0) return;
      const mid = timeline[first]!;
      const before = timeline.slice(0, first).findLastIndex((e) => e.kind === 'mid');
      const gaps = timeline.slice(before + 1, first).filter((e) => e.kind === 'gap');
      // A gap that ended before this fill cannot hide its mid.
      const covering = gaps.filter((gap) => gap.at > due);
      if (covering.some((gap) => gap.at - gap.from > BRIDGE_US)) return;
      const end = covering.length > 0 ? Math.max(...covering.map((gap) => gap.at)) : due;
      if (mid.at - end > BRIDGE_US) return;
      results.push({ id: fill.mid, horizon, mid: mid.mid, bridged: covering.length > 0 });
    });
  });
  return results;
}

const wait = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 2 * SECOND }),
  fc.integer({ min: 0, max: 14 }).map((n) => n * SECOND),
);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fill' as const), wait }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('mid' as const), wait }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('gap' as const),
      wait,
      length: fc.integer({ min: 1, max: 20 }).map((n) => n * SECOND),
    }),
  },
);

test('equals the search of the whole history, and everything is accounted for', () => {
  const horizons = [5, 1, 30];
  fc.assert(
    fc.property(fc.array(event, { maxLength: 120 }), (events) => {
      const { tracker, results } = makeTracker(horizons);
      let now = 0;
      let fills = 0;
      events.forEach((one, i) => {
        now += one.wait;
        if ('length' in one) {
          tracker.gap(now as Micros, (now + one.length) as Micros);
          now += one.length;
        } else if (one.kind === 'fill') {
          tracker.add(now as Micros, BID, px(1), i + 1);
          fills += 1;
        } else {
          tracker.advance(now as Micros, px(i + 1));
        }
      });
      tracker.finish();
      const order = (a: Result, b: Result): number => a.id - b.id || a.horizon - b.horizon;
      expect([...results].sort(order)).toEqual(model(horizons, events).sort(order));
      horizons.forEach((_, h) => {
        expect((tracker.resolved[h] ?? 0) + (tracker.dropped[h] ?? 0)).toBe(fills);
        expect(tracker.resolved[h]).toBe(results.filter((r) => r.horizon === h).length);
        const bridged = results.filter((r) => r.horizon === h && r.bridged).length;
        expect(tracker.bridged[h]).toBe(bridged);
      });
      expect(tracker.pending).toBe(0);
      expect(tracker.nextDueUs).toBe(Infinity);
    }),
    { numRuns: 1_500 },
  );
});

describe('one fill', () => {
  test('is settled by the first mid at or after t + h, to the microsecond', () => {
    const { tracker, results } = makeTracker([1, 5]);
    tracker.add(us(10), BID, px(100), 7);
    expect(tracker.nextDueUs).toBe(us(11));
    tracker.advance((us(11) - 1) as Micros, px(98));
    expect(results).toEqual([]);
    tracker.advance(us(11), px(99));
    tracker.advance(us(14), px(105));
    tracker.advance(us(15.5), px(101));
    tracker.advance(us(16), px(77));
    expect(results).toEqual([
      { id: 7, horizon: 0, mid: 99, bridged: false },
      { id: 7, horizon: 1, mid: 101, bridged: false },
    ]);
  });

  test('side and price come back with it', () => {
    const seen: number[] = [];
    const tracker = new MarkoutTracker([1], 1, (id, h, mid, _b, side, ticks) =>
      seen.push(id, h, mid, side, ticks),
    );
    tracker.add(us(0), ASK, px(100.5), 3);
    tracker.advance(us(2), px(99));
    expect(seen).toEqual([3, 0, 99, -1, 100.5]);
  });

  test('a gap of exactly 10 s is bridged, a longer one drops it', () => {
    for (const [length, settled] of [
      [10, 1],
      [10.000001, 0],
    ] as const) {
      const { tracker, results } = makeTracker([30]);
      tracker.add(us(0), BID, px(100), 1);
      tracker.advance(us(29), px(100));
      tracker.gap(us(29.5), us(29.5 + length));
      tracker.advance(us(29.5 + length), px(102));
      expect(results.map((r) => r.bridged)).toEqual(settled ? [true] : []);
      expect([tracker.resolved[0], tracker.bridged[0], tracker.dropped[0]]).toEqual(
        settled ? [1, 1, 0] : [0, 0, 1],
      );
    }
  });

  test('a gap before t + h leaves it alone', () => {
    const { tracker, results } = makeTracker([30]);
    tracker.add(us(0), BID, px(100), 1);
    tracker.gap(us(1), us(25));
    tracker.advance(us(25), px(100));
    tracker.advance(us(31), px(103));
    expect(results).toEqual([{ id: 1, horizon: 0, mid: 103, bridged: false }]);
  });

  test('more than 10 s of silence drops it, 10 s do not', () => {
    const { tracker, results } = makeTracker([1]);
    tracker.add(us(0), BID, px(100), 1);
    tracker.advance(us(11), px(101));
    tracker.add(us(20), BID, px(100), 2);
    tracker.advance(us(31.000001), px(102));
    expect(results.map((r) => r.id)).toEqual([1]);
    expect(tracker.dropped[0]).toBe(1);
  });

  test('without a later mid it is dropped at the end', () => {
    const { tracker, results } = makeTracker([1, 60]);
    tracker.add(us(0), BID, px(100), 1);
    tracker.advance(us(2), px(101));
    tracker.finish();
    expect(results).toHaveLength(1);
    expect([...tracker.dropped]).toEqual([0, 1]);
  });
});

test('a burst beyond the capacity grows the queue and loses nothing', () => {
  const { tracker, results } = makeTracker([1, 60], 16);
  for (let i = 0; i < 1_000; i++) tracker.add(us(i / 100), i % 2 === 0 ? BID : ASK, px(100 + i), i);
  expect(tracker.pending).toBe(1_000);
  for (let i = 0; i < 80; i++) tracker.advance(us(i), px(5_000 + i));
  expect(results.filter((r) => r.horizon === 1).map((r) => r.id)).toEqual(
    Array.from({ length: 1_000 }, (_, i) => i),
  );
  expect(results.filter((r) => r.horizon === 0)).toHaveLength(1_000);
  expect(results.every((r) => r.mid === 5_000 + Math.ceil(r.id / 100) + (r.horizon ? 60 : 1))).toBe(
    true,
  );
});

test('a fill reported out of order counts as at the last one', () => {
  const { tracker, results } = makeTracker([1]);
  tracker.add(us(5), BID, px(100), 1);
  tracker.add(us(3), BID, px(100), 2);
  tracker.advance(us(5.9), px(101));
  expect(results).toEqual([]);
  tracker.advance(us(6), px(102));
  expect(results.map((r) => [r.id, r.mid])).toEqual([
    [1, 102],
    [2, 102],
  ]);
});

test('the sign is ours: a bought lot gains when the mid rises', () => {
  expect(markoutOf(BID, 100, 101)).toBeCloseTo(0.01, 12);
  expect(markoutOf(ASK, 100, 101)).toBeCloseTo(-0.01, 12);
});

test('nonsense horizons are refused', () => {
  const nothing = (_id: number, _h: number, _mid: TickPrice, _b: boolean, _s: Side): void => {};
  for (const horizons of [[], [-1], [NaN]])
    expect(() => new MarkoutTracker(horizons, 16, nothing)).toThrow(/horizons/);
});
