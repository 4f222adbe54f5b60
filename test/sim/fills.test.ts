// What fills when, by the three models (spec.md section 7), and how the queue ahead is used up.
import { describe, expect, test } from 'vitest';
import type { Aggressor } from '#core/units';
import { ASK, BID } from '#core/units';
import type { FillModel } from '#sim/exchange';
import { PowerQueue } from '#sim/queue';
import { L, T, World, us } from './harness.js';

const MODELS: readonly FillModel[] = ['floor', 'queue', 'ceiling'];

/** Our bid of 5 at 99 behind 10 of others; what one row fills of it in each model. */
function filledBy(row: (world: World) => void): number[] {
  return MODELS.map((model) => {
    const world = new World(model).at(1).book();
    const ordinal = world.place(BID, 99, 5);
    row(world.at(2));
    return world.filled(ordinal);
  });
}

describe('what fills a bid of 5 at 99 with 10 ahead', () => {
  const seller: Aggressor = -1;
  const buyer: Aggressor = 1;
  test.each<[string, (world: World) => void, number[]]>([
    ['a sell print below', (w) => w.print(seller, 98, 1), [5, 5, 5]],
    ['a sell print at a fraction of a tick below', (w) => w.print(seller, 98.9, 1), [5, 5, 5]],
    ['a sell print at it that others absorb', (w) => w.print(seller, 99, 10), [0, 0, 5]],
    ['a sell print at it that reaches us', (w) => w.print(seller, 99, 12), [0, 2, 5]],
    ['a sell print at it larger than all', (w) => w.print(seller, 99, 40), [0, 5, 5]],
    ['a sell print above', (w) => w.print(seller, 100, 99), [0, 0, 0]],
    ['a buy print at it', (w) => w.print(buyer, 99, 99), [0, 0, 5]],
    ['a buy print below', (w) => w.print(buyer, 98, 99), [0, 0, 5]],
    ['a print of unknown side at it', (w) => w.print(0, 99, 99), [0, 0, 5]],
    ['a print of unknown side below', (w) => w.print(0, 98, 1), [5, 5, 5]],
    ['the ask locks it', (w) => w.ask(99, 1), [0, 0, 5]],
    ['the ask crosses it', (w) => w.ask(98, 1), [5, 5, 5]],
    ['the ask goes', (w) => w.ask(101, 0).ask(102, 0), [0, 0, 0]],
    ['the level empties', (w) => w.bid(99, 0), [0, 0, 0]],
    [
      'nonsense prints',
      (w) => w.print(seller, NaN, 5).print(seller, -1, 5).print(seller, 98, 0),
      [0, 0, 0],
    ],
    ['nonsense levels', (w) => w.ask(98.5, 1).ask(98, -1).ask(98, NaN).bid(99, NaN), [0, 0, 0]],
  ])('%s', (_name, row, filled) => {
    expect(filledBy(row)).toEqual(filled);
  });

  test('an ask mirrors it', () => {
    const filled = MODELS.map((model) => {
      const world = new World(model).at(1).book();
      const ordinal = world.place(ASK, 101, 5);
      world.print(1, 101, 12).print(-1, 101, 50);
      return world.filled(ordinal);
    });
    expect(filled).toEqual([0, 2, 5]);
    const through = new World('floor').at(1).book();
    through.place(ASK, 101, 5);
    expect(through.print(1, 102, 1).said).toEqual(['5@101']);
    const crossed = new World('floor').at(1).book();
    crossed.place(ASK, 101, 5);
    expect(crossed.bid(101, 5).said).toEqual([]);
    expect(crossed.bid(102, 5).said).toEqual(['5@101']);
  });
});

test('a fill is at our price, maker, stamped with venue time, with the mid at it', () => {
  const world = new World('floor').at(1).book();
  const ordinal = world.place(BID, 99, 5);
  world.at(7).print(-1, 97, 1);
  expect(world.fills).toEqual([
    {
      kind: 'fill', us: 7, venueUs: 7, tradeId: 't1', ordinal, side: BID, ticks: 99, lots: 5,
      fee: 990, maker: true, liquidation: false,
    },
  ]); // prettier-ignore
  // 5 lots x 0.001 x 9.9 USD x 2 bp = 0.0000099 USD = 990 units: recomputed here from decimals.
  expect(world.mids).toEqual([100]);
});

test('better prices fill first, then older orders', () => {
  const world = new World('ceiling').at(1).book();
  const a = world.place(BID, 98, 1);
  const b = world.place(BID, 99, 2);
  const c = world.place(BID, 98, 3);
  const d = world.place(BID, 97, 4);
  world.print(-1, 98, 1);
  expect(world.fills.map((fill) => fill.ordinal)).toEqual([b, a, c]);
  expect(world.exchange.openOrders().map((order) => order.ordinal)).toEqual([d]);
});

