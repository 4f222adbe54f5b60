// Where the P&L came from, in whole money that adds up exactly (spec.md section 6): spread captured, adverse selection
// over 30 s, inventory (the remainder), fees, funding. Works on a record of a ledger; two can be subtracted.
import { assert } from '#core/assert';
import type { Instrument } from '#core/instrument';
import { MARKOUT_HORIZONS } from '#core/markout';
import { formatMoney } from '#core/money';
import type { Lots, Money, TickPrice } from '#core/units';
import type { RecordedFill, RunRecord } from './record.js';

export const EDGE_SECONDS = 30;
export const EDGE_HORIZON = MARKOUT_HORIZONS.indexOf(EDGE_SECONDS);

export interface Attribution {
  readonly spreadCaptured: Money;
  readonly adverseSelection: Money;
  /** What moves of the market did to the position, beyond the 30 s after each fill. */
  readonly inventory: Money;
  /** Negative = paid. */
  readonly fees: Money;
  readonly funding: Money;
  readonly pnl: Money;
}
export const PARTS = [
  'spreadCaptured', 'adverseSelection', 'inventory', 'fees', 'funding',
] as const satisfies readonly (keyof Attribution)[]; // prettier-ignore

/** What an edge is made of; mids as RecordedFill has them. */
export type MarkedFill = Pick<RecordedFill, 'us' | 'side' | 'ticks' | 'lots' | 'fee'> & {
  readonly mids: ArrayLike<number>;
};

/** Money that a fill is worth at a later mid: side × (worth at mid − worth at price). */
export function edgeOf(instrument: Instrument, fill: Omit<MarkedFill, 'mids'>, mid: number): Money {
  const lots = (fill.side * fill.lots) as Lots;
  return (instrument.worth(lots, mid as TickPrice) - instrument.worth(lots, fill.ticks)) as Money;
}

/** 30 s markout after the fee, in money; null when there was no later mid. */
export function netEdgeOf(instrument: Instrument, fill: MarkedFill): Money | null {
  const later = fill.mids[EDGE_HORIZON] ?? 0;
  return later === 0 ? null : ((edgeOf(instrument, fill, later) - fill.fee) as Money);
}

/** Throws AssertionFailure when the fees of the fills are not those of the ledger's sums. */
export function attributionOf(record: RunRecord): Attribution {
  const { instrument, fills, funding, pnl, fees } = record;
  let [spread, adverse, paid] = [0, 0, 0];
  for (const fill of fills) {
    paid += fill.fee;
    if (fill.mid === 0) continue;
    const captured = edgeOf(instrument, fill, fill.mid);
    spread += captured;
    const later = fill.mids[EDGE_HORIZON] ?? 0;
    if (later !== 0) adverse += edgeOf(instrument, fill, later) - captured;
  }
  assert(paid === fees, `fees of the fills (${paid}) and of the ledger (${fees}) differ`);
  const received = funding.reduce((sum, { amount }) => sum + amount, 0);
  return {
    spreadCaptured: spread as Money,
    adverseSelection: adverse as Money,
    inventory: (pnl + fees - received - spread - adverse) as Money,
    fees: (0 - fees) as Money,
    funding: received as Money,
    pnl,
  };
}

/** b less a, part by part: adds up as exactly as they do. */
export function attributionApart(a: Attribution, b: Attribution): Attribution {
  const apart = (part: keyof Attribution): Money => (b[part] - a[part]) as Money;
  return {
    spreadCaptured: apart('spreadCaptured'),
    adverseSelection: apart('adverseSelection'),
    inventory: apart('inventory'),
    fees: apart('fees'),
    funding: apart('funding'),
    pnl: apart('pnl'),
  };
}

export type AttributionText = Readonly<Record<keyof Attribution, string>>;

/** As decimal strings, for JSON. */
export function attributionText(of: Attribution): AttributionText {
  const entries = [...PARTS, 'pnl' as const].map((part) => [part, formatMoney(of[part])]);
  return Object.fromEntries(entries) as AttributionText;
}
