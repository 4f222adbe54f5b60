// What must hold for every decision, whatever the market, the book, the position and the
// parameters.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import { rateFromBps } from '#core/money';
import type { MarketParams, StrategyParams } from '#core/params';
import { placeTicks } from '#core/placement';
import type { Decision, Quote, StartFacts, View } from '#core/strategy';
import type { Bps, Fraction, Lots, Micros, Seconds, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { Avellaneda } from '#strategies/avellaneda/strategy';
import { instrument, strategyParams, viewAt } from '../support/strategy-fixtures.js';

const positive = (low: number, high: number): fc.Arbitrary<number> =>
  fc.double({ min: Math.log(low), max: Math.log(high), noNaN: true }).map(Math.exp);

const marketOf = (scale: number): fc.Arbitrary<MarketParams> =>
  fc.record({
    sigma: positive(0.05 / scale, 10 * scale),
    kappa: positive(0.02 / scale, 20 * scale),
    alpha: positive(1e-3 / scale, 10 * scale),
    epsilon: fc.double({ min: -scale, max: scale, noNaN: true }),
  }) as fc.Arbitrary<MarketParams>;

const paramsOf = (scale: number): fc.Arbitrary<StrategyParams> =>
  fc
    .record({
      model: fc.constantFrom('as', 'glft', 'prd-f2'),
      glftSolution: fc.constantFrom('exact', 'closed'),
      market: marketOf(scale),
      risk: fc.oneof(
        fc.record({ kind: fc.constant('inventory-std'), units: positive(0.1, 20) }),
        fc.record({ kind: fc.constant('skew-at-limit'), bps: positive(0.01, 100) }),
        fc.record({ kind: fc.constant('gamma'), gammaHat: positive(1e-3, 1e4) }),
      ),
      horizon: positive(1, 1e5),
      session: fc.option(positive(60, 86_400)),
      levels: fc.integer({ min: 1, max: 5 }),
      levelStep: fc.option(positive(1e-3, 10)),
      sizeShape: fc.constantFrom('flat', 'linear', 'geometric'),
      minSpread: fc.double({ min: 0, max: 5, noNaN: true }),
      maxSpread: fc.double({ min: 5, max: 500, noNaN: true }),
      makerFee: fc.integer({ min: -2, max: 6 }).map(rateFromBps),
      placement: fc.constantFrom('behind', 'join', 'improve'),
      prdPerSide: fc.constantFrom('full', 'half'),
      skewMax: fc.double({ min: 0, max: 1, noNaN: true }),
      prdAddCosts: fc.boolean(),
    })
    .map((made) => made as unknown as StrategyParams);

const coarse = new Instrument({ ...instrument.spec, lotSize: '0.001', minNotional: '50' });

interface Scene {
  readonly params: StrategyParams;
  readonly start: StartFacts;
  readonly view: View;
}

const sceneOf = (scale: number): fc.Arbitrary<Scene> =>
  fc
    .record({
      params: paramsOf(scale),
      live: fc.option(marketOf(scale)),
      bid: fc.integer({ min: 1, max: 1_000_000 }),
      spread: fc.integer({ min: 0, max: 2_000 }),
      lean: fc.double({ min: -1, max: 2, noNaN: true }),
      unit: fc.integer({ min: 1, max: 500 }),
      limitUnits: fc.double({ min: 0.5, max: 40, noNaN: true }),
      position: fc.double({ min: -1.6, max: 1.6, noNaN: true }),
      elapsed: fc.double({ min: 0, max: 1e6, noNaN: true }),
      reducing: fc.boolean(),
      market: fc.constantFrom(instrument, coarse),
    })
    .map((s) => {
      const limitLots = Math.max(1, Math.floor(s.unit * s.limitUnits)) as Lots;
      const mid = (s.bid + s.spread / 2) as TickPrice;
      const view = viewAt(0, {
        instrument: s.market,
        bidTicks: s.bid as Ticks,
        askTicks: (s.bid + s.spread) as Ticks,
        mid,
        fair: (s.bid + s.lean * s.spread) as TickPrice,
        positionLots: Math.round(limitLots * s.position) as Lots,
        unitLots: s.unit as Lots,
        limitLots,
        market: { ...(s.live ?? s.params.market), source: s.live ? 'dynamic' : 'static' },
        elapsed: s.elapsed as Seconds,
        reducing: s.reducing,
      });
      const start = { mid, unitLots: s.unit as Lots, limitLots };
      return { params: s.params, start, view };
    })
    .filter((scene) => scene.view.fair > 0);

/** The same view at another time, with other sizes at the touch: what the strategy says it ignores. */
const later = (view: View): View => ({
  ...view,
  nowUs: (view.nowUs + 3_600_000_000) as Micros,
  elapsed: (view.elapsed * 2 + 7) as Seconds,
  bidLots: (view.bidLots * 3 + 1) as Lots,
  askLots: (view.askLots + 5) as Lots,
});

/**
 * Parameters whose gamma does not come out as a positive finite number are refused at start: not of
 * interest.
 */
function decideOr(scene: Scene): Decision | null {
  let strategy: Avellaneda;
  try {
    strategy = new Avellaneda(scene.params, scene.start);
  } catch (error) {
    expect(String(error)).toContain('must be > 0');
    return null;
  }
  const decision = strategy.decide(scene.view);
  expect(strategy.decide(scene.view)).toEqual(decision); // pure, cache or not
  expect(strategy.ignores).toBe(scene.params.session === null ? 'time and sizes' : undefined);
  if (strategy.ignores !== undefined) expect(strategy.decide(later(scene.view))).toEqual(decision);
  return decision;
}

function checkNumbers(decision: Decision): void {
  const { reason } = decision;
  const numbers: number[] = [
    reason.half,
    reason.shift,
    reason.inventory,
    ...reason.terms.map((t) => t.bps),
  ];
  for (const clamp of reason.clamps) numbers.push(clamp.from, clamp.to);
  for (const quote of [...decision.bids, ...decision.asks]) {
    numbers.push(quote.distance);
    expect(Number.isSafeInteger(quote.ticks) && quote.ticks > 0).toBe(true);
    expect(Number.isSafeInteger(quote.lots) && quote.lots > 0).toBe(true);
  }
  if (reason.withdrawn === null) for (const n of numbers) expect(Number.isFinite(n)).toBe(true);
  else for (const n of numbers) expect(Number.isNaN(n)).toBe(false);
}

function checkSide(scene: Scene, quotes: readonly Quote[], side: Side): void {
  const { view, params } = scene;
  const placement = view.reducing ? 'join' : params.placement;
  let total = 0;
  for (const [i, quote] of quotes.entries()) {
    expect(quote.level).toBe(i);
    // Moving it again by the rule changes nothing: it is on the right side of it already.
    const { bidTicks, askTicks } = view;
    const again = placeTicks(view.instrument, side, quote.ticks, bidTicks, askTicks, placement);
    expect(again).toBe(quote.ticks);
    const before = quotes[i - 1];
    if (before) expect(side * (before.ticks - quote.ticks)).toBeGreaterThanOrEqual(1);
    total += quote.lots;
    const { minLots, minNotional } = view.instrument;
    if (!quote.reduceOnly) {
      expect(quote.lots).toBeGreaterThanOrEqual(minLots);
      const worth = view.instrument.notional(quote.lots, quote.ticks);
      expect(worth).toBeGreaterThanOrEqual(minNotional);
    }
  }
  if (view.reducing) {
    expect(total).toBeLessThanOrEqual(Math.abs(view.positionLots));
    if (total > 0) expect(Math.sign(view.positionLots)).toBe(-side);
    for (const quote of quotes) expect(quote.reduceOnly).toBe(true);
    return;
  }
  expect(total).toBeLessThanOrEqual(view.unitLots);
  const planned = side * view.positionLots + total;
  if (total > 0) expect(planned).toBeLessThanOrEqual(view.limitLots);
}

function checkScene(scene: Scene): void {
  const decision = decideOr(scene);
  if (decision === null) return;
  const { params } = scene;
  checkNumbers(decision);
  checkSide(scene, decision.bids, BID);
  checkSide(scene, decision.asks, ASK);
  const [bid, ask] = [decision.bids[0], decision.asks[0]];
  if (bid && ask) expect(bid.ticks).toBeLessThan(ask.ticks);
  if (decision.reason.withdrawn !== null) {
    expect(decision.bids.length + decision.asks.length).toBe(0);
    expect(params.model).not.toBe('prd-f2');
    expect(2 * decision.reason.half).toBeGreaterThan(params.maxSpread);
  } else if (params.model === 'prd-f2') {
    const { half, shift } = decision.reason;
    for (const distance of [half - shift, half + shift]) {
      expect(distance).toBeGreaterThanOrEqual(params.minSpread / 2 - 1e-9);
      expect(distance).toBeLessThanOrEqual(params.maxSpread / 2 + 1e-9);
    }
  } else {
    expect(2 * decision.reason.half).toBeLessThanOrEqual(params.maxSpread);
    expect(2 * decision.reason.half).toBeGreaterThanOrEqual(params.minSpread);
  }
}

test('plausible markets: never crossing, behind its rule, within the limit, sound numbers', () => {
  fc.assert(fc.property(sceneOf(1), checkScene), { numRuns: 3000 });
});

test('absurd markets: the same, twelve orders of magnitude away', () => {
  fc.assert(fc.property(sceneOf(1e12), checkScene), { numRuns: 2000 });
});

test('mirror symmetry: a short position swaps bid and ask', () => {
  fc.assert(
    fc.property(paramsOf(1), fc.integer({ min: -1500, max: 1500 }), (params, position) => {
      const start = { mid: 600_000 as TickPrice, unitLots: 100 as Lots, limitLots: 1000 as Lots };
      const strategy = new Avellaneda(params, start);
      const at = (lots: number): Decision =>
        strategy.decide(viewAt(0, { positionLots: lots as Lots }));
      const [one, other] = [at(position).reason, at(-position).reason];
      expect(other.half).toBeCloseTo(one.half, 9);
      expect(other.shift).toBeCloseTo(-one.shift, 9);
    }),
  );
});

test('as: the width does not know the inventory; each bp of fee is a bp on each side', () => {
  fc.assert(
    fc.property(paramsOf(1), fc.integer({ min: -1500, max: 1500 }), (made, position) => {
      const params = { ...made, model: 'as' as const, minSpread: 0 as Bps, maxSpread: 1e9 as Bps };
      const dearer = { ...params, makerFee: rateFromBps(params.makerFee / 1e6 + 3) };
      const start = { mid: 600_000 as TickPrice, unitLots: 100 as Lots, limitLots: 1000 as Lots };
      const view = viewAt(0, { positionLots: position as Lots });
      const flat = new Avellaneda(params, start).decide(viewAt(0)).reason;
      const held = new Avellaneda(params, start).decide(view).reason;
      expect(held.half).toBe(flat.half);
      const dear = new Avellaneda(dearer, start).decide(view).reason;
      if (flat.clamps.some((clamp) => clamp.name === 'min-spread')) return;
      expect(dear.half - held.half).toBeCloseTo(3, 9);
      expect(dear.shift).toBe(held.shift);
    }),
  );
});

test('a session: the skew dies at its end and is back at the next', () => {
  const params = strategyParams({ session: 3600 as Seconds, skewMax: 1 as Fraction });
  const start = { mid: 600_000 as TickPrice, unitLots: 100 as Lots, limitLots: 1000 as Lots };
  const shift = (elapsed: number): number =>
    new Avellaneda(params, start).decide(viewAt(5, { elapsed: elapsed as Seconds })).reason.shift;
  expect(shift(1800)).toBeCloseTo(shift(0) / 2, 12);
  expect(shift(3599.9)).toBeCloseTo(0, 4);
  expect(shift(3600)).toBe(shift(0));
  expect(shift(9000)).toBeCloseTo(shift(1800), 12);
});
