// The band around the mark: where it lies, when it moves, and that it cannot shut a real market out.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Micros, TickPrice } from '#core/units';
import { MarkBand } from '#clients/net/mark-band';

const at = (seconds: number): Micros => (seconds * 1_000_000) as Micros;
const mark = (ticks: number): TickPrice => ticks as TickPrice;

function rig(first: number) {
  const seen: number[][] = [];
  const band = new MarkBand((low, high) => void seen.push([low, high]), first);
  return { band, seen };
}

describe('the band', () => {
  test('a quarter to four times the mark, from the first that is known', () => {
    expect(rig(1_000).seen).toEqual([[250, 4_000]]);
    const late = rig(0);
    expect(late.seen).toEqual([]);
    expect(late.band.onMark(mark(1_000), at(1))).toBe(false); // nothing was left out before
    expect(late.seen).toEqual([[250, 4_000]]);
    expect(rig(2).seen).toEqual([[1, 8]]);
  });

  test('it moves when the mark has moved by more than a factor of 2, and says so', () => {
    const { band, seen } = rig(1_000);
    expect([1_100, 2_000, 500].map((ticks) => band.onMark(mark(ticks), at(1)))).toEqual([false, false, false]); // prettier-ignore
    expect(band.onMark(mark(2_001), at(2))).toBe(true);
    expect(band.onMark(mark(1_000), at(3))).toBe(true);
    expect(seen.slice(1)).toEqual([[500, 8_004], [250, 4_000]]); // prettier-ignore
  });

  test('single refusals open nothing; those that go on without a mark do, until the next mark', () => {
    const { band, seen } = rig(1_000);
    band.onMark(mark(1_000), at(10));
    const refuse = (seconds: number[]): boolean[] => seconds.map((s) => band.onRefused(at(s)));
    expect(refuse([11, 12, 13, 14])).not.toContain(true);
    band.onMark(mark(1_001), at(15));
    expect(refuse([20, 21, 22, 23])).not.toContain(true);
    expect(refuse([24, 25])).toEqual([true, false]);
    expect(seen.at(-1)).toEqual([1, 1_099_511_627_776]);
    expect(band.onMark(mark(9_000), at(26))).toBe(true);
    expect(seen.at(-1)).toEqual([2_250, 36_000]);
  });

  test('a burst of refusals beside fresh marks opens nothing', () => {
    const { band, seen } = rig(1_000);
    band.onMark(mark(1_000), at(1));
    for (let i = 0; i < 100; i += 1) expect(band.onRefused(at(2))).toBe(false);
    expect(seen).toHaveLength(1);
  });

  test('whatever way the mark goes, it keeps a factor of 2 on both sides', () => {
    const steps = fc.array(fc.double({ min: 0.55, max: 1.8, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (factors) => {
        const { band, seen } = rig(1_000_000);
        let price = 1_000_000;
        for (const factor of factors) {
          price = Math.min(1e9, Math.max(1_000, Math.round(price * factor)));
          band.onMark(mark(price), at(1));
          const [low, high] = seen.at(-1) as [number, number];
          expect(price / low).toBeGreaterThanOrEqual(2 - 1e-9);
          expect(high / price).toBeGreaterThanOrEqual(2 - 1e-9);
        }
      }),
    );
  });
});
