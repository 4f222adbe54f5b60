// Every event in every phase of an order's life. Odd but possible sequences are legal and give a note; the tests
// name them one by one, and a property test throws random sequences at one order and checks what must never happen.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AssertionFailure } from '#core/assert';
import type { OpenOrder, OrderEvent } from '#core/messages';
import {
  applyAbsent,
  applyListed,
  applyOrderEvent,
  FINAL_UNKNOWN,
  Order,
  settleOwed,
} from '#core/order';
import type { Lots, Micros, Money, Ticks } from '#core/units';
import { BID } from '#core/units';

const SENT = 1_000_000 as Micros;
const us = 2_000_000 as Micros;
const make = (lots = 10): Order =>
  new Order(7, BID, 100 as Ticks, lots as Lots, 'post-only', false, 0, SENT);

const accepted: OrderEvent = { kind: 'accepted', ordinal: 7, us };
const rejected: OrderEvent = { kind: 'rejected', ordinal: 7, us, reason: 'margin', detail: '' };
const closed = (filledLots: number): OrderEvent => ({
  ...{ kind: 'closed', ordinal: 7, us, reason: 'cancelled', filledLots: filledLots as Lots },
});
const fill = (lots: number): OrderEvent => ({
  kind: 'fill',
  ordinal: 7,
  us,
  tradeId: 't',
  side: BID,
  ticks: 100 as Ticks,
  lots: lots as Lots,
  fee: 0 as Money,
  maker: true,
  venueUs: us,
  liquidation: false,
});
const amended = (ticks: number, lots: number): OrderEvent => ({
  ...{ kind: 'amended', ordinal: 7, us, ticks: ticks as Ticks, lots: lots as Lots },
});
const amendRejected = (reason: 'other' | 'not-found'): OrderEvent => ({
  ...{ kind: 'amend-rejected', ordinal: 7, us, reason },
});
const cancelRejected = (reason: 'not-found' | 'rate-limit'): OrderEvent => ({
  ...{ kind: 'cancel-rejected', ordinal: 7, us, reason },
});
const unknown = (operation: 'place' | 'amend' | 'cancel'): OrderEvent => ({
  ...{ kind: 'unknown', ordinal: 7, us, operation },
});
const listing = (lots: number, ticks = 100, filled = 0): OpenOrder => ({
  ordinal: 7,
  clientId: 'mm-x-7',
  side: BID,
  ticks: ticks as Ticks,
  lots: lots as Lots,
  filledLots: filled as Lots,
});
/** A statement of the venue that is newer than everything. */
const LATE = { us, openBefore: 1e12 as Micros, sentBefore: 1e12 as Micros };
const run = (order: Order, ...events: OrderEvent[]): (string | null)[] =>
  events.map((event) => applyOrderEvent(order, event));
const moved = (order: Order): Order => {
  run(order, accepted);
  order.askAmend(90 as Ticks, 12 as Lots, us);
  return order;
};

describe('the ordinary life', () => {
  test('pending, open, partly filled, filled', () => {
    const order = make();
    expect([order.phase, order.riskLots, order.remainingLots, order.awaiting]).toEqual([
      ...['pending', 10, 10, true],
    ]);
    expect(run(order, accepted)).toEqual([null]);
    expect([order.phase, order.awaiting]).toEqual(['open', false]);
    expect(run(order, fill(4))).toEqual([null]);
    expect([order.remainingLots, order.riskLots]).toEqual([6, 6]);
    expect(run(order, fill(6))).toEqual([null]);
    expect([order.phase, order.closedBy, order.riskLots]).toEqual(['closed', 'filled', 0]);
  });

  test('cancelled: the close ends the risk', () => {
    const order = make();
    run(order, accepted, fill(4));
    order.askCancel(us);
    expect([order.cancel, order.riskLots, order.awaiting]).toEqual(['sent', 6, true]);
    expect(run(order, closed(4))).toEqual([null]);
    expect([order.phase, order.closedBy, order.riskLots]).toEqual(['closed', 'cancelled', 0]);
  });

  test('rejected', () => {
    const order = make();
    expect(run(order, rejected)).toEqual([null]);
    expect([order.phase, order.closedBy, order.riskLots]).toEqual(['closed', 'rejected', 0]);
  });

  test('an amend counts at its worst until `amended` says what became of it', () => {
    const order = moved(make());
    expect([order.ticks, order.lots, order.mostLots, order.riskLots]).toEqual([100, 10, 12, 12]);
    expect(run(order, amended(90, 12))).toEqual([null]);
    expect([order.ticks, order.lots, order.amend, order.riskLots]).toEqual([90, 12, 'none', 12]);
    order.askAmend(80 as Ticks, 3 as Lots, us);
    expect(order.riskLots).toBe(12);
    run(order, amended(80, 3));
    expect(order.riskLots).toBe(3);
  });

  test('refused amend: the order stays as it was', () => {
    const order = moved(make());
    expect(run(order, amendRejected('other'))).toEqual(['amend refused (other)']);
    expect([order.ticks, order.riskLots, order.amend, order.missing]).toEqual([
      100,
      10,
      'none',
      false,
    ]);
  });
});

