// The heap against a stable sort, and its edges.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimeHeap } from '#core/heap';
import type { Micros } from '#core/units';

const us = (n: number): Micros => n as Micros;

describe('TimeHeap', () => {
  test('takes out by time, ties in the order put in, whatever was taken out between', () => {
    const step = fc.oneof(
      { weight: 2, arbitrary: fc.record({ push: fc.integer({ min: 0, max: 12 }) }) },
      { weight: 1, arbitrary: fc.constant({ push: null }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = new TimeHeap<number>();
        const model: { at: number; id: number }[] = [];
        steps.forEach(({ push }, id) => {
          if (push !== null) {
            heap.push(us(push), id);
            model.push({ at: push, id });
            model.sort((a, b) => a.at - b.at || a.id - b.id);
          } else if (model.length > 0) {
            expect(heap.peekUs()).toBe(model[0]?.at);
            expect(heap.pop()).toBe(model.shift()?.id);
          }
          expect(heap.size).toBe(model.length);
        });
        for (const { id } of model) expect(heap.pop()).toBe(id);
        expect(heap.peekUs()).toBe(Infinity);
      }),
      { numRuns: 500 },
    );
  });

  test('a thousand ties come out in order', () => {
    const heap = new TimeHeap<number>();
    for (let i = 0; i < 1_000; i++) heap.push(us(7), i);
    expect(Array.from({ length: 1_000 }, () => heap.pop())).toEqual(
      Array.from({ length: 1_000 }, (_, i) => i),
    );
  });

  test('an empty heap has no next time and nothing to take', () => {
    const heap = new TimeHeap<string>();
    expect(heap.peekUs()).toBe(Infinity);
    expect(() => heap.pop()).toThrow(/empty heap/);
  });

  test('a time that is not a number is our mistake', () => {
    expect(() => new TimeHeap<string>().push(us(NaN), 'x')).toThrow(/not a number/);
  });

  test('Infinity is a time like any other: never', () => {
    const heap = new TimeHeap<string>();
    heap.push(us(Infinity), 'never');
    heap.push(us(5), 'soon');
    expect([heap.pop(), heap.peekUs(), heap.size]).toEqual(['soon', Infinity, 1]);
  });
});
