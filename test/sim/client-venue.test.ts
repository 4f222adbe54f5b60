// The venue from behind a client: when its questions and their answers are there, how a cancel-all is confirmed, and what
// becomes of an amend of an order that is partly filled. Trips of 150 there and 70 back.
import { describe, expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import type { Command, EngineEvent } from '#core/messages';
import { CANCEL_ALL } from '#core/messages';
import { moneyFromNumber } from '#core/money';
import type { SpanMicros } from '#core/units';
import { ASK, BID } from '#core/units';
import { ClientVenue } from '#sim/client-venue';
import { BEHIND_UI } from '#sim/queue';
import { L, SPEC, T, us } from './harness.js';

const span = (value: number): SpanMicros => value as SpanMicros;

function rig(amendPartlyFilled: 'amend' | 'cancel' = 'cancel') {
  const ways = { accountTrips: 2, verifyAfter: span(1_000), verifyAgain: span(4_000) };
  const venue = new ClientVenue(
    {
      ...{ instrument: new Instrument(SPEC), fillModel: 'queue', queue: BEHIND_UI },
      account: { deposit: moneyFromNumber(100_000), leverage: 10 },
      ...{ orderDelay: span(150), replyDelay: span(70) },
    },
    { ...ways, amendPartlyFilled },
  );
  venue.exchange.level(BID, T(1_000), L(5));
  venue.exchange.level(ASK, T(1_010), L(5));
  const heard: string[] = [];
  const note = (event: EngineEvent): void => {
    const told = 'orders' in event ? ` ${event.orders.length}` : '';
    heard.push(`${event.us} ${event.kind}${told}`);
  };
  /** Everything that arrives or is delivered by then, in order of time. */
  const until = (limit: number): string[] => {
    for (;;) {
      const next = Math.min(venue.nextArrivalUs, venue.nextReplyUs);
      if (next > limit) return heard.splice(0);
      if (venue.nextArrivalUs === next) venue.arrive(us(next));
      if (venue.nextReplyUs === next) venue.deliver(us(next), note);
    }
  };
  return { venue, until };
}

const PLACE: Command = {
  ...{ kind: 'place', ordinal: 1, side: BID, ticks: T(1_001), lots: L(50) },
  ...{ tif: 'post-only', reduceOnly: false },
};
const MOVE: Command = { kind: 'amend', ordinal: 1, side: BID, ticks: T(1_002), lots: L(50) };

describe('questions', () => {
  test('the account takes two trips, the list one; the list is as it is when asked', () => {
    const { venue, until } = rig();
    venue.send(us(0), [PLACE]);
    venue.reportAccount(us(10));
    venue.reportOpenOrders(us(10));
    expect(until(1_000)).toEqual(['220 accepted', '230 open-orders 1', '450 account']);
  });
});

describe('a cancel-all', () => {
  test('closes at once and is confirmed by a list that is asked for afterwards', () => {
    const { venue, until } = rig();
    venue.send(us(0), [PLACE]);
    until(1_000);
    venue.send(us(1_000), [CANCEL_ALL]);
    const told = ['1220 closed', '2440 open-orders 0', '2440 all-cancelled'];
    expect(until(10_000)).toEqual(told);
  });

  test('as long as something is listed it is asked again', () => {
    const { venue, until } = rig();
    venue.send(us(0), [CANCEL_ALL]);
    venue.send(us(500), [PLACE]);
    venue.send(us(4_000), [{ kind: 'cancel', ordinal: 1 }]);
    const told = ['720 accepted', '4220 closed', '5660 open-orders 0', '5660 all-cancelled'];
    expect(until(20_000)).toEqual(told);
  });
});

describe('an amend of an order that is partly filled', () => {
  const after = (ways: 'amend' | 'cancel', early: boolean): string[] => {
    const { venue, until } = rig(ways);
    venue.send(us(0), [PLACE]);
    until(1_000);
    venue.exchange.nowUs = us(1_000);
    venue.exchange.trade(ASK, T(1_001), L(20), us(1_000));
    if (!early) expect(until(2_000)).toEqual(['1070 fill']);
    venue.send(us(early ? 1_010 : 2_000), [MOVE]);
    return until(10_000).filter((text) => !text.endsWith('fill'));
  };

  test('is a cancel where the client has it so', () => {
    expect(after('cancel', false)).toEqual(['2220 closed']);
    expect(after('amend', false)).toEqual(['2220 amended']);
  });
  test('the client cannot know a fill that it has not heard of', () => {
    expect(after('cancel', true)).toEqual(['1230 amended']);
  });
});
