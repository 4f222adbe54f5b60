// The models that say what they assume: queue laws, fee tiers, the retail class, delays, and the recording's own two
// clocks. Each by hand-computed cases and by what must hold whatever comes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '#core/messages';
import { moneyFromNumber, rateFromBps } from '#core/money';
import { ROW_GAP, ROW_LEVEL } from '#core/rows';
import type { Micros, Rate, SpanMicros } from '#core/units';
import { BID } from '#core/units';
import { ConstantDelays, SampledDelays } from '#sim/delays';
import {
  LEAST_LATENCY_US,
  RecordedFeed,
  SampledFeed,
  TimedBlock,
  measureSkew,
} from '#sim/feed-delay';
import { TieredFees } from '#sim/fees';
import { BEHIND_UI, LogQueue, PowerQueue } from '#sim/queue';
import type { QueueModel } from '#sim/queue';
import { RETAIL_BUMP_US, RetailClass } from '#sim/retail';
import { MemorySource } from '#tape/memory';
import type { Row } from '#tape/memory';
import { World } from './harness.js';

const us = (n: number): Micros => n as Micros;
const DAY = 86_400e6;

describe('queue models', () => {
  /** Joins 10 lots at 99, 6 more come, 4 go without a print; then a print of `lots`: what we get. */
  const filled = (queue: QueueModel, lots: number): number => {
    const world = new World('queue', { queue }).at(1).book();
    const ordinal = world.place(BID, 99, 5);
    world.bid(99, 16).bid(99, 12).print(-1, 99, lots);
    return world.filled(ordinal);
  };

  test('log: behind with chance log(1+back) / (log(1+back) + log(1+front))', () => {
    const behind = Math.log(7) / (Math.log(7) + Math.log(11));
    const ahead = 10 - 4 * (1 - behind); // 7.87
    expect(filled(new LogQueue(), Math.floor(ahead))).toBe(0);
    expect(filled(new LogQueue(), Math.ceil(ahead) + 1)).toBe(
      Math.floor(Math.ceil(ahead) + 1 - ahead),
    );
  });

  test('power: the exponent says how much farther back a cancel is', () => {
    const ahead = (n: number): number => {
      const behind = 6 ** n / (6 ** n + 10 ** n);
      return 10 - 4 * (1 - behind);
    };
    for (const n of [1, 2, 3]) {
      expect(filled(new PowerQueue(n), 11)).toBe(Math.floor(11 - ahead(n)));
    }
  });

  test('behind-ui: whoever comes later at the price is before us too', () => {
    expect(filled(BEHIND_UI, 12)).toBe(0);
    expect(filled(BEHIND_UI, 13)).toBe(1);
  });
});

describe('fees', () => {
  const tiers = [
    { volume: moneyFromNumber(0), maker: rateFromBps(2), taker: rateFromBps(5) },
    { volume: moneyFromNumber(1_000), maker: rateFromBps(1), taker: rateFromBps(4) },
    { volume: moneyFromNumber(5_000), maker: rateFromBps(-0.5), taker: rateFromBps(3) },
  ];
  const makerOn = (fees: TieredFees, day: number): number =>
    fees.rate(us(day * DAY), 1, true) / 1e6;

  test('a tier counts from the next UTC midnight, and falls out of the window again', () => {
    const fees = new TieredFees(tiers, 3);
    fees.traded(us(10 * DAY), moneyFromNumber(6_000));
    expect(makerOn(fees, 10.9)).toBe(2);
    expect(makerOn(fees, 11)).toBe(-0.5);
    fees.traded(us(12 * DAY), moneyFromNumber(1_500));
    expect(makerOn(fees, 13.5)).toBe(-0.5);
    expect(makerOn(fees, 14)).toBe(1); // the first day left
    expect(makerOn(fees, 16)).toBe(2);
  });

  test('days without a fill count as none', () => {
    const fees = new TieredFees(tiers, 3);
    fees.traded(us(10 * DAY), moneyFromNumber(6_000));
    expect(makerOn(fees, 14)).toBe(2);
  });

  test('the account books what the schedule says, rebates included', () => {
    const fees = { rate: () => -1_000_000 as Rate, traded: () => undefined };
    const account = { deposit: moneyFromNumber(100_000), leverage: 10, fees };
    const world = new World('floor', { account }).at(1).book();
    world.place(BID, 99, 5);
    world.print(-1, 98, 1);
    expect(world.fills[0]?.fee).toBeLessThan(0);
    expect(world.exchange.account.position.fees).toBe(world.fills[0]?.fee);
  });
});