describe('odd but possible', () => {
  test('fill before the ack', () => {
    const order = make();
    expect(run(order, fill(3))).toEqual([null]);
    expect([order.phase, order.riskLots]).toEqual(['open', 7]);
    expect(run(order, accepted)).toEqual([null]);
  });

  test('filled completely before the ack', () => {
    const order = make();
    run(order, fill(10));
    expect(order.closedBy).toBe('filled');
    expect(run(order, accepted)).toEqual([null]);
    expect(order.phase).toBe('closed');
  });

  test('closed before the ack (post-only, accepted and thrown out)', () => {
    const order = make();
    expect(run(order, closed(0))).toEqual([null]);
    expect(run(order, accepted)).toEqual(['accepted after cancelled']);
    expect(order.phase).toBe('closed');
  });

  test('duplicate ack', () => {
    const order = make();
    run(order, accepted);
    expect(run(order, accepted)).toEqual(['accepted twice']);
    expect(order.phase).toBe('open');
  });

  test('fill after the close that counted it: owed until it comes', () => {
    const order = make();
    run(order, accepted);
    order.askCancel(us);
    run(order, closed(4));
    expect([order.phase, order.riskLots]).toEqual(['closed', 4]);
    expect(run(order, fill(4))).toEqual(['fill after cancelled']);
    expect([order.riskLots, order.filledLots]).toEqual([0, 4]);
  });

  test('fill after a close that did not count it', () => {
    const order = make();
    run(order, accepted, closed(0));
    expect(run(order, fill(2))).toEqual(['fill after cancelled, which did not count it']);
    expect([order.filledLots, order.riskLots]).toEqual([2, 0]);
  });

  test('a close that knows of fewer fills than we do, or of nonsense', () => {
    const order = make();
    run(order, accepted, fill(5));
    expect(run(order, closed(2))).toEqual(['closed with 2 filled, we know of 5']);
    expect(order.riskLots).toBe(0);
    const other = make();
    run(other, accepted, closed(NaN));
    expect([other.finalLots, other.riskLots]).toEqual([FINAL_UNKNOWN, 10]);
  });

  test('closed twice; the larger count is believed', () => {
    const order = make();
    run(order, accepted, closed(0));
    expect(run(order, closed(0))).toEqual(['closed (cancelled) after cancelled']);
    expect(run(order, closed(3))).toEqual(['closed again, 3 filled']);
    expect(order.riskLots).toBe(3);
  });

  test('close after the last fill', () => {
    const order = make();
    run(order, accepted, fill(10));
    expect(run(order, closed(10))).toEqual([null]);
  });

  test('filled beyond its size', () => {
    const order = make();
    expect(run(order, accepted, fill(11))).toEqual([null, 'filled beyond its size']);
    expect([order.phase, order.riskLots]).toEqual(['closed', 0]);
  });

  test('rejected although it was open, or after its end', () => {
    const order = make();
    expect(run(order, accepted, rejected)).toEqual([
      null,
      'rejected (margin) although it was open',
    ]);
    expect(run(order, rejected)).toEqual(['rejected (margin) after rejected']);
  });

  test('restart: the venue closed it, whatever it was doing', () => {
    for (const order of [make(), moved(make())]) {
      run(order, { ...closed(0), reason: 'restart' } as OrderEvent);
      expect([order.phase, order.closedBy, order.riskLots]).toEqual(['closed', 'restart', 0]);
    }
  });

  test('closed while an amend is pending: owed fills count up to the larger size', () => {
    const order = moved(make());
    run(order, closed(12));
    expect([order.phase, order.amend, order.riskLots]).toEqual(['closed', 'none', 12]);
    expect(run(order, amended(90, 12))).toEqual(['amended after cancelled']);
    expect(run(order, amendRejected('other'))).toEqual([null]);
  });

  test('filled to its old size while a larger one is asked for: not closed before the answer', () => {
    const grown = moved(make());
    run(grown, fill(10));
    expect([grown.phase, grown.riskLots]).toEqual(['open', 2]);
    run(grown, amended(90, 12));
    expect([grown.phase, grown.remainingLots]).toEqual(['open', 2]);
    const refused = moved(make());
    run(refused, fill(10), amendRejected('not-found'));
    expect([refused.phase, refused.closedBy]).toEqual(['closed', 'filled']);
  });

  test('amended below what was filled meanwhile: closed', () => {
    const order = make();
    run(order, accepted, fill(4));
    order.askAmend(90 as Ticks, 5 as Lots, us);
    run(order, fill(1), amended(90, 5));
    expect([order.phase, order.closedBy]).toEqual(['closed', 'filled']);
  });

  test('amended twice, unasked, to nonsense', () => {
    const order = moved(make());
    run(order, amended(90, 12));
    expect(run(order, amended(90, 12))).toEqual(['amended twice']);
    expect(run(order, amended(95, 8))[0]).toContain('which we did not ask for');
    // A repeat of an old one must not lower what we count on.
    expect([order.ticks, order.lots]).toEqual([95, 12]);
    expect(run(order, amended(0, 8))[0]).toContain('ignored');
    expect(run(order, amendRejected('other'))).toEqual([
      'amend refused (other), but none was asked for',
    ]);
  });

  test('an older amend repeated while a newer one is in flight leaves that one in flight', () => {
    const order = moved(make());
    run(order, amended(90, 12));
    order.askAmend(80 as Ticks, 20 as Lots, us);
    expect(run(order, amended(90, 12))).toEqual(['amended twice']);
    expect([order.amend, order.riskLots]).toEqual(['sent', 20]);
  });

  test('amended before the ack proves it open', () => {
    const order = make();
    expect(run(order, amended(100, 10))).toEqual(['amended twice']);
    expect(order.phase).toBe('open');
    expect(run(order, accepted)).toEqual([null]);
  });
});

