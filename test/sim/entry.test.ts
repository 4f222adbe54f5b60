// What the venue answers to each command (place, amend, cancel, cancel-all), and in what order.
import { describe, expect, test } from 'vitest';
import { moneyFromNumber } from '#core/money';
import { ASK, BID } from '#core/units';
import { SPEC, World } from './harness.js';

const market = (model: 'floor' | 'queue' | 'ceiling' = 'queue'): World =>
  new World(model).at(1).book();
/** Long `lots`, bought by an immediate order at 101. */
function holding(lots: number): World {
  const world = new World('queue').at(1).book().ask(101, 1000);
  world.place(BID, 101, lots, { tif: 'ioc' });
  expect(world.lots).toBe(lots);
  world.told();
  return world;
}

describe('post-only', () => {
  test.each<[string, (w: World) => unknown, string[]]>([
    ['behind the touch', (w) => w.place(BID, 99, 1), ['1 accepted']],
    ['inside the spread', (w) => w.place(ASK, 100, 1), ['1 accepted']],
    ['at the other touch', (w) => w.place(BID, 101, 1), ['1 accepted', '1 closed post-only 0']],
    ['through it', (w) => w.place(ASK, 98, 1), ['1 accepted', '1 closed post-only 0']],
    [
      'at a locked touch',
      (w) => w.bid(101, 1).place(BID, 101, 1),
      ['1 accepted', '1 closed post-only 0'],
    ],
    ['behind a locked touch', (w) => w.bid(101, 1).place(BID, 100, 1), ['1 accepted']],
    ['in a crossed book', (w) => w.bid(102, 1).place(BID, 102, 1), ['1 accepted']],
    ['in an empty book', (w) => w.clear().place(BID, 500, 1), ['1 accepted']],
    [
      'with nobody on the other side',
      (w) => w.ask(101, 0).ask(102, 0).place(BID, 500, 1),
      ['1 accepted'],
    ],
  ])('%s', (_name, act, said) => {
    const world = market();
    act(world);
    expect(world.told()).toEqual(said);
    expect(world.exchange.openOrders()).toHaveLength(said.length === 1 ? 1 : 0);
  });

  test('the book at arrival counts, not the one it was sent on', () => {
    const world = market();
    world.ask(100, 1);
    world.place(BID, 100, 1);
    expect(world.told()).toEqual(['1 accepted', '1 closed post-only 0']);
  });
});

describe('refusals', () => {
  test.each<[string, (w: World) => unknown, string]>([
    ['price 0', (w) => w.place(BID, 0, 1), '1 rejected price'],
    ['half a tick', (w) => w.place(BID, 98.5, 1), '1 rejected price'],
    ['no price', (w) => w.place(BID, NaN, 1), '1 rejected price'],
    ['size 0', (w) => w.place(BID, 98, 0), '1 rejected size'],
    ['half a lot', (w) => w.place(BID, 98, 0.5), '1 rejected size'],
    ['more than the leverage allows', (w) => w.place(BID, 98, 110_000_000), '1 rejected margin'],
    [
      'nothing to reduce',
      (w) => w.place(ASK, 102, 1, { reduceOnly: true }),
      '1 rejected reduce-only',
    ],
  ])('%s', (_name, act, said) => {
    const world = market();
    act(world);
    expect(world.told()).toEqual([said]);
    expect(world.exchange.openOrders()).toEqual([]);
  });

  test('an ordinal is used once, whatever became of it', () => {
    const world = market();
    world.place(BID, 99, 1);
    world.told();
    world.place(BID, 98, 1, { ordinal: 1 });
    world.cancel(1);
    world.place(BID, 98, 1, { ordinal: 1 });
    world.place(BID, 98, 1, { ordinal: 40_000 });
    world.place(BID, 98, 1, { ordinal: 32 });
    expect(world.told()).toEqual([
      '1 rejected duplicate-id', '1 closed cancelled 0', '1 rejected duplicate-id',
      '40000 accepted', '32 accepted',
    ]); // prettier-ignore
  });

  test('smallest size and smallest notional, from which reduce-only is free', () => {
    const spec = { ...SPEC, minSize: '0.005', minNotional: '1' }; // 5 lots; 102 lots at 9.9
    const world = new World('queue', { spec }).at(1).book().ask(101, 1000);
    world.place(BID, 99, 4);
    world.place(BID, 99, 101);
    world.place(BID, 99, 102);
    world.place(BID, 101, 102, { tif: 'ioc' });
    world.place(ASK, 102, 1, { reduceOnly: true });
    const said = ['1 rejected size', '2 rejected size', '3 accepted', '4 accepted'];
    expect(world.told()).toEqual([...said, '4 fill 102@101', '5 accepted']);
  });

  test('margin counts everything on the side that could still fill', () => {
    const account = { deposit: moneyFromNumber(10), leverage: 2 }; // 20 USD at mark 10: 2000 lots
    const world = new World('queue', { account }).at(1).book().mark(100);
    world.place(BID, 99, 1500);
    world.place(BID, 98, 501);
    world.place(BID, 98, 500);
    world.place(ASK, 102, 2000);
    world.place(ASK, 102, 1);
    expect(world.told()).toEqual([
      '1 accepted', '2 rejected margin', '3 accepted', '4 accepted', '5 rejected margin',
    ]); // prettier-ignore
    world.amend(1, BID, 99, 1501).cancel(3).amend(1, BID, 99, 1501);
    expect(world.told()).toEqual([
      '1 amend-rejected margin',
      '3 closed cancelled 0',
      '1 amended 1501@99',
    ]);
  });
});

