// The yardsticks themselves: a measurement that cannot see an allocation, or sorts as text, would
// flatter us.
import { describe, expect, test } from 'vitest';
import { allocatedBytes, interleave, median, spread, yardstick } from '../../bench/measure.js';

describe('measure', () => {
  test('median and quartiles', () => {
    expect(median([10, 9, 100])).toBe(10);
    expect(median([1, 2, 3, 10])).toBe(2.5);
    expect(spread([5, 1, 4, 2, 3])).toEqual({ median: 3, lower: 2, upper: 4 });
  });

  test('runs take turns, and the first round is a warm-up', () => {
    const order: string[] = [];
    const seconds = interleave({ a: () => order.push('a'), b: () => order.push('b') }, 3);
    expect(order.join('')).toBe('abababab');
    expect([seconds.a.length, seconds.b.length]).toEqual([3, 3]);
  });

  test('the yardstick is a message of a thousand bytes', () => {
    expect(() => yardstick()).not.toThrow();
  });

  test('sees what is allocated, and nothing where nothing is', () => {
    const column = new Float64Array(1024);
    const quiet = allocatedBytes((from, count) => {
      for (let i = from; i < from + count; i++) column[i & 1023] = i;
    });
    expect(quiet).toBeLessThan(0.5);
    const kept: object[] = new Array<object>(1024).fill({});
    const loud = allocatedBytes((from, count) => {
      for (let i = from; i < from + count; i++) kept[i & 1023] = { x: i, y: from };
    });
    expect(loud).toBeGreaterThan(16);
    expect(loud).toBeLessThan(200);
    const seldom = allocatedBytes((from, count) => {
      for (let i = from; i < from + count; i++) if (i % 100_000 === 0) kept[0] = new Array(200_000);
    });
    expect(seldom).toBeGreaterThan(8);
  });
});
