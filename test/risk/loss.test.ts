// The two loss guards at their exact boundaries, and the day and the peak that they measure from.
import { describe, expect, test } from 'vitest';
import type { AccountNumbers, BreakerSnapshot } from '#core/guard';
import type { Fraction, Lots, Micros, Money, TickPrice } from '#core/units';
import { Baselines } from '#risk/equity';
import { DailyLoss, dailyLossLimit } from '#risk/daily-loss';
import { Drawdown } from '#risk/drawdown';
import { DAY, dollars, healthy, NOON, PARAMS } from './fixture.js';

const cent = 1 as Money;
const equity = (amount: number, changes: Partial<AccountNumbers> = {}): AccountNumbers =>
  healthy({ guardEquity: amount as Money, ...changes });

describe('daily loss', () => {
  const limit = dollars(250);

  test('exactly the limit is allowed, one unit of 1e-8 more pauses until midnight', () => {
    const guard = new DailyLoss(PARAMS);
    expect(guard.onSettle(equity(dollars(5_000) - limit))).toBeNull();
    const trip = guard.onSettle(equity(dollars(5_000) - limit - cent));
    expect(trip).toMatchObject({ guard: 'daily-loss', severity: 'pause' });
    expect(trip?.untilUs).toBe(NOON + DAY / 2);
    expect(trip?.reason).toBe('lost 250.00000001 since UTC midnight, limit 250');
  });

  test('the percentage is of capital, whatever the day started with', () => {
    const poor = { dayStartEquity: dollars(1_000) };
    expect(new DailyLoss(PARAMS).onSettle(equity(dollars(750), poor))).toBeNull();
    expect(new DailyLoss(PARAMS).onSettle(equity(dollars(750) - cent, poor))).not.toBeNull();
  });

  test('an absolute cap counts when it is the smaller', () => {
    expect(dailyLossLimit({ ...PARAMS, maxDailyLossUsd: dollars(5) })).toBe(dollars(5));
    expect(dailyLossLimit({ ...PARAMS, maxDailyLossUsd: dollars(500) })).toBe(limit);
    expect(dailyLossLimit({ ...PARAMS, maxDailyLoss: 0 as Fraction })).toBe(0);
  });

  test('still beyond the limit when the pause is over: the next one', () => {
    const guard = new DailyLoss(PARAMS);
    const first = guard.onSettle(equity(0));
    const later = equity(0, { nowUs: (NOON + DAY / 2) as Micros });
    expect(guard.onSettle(later)?.untilUs).toBe((first?.untilUs ?? 0) + DAY);
  });

  test('a position without a mark has no equity to judge; NaN trips', () => {
    const unknown = { positionLots: 5 as Lots, mark: 0 as TickPrice };
    expect(new DailyLoss(PARAMS).onSettle(equity(0, unknown))).toBeNull();
    expect(new DailyLoss(PARAMS).onSettle(equity(NaN))).not.toBeNull();
    expect(
      new DailyLoss(PARAMS).onSettle(healthy({ dayStartEquity: NaN as Money })),
    ).not.toBeNull();
  });
});

describe('drawdown', () => {
  test('20 % of the peak is allowed, one unit more latches', () => {
    const peak = { peakEquity: dollars(6_000) };
    const guard = new Drawdown(PARAMS);
    expect(guard.onSettle(equity(dollars(4_800), peak))).toBeNull();
    const trip = guard.onSettle(equity(dollars(4_800) - cent, peak));
    expect(trip).toMatchObject({ guard: 'drawdown', severity: 'latch', untilUs: 0 });
    expect(trip?.reason).toContain('(20.00 %) from the peak 6000, limit 1200');
  });

  test('an absolute cap counts when it is the smaller', () => {
    const guard = new Drawdown({ ...PARAMS, maxDrawdownUsd: dollars(20) });
    expect(guard.onSettle(equity(dollars(4_980)))).toBeNull();
    expect(guard.onSettle(equity(dollars(4_980) - cent))?.severity).toBe('latch');
  });

  test('a position without a mark has no equity to judge; NaN trips', () => {
    const unknown = { positionLots: -5 as Lots, mark: 0 as TickPrice };
    expect(new Drawdown(PARAMS).onSettle(equity(0, unknown))).toBeNull();
    expect(new Drawdown(PARAMS).onSettle(equity(NaN))).not.toBeNull();
    expect(new Drawdown(PARAMS).onSettle(healthy({ peakEquity: NaN as Money }))).not.toBeNull();
  });
});

