// The delay lines and the venue behind them: constant latency, order kept, times of arrival and delivery.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import type { Command, EngineEvent } from '#core/messages';
import { CANCEL_ALL } from '#core/messages';
import { moneyFromNumber } from '#core/money';
import type { SpanMicros } from '#core/units';
import { ASK, BID } from '#core/units';
import { DelayLine } from '#sim/latency';
import { OrdinalSet } from '#sim/ordinal-set';
import { SimVenue } from '#sim/venue';
import { L, SPEC, T, us } from './harness.js';

const span = (value: number): SpanMicros => value as SpanMicros;

describe('a delay line', () => {
  test('is first in first out, constant, and grows', () => {
    const line = new DelayLine<number>(span(10), 2);
    expect(line.nextUs).toBe(Infinity);
    for (let i = 0; i < 5; i++) line.push(us(i), i);
    expect([line.size, line.nextUs]).toEqual([5, 10]);
    expect([line.shift(), line.shift(), line.nextUs]).toEqual([0, 1, 12]);
    for (let i = 5; i < 12; i++) line.push(us(i), i);
    expect(Array.from({ length: 10 }, () => line.shift())).toEqual([
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
    expect(() => line.shift()).toThrow('empty');
    expect(() => line.push(us(NaN), 1)).toThrow('not a number');
  });

  test('never overtakes, whatever the delays', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(50), fc.boolean())), (list) => {
        const line = new DelayLine<number>(span(0), 1);
        let now = 0;
        let last = 0;
        let out = 0;
        list.forEach(([later, delay, take], i) => {
          now += later;
          line.delay = span(delay);
          line.push(us(now), i);
          if (!take) return;
          expect(line.nextUs).toBeGreaterThanOrEqual(last);
          last = line.nextUs;
          expect(line.shift()).toBe(out++);
        });
      }),
    );
  });
});

describe('the simulated venue', () => {
  const make = (): SimVenue => {
    const venue = new SimVenue({
      instrument: new Instrument(SPEC),
      fillModel: 'floor',
      account: { deposit: moneyFromNumber(1000), leverage: 10 },
      orderDelay: span(150),
      replyDelay: span(70),
    });
    venue.exchange.nowUs = us(1000);
    venue.exchange.level(BID, T(99), L(10));
    venue.exchange.level(ASK, T(101), L(10));
    return venue;
  };
  const place = (ordinal: number, ticks: number): Command => ({
    kind: 'place', ordinal, side: BID, ticks: T(ticks), lots: L(5), tif: 'post-only', reduceOnly: false,
  }); // prettier-ignore
  const delivered = (venue: SimVenue, at: number): EngineEvent[] => {
    const events: EngineEvent[] = [];
    venue.deliver(us(at), (event) => events.push(event));
    return events;
  };

  test('an order meets the book of its arrival, and its answer travels back', () => {
    const venue = make();
    const batch = [place(1, 99), place(2, 98)];
    venue.send(us(1000), batch);
    batch.length = 0; // the engine reuses its array
    expect([venue.nextArrivalUs, venue.nextReplyUs]).toEqual([1150, Infinity]);
    venue.exchange.nowUs = us(1149);
    venue.exchange.level(ASK, T(99), L(1)); // now 99 would cross
    venue.arrive(us(1149));
    expect(venue.nextReplyUs).toBe(Infinity);
    venue.arrive(us(1150));
    expect([venue.nextArrivalUs, venue.nextReplyUs]).toEqual([Infinity, 1220]);
    expect(delivered(venue, 1219)).toEqual([]);
    expect(delivered(venue, 1220)).toEqual([
      { kind: 'accepted', us: 1220, ordinal: 1 },
      { kind: 'closed', us: 1220, ordinal: 1, reason: 'post-only', filledLots: 0 },
      { kind: 'accepted', us: 1220, ordinal: 2 },
    ]);
  });

  test('a fill says when it was matched and when we heard of it', () => {
    const venue = make();
    venue.send(us(1000), [place(1, 99)]);
    venue.arrive(us(1150));
    venue.exchange.nowUs = us(1200);
    venue.exchange.trade(ASK, T(98), L(1), us(1195));
    const [, fill] = delivered(venue, 1270);
    expect(fill).toMatchObject({ kind: 'fill', us: 1270, venueUs: 1200, lots: 5 });
    expect(Object.isFrozen(fill)).toBe(true);
  });

  test('a cancel that is under way does not save a quote', () => {
    const venue = make();
    venue.send(us(1000), [place(1, 99)]);
    venue.arrive(us(1150));
    venue.send(us(1300), [{ kind: 'cancel', ordinal: 1 }]);
    venue.exchange.nowUs = us(1400);
    venue.exchange.trade(ASK, T(98), L(1), us(1400));
    venue.arrive(us(1450));
    expect(delivered(venue, 1600).map((event) => event.kind)).toEqual([
      'accepted', 'fill', 'cancel-rejected',
    ]); // prettier-ignore
  });

  test('commands that are late run at their own times, in order', () => {
    const venue = make();
    venue.send(us(1000), [place(1, 99)]);
    venue.send(us(1010), [CANCEL_ALL]);
    venue.arrive(us(9999));
    expect(delivered(venue, 9999).map((event) => [event.kind, event.us])).toEqual([
      ['accepted', 1220], ['closed', 1230], ['all-cancelled', 1230],
    ]); // prettier-ignore
  });

  test('reports are true when made and arrive with the replies, in turn', () => {
    const venue = make();
    venue.send(us(1000), [place(1, 99)]);
    venue.arrive(us(1150));
    venue.reportAccount(us(1150));
    venue.reportOpenOrders(us(1160));
    expect(delivered(venue, 2000)).toEqual([
      { kind: 'accepted', us: 1220, ordinal: 1 },
      {
        kind: 'account', us: 1220, venueUs: 1150, positionLots: 0,
        equity: moneyFromNumber(1000), marginRatio: Infinity,
      },
      {
        kind: 'open-orders', us: 1230, venueUs: 1160,
        orders: [{ ordinal: 1, clientId: 'mm-sim-1', side: BID, ticks: 99, lots: 5, filledLots: 0 }],
      },
    ]); // prettier-ignore
  });
});

test('a set of ordinals remembers each once, wherever they start', () => {
  const set = new OrdinalSet();
  for (const ordinal of [0, 1, 31, 32, 32_767, 32_768, 5_000_000]) {
    expect([set.add(ordinal), set.add(ordinal)]).toEqual([true, false]);
  }
  expect(set.add(2)).toBe(true);
});
