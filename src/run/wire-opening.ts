// Start-up reconciliation of a run on the wire (spec.md section 5): what the ledger thinks against what the venue says.
// What the ledger does not know is listed and refused, unless --adopt; nothing is cancelled that has not our prefix.
// Pure: it judges, venue-run.ts acts.
import type { VenueFacts } from '#clients/net/venue-client';
import type { Instrument } from '#core/instrument';
import { CLIENT_ID_PREFIX } from '#core/messages';
import type { FundingPaid, OpenOrder } from '#core/messages';
import { formatMoney } from '#core/money';
import { Position } from '#core/position';
import type { PositionSnapshot } from '#core/position';
import { ASK, BID, sideName } from '#core/units';
import type { Lots, Micros, Money, TickPrice, Ticks } from '#core/units';
import type { AdjustEntry } from '#ledger/entries';
import type { OrderRow } from '#ledger/rows';
import type { Opening } from './machine.js';
import { signedSize } from './signed-size.js';

/** Differences of money below this are rounding and funding on its way. */
const CENT = 1_000_000;

export interface OpeningFacts {
  readonly kind: string;
  readonly facts: VenueFacts;
  /** The ledger's position and the orders that may have filled since. */
  readonly position: PositionSnapshot;
  readonly unaccounted: readonly OrderRow[];
  /** Paid by the venue, and not in the ledger. */
  readonly funding: readonly FundingPaid[];
  readonly mid: TickPrice;
  readonly us: Micros;
}

export const isOwn = ({ clientId }: OpenOrder): boolean => clientId.startsWith(CLIENT_ID_PREFIX);

const orderText = (instrument: Instrument, order: OpenOrder): string => {
  const size = instrument.formatSize(order.lots);
  const price = instrument.formatPrice(order.ticks);
  return `${sideName(order.side)} ${size} at ${price} (client id ${order.clientId || 'none'})`;
};

/** Why not to start, one line each; empty when there is nothing that the ledger does not know. */
export function strangers(
  opening: Omit<OpeningFacts, 'kind' | 'us' | 'mid' | 'funding'>,
): string[] {
  const { facts, position } = opening;
  const { instrument, account } = facts;
  const found: string[] = [];
  const foreign = facts.openOrders.filter((order) => !isOwn(order));
  for (const order of foreign) {
    found.push(`an order is open that is not ours: ${orderText(instrument, order)}`);
  }
  const missing = account.positionLots - position.lots;
  if (missing !== 0 && !explained(opening)) {
    const theirs = signedSize(instrument, account.positionLots);
    const ours = signedSize(instrument, position.lots);
    found.push(`the venue has a position of ${theirs}, the ledger knows ${ours}`);
  }
  return found;
}

/** Orders that a dead run left open could have filled that much: then nobody else need have traded. */
function explained({
  facts,
  position,
  unaccounted,
}: Omit<OpeningFacts, 'kind' | 'us' | 'mid' | 'funding'>): boolean {
  const missing = facts.account.positionLots - position.lots;
  const side = missing > 0 ? BID : ASK;
  const most = unaccounted
    .filter((order) => order.side === side)
    .reduce((sum, order) => sum + Math.max(0, order.lots - order.filled), 0);
  return Math.abs(missing) <= most;
}

/** What is entered into the ledger so that it says what the venue says. */
export function openingOf(opening: OpeningFacts): Opening {
  const { facts, position, mid, us, kind } = opening;
  const funding = opening.funding.map((paid) => ({ ...paid, us }));
  const { instrument, account } = facts;
  const own = Position.restore(instrument, position);
  const missing = account.positionLots - position.lots;
  let adjust: AdjustEntry | null = null;
  if (missing !== 0) {
    const side = missing > 0 ? BID : ASK;
    const lots = Math.abs(missing) as Lots;
    // From flat the whole position is the venue's, and so is its entry; else the market is the best guess.
    const price = position.lots === 0 && facts.averageEntry > 0 ? facts.averageEntry : mid;
    const ticks = Math.max(1, Math.round(price)) as Ticks;
    const reason = `the venue's position of ${signedSize(instrument, account.positionLots)} was adopted at the start`;
    adjust = { us, side, ticks, lots, reason };
    own.fill(side, ticks, lots, 0 as Money, false);
  }
  for (const { amount } of funding) own.applyFunding(amount);
  const difference = account.equity - own.equity(mid, account.accrued ?? (0 as Money));
  return { kind, adjust, funding, transfer: (Math.abs(difference) < CENT ? 0 : difference) as Money }; // prettier-ignore
}

/** One line for the log, or null when nothing had to be changed. */
export function openingText(opening: Opening, first: boolean): string | null {
  const { transfer, adjust, funding } = opening;
  const paid = funding.reduce((sum, { amount }) => sum + amount, 0) as Money;
  const parts = [
    ...(adjust === null ? [] : [adjust.reason]),
    ...(paid === 0 ? [] : [`funding of ${formatMoney(paid)} was paid that no run heard of`]),
    ...(transfer === 0 || first
      ? []
      : [`equity moved by ${formatMoney(transfer)} since the last run: a transfer`]),
  ];
  return parts.length === 0 ? null : parts.join('; ');
}