const snapshotOf = (b: Baselines): BreakerSnapshot => ({
  latched: null,
  paused: [],
  operatorPaused: false,
  dayStartEquity: b.dayStart,
  day: b.day,
  peakEquity: b.peak,
});

describe('baselines', () => {
  test('365 days, a restart before, at or after every midnight, clocks that jitter: 365 resets', () => {
    let baselines = new Baselines(null);
    let resets = 0;
    let last: number | null = null;
    let settles = 0;
    for (let day = 0; day < 365; day++) {
      // Every 10 min, second by second around midnight; NTP steps back by up to an hour after each midnight.
      const offsets = [-2, -1, 0, 1, 2, -1, 0, -3_600, -1, 0, 3, 3_600];
      for (let minute = 10; minute < 1_430; minute += 10) offsets.push(minute * 60);
      for (const [i, offset] of offsets.entries()) {
        const nowUs = (20_000 + day) * DAY + offset * 1_000_000;
        if (nowUs < 20_000 * DAY) continue;
        const present = (dollars(5_000) + day * 1_000 + i) as Money;
        const numbers = healthy({ nowUs: nowUs as Micros, guardEquity: present });
        if (i === day % 12) baselines = new Baselines(snapshotOf(baselines)); // a restart
        baselines.settle(numbers);
        settles += 1;
        if (numbers.dayStartEquity !== last) {
          resets += 1;
          expect(numbers.dayStartEquity).toBe(present);
          expect(Math.floor(nowUs / DAY)).toBe(20_000 + day);
          last = numbers.dayStartEquity;
        }
      }
    }
    expect(settles).toBeGreaterThan(50_000);
    expect(resets).toBe(365);
  });

  test('a restart on a later day takes the present equity, on the same day keeps the old', () => {
    const first = new Baselines(null);
    first.settle(equity(dollars(5_100)));
    const saved = snapshotOf(first);
    const sameDay = equity(dollars(4_900), { nowUs: (NOON + DAY / 2 - 1) as Micros });
    new Baselines(saved).settle(sameDay);
    expect([sameDay.dayStartEquity, sameDay.peakEquity]).toEqual([dollars(5_100), dollars(5_100)]);
    const nextDay = equity(dollars(4_900), { nowUs: (NOON + DAY / 2) as Micros });
    new Baselines(saved).settle(nextDay);
    expect([nextDay.dayStartEquity, nextDay.peakEquity]).toEqual([dollars(4_900), dollars(5_100)]);
  });

  test('nothing rolls and no peak moves while the position cannot be valued, or is NaN', () => {
    const baselines = new Baselines(null);
    baselines.settle(equity(dollars(5_000)));
    const next = (NOON + DAY) as Micros;
    const unknown = { nowUs: next, positionLots: 5 as Lots, mark: 0 as TickPrice };
    baselines.settle(equity(dollars(9_000), unknown));
    baselines.settle(equity(NaN, { nowUs: next }));
    expect([baselines.dayStart, baselines.peak]).toEqual([dollars(5_000), dollars(5_000)]);
    baselines.settle(equity(dollars(5_200), { nowUs: next }));
    expect([baselines.dayStart, baselines.peak]).toEqual([dollars(5_200), dollars(5_200)]);
  });

  test('the very first settle with an unknown mark takes no baselines, and a snapshot says so', () => {
    const baselines = new Baselines(null);
    const numbers = equity(dollars(100), { positionLots: 5 as Lots, mark: 0 as TickPrice });
    baselines.settle(numbers);
    expect(baselines.day).toBe(-1);
    expect([numbers.dayStartEquity, numbers.peakEquity]).toEqual([dollars(100), dollars(100)]);
    const restarted = new Baselines(snapshotOf(baselines));
    restarted.settle(equity(dollars(5_000)));
    expect(restarted.dayStart).toBe(dollars(5_000));
  });

  test.each(['day', 'dayStartEquity', 'peakEquity'] as const)('a damaged %s: no start', (field) => {
    const baselines = new Baselines(null);
    baselines.settle(healthy());
    for (const bad of [NaN, null as unknown as number]) {
      if (field === 'day' && bad === null) continue;
      expect(() => new Baselines({ ...snapshotOf(baselines), [field]: bad })).toThrow(/damaged/);
    }
  });
});
