// The strategy `avellaneda`: a view in, wanted orders and the typed reason out. Three spread models
// (`as`, `glft`, `prd-f2`) behind one shape. Pure: the same view gives the same decision; GLFT's
// table is only a cache.
import type { ModelName, StrategyParams } from '#core/params';
import type { Clamp, Decision, Reason, StartFacts, Strategy, View } from '#core/strategy';
import type { Bps, GammaPerBp, InventoryUnits } from '#core/units';
import { ASK, BID } from '#core/units';
import { deriveGamma, type RiskAversion } from './gamma.js';
import { quoteSide, reducingQuote } from './quotes.js';
import { asModel, glftModel, prdModel, type Spread, type SpreadModel } from './spread.js';

/** How long a width beyond max keeps the quotes away at least (spec.md section 4: 30-60 s). */
export const WITHDRAW_MS = 30_000;

const MODELS: Record<ModelName, (params: StrategyParams, gamma: GammaPerBp) => SpreadModel> = {
  as: asModel,
  glft: glftModel,
  'prd-f2': prdModel,
};

export class Avellaneda implements Strategy {
  readonly name: string;
  /** Derived from the static parameters at start, frozen for the run. */
  readonly risk: RiskAversion;
  /** Only a session has a clock; the sizes at the touch are nothing to any model. */
  readonly ignores?: 'time and sizes';
  private readonly spread: SpreadModel;

  /** Throws AssertionFailure for parameters that config must have refused. */
  constructor(
    readonly params: StrategyParams,
    start: StartFacts,
  ) {
    this.name = modelLabel(params);
    if (params.session === null) this.ignores = 'time and sizes';
    this.risk = deriveGamma(params, start);
    this.spread = MODELS[params.model](params, this.risk.gamma);
  }

  decide(view: View): Decision {
    const n = view.positionLots / view.unitLots;
    const clamps: Clamp[] = [];
    const spread = this.spread(view, n, clamps);
    const { params } = this;
    const width = 2 * spread.half;
    // F2 has clamped instead, in its model. Not `>`: a width that is not a number withdraws too.
    const clamped = params.model === 'prd-f2' && !Number.isNaN(width);
    if (!clamped && !(width <= params.maxSpread)) {
      clamps.push({ name: 'width-withdrawn', from: width, to: params.maxSpread });
      const why = `width ${width.toPrecision(4)} bp is beyond max-spread ${params.maxSpread} bp`;
      return this.decision([], [], spread, n, clamps, why);
    }
    if (view.reducing) {
      const long = view.positionLots > 0;
      const distance = long ? spread.half + spread.shift : spread.half - spread.shift;
      const quotes = reducingQuote(view, distance, clamps);
      return long
        ? this.decision([], quotes, spread, n, clamps, null, 'join')
        : this.decision(quotes, [], spread, n, clamps, null, 'join');
    }
    const bidDistance = spread.half - spread.shift;
    const askDistance = spread.half + spread.shift;
    const bids = quoteSide(view, params, BID, bidDistance, spread.quoteBid, clamps);
    const asks = quoteSide(view, params, ASK, askDistance, spread.quoteAsk, clamps);
    return this.decision(bids, asks, spread, n, clamps, null);
  }

  private decision(
    bids: Decision['bids'],
    asks: Decision['asks'],
    spread: Spread,
    n: number,
    clamps: readonly Clamp[],
    withdrawn: string | null,
    placement = this.params.placement,
  ): Decision {
    const reason: Reason = {
      model: this.name,
      inventory: n as InventoryUnits,
      shift: spread.shift as Bps,
      half: spread.half as Bps,
      terms: spread.terms,
      clamps,
      withdrawn,
      withdrawForMs: withdrawn === null ? 0 : WITHDRAW_MS,
    };
    return { bids, asks, immediate: null, placement, reason };
  }
}

/**
 * The model as it is named in reasons and tables: "as", "glft-exact", "glft-closed", "prd-f2-full"
 * ...
 */
export function modelLabel(params: StrategyParams): string {
  if (params.model === 'glft') return `glft-${params.glftSolution}`;
  if (params.model === 'prd-f2') return `prd-f2-${params.prdPerSide}`;
  return params.model;
}
