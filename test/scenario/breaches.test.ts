// Every guard is breached on purpose, through the real engine, exchange and breaker (world.ts). Each time: everything
// is cancelled in the same turn, the venue confirms an empty book within two latencies, nothing is sent while it
// holds, and quoting goes on when spec.md section 4 says so, or never. SCENARIO_TABLE=1 prints the table.
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { BP, BUYER, MID, SELLER, around, calm, every, filling, sweep } from './markets.js';
import { addRow, expectHalt, lineWith, printTable, tripTo } from './trips.js';
import type { Trip } from './trips.js';
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

describe('losses', () => {
  /** Ten units long after 25 s, then the price falls. */
  const crash =
    (fraction: number, back = Infinity) =>
    (second: number) =>
      second < 60 || second >= back ? MID : MID * (1 - fraction);

  test('daily loss: pauses until the next UTC day, and does not come back with the price', () => {
    const midAt = crash(0.3, 120);
    const w = world({ script: filling(SELLER, 10, 5, midAt), seconds: 660 }).until(590);
    const trip = tripTo(w, 'paused');
    expect(trip.move.cause?.guard).toBe('daily-loss');
    expect(w.second(trip.move.us)).toBeCloseTo(60.1, 1); // the crash and the feed latency
    expect(w.state).toBe('paused');
    w.until(660);
    const again = tripTo(w, 'paused');
    expectHalt('daily loss (5 % of capital)', again, 'next UTC day');
    expect(again.heldSeconds).toBeCloseTo(600 - 60.1, 0);
    expect(w.state).toBe('running');
  });

  /** A pause that lasts over the UTC midnight that comes 600 s after the start. */
  const dailyLoss = (name: string, options: Omit<WorldOptions, 'seconds'>): void => {
    const w = world({ ...options, seconds: 640 }).until(640);
    const trip = tripTo(w, 'paused');
    expect(trip.move.cause?.guard).toBe('daily-loss');
    expectHalt(name, trip, 'next UTC day');
    expect(w.second(trip.move.us) + (trip.heldSeconds ?? 0)).toBeCloseTo(600, 1);
  };

  test('daily loss through one fill', () => {
    const script = (second: number) => calm(second < 20 ? MID : MID * 0.7);
    dailyLoss('daily loss (one fill in a crash)', { script, flags: { size: '1000' } });
  });

  test('daily loss through the fees of fills alone', () => {
    // prd-f2 to the letter knows no fee, and the price never moves.
    const script = (second: number) => {
      if (!every(second, 2, 5, 200)) return calm();
      return sweep(Math.floor(second / 2) % 2 === 0 ? BUYER : SELLER);
    };
    const flags = { model: 'prd-f2', makerFee: '20bp', minSpread: '1bp', maxDailyLossUsd: '1' };
    dailyLoss('daily loss (fees alone)', { script, flags });
  });

  test('daily loss through funding alone', () => {
    const fills = filling(SELLER, 10, 5, () => MID);
    const script = (second: number) =>
      every(second, 30, 60, 61) ? { ...calm(), funding: 1e8 } : fills(second);
    dailyLoss('daily loss (funding alone)', { script, flags: { maxDailyLossUsd: '5' } });
  });

  test('drawdown: latches, and neither the price nor midnight leads back', () => {
    const flags = { capital: '1000', maxDailyLoss: '100%' };
    const midAt = crash(0.35, 120);
    const w = world({ script: filling(SELLER, 7, 5, midAt), seconds: 700, flags }).until(700);
    const trip = tripTo(w, 'latched');
    expect(trip.move.cause?.guard).toBe('drawdown');
    expectHalt('drawdown (20 % of the peak)', trip, 'mm reset');
    expect(trip.heldSeconds).toBeNull();
    expect(w.state).toBe('latched');
    w.operator('resume', 'no').until(701);
    expect(w.state).toBe('latched');
    w.operator('reset', 'looked into it');
    expect(w.state).toBe('running');
  });

  test('bleed: fifty fills that lose, then fifteen minutes off', () => {
    // Whoever trades with us knows: after each fill the price goes 6 bp their way.
    const midAt = (second: number): number => {
      const turn = Math.floor((second - 10) / 32);
      return turn < 0 ? MID : MID - (turn % 2 === 0 ? 6 : 0) * BP;
    };
    const script = (second: number) => {
      if (!every(second, 32, 10, 1_700)) return calm(midAt(second));
      const taker = Math.round((second - 10) / 32) % 2 === 0 ? SELLER : BUYER;
      return { ...sweep(taker, midAt(second - 1)), book: around(midAt(second)) };
    };
    const w = world({ script, seconds: 2_700, flags: { maxDailyLoss: '100%' } }).until(2_700);
    const trip = tripTo(w, 'paused');
    expect(trip.move.cause?.guard).toBe('bleed');
    expectHalt('bleed (50 fills, 30 s markout)', trip, '15 min');
    expect(trip.heldSeconds).toBeCloseTo(900, 0);
  });
});

