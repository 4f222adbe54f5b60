// The other half of breaches.test.ts: position, margin, rates, the operator and the host. A position over its soft
// limit is worked down, never added to; the hard limit holds order by order, whatever fills at once.
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { PlaceCommand } from '#core/messages';
import { moneyFromNumber } from '#core/money';
import { ASK, BID } from '#core/units';
import { BP, BUYER, MID, SELLER, calm, every, filling, greedy, sweep } from './markets.js';
import { addRow, expectHalt, lineWith, printTable, tripTo } from './trips.js';
import { World } from './world.js';
import type { WorldOptions } from './world.js';

let open: World | null = null;

function world(options: WorldOptions): World {
  open?.close();
  open = new World(options);
  return open;
}

afterEach(() => {
  open?.close();
  open = null;
});
afterAll(printTable);

const placed = (w: World, from: number, to: number): PlaceCommand[] =>
  w.sent
    .filter((s) => w.second(s.us) >= from && w.second(s.us) < to)
    .flatMap(({ command }) => (command.kind === 'place' ? [command] : []));

/** A mid that moves 2 bp to and fro every two seconds: quotes have to follow. */
const restless = (second: number): number => MID + (Math.floor(second / 2) % 2) * 2 * BP;

describe('position', () => {
  test('soft limit: only the reducing side, reduce-only, at the touch, until 80 %', () => {
    // The strategy itself does not buy beyond the limit, so the price carries eight units there.
    const midAt = (second: number): number => (second < 30 ? MID : MID * 1.6);
    const sells = filling(SELLER, 8, 5, midAt);
    const script = (second: number) =>
      every(second, 2, 60, 90) ? sweep(BUYER, midAt(second)) : sells(second);
    const w = world({ script, seconds: 120 }).until(120);
    const start = w.moves.find((move) => move.to === 'reducing');
    const end = w.moves.find((move) => move.from === 'reducing' && move.to === 'running');
    expect(start?.cause?.guard).toBe('position');
    expect(w.sent.some((s) => s.us === start?.us && s.command.kind === 'cancel')).toBe(true);
    const [from, to] = [w.second(start?.us ?? NaN), w.second(end?.us ?? NaN)];
    const orders = placed(w, from, to);
    expect(orders.length).toBeGreaterThan(0);
    for (const order of orders) expect([order.side, order.reduceOnly]).toEqual([ASK, true]);
    expect(orders[0]?.ticks, 'joins the touch').toBe(MID * 1.6 + 5);
    expect(to, 'back when buyers have taken it to 80 %').toBeGreaterThan(60);
    expect(placed(w, to, 120).some((order) => order.side === BID)).toBe(true);
    const line = lineWith(w, start?.cause?.reason ?? '');
    const trip = { line, emptyMs: null, ordersAfter: 0, move: { to: 'reducing' as const } };
    addRow({ guard: 'position, soft ($1,000)', trip, back: 'at 80 % of it' });
  });

  test('hard limit: an order that could pass it is cut to what fits, or not sent', () => {
    const script = filling(SELLER, 6, 5, () => MID);
    const w = world({ script, seconds: 60, strategy: greedy(1, 80) });
    for (let second = 0.1; second <= 60; second += 0.1) {
      w.until(second);
      const { numbers } = w.assembly.engine;
      expect(numbers.longestLots).toBeLessThanOrEqual(numbers.hardLimitLots);
    }
    const line = lineWith(w, 'position trimmed');
    expect(line).toContain('hard 0.015');
    expect(placed(w, 0, 60).find((order) => order.side === BID && order.lots < 80)?.lots).toBe(70);
    expect(w.venue.exchange.account.position.lots).toBe(150);
    const trip = { line, emptyMs: null, ordersAfter: 0, move: { to: 'running' as const } };
    addRow({ guard: 'position, hard (150 %)', trip, back: 'at once' });
  });

  test('beyond the hard limit all the same: latches', () => {
    const midAt = (second: number): number => (second < 60 ? MID : MID * 2.2);
    const w = world({ script: filling(SELLER, 8, 5, midAt), seconds: 120 }).until(120);
    const trip = tripTo(w, 'latched');
    expect(trip.move.cause?.guard).toBe('position');
    expectHalt('position, breached (> 150 %)', trip, 'mm reset');
    expect(trip.heldSeconds).toBeNull();
  });

  test('account margin below twice maintenance: reduces until 2.2 times', () => {
    const sells = filling(SELLER, 10, 5, () => MID);
    const script = (second: number) => (every(second, 2, 60, 90) ? sweep(BUYER) : sells(second));
    const w = world({
      ...{ script, seconds: 120, flags: { capital: '1000', maxLeverage: '5' } },
      ...{ spec: { maintenanceMargin: 0.25 }, deposit: moneyFromNumber(400) },
    }).until(120);
    const start = w.moves.find((move) => move.to === 'reducing');
    const end = w.moves.find((move) => move.from === 'reducing' && move.to === 'running');
    expect(start?.cause?.guard).toBe('margin');
    const orders = placed(w, w.second(start?.us ?? NaN), w.second(end?.us ?? NaN));
    expect(orders.length).toBeGreaterThan(0);
    expect(orders.every((order) => order.side === ASK && order.reduceOnly)).toBe(true);
    expect(w.second(end?.us ?? NaN)).toBeGreaterThan(60);
    const line = lineWith(w, start?.cause?.reason ?? '');
    const trip = { line, emptyMs: null, ordersAfter: 0, move: { to: 'reducing' as const } };
    addRow({ guard: 'account margin (2 x maintenance)', trip, back: 'at 2.2 times' });
  });
});