describe('the Paradex retail class', () => {
  const place = (ordinal: number): Command => ({
    kind: 'place', ordinal, side: 1, ticks: 1, lots: 1, tif: 'post-only', reduceOnly: false,
  } as Command); // prettier-ignore
  const proFees = { rate: () => 300_000 as Rate, traded: () => undefined };
  const make = (): RetailClass =>
    new RetailClass(new ConstantDelays(10 as SpanMicros, 20 as SpanMicros), proFees);

  test('no fee and 300 ms on submit and cancel; beyond the budget Pro: its fee, no bump', () => {
    const retail = make();
    for (let i = 1; i <= 3; i += 1)
      expect(retail.order(us(1e9), place(i))).toBe(10 + RETAIL_BUMP_US);
    expect(retail.order(us(1e9), place(4))).toBe(10); // the fourth within a second
    expect(retail.order(us(1e9), { kind: 'cancel', ordinal: 4 })).toBe(10);
    expect(retail.order(us(1e9), { kind: 'cancel', ordinal: 3 })).toBe(10 + RETAIL_BUMP_US);
    expect(retail.rate(us(1e9), 3, true)).toBe(0);
    expect(retail.rate(us(1e9), 4, true)).toBe(300_000);
    expect(retail.rate(us(1e9), null, false)).toBe(300_000);
    expect(retail.reply(us(1e9))).toBe(20);
  });

  test('1,000 orders a day, evenly spread: the 1,001st is Pro, a day later retail again', () => {
    const retail = make();
    for (let i = 0; i < 1_000; i += 1) retail.order(us(1e12 + i * 20e6), place(i));
    expect(retail.proOrders).toBe(0);
    retail.order(us(1e12 + 1_000 * 20e6), place(1_001));
    expect(retail.proOrders).toBe(1);
    retail.order(us(1e12 + DAY + 1_002 * 20e6), place(1_002));
    expect(retail.proOrders).toBe(1);
    expect(retail.retailOrders).toBe(1_001);
  });
});

describe('delays and clocks', () => {
  test('sampled: seeded, the median as given, never negative', () => {
    const draws = (seed: number): number[] => {
      const delays = new SampledDelays(seed, 1_000 as SpanMicros, 500 as SpanMicros, 0.5);
      return Array.from({ length: 2_001 }, () => delays.order());
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
    const sorted = draws(3).sort((a, b) => a - b);
    expect(Math.abs((sorted[1_000] as number) / 1_000 - 1)).toBeLessThan(0.06);
    expect(sorted[0]).toBeGreaterThan(0);
    // One deviation of the logarithm up is e^0.5 times as long.
    expect(Math.abs((sorted[1_683] as number) / 1_000 / Math.exp(0.5) - 1)).toBeLessThan(0.1);
  });

  const rowAt = (exchangeUs: number, localUs: number): Row => ({
    kind: ROW_LEVEL, side: 1, exchangeUs, localUs, price: 10, size: 1,
  }); // prettier-ignore

  test('skew: a recorder behind the venue is found out and corrected to the least latency', () => {
    const rows = [rowAt(2_000_000, 500_000), rowAt(2_100_000, 700_000)];
    const skew = measureSkew(new MemorySource(rows));
    expect(skew).toMatchObject({
      rows: 2,
      leastUs: -1_500_000,
      correctionUs: 1_500_000 + LEAST_LATENCY_US,
    });
    expect(measureSkew(new MemorySource([rowAt(1, 3)])).correctionUs).toBe(0);
  });

  const sources = fc.array(
    fc.record({
      later: fc.nat(50_000),
      latency: fc.integer({ min: -90_000, max: 90_000 }),
      gap: fc.boolean(),
    }),
    { minLength: 1, maxLength: 80 },
  );

  test('whatever the clocks say: neither time steps back, and nothing is seen before it happens', () => {
    fc.assert(
      fc.property(
        sources,
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        (steps, recorded, size) => {
          let local = 1e15;
          const rows = steps.map(({ later, latency, gap }): Row => {
            local += later;
            return {
              ...rowAt(local - latency, local),
              kind: gap && later > 40_000 ? ROW_GAP : ROW_LEVEL,
            };
          });
          const inner = new MemorySource(rows, size);
          const { correctionUs } = measureSkew(new MemorySource(rows));
          const feed = recorded
            ? new RecordedFeed(inner, correctionUs, 1 as SpanMicros)
            : new SampledFeed(inner, 7, 10_000 as SpanMicros, 0.5);
          let [venue, bot, seen] = [-1, -1, 0];
          const block = new TimedBlock(16);
          for (let b = feed.next(block); b !== null; b = feed.next(block)) {
            for (let i = 0; i < b.count; i += 1, seen += 1) {
              expect(b.venueUs[i]).toBeGreaterThanOrEqual(venue);
              expect(b.botUs[i]).toBeGreaterThanOrEqual(Math.max(bot, b.venueUs[i] as number));
              venue = b.venueUs[i] as number;
              bot = b.botUs[i] as number;
            }
          }
          expect(seen).toBe(rows.length);
        },
      ),
    );
  });

  test('recorded: an order is as slow as the feed was when last heard, never as it will be', () => {
    const rows = [rowAt(1e15, 1e15 + 5_000), rowAt(1e15 + 3e6, 1e15 + 3e6 + 70_000)];
    const feed = new RecordedFeed(new MemorySource(rows), 0, 42 as SpanMicros);
    feed.next();
    expect(feed.latencyAt(us(1e15))).toBe(42);
    // The first row is where the run begins, so it has no latency of its own.
    expect(feed.latencyAt(us(1e15 + 1e6))).toBe(0);
    expect(feed.latencyAt(us(1e15 + 4e6))).toBe(70_000);
  });
});