describe('the feed', () => {
  const healthy = (trip: Trip, silence: number): void => {
    // Two seconds of silence, and after it five of health.
    expect(trip.heldSeconds).toBeGreaterThan(silence - 2 + 5 - 0.3);
    expect(trip.heldSeconds).toBeLessThan(silence - 2 + 5 + 0.3);
  };

  test('a book that falls silent', () => {
    const script = (second: number) => (second > 20 && second < 30 ? { book: null } : calm());
    const w = world({ script, seconds: 60 }).until(60);
    const trip = tripTo(w, 'withdrawn');
    expect(trip.move.cause?.guard).toBe('stale-feed');
    expect(w.second(trip.move.us)).toBeCloseTo(22.1, 2); // last frame at 20, latency, 2 s
    expectHalt('stale: no book frame for 2 s', trip, 'healthy for 5 s');
    healthy(trip, 10);
  });

  test('a book that loses a side, and one that crosses', () => {
    for (const [name, book] of [
      ['stale: the book is one-sided', { bid: 0, ask: MID + 5 }],
      ['stale: the book is crossed', { bid: MID + 50, ask: MID + 10 }],
    ] as const) {
      const script = (second: number) => (second > 20 && second < 24 ? { book } : calm());
      const w = world({ script, seconds: 60 }).until(60);
      const trip = tripTo(w, 'withdrawn');
      expect(w.second(trip.move.us)).toBeCloseTo(20.2, 2);
      expectHalt(name, trip, 'healthy for 5 s');
      expect(trip.heldSeconds).toBeCloseTo(3.9 + 5, 1);
    }
  });

  test('a private stream that is down, and a public one', () => {
    for (const channel of ['private', 'public'] as const) {
      const w = world({ script: () => calm(), seconds: 60 }).until(20);
      w.link(channel, 'down').until(25);
      expect(w.state).toBe('withdrawn');
      w.link(channel, 'up').until(60);
      expectHalt(`stale: the ${channel} link is down`, tripTo(w, 'withdrawn'), 'healthy for 5 s');
    }
  });

  test('a market too wide to quote in', () => {
    const script = (second: number) =>
      second >= 20 && second < 30 ? { book: around(MID, 15 * BP) } : calm();
    const w = world({ script, seconds: 80 }).until(80);
    const trip = tripTo(w, 'withdrawn');
    expect(trip.move.cause?.guard).toBe('wide-market');
    expectHalt('wide market (20 bp)', trip, '30 s after the last');
    expect(trip.heldSeconds).toBeCloseTo(9.9 + 30, 0);
  });

  test('a jump: away for a minute', () => {
    // Twelve quiet minutes with a little noise, then 40 bp at once.
    const noise = (second: number): number => (Math.floor(second / 5) * 7919) % 31;
    const midAt = (second: number): number => MID + noise(second) + (second < 720 ? 0 : 40 * BP);
    const w = world({ script: (second) => calm(midAt(second)), seconds: 900 }).until(900);
    const trip = tripTo(w, 'withdrawn');
    expect(trip.move.cause?.guard).toBe('jump');
    expect(w.second(trip.move.us)).toBeLessThan(727);
    expectHalt('jump (RV/BV > 2)', trip, '60 s');
    expect(trip.heldSeconds).toBeCloseTo(60, 0);
  });

  test('a mark far from the mid: what lies outside the band is not sent, and what rests is pulled', () => {
    const script = (second: number) => ({
      ...calm(),
      mark: second >= 20 && second < 40 ? MID * 1.01 : MID,
    });
    const w = world({ script, seconds: 60 }).until(60);
    const away = w.sent.filter((s) => w.second(s.us) >= 20.1 && w.second(s.us) < 40.1);
    expect(away.filter((s) => s.command.kind === 'place')).toEqual([]);
    expect(away.filter((s) => s.command.kind === 'cancel').length).toBe(2);
    expect(w.sent.some((s) => w.second(s.us) >= 40.1 && s.command.kind === 'place')).toBe(true);
    const line = lineWith(w, 'price-band trimmed');
    expect(line).toContain('beyond 50 bp from the mark');
    const pulled = away.find((s) => s.command.kind === 'cancel');
    expect(w.second(pulled?.us ?? 0)).toBeLessThan(25.2); // at the next check at the latest
    const trip = { line, emptyMs: null, ordersAfter: 0, move: { to: 'running' as const } };
    addRow({ guard: 'price band (50 bp)', trip, back: 'at once' });
  });
});
