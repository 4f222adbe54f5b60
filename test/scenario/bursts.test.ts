// Row 35 of the fault list: bursts that fill everything that rests at once, while cancels and new orders are under
// way, against a strategy that never has enough. Whatever fills, the venue never holds more than the hard limit,
// and never could: position plus every open order of a side stays within it. SCENARIO_SEEDS sets how many markets.
import { setImmediate as breath } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Random } from '#core/random';
import { ASK, BID } from '#core/units';
import type { Side } from '#core/units';
import type { Instant } from '../support/scripted-market.js';
import { BP, MID, around, greedy } from './markets.js';
import { World } from './world.js';

const SEEDS = Number(process.env['SCENARIO_SEEDS'] ?? 20);
const SECONDS = 40;
/** $1,000 and $1,500 at a mark that is pinned to $100,000, in lots of $10. */
const HARD = 150;

/** A walk with prints from both sides, some of which take everything; sides come in spells, so that it piles up. */
function wild(random: Random): (second: number) => Instant {
  let mid = MID;
  let side: Side = BID;
  return () => {
    if (random.bool(0.2)) mid += random.int(7) * BP - 3 * BP;
    if (random.bool(0.03)) side = -side as Side;
    const aggressor = random.bool(0.85) ? side : (-side as Side);
    const reach = random.int(30) * BP;
    const print = { aggressor, ticks: mid + aggressor * reach, lots: 1 + random.int(400) };
    return { book: around(mid), mark: MID, prints: random.bool(0.4) ? [print] : [] };
  };
}

function play(seed: number): { most: number; fills: number } {
  const random = new Random(seed);
  const levels = 1 + random.int(5);
  const lots = 5 + random.int(90);
  const delay = (): string => `${random.int(400)}ms`;
  const w = new World({
    script: wild(random),
    seconds: SECONDS,
    strategy: greedy(levels, lots),
    profile: { ordersPerSecond: 200, orderBurst: 400, amend: random.bool(0.5) },
    flags: {
      ...{ levels: String(levels), maxDailyLoss: '100%', maxDrawdown: '100%' },
      ...{ latency: `feed=${delay()},order=${delay()},reply=${delay()}`, requoteInterval: '50ms' },
    },
  });
  let most = 0;
  try {
    for (let second = 0.05; second <= SECONDS; second += 0.05) {
      w.until(second);
      const { lots: held } = w.venue.exchange.account.position;
      for (const side of [BID, ASK]) {
        const open = w.venue.exchange.openOrders().filter((order) => order.side === side);
        const could = side * held + open.reduce((sum, o) => sum + o.lots - o.filledLots, 0);
        most = Math.max(most, could, side * held);
      }
    }
    return { most, fills: w.assembly.engine.position.fills };
  } finally {
    w.close();
  }
}

test(
  `no burst of fills passes the hard limit (${SEEDS} markets)`,
  { timeout: SEEDS * 1_000 + 20_000 },
  async () => {
    let fills = 0;
    let reached = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const result = play(seed);
      await breath(); // the driver gives its files back only between turns of the event loop
      expect(result.most, `seed ${seed}`).toBeLessThanOrEqual(HARD);
      fills += result.fills;
      if (result.most > HARD - 10) reached += 1;
    }
    // It must have been tight, or the test says nothing.
    expect(fills).toBeGreaterThan(SEEDS * 5);
    expect(reached).toBeGreaterThan(SEEDS / 2);
    if (process.env['SCENARIO_TABLE'])
      console.log(`${SEEDS} markets, ${fills} fills, ${reached} at the limit`);
  },
);
