// `mm explain`: what given parameters would quote in a book one tick wide, or what a run decided last and why. The
// quotes come from the strategy that trades, asked as the engine asks it; nothing here computes one of its own.
import { StartProblem } from '#config/problem';
import type { Layered } from '#config/layers';
import { checkSize, engineParams } from '#config/settings';
import type { Instrument } from '#core/instrument';
import type { EngineParams } from '#core/params';
import type { StartFacts, View } from '#core/strategy';
import type { Lots, Micros, Seconds, TickPrice, Ticks } from '#core/units';
import { Sizing } from '#engine/sizing';
import { explain, explainLines } from '#strategies/avellaneda/explain';
import type { Explanation } from '#strategies/avellaneda/explain';
import { startBlock } from '#strategies/avellaneda/startup';
import type { StartBlock } from '#strategies/avellaneda/startup';
import { startLines } from '#strategies/avellaneda/startup-text';
import { Avellaneda } from '#strategies/avellaneda/strategy';
import { SIM_PROFILE } from './assembly.js';
import { firstMid, openMarket } from './markets.js';
import type { Market } from './markets.js';
import { signedSize } from './signed-size.js';
import { stateDirOf } from './state-dir.js';

/** Where nobody names a price: a round BTC. */
export const DEFAULT_MID = 100_000;
const MOST_TICKS = 1e10;

export interface ExplainRequest {
  readonly layered: Layered;
  /** In quote currency; null: the first mid of the tape, or DEFAULT_MID. */
  readonly mid: number | null;
  /** In units of the order size, + long. */
  readonly inventory: number;
  readonly tape: string | null;
}

export interface ExplainedRun {
  readonly runId: string;
  readonly mode: string;
  readonly venue: string;
  readonly account: string;
  readonly market: string;
  readonly decidedAt: string;
}

export interface ExplainAnswer {
  /** The run whose last decision this is; null when it is from parameters. */
  readonly run: ExplainedRun | null;
  /** The made-up book; null for a run. */
  readonly book: { readonly bid: string; readonly ask: string; readonly inventory: string } | null;
  /** Null for a run whose parameters this version does not understand. */
  readonly start: StartBlock | null;
  readonly decision: Explanation;
  readonly lines: readonly string[];
}

/** What these parameters quote. Throws StartProblem, TapeProblem. */
export async function explainParameters(request: ExplainRequest): Promise<ExplainAnswer> {
  const { layered, tape, inventory } = request;
  const { values } = layered;
  const choice = { tape, synthetic: tape === null ? 'normal' : null };
  const market = await openMarket(choice, values, null, stateDirOf(values));
  const { instrument } = market;
  const bid = bidOf(midOf(market, request));
  const ask = (bid + 1) as Ticks;
  const mid = ((bid + ask) / 2) as TickPrice;
  const params = engineParams(values, instrument, SIM_PROFILE, mid);
  const facts = factsOf(params, instrument, mid);
  checkSize(instrument, facts, mid);
  const view = viewOf(params, instrument, facts, bid, inventory);
  const fees = layered.texts.get('makerFee')?.origin === 'default' ? 'defaults' : 'as set';
  const start = startBlock(params, instrument, facts, `${fees}: see --maker-fee, --taker-fee`);
  const decision = explain(new Avellaneda(params.strategy, facts).decide(view), {
    instrument,
    fair: mid,
  });
  const held = signedSize(instrument, view.positionLots);
  const book = {
    bid: instrument.formatPrice(bid),
    ask: instrument.formatPrice(ask),
    inventory: held,
  };
  const reducing = view.reducing
    ? ', beyond the soft limit: only the reducing side may be quoted'
    : '';
  const lines = [
    ...startLines(start),
    '',
    `one decision in a book of ${book.bid} x ${book.ask}, holding ${held}${reducing}:`,
    ...explainLines(decision),
  ];
  return { run: null, book, start, decision, lines };
}

/** In ticks: what was asked for, else the first mid of the tape, else a round BTC. */
function midOf(market: Market, { mid, tape }: ExplainRequest): number {
  const { instrument } = market;
  if (mid === null && tape !== null) return firstMid(market, market.firstUs ?? 0);
  const ticks = (mid ?? DEFAULT_MID) / instrument.tickSize;
  if (ticks >= 1.5 && ticks <= MOST_TICKS) return ticks;
  const { tickSize, symbol } = instrument.spec;
  const most = MOST_TICKS * instrument.tickSize;
  throw new StartProblem(
    `--mid ${mid} is no price of ${symbol}; take one from ${2 * Number(tickSize)} to ${most}`,
  );
}

/** The bid of a book one tick wide at `mid`, or just below it when `mid` is a whole number of ticks. */
const bidOf = (mid: number): Ticks => (Math.ceil(Number(mid.toFixed(6))) - 1) as Ticks;

/** Sizes as the engine fixes them at its first sound book. */
export function factsOf(params: EngineParams, instrument: Instrument, mid: TickPrice): StartFacts {
  const sizing = new Sizing(instrument, params);
  sizing.fixUnit(mid);
  sizing.limitAt(mid);
  return { mid, unitLots: sizing.unitLots, limitLots: sizing.limitLots };
}

function viewOf(
  params: EngineParams,
  instrument: Instrument,
  { mid, unitLots, limitLots }: StartFacts,
  bidTicks: Ticks,
  inventory: number,
): View {
  const positionLots = (Math.round(inventory * unitLots) + 0) as Lots;
  return {
    nowUs: 0 as Micros,
    instrument,
    bidTicks,
    askTicks: (bidTicks + 1) as Ticks,
    bidLots: unitLots,
    askLots: unitLots,
    mid,
    fair: mid,
    positionLots,
    unitLots,
    limitLots,
    market: { ...params.strategy.market, source: 'static' },
    elapsed: 0 as Seconds,
    // As the position guard has it; it is the breaker that says so in a run.
    reducing: Math.abs(positionLots) > limitLots,
  };
}
