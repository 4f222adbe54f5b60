// A decision, term by term in bp: the text that a person reads and the object that a script reads.
// Reads only the decision and what was true around it; computes no quote of its own, so it cannot
// tell another story.
import type { Instrument } from '#core/instrument';
import { distanceOf } from '#core/placement';
import type { Clamp, Decision, Quote, Reason } from '#core/strategy';
import type { Side, TickPrice } from '#core/units';
import { ASK, BID } from '#core/units';

/** What a decision does not say of itself: the market, and the price that it measured from. */
export interface ExplainContext {
  readonly instrument: Instrument;
  readonly fair: TickPrice;
}

export interface ExplainedQuote {
  readonly level: number;
  readonly price: string;
  readonly size: string;
  /** Where the model wanted it, and where it rests, in bp from the fair price. */
  readonly wantedBps: number;
  readonly restsBps: number;
  readonly reduceOnly: boolean;
}

export interface Explanation {
  readonly model: string;
  readonly fair: string;
  readonly inventoryUnits: number;
  readonly terms: Reason['terms'];
  readonly halfBps: number;
  readonly shiftBps: number;
  readonly bidBps: number;
  readonly askBps: number;
  readonly placement: Decision['placement'];
  readonly clamps: readonly Clamp[];
  readonly withdrawn: string | null;
  readonly bids: readonly ExplainedQuote[];
  readonly asks: readonly ExplainedQuote[];
}

function explainQuotes(
  quotes: readonly Quote[],
  side: Side,
  { instrument, fair }: ExplainContext,
): ExplainedQuote[] {
  return quotes.map((quote) => ({
    level: quote.level,
    price: instrument.formatPrice(quote.ticks),
    size: instrument.formatSize(quote.lots),
    wantedBps: quote.distance,
    restsBps: distanceOf(side, fair, quote.ticks),
    reduceOnly: quote.reduceOnly,
  }));
}

/** As an object: distances in bp, prices and sizes as decimal strings. */
export function explain(decision: Decision, context: ExplainContext): Explanation {
  const { reason } = decision;
  return {
    model: reason.model,
    fair: context.instrument.formatPrice(context.fair),
    inventoryUnits: reason.inventory,
    terms: reason.terms,
    halfBps: reason.half,
    shiftBps: reason.shift,
    bidBps: reason.half - reason.shift,
    askBps: reason.half + reason.shift,
    placement: decision.placement,
    clamps: reason.clamps,
    withdrawn: reason.withdrawn,
    bids: explainQuotes(decision.bids, BID, context),
    asks: explainQuotes(decision.asks, ASK, context),
  };
}

const bp = (value: number): string => `${value.toFixed(3).padStart(9)} bp`;

/** What the `from` and `to` of a clamp count. */
const LOTS = new Set<Clamp['name']>(['size-floor', 'position-limit']);

function clampLine(clamp: Clamp): string {
  const unit = LOTS.has(clamp.name) ? 'lots' : 'bp';
  const places = unit === 'lots' ? 0 : 3;
  const [from, to] = [clamp.from.toFixed(places), clamp.to.toFixed(places)];
  return `  clamp ${clamp.name}: ${from} -> ${to} ${unit}`;
}

function quoteLine(name: 'bid' | 'ask', quote: ExplainedQuote): string {
  const moved = `wanted ${quote.wantedBps.toFixed(3)} bp, rests ${quote.restsBps.toFixed(3)} bp`;
  const only = quote.reduceOnly ? ', reduce-only' : '';
  return `  ${name} ${quote.level}: ${quote.size} at ${quote.price} (${moved}${only})`;
}

/** As text, one term a line. */
export function explainLines(explanation: Explanation): string[] {
  const e = explanation;
  const terms = e.terms
    .filter((term) => term.bps !== 0 || term.name === 'inventory shift')
    .map((term) => `  ${term.name.padEnd(20)}${bp(term.bps)}${term.note ? `  ${term.note}` : ''}`);
  const head = `${e.model}: inventory ${e.inventoryUnits.toFixed(2)} units, fair price ${e.fair}`;
  const sums = [
    `  ${'half-width'.padEnd(20)}${bp(e.halfBps)}`,
    `  ${'bid below fair by'.padEnd(20)}${bp(e.bidBps)}`,
    `  ${'ask above fair by'.padEnd(20)}${bp(e.askBps)}`,
  ];
  const clamps = e.clamps.map(clampLine);
  if (e.withdrawn !== null)
    return [head, ...terms, ...sums, ...clamps, `  no quotes: ${e.withdrawn}`];
  const quotes = [
    ...e.bids.map((quote) => quoteLine('bid', quote)),
    ...e.asks.map((quote) => quoteLine('ask', quote)),
  ];
  const none = quotes.length === 0 ? ['  no quotes: nothing may be added, nothing is held'] : [];
  return [head, ...terms, ...sums, ...clamps, `  placement ${e.placement}`, ...quotes, ...none];
}
