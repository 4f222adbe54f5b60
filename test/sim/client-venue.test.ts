// The venue from behind a client: when its questions and their answers are there, how a cancel-all is confirmed, and what
// becomes of an amend of an order that is partly filled. Trips of 150 there and 70 back.
import { describe, expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import type { Command, EngineEvent } from '#core/messages';
import { CANCEL_ALL } from '#core/messages';
import { moneyFromNumber } from '#core/money';
import type { Rate, SpanMicros } from '#core/units';
import { ASK, BID } from '#core/units';
import type { ClientWays } from '#sim/client-venue';
import { ClientVenue } from '#sim/client-venue';
import { BEHIND_UI } from '#sim/queue';
import { L, SPEC, T, us } from './harness.js';

const span = (value: number): SpanMicros => value as SpanMicros;

const WAYS: ClientWays = {
  ...{ accountTrips: 2, accountAgain: null, amendPartlyFilled: 'cancel', funding: 'at-once' },
  ...{ verifyAfter: span(1_000), verifyAgain: span(4_000) },
};

function rig(ways: Partial<ClientWays> = {}) {
  const venue = new ClientVenue(
    {
      ...{ instrument: new Instrument(SPEC), fillModel: 'queue', queue: BEHIND_UI },
      account: { deposit: moneyFromNumber(100_000), leverage: 10 },
      ...{ orderDelay: span(150), replyDelay: span(70) },
    },
    { ...WAYS, ...ways },
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

describe('one question at a time', () => {
  test('a list that is asked for while one is under way is asked for after it', () => {
    const { venue, until } = rig();
    venue.reportOpenOrders(us(0));
    venue.reportOpenOrders(us(100));
    venue.reportOpenOrders(us(200));
    expect(until(300)).toEqual(['220 open-orders 0']);
    expect(until(1_000)).toEqual(['440 open-orders 0', '440 open-orders 0']);
  });

  test('an account that a fill has overtaken is asked for again, where the client does so', () => {
    for (const accountAgain of [null, span(1_000)]) {
      const { venue, until } = rig({ accountAgain });
      venue.send(us(0), [PLACE]);
      until(900);
      venue.reportAccount(us(900));
      venue.reportAccount(us(1_000));
      venue.exchange.nowUs = us(1_000);
      venue.exchange.trade(ASK, T(1_001), L(20), us(1_000));
      const told = accountAgain === null ? [1_340, 1_780] : [2_780, 3_220];
      expect(until(9_000)).toEqual(['1070 fill', ...told.map((at) => `${at} account`)]);
    }
  });

  test('a cancel-all during the confirmation of another is confirmed with it', () => {
    const { venue, until } = rig();
    venue.send(us(0), [CANCEL_ALL]);
    venue.send(us(500), [CANCEL_ALL]);
    expect(until(9_000)).toEqual(['1440 open-orders 0', '1440 all-cancelled']);
  });
});

describe('funding', () => {
  const HOUR = 3_600_000_000;
  const paid = (funding: ClientWays['funding']): string[] => {
    const { venue, until } = rig({ funding });
    venue.send(us(0), [PLACE]);
    until(1_000);
    const trade = (lots: number, at: number): void => {
      venue.exchange.nowUs = us(at);
      venue.exchange.trade(ASK, T(1_001), L(lots), us(at));
    };
    trade(20, 2_000);
    until(5_000);
    venue.exchange.nowUs = us(HOUR);
    venue.exchange.funding(1e9 as Rate, true);
    const before = until(HOUR + 50_000);
    trade(5, HOUR + 50_000);
    return [...before, ...until(2 * HOUR)].map((text) => {
      const [at, kind] = text.split(' ');
      return `${Number(at) - HOUR} ${kind}`;
    });
  };

  test('is heard of when the client learns of it', () => {
    expect(paid('at-once')).toEqual(['70 funding', '50070 fill']);
    expect(paid('with-fill')).toEqual(['50070 fill', '50070 funding']);
    expect(paid([span(20_000), span(90_000)])).toEqual(['20220 funding', '50070 fill']);
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
    const { venue, until } = rig({ amendPartlyFilled: ways });
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