describe('outcomes unknown', () => {
  test('place: stays possible; accepted, rejected, filled or closed later settle it', () => {
    const order = make();
    expect(run(order, unknown('place'))).toEqual(['outcome of place unknown']);
    expect([order.phase, order.inDoubt, order.riskLots]).toEqual(['pending', true, 10]);
    const settle = (event: OrderEvent): Order => {
      const other = make();
      run(other, unknown('place'), event);
      return other;
    };
    expect(settle(accepted)).toMatchObject({ phase: 'open', inDoubt: false });
    expect(settle(fill(1))).toMatchObject({ phase: 'open', inDoubt: false, riskLots: 9 });
    expect(settle(rejected)).toMatchObject({ phase: 'closed', closedBy: 'rejected', riskLots: 0 });
    expect(settle(closed(2))).toMatchObject({ phase: 'closed', riskLots: 2 });
  });

  test('place: the notes say that it was in doubt', () => {
    const a = make();
    expect(run(a, unknown('place'), accepted)[1]).toBe('open after all, its outcome was unknown');
    const b = make();
    expect(run(b, unknown('place'), rejected)[1]).toBe(
      'rejected (margin), its outcome was unknown',
    );
  });

  test('amend: counts at its worst; amended, refused and closed settle it', () => {
    const order = moved(make());
    run(order, unknown('amend'));
    expect([order.amend, order.inDoubt, order.riskLots]).toEqual(['unknown', true, 12]);
    run(order, amended(90, 12));
    expect([order.amend, order.inDoubt, order.ticks]).toEqual(['none', false, 90]);
    const refused = moved(make());
    run(refused, unknown('amend'), amendRejected('other'));
    expect([refused.inDoubt, refused.riskLots]).toEqual([false, 10]);
  });

  test('cancel: may rest on; asked again it is sent again', () => {
    const order = make();
    run(order, accepted);
    order.askCancel(us);
    run(order, unknown('cancel'));
    expect([order.cancel, order.inDoubt, order.riskLots]).toEqual(['unknown', true, 10]);
    order.askCancel(us);
    expect(order.cancel).toBe('sent');
  });

  test('cancel refused: "not found" stays in doubt, anything else is a plain no', () => {
    const order = make();
    run(order, accepted);
    order.askCancel(us);
    run(order, cancelRejected('rate-limit'));
    expect([order.cancel, order.inDoubt]).toEqual(['none', false]);
    order.askCancel(us);
    run(order, cancelRejected('not-found'));
    expect([order.phase, order.missing, order.inDoubt, order.riskLots]).toEqual([
      ...['open', true, true, 10],
    ]);
    run(order, fill(10));
    expect([order.phase, order.closedBy]).toEqual(['closed', 'filled']);
    expect(run(order, cancelRejected('not-found'))).toEqual([null]);
  });

  test('a cancel that overtook its order: "not found", then the order arrives', () => {
    const order = make();
    order.askCancel(us);
    run(order, cancelRejected('not-found'));
    run(order, accepted);
    expect([order.phase, order.missing, order.cancel]).toEqual(['open', false, 'none']);
  });

  test('an unknown for something already settled changes nothing', () => {
    const order = make();
    run(order, accepted);
    expect(run(order, unknown('place'), unknown('amend'), unknown('cancel'))).toEqual([
      ...[null, null, null],
    ]);
    expect(order.inDoubt).toBe(false);
    run(order, closed(0));
    expect(run(order, unknown('place'))).toEqual([null]);
  });
});

