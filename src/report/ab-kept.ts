// What the ledger of one side of `mm ab` says when the run is over, and no snapshot of it can: how good its fills were
// half a minute later, what they had captured, and for how long it quoted both sides. Pure on a record.
import { moneyToNumber } from '#core/money';
import type { OrderRow } from '#ledger/rows';
import { attributionOf } from './attribution.js';
import { breakdownOf } from './breakdown.js';
import { bothSides, lengthOf } from './quoted-time.js';
import type { RunRecord } from './record.js';

export interface AbKept {
  /** 30 s markout after fees, bp a fill; null without a fill that has one. */
  readonly netEdgeBps: number | null;
  /** Against the mid at the fill, in the settle currency. */
  readonly spreadCaptured: number;
  /** What those fills gained or lost over the 30 s after. */
  readonly adverseSelection: number;
  /** Share of the run in which a bid and an ask rested at once, 0 to 1. */
  readonly quoted: number;
}

export function keptOf(record: RunRecord, orders: readonly OrderRow[]): AbKept {
  const { startUs, endUs } = record;
  const { spreadCaptured, adverseSelection } = attributionOf(record);
  const all = breakdownOf(record).find(({ by }) => by === 'all');
  return {
    netEdgeBps: all?.netEdge.bps ?? null,
    spreadCaptured: moneyToNumber(spreadCaptured),
    adverseSelection: moneyToNumber(adverseSelection),
    quoted: lengthOf(bothSides(orders, startUs, endUs)) / Math.max(endUs - startUs, 1),
  };
}
