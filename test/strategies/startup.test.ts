// The start-up block: what it says at the defaults, and each of its warnings.
import { describe, expect, test } from 'vitest';
import { moneyFromNumber } from '#core/money';
import type { EngineParams, StrategyParams, WakeParams } from '#core/params';
import type { StartFacts } from '#core/strategy';
import type { Bps, Fraction, Lots, Money, Seconds, SpanMicros, TickPrice } from '#core/units';
import {
  expectedMeanAge,
  staleness,
  startBlock,
  type StartBlock,
} from '#strategies/avellaneda/startup';
import { startLines } from '#strategies/avellaneda/startup-text';
import { START, instrument, strategyParams } from '../support/strategy-fixtures.js';

const WAKE: WakeParams = {
  check: 5_000_000 as SpanMicros,
  refresh: 60_000_000 as SpanMicros,
  requote: { near: (0.5 / 1.2) as Bps, far: (1.5 / 1.2) as Bps },
  requoteInterval: 250_000 as SpanMicros,
  fillWake: true,
};

/** $5,000, size $60 (100 lots of 0.00001 at 60,000), limit $600. */
function engineParams(over: Partial<StrategyParams> = {}, wake = WAKE): EngineParams {
  return {
    strategy: strategyParams(over),
    wake,
    risk: {
      capital: moneyFromNumber(5_000),
      positionLimit: moneyFromNumber(600),
      hardLimitFactor: 1.5,
      maxDailyLoss: 0.05 as Fraction,
      maxDailyLossUsd: null,
      maxDrawdown: 0.2 as Fraction,
      maxDrawdownUsd: moneyFromNumber(300),
      maxLeverage: 1,
      maxMarketSpread: 20 as Bps,
      priceBand: 50 as Bps,
      staleAfter: 2_000_000 as SpanMicros,
      healthyFor: 5_000_000 as SpanMicros,
      onHalt: 'hold',
    },
    venue: { amend: true, ordersPerSecond: 10, orderBurst: 20 },
    fair: 'mid',
    size: moneyFromNumber(60),
  };
}

const block = (params = engineParams(), start: StartFacts = START): StartBlock =>
  startBlock(params, instrument, start, 'default: not known');

describe('at the defaults', () => {
  const said = block();

  test('gamma, unit, limit, tick', () => {
    expect(said.model).toBe('as');
    expect(said.gammaHat).toBeCloseTo(6.9, 1);
    expect(said.gammaPerBp).toBeCloseTo(said.gammaHat / 1e4, 15);
    expect(said.unit).toEqual({ lots: 100, size: '0.001', notional: '60' });
    expect(said.limit).toEqual({ lots: 1000, units: 10, notional: '600' });
    expect(said.tickBps).toBeCloseTo(10_000 / 600_000, 12);
  });

  test('half-spread and skew at 0, half and full limit, in bp and ticks (1 bp = 60 ticks)', () => {
    expect(said.rows.map((row) => row.units)).toEqual([0, 5, 10]);
    expect(said.rows[0]?.halfBps).toBeCloseTo(3.085, 3);
    expect(said.rows[0]?.halfTicks).toBeCloseTo(60 * 3.085, 1);
    expect(said.rows.map((row) => row.skewBps)[0]).toBe(0);
    expect(said.rows[1]?.skewBps).toBeCloseTo(-0.5208, 4);
    expect(said.rows[2]?.skewTicks).toBeCloseTo(-60 * 1.0417, 1);
  });

  test('the move that triggers each stop; the smaller of share and cap', () => {
    expect(said.stops).toEqual([
      { stop: 'daily-loss', amount: '250', moveBps: (250 / 600) * 1e4 },
      { stop: 'drawdown', amount: '300', moveBps: 5_000 },
    ]);
  });

  test('fees and where they came from; nothing to warn of', () => {
    expect(said.fees).toEqual({ makerBps: 2, takerBps: 5, from: 'default: not known' });
    expect(said.warnings).toEqual([]);
  });

  test('as lines', () => {
    const text = startLines(said).join('\n');
    expect(text).toContain('gamma-hat 6.89');
    expect(text).toContain('inventory std 2 units');
    expect(text).toContain('at  10.0 units: half-spread 3.09 bp');
    expect(text).toContain('daily-loss (250): a move of 4167 bp against a full position');
    expect(text).toContain('maker 2 bp, taker 5 bp (default: not known)');
    expect(text).not.toContain('WARNING');
  });
});

describe('mean quote age', () => {
  test('the literal clock: half the refresh, and stale', () => {
    const literal = { ...WAKE, requote: null };
    expect(expectedMeanAge(literal, 0.71)).toBe(30);
    const said = block(engineParams({}, literal));
    expect(said.staleness.value).toBeCloseTo(1.2 * 0.71 * Math.sqrt(30), 12);
    expect(said.warnings.join()).toContain('kappa sigma sqrt(mean quote age 30.0 s) = 4.67 > 1');
  });

  test('a tolerance of 0.5/kappa and 1.5/kappa keeps it at sqrt(0.75), whatever sigma', () => {
    for (const sigma of [0.5, 0.71, 3]) {
      const age = expectedMeanAge(WAKE, sigma);
      expect(staleness(1.2, sigma, age)).toBeCloseTo(Math.sqrt(0.75), 12);
    }
    expect(expectedMeanAge(WAKE, 0.001)).toBe(30 as Seconds);
  });
});

describe('warnings', () => {
  test('below 4 units inventory control is inert, with a remedy that works', () => {
    const few = block(engineParams(), { ...START, limitLots: 390 as Lots });
    expect(few.warnings[0]).toContain('inventory control is inert: only 3.9 units');
    expect(few.warnings[0]).toContain('lower --size to 58.50 or raise --position-limit to 240.00');
    const four = block(engineParams(), { ...START, limitLots: 400 as Lots });
    expect(four.warnings).toEqual([]);
  });

  test('a half-width below half a tick, and a width beyond max', () => {
    // A tick of 10 bp: half-width 0.3 ticks.
    const coarse = block(engineParams(), { ...START, mid: 1_000 as TickPrice });
    expect(coarse.warnings.join()).toContain('below half a tick');
    const wide = block(engineParams({ maxSpread: 5 as Bps }));
    expect(wide.warnings.join()).toContain('it will not quote');
  });

  test('warnings are lines too', () => {
    const lines = startLines(block(engineParams({ maxSpread: 5 as Bps })));
    expect(lines.at(-1)).toMatch(/^WARNING width/);
  });

  test('the other targets say what was asked', () => {
    const risk = { kind: 'skew-at-limit', bps: 3 as Bps } as const;
    expect(block(engineParams({ risk })).target).toBe('skew at the limit 3 bp');
    expect(block(engineParams({ risk: { kind: 'gamma', gammaHat: 5 } })).target).toBe(
      'gamma 5 as given',
    );
    expect(engineParams().size).toBe(6_000_000_000 as Money);
  });
});