describe('lists of open orders', () => {
  test('listed: settles an unknown place and a lost cancel', () => {
    const order = make();
    run(order, unknown('place'));
    expect(applyListed(order, listing(10), LATE)).toBe('open after all, its outcome was unknown');
    order.askCancel(us);
    run(order, unknown('cancel'));
    expect(applyListed(order, listing(10), LATE)).toBe('still open, by the list of open orders');
    expect([order.cancel, order.inDoubt]).toEqual(['none', false]);
  });

  test('listed: tells an amend that took from one that was lost', () => {
    const took = moved(make());
    run(took, unknown('amend'));
    const early = { us, openBefore: 0 as Micros, sentBefore: 0 as Micros };
    expect(applyListed(took, listing(12, 90), early)).toContain('amend found');
    expect([took.ticks, took.lots, took.amend]).toEqual([90, 12, 'none']);
    const lost = moved(make());
    run(lost, unknown('amend'));
    // A list that may be older than the arrival of the amend proves nothing.
    expect(applyListed(lost, listing(10), early)).toBeNull();
    expect(lost.amend).toBe('unknown');
    expect(applyListed(lost, listing(10), LATE)).toContain('amend lost');
    expect([lost.ticks, lost.riskLots, lost.amend]).toEqual([100, 10, 'none']);
  });

  test('listed: lowers a size that we counted on for too long', () => {
    const order = make();
    run(order, accepted, amended(95, 8));
    expect(order.lots).toBe(10);
    applyListed(order, listing(8, 95), LATE);
    expect(order.lots).toBe(8);
  });

  test('not listed: closed, its fills unknown until the account agrees', () => {
    const order = make();
    run(order, accepted, fill(1));
    expect(applyAbsent(order, LATE)).toBe(true);
    expect([order.phase, order.closedBy, order.riskLots]).toEqual(['closed', 'absent', 9]);
    expect(run(order, fill(2))).toEqual(['fill after absent']);
    expect(order.riskLots).toBe(7);
    settleOwed(order);
    expect(order.riskLots).toBe(0);
  });

  test('not listed, then told what happened', () => {
    const closedLate = make();
    run(closedLate, accepted);
    applyAbsent(closedLate, LATE);
    expect(run(closedLate, closed(3))).toEqual(['close reported late']);
    expect([closedLate.closedBy, closedLate.riskLots]).toEqual(['cancelled', 3]);
    const refused = make();
    applyAbsent(refused, LATE);
    run(refused, rejected);
    expect([refused.closedBy, refused.riskLots]).toEqual(['rejected', 0]);
    const arrived = make();
    applyAbsent(arrived, LATE);
    run(arrived, accepted);
    expect([arrived.phase, arrived.riskLots]).toEqual(['open', 10]);
  });

  test('a list older than the order or its close proves nothing', () => {
    const horizon = { us, openBefore: us, sentBefore: SENT };
    const pending = make();
    expect(applyAbsent(pending, horizon)).toBe(false);
    const open = make();
    run(open, accepted);
    expect(applyAbsent(open, horizon)).toBe(false);
    run(open, closed(0));
    expect(applyListed(open, listing(10), horizon)).toBeNull();
    expect(open.phase).toBe('closed');
  });

  test('listed although it was closed before: open again', () => {
    const order = make();
    run(order, accepted, closed(0));
    expect(applyListed(order, listing(10), LATE)).toBe('listed as open after cancelled');
    expect([order.phase, order.riskLots, order.cancel]).toEqual(['open', 10, 'none']);
  });
});

