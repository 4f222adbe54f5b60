// Holes in a recording (spec.md section 7): quotes stay live into them, and reopening beyond one counts as a fill.
import { describe, expect, test } from 'vitest';
import { ASK, BID } from '#core/units';
import type { FillModel } from '#sim/exchange';
import { World } from './harness.js';

const MODELS: readonly FillModel[] = ['floor', 'queue', 'ceiling'];

/** A quote of 5 at 99 (bid) in a book whose newest row is at time 10; the hole ends at 100. */
const before = (model: FillModel): { world: World; ordinal: number } => {
  const world = new World(model).at(10).book();
  return { world, ordinal: world.place(BID, 99, 5) };
};
const reopen = (world: World, bid: number, ask: number): World =>
  world.gap(10, 100).clear().bid(bid, 3).bid(bid - 1, 3).ask(ask, 3).ask(ask + 1, 3); // prettier-ignore

describe.each(MODELS)('%s', (model) => {
  test('a live quote beyond which the market reopens is filled, and flagged', () => {
    const { world } = before(model);
    expect(reopen(world, 90, 92).said).toEqual(['5@99G']);
    expect(world.fills[0]?.venueUs).toBe(100);
  });

  test('so is one that was cancelled inside the hole, after its close', () => {
    const { world, ordinal } = before(model);
    world.at(60).cancel(ordinal);
    reopen(world, 90, 92);
    expect(world.told()).toEqual(['1 accepted', '1 closed cancelled 0', '1 fill 5@99']);
    expect(world.lots).toBe(5);
  });

  test('so is the old price of one that was amended inside the hole', () => {
    const { world, ordinal } = before(model);
    world.at(60).amend(ordinal, BID, 80, 5);
    expect(reopen(world, 90, 92).said).toEqual(['5@99G']);
    expect(world.exchange.openOrders()).toEqual([]);
  });

  test('so is one that arrived inside the hole', () => {
    const world = new World(model).at(10).book().at(50);
    const ordinal = world.place(ASK, 101, 2);
    world.at(60).cancel(ordinal);
    expect(reopen(world, 110, 111).said).toEqual(['2@101G']);
  });

  test('one cancelled before the hole is not', () => {
    const { world, ordinal } = before(model);
    world.cancel(ordinal);
    expect(reopen(world, 90, 92).said).toEqual([]);
  });

  test('one whose hole began after its cancel is not', () => {
    const { world, ordinal } = before(model);
    world.at(60).cancel(ordinal).gap(60, 100).clear().bid(90, 3).ask(92, 3);
    expect(world.said).toEqual([]);
  });

  test('reopening at the price, or back where it was, fills nothing that has left', () => {
    for (const [bid, ask] of [
      [98, 99],
      [99, 101],
    ] as const) {
      // prettier-ignore
      const { world, ordinal } = before(model);
      world.at(60).cancel(ordinal);
      reopen(world, bid, ask).at(101).ask(90, 1); // what comes after the first book does not count
      expect(world.said).toEqual([]);
    }
  });

  test('a reopening in two parts waits for both sides', () => {
    const { world, ordinal } = before(model);
    world.at(60).cancel(ordinal).gap(10, 100).clear().bid(90, 3).at(120).ask(92, 3);
    expect(world.said).toEqual(['5@99G']);
  });

  test('two holes with no book between them are one', () => {
    const { world, ordinal } = before(model);
    world.at(60).cancel(ordinal);
    reopen(world.gap(10, 70), 90, 92);
    expect(world.said).toEqual(['5@99G']);
  });

  test('a hole that closes over the old book, without a snapshot', () => {
    const { world, ordinal } = before(model);
    world.at(60).cancel(ordinal).gap(10, 100).ask(97, 2);
    expect(world.said).toEqual(['5@99G']);
  });

  test('fills after the first book of the reopening are ordinary', () => {
    const { world } = before(model);
    reopen(world, 99, 101).at(130).bid(99, 1).print(-1, 98, 1);
    expect(world.said).toEqual(['5@99']);
  });
});

test('a partly filled quote loses only its rest to the hole', () => {
  const { world, ordinal } = before('queue');
  world.print(-1, 99, 13).at(60).cancel(ordinal);
  expect(reopen(world, 90, 92).said).toEqual(['3@99', '2@99G']);
});

test('the ceiling fills at the locked reopening of a live quote', () => {
  const { world } = before('ceiling');
  expect(reopen(world, 98, 99).said).toEqual(['5@99G']);
});