describe('immediate orders', () => {
  test('take what is displayed up to the limit, level by level, at the taker fee', () => {
    const world = market();
    world.place(BID, 102, 25, { tif: 'ioc' });
    expect(world.told()).toEqual([
      '1 accepted',
      '1 fill 10@101',
      '1 fill 10@102',
      '1 closed ioc 20',
    ]);
    world.place(BID, 101, 7, { tif: 'ioc' }); // the recorded book is as it was
    expect(world.fills.map(({ lots, maker, fee }) => [lots, maker, fee])).toEqual([
      [7, false, 3535],
    ]);
    expect(world.exchange.book.askLots).toBe(10);
  });

  test('out of reach: nothing, closed', () => {
    const world = market();
    world.place(ASK, 100, 5, { tif: 'ioc' });
    expect(world.told()).toEqual(['1 accepted', '1 closed ioc 0']);
  });

  test('reduce-only: no more than the position', () => {
    const world = holding(8);
    world.place(ASK, 98, 15, { tif: 'ioc', reduceOnly: true });
    expect(world.told()).toEqual(['2 accepted', '2 fill 8@99', '2 closed ioc 8']);
    expect(world.lots).toBe(0);
  });

  test('our own orders that it would reach are closed first, the others stay', () => {
    const world = market();
    const own = world.place(ASK, 101, 5);
    const behind = world.place(ASK, 102, 5);
    world.told();
    world.place(BID, 102, 10, { tif: 'ioc' });
    expect(world.told()).toEqual(['3 accepted', `${own} closed self-trade 0`, '3 fill 10@101']);
    world.place(BID, 103, 25, { tif: 'ioc' });
    expect(world.told()).toContain(`${behind} closed self-trade 0`);
    const beyond = world.place(ASK, 104, 5);
    world.place(BID, 105, 25, { tif: 'ioc' }); // past every displayed level
    expect(world.told()).toContain(`${beyond} closed self-trade 0`);
  });
});

describe('reduce-only orders that rest', () => {
  test('fill no more than the position, and what is left is closed', () => {
    const world = holding(8);
    world.place(ASK, 102, 20, { reduceOnly: true });
    world.print(1, 103, 1);
    expect(world.told()).toEqual(['2 accepted', '2 fill 8@102', '2 closed reduce-only 8']);
  });

  test('are closed when something else takes the position away', () => {
    const world = holding(8);
    world.place(ASK, 102, 8, { reduceOnly: true });
    world.place(ASK, 103, 8, { reduceOnly: true });
    world.place(ASK, 99, 8, { tif: 'ioc', reduceOnly: true });
    expect(world.told().slice(2)).toEqual([
      '4 accepted', '4 fill 8@99', '2 closed reduce-only 0', '3 closed reduce-only 0',
    ]); // prettier-ignore
  });
});

