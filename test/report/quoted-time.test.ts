// For how long both sides rested, against a look at every whole microsecond.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OrderRow } from '#ledger/rows';
import { bothSides, lengthOf, restedSpans } from '#report/quoted-time';

const order = (side: number, acceptedUs: number | null, closedUs: number | null): OrderRow =>
  ({ side, acceptedUs, closedUs }) as OrderRow;

const orders = fc.array(
  fc
    .tuple(fc.constantFrom(1, -1), fc.nat(30), fc.nat(12), fc.nat(9))
    .map(([side, at, stays, fate]) =>
      order(side, fate === 0 ? null : at, fate === 1 ? null : at + stays),
    ),
  { maxLength: 8 },
);

const rests = ({ acceptedUs, closedUs }: OrderRow, us: number): boolean =>
  acceptedUs !== null && acceptedUs <= us && (closedUs ?? Infinity) > us;

test('as counted one microsecond after the other', () => {
  fc.assert(
    fc.property(orders, fc.nat(15), fc.nat(25), (all, from, length) => {
      const to = from + length;
      const at = (side: number, us: number): boolean =>
        all.some((one) => one.side === side && rests(one, us));
      let [any, both] = [0, 0];
      for (let us = from; us < to; us += 1) {
        if (at(1, us) || at(-1, us)) any += 1;
        if (at(1, us) && at(-1, us)) both += 1;
      }
      expect(lengthOf(restedSpans(all, from, to))).toBe(any);
      expect(lengthOf(bothSides(all, from, to))).toBe(both);
    }),
    { numRuns: 300 },
  );
});