describe('rates', () => {
  test('error rate: a venue that refuses more than 5 % pauses us for a minute', () => {
    const w = world({
      script: (second) => calm(restless(second)),
      seconds: 150,
      refuses: ({ side }, second) => (second > 20 && second < 40 && side === ASK ? 'other' : null),
    }).until(150);
    const trip = tripTo(w, 'paused');
    expect(trip.move.cause?.guard).toBe('error-rate');
    expectHalt('error rate (5 % of operations)', trip, '60 s');
    expect(trip.heldSeconds).toBeCloseTo(60, 0);
  });

  test('five refusals in a row: the venue takes no more of one side, and quoting is slow', () => {
    const w = world({
      script: () => calm(),
      seconds: 200,
      refuses: ({ side }) => (side === ASK ? 'margin' : null),
    }).until(200);
    const trip = tripTo(w, 'paused');
    expectHalt('error rate (5 in a row refused)', trip, '60 s');
    expect(trip.move.cause?.reason).toContain('5 operations in a row refused (last: margin)');
    const asks = w.sent
      .slice(0, trip.move.sentBefore)
      .filter(({ command }) => command.kind === 'place' && command.side === ASK);
    expect(asks).toHaveLength(6); // after the first one the bid was taken
    expect(trip.heldSeconds).toBeCloseTo(60, 0);
  });

  test('order rate: a small budget slows quoting down', () => {
    const profile = { ordersPerSecond: 0.2, orderBurst: 2 };
    const w = world({ script: (second) => calm(restless(second)), seconds: 300, profile }).until(
      300,
    );
    for (let from = 0; from <= 240; from += 10) {
      expect(placed(w, from, from + 60).length).toBeLessThanOrEqual(0.2 * 60 + 2);
    }
    expect(placed(w, 0, 300).length).toBeGreaterThan(30);
    expect(w.state).toBe('running');
    const line = lineWith(w, 'out of budget');
    const trip = { line, emptyMs: null, ordersAfter: 0, move: { to: 'running' as const } };
    addRow({ guard: 'order rate (budget 0.2/s)', trip, back: 'as the budget refills' });
  });

  test('order rate: a throttle that does not hold is a runaway', () => {
    const profile = { ordersPerSecond: 0.1, orderBurst: 1 };
    const w = world({ script: (second) => calm(restless(second)), seconds: 200, profile });
    Object.assign(w.profile, { ordersPerSecond: 50, orderBurst: 100 }); // the guard remembers the budget
    w.until(200);
    const trip = tripTo(w, 'paused');
    expect(trip.move.cause?.guard).toBe('order-rate');
    expectHalt('order rate (runaway)', trip, '60 s');
    expect(trip.heldSeconds).toBeCloseTo(60, 0);
  });
});