describe('our own mistakes assert', () => {
  test.each([
    ['a size of 0', () => make(0)],
    ['half a lot', () => make(0.5)],
    ['another order’s event', () => run(make(), { ...accepted, ordinal: 8 } as OrderEvent)],
    ['an amend before the ack', () => make().askAmend(1 as Ticks, 1 as Lots, us)],
    ['an amend on top of an amend', () => moved(make()).askAmend(1 as Ticks, 1 as Lots, us)],
    ['settling an open order', () => settleOwed(make())],
    [
      'a cancel of a closed order',
      () => {
        const order = make();
        run(order, rejected);
        order.askCancel(us);
      },
    ],
  ])('%s', (_name, act) => {
    expect(act).toThrow(AssertionFailure);
  });
});

describe('whatever comes', () => {
  const event = fc.oneof(
    fc.constantFrom<OrderEvent>(
      ...[accepted, rejected, amendRejected('other'), amendRejected('not-found')],
      ...[cancelRejected('not-found'), cancelRejected('rate-limit')],
      ...[unknown('place'), unknown('amend'), unknown('cancel')],
    ),
    fc.integer({ min: 0, max: 12 }).map(closed),
    fc.integer({ min: 1, max: 5 }).map(fill),
    fc
      .tuple(fc.integer({ min: 98, max: 102 }), fc.integer({ min: 1, max: 15 }))
      .map(([ticks, lots]) => amended(ticks, lots)),
  );
  const ours = fc.constantFrom('cancel' as const, 'amend' as const);

  test('no sequence throws, risk is never below what may still come, closed is closed', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(event, ours), { maxLength: 40 }), (steps) => {
        const order = make();
        for (const step of steps) {
          const before = order.phase;
          if (step === 'cancel') {
            if (order.phase !== 'closed') order.askCancel(us);
          } else if (step === 'amend') {
            if (order.phase === 'open' && order.amend === 'none' && order.cancel === 'none')
              order.askAmend(99 as Ticks, (order.filledLots + 3) as Lots, us);
          } else applyOrderEvent(order, step);
          expect(Number.isSafeInteger(order.riskLots)).toBe(true);
          expect(order.riskLots).toBeGreaterThanOrEqual(order.remainingLots);
          if (before === 'closed') expect(order.phase).toBe('closed');
          if (order.phase !== 'closed')
            expect(order.riskLots).toBe(
              order.mostLots - Math.min(order.mostLots, order.filledLots),
            );
        }
      }),
      { numRuns: 500 },
    );
  });
});
