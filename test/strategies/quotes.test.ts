// From distances to orders: order of the clamps, placement, levels, sizes, the soft limit,
// reducing, withdrawal.
import { describe, expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import type { StrategyParams } from '#core/params';
import { distanceOf } from '#core/placement';
import type { Clamp, Decision, View } from '#core/strategy';
import type { Bps, BpsPerRootSecond, Lots, TickPrice, Ticks } from '#core/units';
import { affordableLevels, levelLots } from '#strategies/avellaneda/sizes';
import { Avellaneda, WITHDRAW_MS } from '#strategies/avellaneda/strategy';
import { MARKET, START, instrument, strategyParams, viewAt } from '../support/strategy-fixtures.js';

const decide = (
  units: number,
  params: Partial<StrategyParams> = {},
  view: Partial<View> = {},
): Decision => new Avellaneda(strategyParams(params), START).decide(viewAt(units, view));

const clampNames = (decision: Decision): Clamp['name'][] =>
  decision.reason.clamps.map((clamp) => clamp.name);
const sigma = (value: number): Pick<View, 'market'> => ({
  market: { ...MARKET, sigma: value as BpsPerRootSecond, source: 'dynamic' },
});

describe('one quote a side', () => {
  test('rests at its distance, rounded away from the touch', () => {
    const { bids, asks, reason, placement } = decide(0);
    expect(bids).toEqual([
      {
        level: 0,
        ticks: Math.floor(600_000.5 * (1 - reason.half / 1e4)),
        lots: 100,
        distance: reason.half,
        reduceOnly: false,
      },
    ]);
    expect(asks[0]?.ticks).toBe(Math.ceil(600_000.5 * (1 + reason.half / 1e4)));
    expect(placement).toBe('behind');
    expect(reason).toMatchObject({ model: 'as', inventory: 0, clamps: [], withdrawn: null });
    expect(reason.withdrawForMs).toBe(0);
  });

  test('inventory moves both quotes and leaves the width alone', () => {
    const long = decide(4).reason;
    const flat = decide(0).reason;
    expect(long.half).toBe(flat.half);
    expect(long.shift).toBeCloseTo(-4 * 0.10416667, 6);
    const bid = decide(4).bids[0];
    expect(bid?.distance).toBeCloseTo(flat.half + 4 * 0.10416667, 6);
  });

  test('terms add up to the half-width, in every model', () => {
    for (const model of ['as', 'glft', 'prd-f2'] as const) {
      const { terms, half, shift } = decide(3, { model, prdAddCosts: true }).reason;
      const sum = terms.filter((t) => t.name !== 'inventory shift').map((t) => t.bps);
      expect(sum.reduce<number>((a, b) => a + b, 0)).toBeCloseTo(half, 11);
      expect(terms.find((t) => t.name === 'inventory shift')?.bps).toBeCloseTo(shift, 12);
      const costs = terms.filter((t) => t.name === 'fee' || t.name === 'adverse selection');
      expect(costs.map((t) => t.bps)).toEqual([2, 0.2]);
    }
  });
});

describe('the width', () => {
  test('half is raised to min/2 before the shift, which survives', () => {
    const free = decide(5, { minSpread: 0.1 as Bps });
    const floored = decide(5, { minSpread: 10 as Bps });
    expect(floored.reason.half).toBe(5);
    expect(floored.reason.shift).toBe(free.reason.shift);
    expect(floored.bids[0]?.distance).toBe(5 - free.reason.shift);
    expect(floored.asks[0]?.distance).toBe(5 + free.reason.shift);
    expect(floored.reason.clamps).toEqual([
      { name: 'min-spread', from: 2 * free.reason.half, to: 10 },
    ]);
  });

  test.each(['as', 'glft'] as const)('%s: beyond max withdraws, at max does not', (model) => {
    const width = 2 * decide(0, { model }).reason.half;
    expect(decide(0, { model, maxSpread: width as Bps }).reason.withdrawn).toBeNull();
    const out = decide(0, { model, maxSpread: (width * 0.999) as Bps });
    expect(out.bids).toEqual([]);
    expect(out.asks).toEqual([]);
    expect(out.reason.withdrawn).toContain('max-spread');
    expect(out.reason.withdrawForMs).toBe(WITHDRAW_MS);
    expect(out.reason.clamps).toEqual([
      { name: 'width-withdrawn', from: width, to: width * 0.999 },
    ]);
  });

  test('a wild sigma withdraws, also one that overflows or is no number', () => {
    const closed = { model: 'glft', glftSolution: 'closed' } as const;
    for (const params of [{}, closed]) {
      for (const wild of [1e3, 1e9, 1e200, Infinity, NaN]) {
        const { bids, asks, reason } = decide(3, params, sigma(wild));
        expect(bids.length + asks.length).toBe(0);
        expect(reason.withdrawn, `${JSON.stringify(params)} ${wild}`).not.toBeNull();
      }
    }
  });

  test('exact glft grows with ln(sigma) only, and with a position it wants out, not wider', () => {
    const exact = { model: 'glft', glftSolution: 'exact' } as const;
    for (const wild of [1e9, 1e200, Infinity, NaN]) {
      expect(decide(0, exact, sigma(wild)).reason.withdrawn, String(wild)).not.toBeNull();
    }
    const { asks, bids, reason } = decide(3, exact, sigma(1e9));
    expect(reason.withdrawn).toBeNull();
    expect(reason.shift).toBeLessThan(-20);
    expect(asks[0]?.ticks).toBe(600_002); // through the mid; the rule keeps it behind the touch
    expect(bids[0]?.distance).toBeGreaterThan(20);
  });

  test('prd-f2 on a sigma that is no number quotes nothing', () => {
    const { bids, asks, reason } = decide(3, { model: 'prd-f2' }, sigma(NaN));
    expect(bids.length + asks.length).toBe(0);
    expect(reason.withdrawn).not.toBeNull();
  });
});

describe('placement', () => {
  const wide = { bidTicks: 599_700 as Ticks, askTicks: 600_301 as Ticks }; // 10 bp
  test('behind: strictly behind the touch, said in bp', () => {
    const { bids, asks, reason } = decide(0, {}, wide);
    expect(bids[0]?.ticks).toBe(599_699);
    expect(asks[0]?.ticks).toBe(600_302);
    expect(bids[0]?.distance).toBe(reason.half);
    expect(clampNames(decide(0, {}, wide))).toEqual(['placement-bid', 'placement-ask']);
    expect(reason.clamps[0]).toEqual({
      name: 'placement-bid',
      from: reason.half,
      to: distanceOf(1, 600_000.5, 599_699),
    });
  });

  test('join may equal the touch; improve may be inside it and is not clamped here', () => {
    expect(decide(0, { placement: 'join' }, wide).bids[0]?.ticks).toBe(599_700);
    const inside = decide(0, { placement: 'improve' }, wide);
    expect(inside.bids[0]?.ticks).toBe(Math.floor(600_000.5 * (1 - inside.reason.half / 1e4)));
    expect(inside.reason.clamps).toEqual([]);
  });

  test('a skew through the mid stops at the touch', () => {
    const decision = decide(
      -9,
      { risk: { kind: 'skew-at-limit', bps: 9 as Bps }, placement: 'improve' },
      { limitLots: 2_000 as Lots },
    );
    expect(decision.reason.half + decision.reason.shift).toBeGreaterThan(0);
    expect(decision.bids[0]?.ticks).toBe(600_000);
    expect(clampNames(decision)).toEqual(['placement-bid']);
  });

  test('no price above 0: that side is dropped and says so', () => {
    const low: Partial<View> = {
      bidTicks: 1 as Ticks,
      askTicks: 2 as Ticks,
      fair: 1.5 as TickPrice,
      mid: 1.5 as TickPrice,
    };
    const decision = decide(0, {}, low);
    expect(decision.bids).toEqual([]);
    expect(decision.asks[0]?.ticks).toBe(3);
    expect(clampNames(decision)).toEqual(['price-floor', 'placement-ask']);
  });
});

describe('levels', () => {
  const three = { levels: 3, levelStep: 1 as Bps };
  test('lie a step apart, outward, and share the unit', () => {
    const { bids, asks, reason } = decide(0, three);
    expect(bids.map((q) => q.level)).toEqual([0, 1, 2]);
    expect(bids.map((q) => q.distance)).toEqual([reason.half, reason.half + 1, reason.half + 2]);
    expect(bids.map((q) => q.lots)).toEqual([33, 33, 34]);
    expect(asks.map((q) => q.lots)).toEqual([33, 33, 34]);
  });

  test('a level beyond 10,000 bp is dropped, and those beyond it', () => {
    const decision = decide(0, { levels: 4, levelStep: 4_000 as Bps });
    expect(decision.asks.map((q) => q.level)).toEqual([0, 1, 2]);
    expect(decision.asks.reduce((sum, q) => sum + q.lots, 0)).toBe(100);
    expect(clampNames(decision)).toEqual(['price-floor', 'price-floor']);
  });

  test('the step is 1/kappa when not given', () => {
    const { bids, reason } = decide(0, { levels: 2 });
    expect(bids[1]?.distance).toBe(reason.half + 1 / 1.2);
  });

  test('shapes: linear 1:2:3, geometric 1:2:4', () => {
    const lots = (sizeShape: StrategyParams['sizeShape']): number[] =>
      decide(0, { ...three, sizeShape }, { unitLots: 84 as Lots }).bids.map((q) => q.lots);
    expect(lots('linear')).toEqual([14, 28, 42]);
    expect(lots('geometric')).toEqual([12, 24, 48]);
    expect(lots('flat')).toEqual([28, 28, 28]);
  });

  test('clamped to the touch they still do not stack', () => {
    const { bids, asks, reason } = decide(0, { ...three, levelStep: 0.001 as Bps }, {
      bidTicks: 599_000 as Ticks,
      askTicks: 601_001 as Ticks,
    }); // prettier-ignore
    expect(bids.map((q) => q.ticks)).toEqual([598_999, 598_998, 598_997]);
    expect(asks.map((q) => q.ticks)).toEqual([601_002, 601_003, 601_004]);
    expect(reason.clamps.map((c) => c.name)).toEqual(['placement-bid', 'placement-ask']);
  });
});

describe('sizes', () => {
  test('shares add up to the total to the lot', () => {
    for (const shape of ['flat', 'linear', 'geometric'] as const) {
      for (let total = 0; total <= 60; total += 1) {
        for (let count = 1; count <= 7; count += 1) {
          let sum = 0;
          for (let i = 0; i < count; i += 1) sum += levelLots(total as Lots, shape, count, i);
          expect(sum).toBe(total);
        }
      }
    }
  });

  const coarse = new Instrument({ ...instrument.spec, lotSize: '0.001', minNotional: '50' });
  test('below the venue minimum the outer level goes and its share moves inward', () => {
    // 3 lots of 0.001 at 60,000: 180 in all; each order at least 50, so one lot a level will do.
    const prices = [600_000, 599_940, 599_880] as Ticks[];
    expect(affordableLevels(coarse, 3 as Lots, 'flat', prices)).toBe(3);
    expect(affordableLevels(coarse, 2 as Lots, 'flat', prices)).toBe(2);
    expect(affordableLevels(coarse, 0 as Lots, 'flat', prices)).toBe(0);
    const decision = decide(
      0,
      { levels: 3 },
      { instrument: coarse, unitLots: 2 as Lots, limitLots: 20 as Lots, positionLots: 0 as Lots },
    );
    expect(decision.bids.map((q) => q.lots)).toEqual([1, 1]);
    expect(clampNames(decision)).toEqual(['size-floor', 'size-floor']);
  });

  test('not even one order: no quote, and it says so', () => {
    const dear = new Instrument({ ...instrument.spec, minNotional: '1000' });
    const decision = decide(0, {}, { instrument: dear }); // a unit is 60
    expect(decision.bids).toEqual([]);
    expect(decision.reason.clamps).toEqual([
      { name: 'size-floor', from: 100, to: 0 },
      { name: 'size-floor', from: 100, to: 0 },
    ]);
    expect(decision.reason.withdrawn).toBeNull();
  });
});

describe('the soft limit', () => {
  test.each(['as', 'glft', 'prd-f2'] as const)('%s never plans beyond it', (model) => {
    const near = decide(9.7, { model });
    expect(near.bids[0]?.lots).toBe(30);
    expect(near.asks[0]?.lots).toBe(100);
    expect(near.reason.clamps).toContainEqual({ name: 'position-limit', from: 100, to: 30 });
    const at = decide(10, { model });
    expect(at.bids).toEqual([]);
    expect(at.asks[0]?.lots).toBe(100);
    const short = decide(-10, { model });
    expect(short.asks).toEqual([]);
    expect(short.bids[0]?.lots).toBe(100);
  });

  test('exact glft quotes no bid at n >= Q even when the limit would allow one more lot', () => {
    const at = { limitLots: 1_000 as Lots, positionLots: 1_000 as Lots };
    expect(decide(10, { model: 'glft' }, at).bids).toEqual([]);
    const closed = decide(10, { model: 'glft', glftSolution: 'closed' }, at);
    expect(closed.bids).toEqual([]);
  });
});

describe('reducing', () => {
  const reducing = { reducing: true };
  test('long: one reduce-only ask that joins the touch, of a unit at most', () => {
    const decision = decide(12, { levels: 3 }, reducing);
    expect(decision.bids).toEqual([]);
    expect(decision.asks).toEqual([
      {
        level: 0,
        ticks: 600_001,
        lots: 100,
        distance: distanceOf(-1, 600_000.5, 600_001),
        reduceOnly: true,
      },
    ]);
    expect(decision.placement).toBe('join');
    expect(clampNames(decision)).toEqual(['reduce-only']);
  });

  test('short: the bid side', () => {
    const decision = decide(-12, { model: 'glft' }, reducing);
    expect(decision.asks).toEqual([]);
    expect(decision.bids[0]).toMatchObject({ ticks: 600_000, lots: 100, reduceOnly: true });
  });

  test('never more than the position, and nothing when flat', () => {
    expect(decide(0.4, {}, reducing).asks[0]?.lots).toBe(40);
    const flat = decide(0, {}, reducing);
    expect(flat.bids).toEqual([]);
    expect(flat.asks).toEqual([]);
  });

  test('a locked book: stays a tick off the other side', () => {
    const locked = { ...reducing, askTicks: 600_000 as Ticks };
    expect(decide(12, {}, locked).asks[0]?.ticks).toBe(600_001);
    expect(decide(-12, {}, locked).bids[0]?.ticks).toBe(599_999);
  });

  test('less than the venue takes is reduced as a whole', () => {
    const dear = new Instrument({ ...instrument.spec, minNotional: '100' });
    const view = { ...reducing, instrument: dear };
    expect(decide(0.5, {}, view).asks[0]?.lots).toBe(50);
    // A unit (60) is below the minimum: at least the smallest order.
    expect(decide(5, {}, view).asks[0]?.lots).toBe(dear.smallestLots(600_001 as Ticks));
  });

  test('a width beyond max withdraws also here', () => {
    expect(decide(12, {}, { ...reducing, ...sigma(50) }).asks).toEqual([]);
  });
});