describe('people, the host and the strategy', () => {
  test('mm pause withdraws until mm resume', () => {
    const w = world({ script: () => calm(), seconds: 60 }).until(20);
    w.operator('pause', 'lunch').until(40);
    expect(w.state).toBe('withdrawn');
    w.operator('resume', 'back').until(60);
    const trip = tripTo(w, 'withdrawn');
    expectHalt('operator: mm pause', trip, 'mm resume');
    expect(trip.heldSeconds).toBeCloseTo(20, 2);
    expect(placed(w, 40, 60).length).toBe(2);
  });

  test('mm stop latches', () => {
    const w = world({ script: () => calm(), seconds: 60 })
      .until(20)
      .operator('stop', 'enough');
    w.until(40).operator('resume', 'no').until(60);
    expectHalt('operator: mm stop', tripTo(w, 'latched'), 'mm reset');
    expect(w.state).toBe('latched');
  });

  test('a ledger or a log that cannot be written latches', () => {
    for (const source of ['ledger', 'log'] as const) {
      const w = world({ script: () => calm(), seconds: 60 }).until(20);
      w.fault(source, 'the disk is full').until(60);
      expectHalt(`host fault: ${source}`, tripTo(w, 'latched'), 'mm reset');
    }
  });

  test('a width beyond --max-spread: no quotes at all', () => {
    const w = world({ script: () => calm(), seconds: 90, flags: { maxSpread: '5bp' } }).until(90);
    expect(placed(w, 0, 90)).toEqual([]);
    const line = lineWith(w, 'no quotes');
    const trip = { line, emptyMs: null, ordersAfter: 0, move: { to: 'withdrawn' as const } };
    expect(w.moves.some((move) => move.cause?.guard === 'strategy')).toBe(true);
    addRow({ guard: 'strategy: width beyond max', trip, back: '30-60 s, then again' });
  });
});

describe('a market that jumps', () => {
  const fillsAfter = (w: World): number => w.log.filter((line) => line.includes('fill: ')).length;

  test('flash crash, 30 % in a second and no bids left: at most one fill a side', () => {
    const script = (second: number) => {
      const fallen = Math.min(0.3, Math.max(0, (second - 20) * 0.3));
      const mid = Math.round(MID * (1 - fallen));
      const empty = second >= 21 && second < 23;
      return { book: { bid: empty ? 0 : mid - 5, ask: mid + 5 } };
    };
    const w = world({ script, seconds: 60 }).until(60);
    expect(fillsAfter(w)).toBe(1);
    expect(w.venue.exchange.account.position.lots).toBe(10);
    expect(tripTo(w, 'withdrawn').move.cause?.guard).toBe('stale-feed');
  });

  test('a jump of 150 % against a short: one more fill at the old price, then all stops', () => {
    const midAt = (second: number): number => (second < 40 ? MID : MID * 2.5);
    const w = world({ script: filling(BUYER, 5, 5, midAt), seconds: 90 }).until(90);
    const trip = tripTo(w, 'paused');
    expect(fillsAfter(w)).toBe(6);
    expect(trip.move.cause?.guard).toBe('daily-loss');
    expectHalt('a jump of 150 % (daily loss)', trip, 'next UTC day');
  });
});
