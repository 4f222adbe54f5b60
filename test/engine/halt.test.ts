// Stopping: cancel-all in the same settle, nothing after it, again until nothing can be open; operator, host, links,
// unsound books, shutdown, and working the position down where that was asked for.
import { describe, expect, test } from 'vitest';
import type { OnHalt } from '#core/params';
import type { Lots, Micros, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { MID, MS, PARAMS, Rig, SECOND } from './fixture.js';

const onHalt = (mode: OnHalt): Rig =>
  new Rig({ params: { ...PARAMS, risk: { ...PARAMS.risk, onHalt: mode } } });
const allCancelled = (rig: Rig): Rig =>
  rig.event({ kind: 'all-cancelled', venueUs: rig.now as Micros });

describe('a halt', () => {
  test.each(['withdrawn', 'paused', 'latched'] as const)(
    '%s: cancel-all in that settle',
    (state) => {
      const rig = new Rig().quoted();
      rig.breaker.next = state;
      rig.mid(100); // would requote both sides
      expect(rig.said).toEqual(['cancel-all']);
    },
  );

  test('nothing but cancel-all follows, whatever happens', () => {
    const rig = new Rig().quoted();
    rig.breaker.next = 'latched';
    rig.mid(100);
    for (let i = 1; i < 50; i += 1) rig.wait(300 * MS).mid(100 + i * 20);
    rig.fill(1, BID, 199_960, 5).settle();
    rig
      .closed(2)
      .settle()
      .wait(60 * SECOND);
    expect(new Set(rig.sent.slice(2).map((c) => c.kind))).toEqual(new Set(['cancel-all']));
  });

  test('repeats at each check until every order is closed', () => {
    const rig = new Rig().quoted();
    rig.breaker.next = 'latched';
    rig.settle();
    const at = rig.now;
    const times: number[] = [];
    while (rig.now < at + 12 * SECOND) if (rig.toWake().said.length > 0) times.push(rig.now - at);
    expect(times).toEqual([5 * SECOND, 10 * SECOND]);
    rig
      .closed(1)
      .closed(2)
      .settle()
      .wait(60 * SECOND);
    expect(rig.batch).toEqual([]);
  });

  test('`all-cancelled` ends it; an order that it could not cover is cancelled again', () => {
    const rig = new Rig().up();
    rig.accept(1); // 2 is still in flight when the halt comes
    rig.wait(SECOND);
    rig.breaker.next = 'latched';
    rig.settle();
    rig.now += 100 * MS;
    allCancelled(rig).settle();
    expect(rig.engine.openOrders).toBe(1);
    rig.accept(2).settle();
    expect(rig.said).toEqual(['cancel-all']);
    rig.now += 2 * SECOND;
    allCancelled(rig).settle();
    expect(rig.engine.openOrders).toBe(0);
    rig.wait(60 * SECOND);
    expect(rig.batch).toEqual([]);
  });

  test('an unknown place may be open: cancel-all is repeated until a late answer or absence settles it', () => {
    const rig = new Rig().up();
    rig.event({ kind: 'unknown', ordinal: 1, operation: 'place' }).accept(2);
    rig.breaker.next = 'paused';
    rig.settle();
    rig.closed(2);
    for (let i = 0; i < 3; i += 1) {
      rig.wait(5 * SECOND);
      expect(rig.said).toEqual(['cancel-all']);
    }
    // By now it would have arrived: an empty venue means that it never will.
    allCancelled(rig).settle();
    expect(rig.engine.openOrders).toBe(0);
  });

  test('a halt with nothing open cancels all the same; a withdrawal does not', () => {
    const rig = new Rig().quoted();
    rig.breaker.next = 'withdrawn';
    rig.settle();
    rig.closed(1).closed(2).settle();
    rig.breaker.next = 'latched';
    rig.wait(SECOND);
    expect(rig.said).toEqual(['cancel-all']);
    const idle = new Rig();
    idle.breaker.next = 'withdrawn';
    idle.settle();
    expect(idle.batch).toEqual([]);
  });

  test('the lost answer of a cancel-all: sent again at the check', () => {
    const rig = new Rig().quoted();
    rig.breaker.next = 'latched';
    rig.settle();
    rig.event({ kind: 'unknown', ordinal: null, operation: 'cancel-all' }).settle();
    rig.wait(5 * SECOND);
    expect(rig.said).toEqual(['cancel-all']);
  });
});

describe('operator and host', () => {
  test('stop latches and cancels in the settle that follows', () => {
    const rig = new Rig().quoted();
    rig.event({ kind: 'operator', order: 'stop', reason: 'enough' }).settle();
    expect([rig.breaker.orders, rig.said]).toEqual([['stop'], ['cancel-all']]);
  });

  test('pause withdraws, resume quotes again', () => {
    const rig = new Rig().quoted();
    rig.event({ kind: 'operator', order: 'pause', reason: '' }).settle();
    expect(rig.said).toEqual(['cancel-all']);
    rig.closed(1).closed(2);
    rig.event({ kind: 'operator', order: 'resume', reason: '' }).settle();
    expect(rig.said).toHaveLength(2);
  });

  test('reset: guard equity counts from the capital again', () => {
    const rig = new Rig().quoted();
    rig.fill(1, BID, 199_960, 5).fill(2, ASK, 199_000, 5).settle();
    const { numbers, capitalBaseline } = rig.engine;
    expect(numbers.guardEquity).toBe(capitalBaseline - 960 * 5 * 10_000);
    rig.event({ kind: 'operator', order: 'reset', reason: 'looked into' });
    expect(numbers.guardEquity).toBe(PARAMS.risk.capital);
    expect(rig.engine.capitalBaseline).toBe(PARAMS.risk.capital + 960 * 5 * 10_000);
  });

  test.each(['ledger', 'log', 'engine'] as const)('a %s fault latches', (source) => {
    const rig = new Rig().quoted();
    rig.event({ kind: 'fault', source, detail: 'no space left' }).settle();
    expect(rig.breaker.trips).toEqual([
      { guard: 'host', severity: 'latch', reason: `${source}: no space left`, untilUs: 0 },
    ]);
    expect(rig.said).toEqual(['cancel-all']);
  });

  test('shutdown: no latch, cancel-all every second, drained when nothing can be open', () => {
    const rig = new Rig().quoted();
    rig.event({ kind: 'operator', order: 'shutdown', reason: 'SIGINT' }).settle();
    expect([rig.breaker.state, rig.said, rig.engine.drained]).toEqual([
      ...['running', ['cancel-all'], false],
    ]);
    rig.wait(SECOND);
    expect(rig.said).toEqual(['cancel-all']);
    rig.closed(1).settle();
    expect(rig.engine.drained).toBe(false);
    rig.fill(2, ASK, 200_040, 5).settle();
    expect(rig.engine.drained).toBe(true);
    rig.mid(500).wait(60 * SECOND);
    expect(rig.batch).toEqual([]);
  });
});

describe('the book and the links', () => {
  test.each([
    ['crossed', MID + 2, MID - 2],
    ['one-sided', MID - 1, 0],
  ])('%s: quotes go, nothing is sent until it is sound again', (_name, bid, ask) => {
    const rig = new Rig().quoted();
    rig.engine.level(BID, bid as Ticks, 1 as Lots);
    if (ask > 0) rig.engine.level(ASK, ask as Ticks, 1 as Lots);
    else rig.engine.level(ASK, (MID + 1) as Ticks, 0 as Lots);
    rig.settle();
    expect(rig.said).toEqual(['cancel-all']);
    rig
      .closed(1)
      .closed(2)
      .settle()
      .wait(20 * SECOND);
    expect(rig.batch).toEqual([]);
    rig.engine.clear();
    rig.mid(0);
    expect(rig.said).toHaveLength(2);
  });

  test('a locked book is sound', () => {
    const rig = new Rig().quoted();
    rig.engine.level(BID, (MID + 1) as Ticks, 1 as Lots);
    rig.settle();
    expect(rig.batch).toEqual([]);
  });

  test('public link down or gapped: the book is worthless until the next snapshot', () => {
    for (const state of ['down', 'gap'] as const) {
      const rig = new Rig().quoted();
      rig.event({ kind: 'link', channel: 'public', state, detail: 'x' }).settle();
      expect(rig.said).toEqual(['cancel-all']);
      rig.closed(1).closed(2);
      rig.event({ kind: 'link', channel: 'public', state: 'up', detail: '' });
      rig.mid(1); // changes of a book that nobody has
      expect(rig.batch).toEqual([]);
      rig.engine.clear();
      rig.mid(0);
      expect(rig.said).toHaveLength(2);
    }
  });

  test('private link down: quotes go; after it the account must agree before quoting', () => {
    const rig = new Rig().quoted();
    rig.event({ kind: 'link', channel: 'private', state: 'down', detail: '' }).settle();
    expect(rig.said).toEqual(['cancel-all']);
    rig.closed(1).closed(2);
    rig.event({ kind: 'link', channel: 'private', state: 'up', detail: '' }).settle();
    expect([rig.batch, rig.engine.needsResync]).toEqual([[], true]);
    rig.event({
      ...{ kind: 'account', venueUs: rig.now as Micros, positionLots: 0 as Lots },
      ...{ equity: PARAMS.risk.capital, marginRatio: Infinity },
    });
    rig.settle();
    expect([rig.said.length, rig.engine.needsResync]).toEqual([2, false]);
  });

  test('a hole in a recording is told to the analyzer and leaves the book as it is', () => {
    const rig = new Rig().quoted();
    rig.engine.gap((rig.now - SECOND) as Micros, rig.now as Micros);
    rig.settle();
    expect(rig.batch).toEqual([]);
  });
});

describe('working the position down after a latch', () => {
  const latched = (mode: OnHalt): Rig => {
    const rig = onHalt(mode).quoted();
    rig.fill(1, BID, 199_960, 5).settle();
    rig.breaker.next = 'latched';
    rig.settle();
    for (const order of [...rig.engine.orders]) rig.closed(order.ordinal);
    return rig;
  };

  test('hold: nothing', () => {
    const rig = latched('hold').settle();
    rig.wait(60 * SECOND);
    expect(rig.sent.filter((c) => c.kind !== 'cancel-all').slice(3)).toEqual([]);
  });

  test('post-only: reduce-only at the touch, follows it, ends flat', () => {
    const rig = latched('post-only').settle();
    expect(rig.said).toEqual(['place 4 ask 5 @ 200001 reduce-only']);
    rig.accept(4).settle();
    rig.wait(SECOND).mid(-10);
    expect(rig.said).toEqual(['cancel 4']);
    rig.closed(4).settle();
    expect(rig.said).toEqual(['place 5 ask 5 @ 199991 reduce-only']);
    rig
      .fill(5, ASK, 199_991, 5)
      .settle()
      .wait(60 * SECOND);
    expect([rig.batch, rig.engine.numbers.positionLots]).toEqual([[], 0]);
  });

  test('reduce-only-ioc: bounded 10 bp beyond the touch, again at the next check', () => {
    const rig = latched('reduce-only-ioc').settle();
    expect(rig.said).toEqual([`place 4 ask 5 @ ${199_999 - 200} ioc reduce-only`]);
    rig.event({ kind: 'closed', ordinal: 4, reason: 'ioc', filledLots: 2 as Lots });
    rig.fill(4, ASK, 199_950, 2).settle();
    expect(rig.batch).toEqual([]);
    rig.wait(5 * SECOND);
    expect(rig.said).toEqual(['place 5 ask 3 @ 199799 ioc reduce-only']);
  });

  test('not while an order of the old quotes may be open, nor on an unsound book', () => {
    const rig = onHalt('reduce-only-ioc').quoted();
    rig.fill(1, BID, 199_960, 5).settle();
    rig.breaker.next = 'latched';
    rig.settle();
    rig.closed(3).settle();
    expect(rig.batch).toEqual([]); // 2 may still be open
    rig.engine.level(BID, (MID + 50) as Ticks, 1 as Lots);
    rig.closed(2).settle();
    expect(rig.batch).toEqual([]);
  });

  test('asked for from outside, while paused too; called off again it is cancelled', () => {
    const rig = new Rig().quoted();
    rig.fill(1, BID, 199_960, 5).settle();
    rig.breaker.next = 'paused';
    rig.settle();
    for (const order of [...rig.engine.orders]) rig.closed(order.ordinal);
    rig.settle();
    expect(rig.batch).toEqual([]);
    rig.engine.flatten('post-only');
    rig.settle();
    expect(rig.said).toEqual(['place 4 ask 5 @ 200001 reduce-only']);
    rig.accept(4);
    rig.engine.flatten(null);
    rig.settle();
    expect(rig.said).toEqual(['cancel-all']);
  });

  test('a shutdown ends it: what it had placed is cancelled, and nothing follows', () => {
    const rig = onHalt('post-only').quoted();
    rig.fill(1, BID, 199_960, 5).settle();
    rig.breaker.next = 'latched';
    rig.settle();
    for (const order of [...rig.engine.orders]) rig.closed(order.ordinal);
    rig.settle();
    expect(rig.said).toEqual(['place 4 ask 5 @ 200001 reduce-only']);
    rig.accept(4).event({ kind: 'operator', order: 'shutdown', reason: 'SIGINT' }).settle();
    expect(rig.said).toEqual(['cancel-all']);
    rig.closed(4).settle();
    expect(rig.batch).toEqual([]);
    expect(rig.engine.drained).toBe(true);
  });
});
