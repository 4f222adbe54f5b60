// Whatever happens, the account adds up: fills make the position, equity is cash + worth + accrued funding with ===,
// and every order ends at most once with the size it says. The same script gives the same events.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moneyFromNumber } from '#core/money';
import type { Lots } from '#core/units';
import type { FillModel } from '#sim/exchange';
import { PowerQueue } from '#sim/queue';
import { INVERSE, SPEC, World } from './harness.js';
import { script, steps } from './script.js';

const DEPOSIT = moneyFromNumber(0.008);
const run = (list: Parameters<typeof script>[0], model: FillModel, inverse: boolean): World => {
  const world = new World(model, {
    spec: inverse
      ? INVERSE
      : { ...SPEC, lotSize: '0.00037', tickSize: '0.13', maintenanceMargin: 0.03 },
    account: { deposit: inverse ? moneyFromNumber(4) : DEPOSIT, leverage: 30 },
    queue: new PowerQueue(3),
  });
  for (const action of script(list, { reduceOnly: true, raises: true })) {
    action.apply(world.exchange);
    checkEquity(world, inverse ? moneyFromNumber(4) : DEPOSIT);
  }
  return world;
};

/** From the events alone: every fill moves cash by minus its worth and fee, funding by its amount. */
function checkEquity(world: World, deposit: number): void {
  const { exchange, instrument } = world;
  let cash = deposit;
  let lots = 0;
  for (const event of world.events) {
    if (event.kind === 'funding') cash += event.amount;
    if (event.kind !== 'fill') continue;
    const signed = (event.side * event.lots) as Lots;
    lots += signed;
    cash -= instrument.worth(signed, event.ticks) + event.fee;
  }
  if (lots !== world.lots) throw new Error(`position ${world.lots}, fills ${lots}`);
  const { position } = exchange.account;
  const mark = exchange.markPrice;
  const accrued = exchange.account.accrued(exchange.nowUs, mark);
  const worth = lots === 0 ? 0 : mark > 0 ? instrument.worth(lots as Lots, mark) : position.cost;
  const equity = cash + worth + (mark > 0 ? accrued : 0);
  if (exchange.equity() !== equity) throw new Error(`equity ${exchange.equity()}, not ${equity}`);
}

/** Lives of orders: accepted once, never beyond its size, closed at most once and then saying what it filled. */
function checkLives(world: World): number {
  const filled = new Map<number, number>();
  const closed = new Set<number>();
  for (const event of world.events) {
    if (event.kind === 'fill' && event.ordinal !== null) {
      if (closed.has(event.ordinal) && !event.gap) throw new Error('a fill after the close');
      filled.set(event.ordinal, (filled.get(event.ordinal) ?? 0) + event.lots);
    } else if (event.kind === 'closed') {
      if (closed.has(event.ordinal)) throw new Error('closed twice');
      closed.add(event.ordinal);
      const sum = filled.get(event.ordinal) ?? 0;
      if (sum !== event.filledLots) throw new Error(`closed at ${event.filledLots}, filled ${sum}`);
    }
  }
  for (const order of world.exchange.openOrders()) {
    const sum = filled.get(order.ordinal as number) ?? 0;
    if (sum !== order.filledLots || sum >= order.lots) throw new Error('an open order misstated');
  }
  return filled.size;
}

test('positions, cash and equity add up to the unit, in every model, linear and inverse', () => {
  let fills = 0;
  let liquidations = 0;
  fc.assert(
    fc.property(
      steps(80),
      fc.constantFrom<FillModel[]>('floor', 'queue', 'ceiling'),
      fc.boolean(),
      (list, model, inverse) => {
        const world = run(list, model, inverse);
        fills += checkLives(world);
        liquidations += world.fills.filter((fill) => fill.liquidation).length;
        const ids = world.fills.map((fill) => fill.tradeId);
        if (new Set(ids).size !== ids.length) throw new Error('a trade id twice');
      },
    ),
    { numRuns: 400 },
  );
  expect(fills).toBeGreaterThan(300);
  expect(liquidations).toBeGreaterThan(5);
});

test('reduce-only orders never turn the position round', () => {
  fc.assert(
    fc.property(steps(80), fc.constantFrom<FillModel[]>('queue', 'ceiling'), (list, model) => {
      const world = new World(model);
      const reducers = new Set<number>();
      const actions = script(list, { reduceOnly: true, raises: true });
      list.forEach((step, i) => {
        const before = world.lots;
        const seen = world.events.length;
        actions[i]?.apply(world.exchange);
        const added = world.events.slice(seen).filter((event) => event.kind === 'fill');
        let lots = before;
        for (const fill of added) {
          const after = lots + fill.side * fill.lots;
          const reduces = fill.ordinal !== null && reducers.has(fill.ordinal);
          if (reduces && (after * lots < 0 || Math.abs(after) >= Math.abs(lots))) {
            throw new Error(`${lots} to ${after} by a reduce-only order`);
          }
          lots = after;
        }
        if ((step.what === 'place' || step.what === 'ioc') && step.pick % 3 === 0) {
          reducers.add(
            list.slice(0, i + 1).filter((s) => s.what === 'place' || s.what === 'ioc').length,
          );
        }
      });
    }),
    { numRuns: 200 },
  );
});

test('the same script gives the same events, another row gives others', () => {
  fc.assert(
    fc.property(
      steps(60),
      fc.constantFrom<FillModel[]>('floor', 'queue', 'ceiling'),
      (list, model) => {
        expect(run(list, model, false).events).toEqual(run(list, model, false).events);
      },
    ),
    { numRuns: 40 },
  );
  const base = (): World => new World('queue').at(1).book();
  const one = base();
  const two = base().bid(99, 9);
  for (const world of [one, two]) {
    world.place(BID_SIDE, 99, 5);
    world.print(-1, 99, 12);
  }
  expect(one.events).not.toEqual(two.events);
});
const BID_SIDE = 1;