describe('the queue ahead', () => {
  const behindTen = (): { world: World; ordinal: number } => {
    const world = new World('queue').at(1).book();
    return { world, ordinal: world.place(BID, 99, 5) };
  };

  test('is used up print by print, then partial fills', () => {
    const { world } = behindTen();
    world.print(-1, 99, 4).print(-1, 99, 4).print(-1, 99, 3);
    expect(world.said).toEqual(['1@99']);
    world.print(-1, 99, 2).print(-1, 99, 9);
    expect(world.said).toEqual(['1@99', '2@99', '2@99']);
  });

  test('pessimistic: cancels bring us no further than the level is long; growth is behind us', () => {
    const { world } = behindTen();
    world.bid(99, 30).bid(99, 12); // 18 cancelled, all behind us for all we know
    world.print(-1, 99, 10);
    expect(world.said).toEqual([]);
    const other = behindTen().world;
    other.bid(99, 3).bid(99, 50).print(-1, 99, 4);
    expect(other.said).toEqual(['1@99']);
  });

  test('a snapshot that repeats the level changes nothing', () => {
    const { world } = behindTen();
    world.print(-1, 99, 4).clear().bid(99, 6).bid(98, 10).ask(101, 10).print(-1, 99, 7);
    expect(world.said).toEqual(['1@99']);
  });

  test('two of our own at one price share time priority', () => {
    const world = new World('queue').at(1).book();
    const first = world.place(BID, 99, 5);
    world.bid(99, 16); // 6 join behind the first
    const second = world.place(BID, 99, 5);
    world.print(-1, 99, 12);
    expect([world.filled(first), world.filled(second)]).toEqual([2, 0]);
    world.print(-1, 99, 8); // 3 for the rest of the first, 5 of the 6 in between
    expect([world.filled(first), world.filled(second)]).toEqual([5, 0]);
    world.print(-1, 99, 2);
    expect([world.filled(first), world.filled(second)]).toEqual([5, 1]);
  });

  test('an empty price inside the spread has nobody ahead', () => {
    const world = new World('queue').at(1).book();
    world.place(BID, 100, 5);
    expect(world.print(-1, 100, 2).said).toEqual(['2@100']);
  });

  test('beyond the displayed levels the queue is unknown until the level shows', () => {
    const world = new World('queue').at(1).book();
    world.place(BID, 95, 5);
    expect(world.print(-1, 95, 100).said).toEqual([]);
    world.bid(95, 7).print(-1, 95, 9);
    expect(world.said).toEqual(['2@95']);
  });

  test('a last level that leaves the window keeps its queue', () => {
    const world = new World('queue').at(1).book();
    world.place(BID, 98, 5);
    world.bid(98, 0).bid(98, 10).print(-1, 98, 11);
    expect(world.said).toEqual(['1@98']);
  });

  test('power model: cancels bring us forward by their expected share', () => {
    const advance = (front: number, back: number, to: number): number => {
      const world = new World('queue', { queue: new PowerQueue(1) }).at(1).book();
      world.bid(99, front);
      const ordinal = world.place(BID, 99, 5);
      world.bid(99, front + back).bid(99, to);
      // The first print that reaches us tells how much was still ahead.
      for (let lots = 1; lots <= front + 1; lots++) {
        world.print(-1, 99, 1);
        if (world.filled(ordinal) > 0) return front - (lots - 1);
      }
      return NaN;
    };
    expect(advance(100, 100, 160)).toBe(20); // half of 40
    expect(advance(100, 300, 360)).toBe(10); // a quarter of 40 before us
    expect(advance(100, 0, 60)).toBe(40); // nobody behind: all of it before us
    expect(advance(100, 100, 0)).toBe(100); // everything went
  });

  test('power model: a later order of ours never overtakes an earlier one', () => {
    const world = new World('queue', { queue: new PowerQueue(5) }).at(1).book().bid(99, 40);
    const first = world.place(BID, 99, 5);
    world.bid(99, 60);
    const second = world.place(BID, 99, 5);
    world.bid(99, 100).bid(99, 61); // alone, 35.4 would stay ahead of the first and 25.5 of the second
    world.cancel(first).print(-1, 99, 30);
    expect(world.filled(second)).toBe(0);
    expect(world.print(-1, 99, 7).filled(second)).toBe(1);
  });

  test('power model: nobody is ahead of us that the level no longer holds', () => {
    const world = new World('queue', { queue: new PowerQueue(5) }).at(1).book().bid(99, 60);
    const ordinal = world.place(BID, 99, 5);
    world.bid(99, 160).bid(99, 10); // by the law alone 49 would stay ahead
    expect(world.print(-1, 99, 11).filled(ordinal)).toBe(1);
  });

  test('power model: what a print explains is no cancel', () => {
    const world = new World('queue', { queue: new PowerQueue(1) }).at(1).book();
    world.bid(99, 100);
    const ordinal = world.place(BID, 99, 5);
    world.bid(99, 200).print(-1, 99, 20).bid(99, 180); // 80 ahead still
    world.print(0, 99, 30).bid(99, 150); // unknown side: consumes nothing, explains the decrease
    world.print(-1, 99, 79);
    expect(world.filled(ordinal)).toBe(0);
    world.print(-1, 99, 2);
    expect(world.filled(ordinal)).toBe(1);
  });
});

test('top-of-book rows make the book only where asked to', () => {
  const off = new World('floor');
  off.exchange.quote(BID, T(99), L(5));
  expect(off.exchange.book.bidTicks).toBe(0);
  const world = new World('floor', { useQuotes: true }).at(1);
  const { exchange } = world;
  exchange.quote(BID, T(99), L(5));
  exchange.quote(ASK, T(101), L(5));
  world.place(BID, 99, 1);
  exchange.quote(BID, T(98), L(5));
  exchange.quote(ASK, T(99), L(5));
  expect([exchange.book.bidTicks, exchange.book.askTicks]).toEqual([98, 99]);
  expect([exchange.book.levels(BID), exchange.book.levels(ASK)]).toEqual([1, 1]);
  expect(world.said).toEqual([]);
  exchange.quote(ASK, T(98), L(5));
  expect(world.said).toEqual(['1@99']);
  // Size 0: the feed gives none.
  exchange.quote(ASK, T(97), L(0));
  expect(exchange.book.askTicks).toBe(97);
  expect(exchange.book.levels(ASK)).toBe(1);
  expect(exchange.report(us(9)).positionLots).toBe(1);
});