describe('cancel', () => {
  test('of an open, a closed, a filled and an unknown order', () => {
    const world = market();
    world.place(BID, 99, 1);
    world.place(BID, 98, 1);
    world.print(-1, 98.5, 1).told();
    world.cancel(2).cancel(2).cancel(1).cancel(77);
    expect(world.told()).toEqual([
      '2 closed cancelled 0', '2 cancel-rejected not-found', '1 cancel-rejected not-found',
      '77 cancel-rejected not-found',
    ]); // prettier-ignore
  });

  test('all: each one closed, then the answer', () => {
    const world = market();
    world.place(BID, 99, 20);
    world.place(ASK, 101, 1);
    world.print(-1, 99, 13).told();
    world.send({ kind: 'cancel-all' }).send({ kind: 'cancel-all' });
    expect(world.told()).toEqual([
      '1 closed cancelled 3', '2 closed cancelled 0', 'all-cancelled', 'all-cancelled',
    ]); // prettier-ignore
  });
});

describe('amend', () => {
  /** Ours: 20 at 99 behind 10; then 30 join behind us. */
  const resting = (): World => {
    const world = market();
    world.place(BID, 99, 20);
    world.bid(99, 40).told();
    return world;
  };

  test('a smaller size keeps the place in the queue', () => {
    const world = resting().amend(1, BID, 99, 12).print(-1, 99, 15);
    expect(world.told()).toEqual(['1 amended 12@99', '1 fill 5@99']);
  });

  test('a smaller size, or the same again, goes to the end where the venue has it so', () => {
    for (const lots of [12, 20]) {
      const world = new World('queue', { amendKeeps: false }).at(1).book();
      world.place(BID, 99, 20);
      world.bid(99, 40).amend(1, BID, 99, lots).print(-1, 99, 41);
      expect(world.told().slice(1)).toEqual([`1 amended ${lots}@99`, '1 fill 1@99']);
    }
  });

  test('a larger size, or another price and back, goes to the end', () => {
    const larger = resting().amend(1, BID, 99, 21).print(-1, 99, 41);
    expect(larger.told()).toEqual(['1 amended 21@99', '1 fill 1@99']);
    const back = resting().amend(1, BID, 98, 20).amend(1, BID, 99, 20).print(-1, 99, 41);
    expect(back.told().slice(2)).toEqual(['1 fill 1@99']);
  });

  test('a new price takes its place by price', () => {
    const world = resting();
    world.place(BID, 98, 1);
    world.amend(1, BID, 97, 20).print(-1, 97.5, 1);
    expect(world.told()).toEqual(['2 accepted', '1 amended 20@97', '2 fill 1@98']);
  });

  test('to what has filled already, or less, closes', () => {
    const world = resting().print(-1, 99, 15).amend(1, BID, 99, 5);
    expect(world.told()).toEqual(['1 fill 5@99', '1 closed cancelled 5']);
    expect(resting().print(-1, 99, 15).amend(1, BID, 99, 6).told()[1]).toBe('1 amended 6@99');
  });

  test('into the other side closes as post-only does', () => {
    expect(resting().amend(1, BID, 101, 20).told()).toEqual(['1 closed post-only 0']);
  });

  test.each<[string, (w: World) => World, string]>([
    ['unknown', (w) => w.amend(9, BID, 99, 5), '9 amend-rejected not-found'],
    ['other side', (w) => w.amend(1, ASK, 102, 5), '1 amend-rejected other'],
    ['no price', (w) => w.amend(1, BID, -3, 5), '1 amend-rejected price'],
    ['no size', (w) => w.amend(1, BID, 99, 0), '1 amend-rejected size'],
  ])('refused: %s', (_name, act, said) => {
    const world = act(resting());
    expect(world.told()).toEqual([said]);
    expect(world.exchange.openOrders()).toMatchObject([{ ordinal: 1, ticks: 99, lots: 20 }]);
  });
});

test('the list of open orders is by ordinal, with client ids and fills', () => {
  const world = new World('queue', { runId: 'abc' }).at(1).book();
  world.place(ASK, 101, 3, { ordinal: 12 });
  world.place(BID, 99, 20, { ordinal: 7 });
  world.print(-1, 99, 15);
  const report = world.exchange.openOrdersReport(world.exchange.nowUs);
  expect(report).toEqual({
    kind: 'open-orders', us: 1, venueUs: 1,
    orders: [
      { ordinal: 7, clientId: 'mm-abc-7', side: BID, ticks: 99, lots: 20, filledLots: 5 },
      { ordinal: 12, clientId: 'mm-abc-12', side: ASK, ticks: 101, lots: 3, filledLots: 0 },
    ],
  }); // prettier-ignore
});
