// Outcomes that nobody told us: who is waiting for an answer, when the host should ask the venue, and what a list of
// open orders (or a cancel-all, which is an empty list) settles. A statement never undoes anything newer than itself.
import type { OpenOrder, OpenOrdersReport } from '#core/messages';
import { CLIENT_ID_PREFIX } from '#core/messages';
import type { Horizon } from '#core/order';
import { applyAbsent, applyListed, Order } from '#core/order';
import type { Micros, SpanMicros } from '#core/units';
import { fromSeconds } from '#core/units';
import { STRAY, type OrderTable } from './orders.js';

/** An answer overdue by this much: the host is asked to query. Far beyond a round trip, well within a check. */
export const ASK_AFTER = fromSeconds(2);
/** A request may reach a venue this late that says nothing else; only then does its absence mean never. */
export const LATEST_ARRIVAL = fromSeconds(10);
/** Our clock and the venue's may differ by this much; start-up refuses more. */
export const CLOCK_SKEW = fromSeconds(1);

/** How far a statement true at `venueUs` reaches in our time. */
export const horizonOf = (
  us: Micros,
  venueUs: Micros,
  latestArrival: SpanMicros = LATEST_ARRIVAL,
): Horizon => ({
  us,
  openBefore: (venueUs - CLOCK_SKEW) as Micros,
  sentBefore: (venueUs - latestArrival) as Micros,
});

export class Unknowns {
  /** Ordinals whose state the host should ask the venue for. Replaced, not mutated: keep it if you like. */
  unresolved: readonly number[] = [];
  /** When the next order becomes unresolved by time alone. */
  nextUs = Infinity;
  /** Ordinals of ours that an event named and nobody remembers. */
  private strangers: number[] = [];
  private reportUs = -Infinity;

  constructor(
    private readonly table: OrderTable,
    private readonly note: (text: string) => void,
    private readonly latestArrival?: SpanMicros,
  ) {}

  /** An event named an ordinal that we do not know: the list of open orders will tell. */
  stranger(ordinal: number): void {
    if (!this.strangers.includes(ordinal)) this.strangers.push(ordinal);
    this.nextUs = -Infinity;
  }

  /** Draws up the list again; call it after order changes and at `nextUs`. */
  review(nowUs: Micros): void {
    let next = Infinity;
    const overdue = [...this.strangers];
    for (const order of this.table.live) {
      if (!order.awaiting) continue;
      const dueUs = order.actedUs + ASK_AFTER;
      if (dueUs <= nowUs) overdue.push(order.ordinal);
      else if (dueUs < next) next = dueUs;
    }
    this.nextUs = next;
    if (overdue.length > 0 || this.unresolved.length > 0) this.unresolved = overdue;
  }

  /**
   * Applies the venue's list. Returns true when it names an order with our prefix that we cannot cancel by ordinal:
   * then only cancel-all helps.
   */
  applyReport(report: OpenOrdersReport): boolean {
    if (report.venueUs <= this.reportUs) {
      this.note('list of open orders older than the last one: ignored');
      return false;
    }
    this.reportUs = report.venueUs;
    const horizon = horizonOf(report.us, report.venueUs, this.latestArrival);
    const listed = new Set<number>();
    let foreign = false;
    for (const open of report.orders) {
      if (open.ordinal === null) {
        if (!open.clientId.startsWith(CLIENT_ID_PREFIX)) continue; // somebody else's: not ours to touch
        this.note(`open order ${open.clientId} is ours, but of no run we know`);
        foreign = true;
        continue;
      }
      listed.add(open.ordinal);
      this.applyOne(open.ordinal, open, horizon);
    }
    this.closeAbsent(horizon, listed);
    this.strangers = [];
    this.nextUs = -Infinity;
    return foreign;
  }

  /** Cancel-all was answered. `coveredUs`: what was open before this local time was certainly covered by it. */
  applyAllCancelled(us: Micros, venueUs: Micros, coveredUs: number): void {
    const byClock = horizonOf(us, venueUs, this.latestArrival);
    const openBefore = Math.max(byClock.openBefore, coveredUs) as Micros;
    this.closeAbsent({ ...byClock, openBefore }, null);
    for (const order of this.table.live) {
      // Not covered: it had not arrived, or we cannot tell. It counts as open and will be cancelled again.
      if (order.phase !== 'closed' && order.cancel === 'sent') order.cancel = 'none';
    }
    this.table.recount();
  }

  private applyOne(ordinal: number, open: OpenOrder, horizon: Horizon): void {
    const { table } = this;
    const known = table.find(ordinal);
    if (known !== undefined) {
      const note = applyListed(known, open, horizon);
      if (note !== null) this.note(`order ${ordinal}: ${note}`);
      table.update(known);
      return;
    }
    if (!(Number.isSafeInteger(open.lots) && open.lots > 0 && Number.isSafeInteger(open.ticks)))
      return;
    this.note(`order ${ordinal} is open and nobody remembers it: to be cancelled`);
    const { side, ticks, lots } = open;
    const order = new Order(ordinal, side, ticks, lots, 'post-only', false, STRAY, horizon.us);
    if (open.filledLots > 0 && open.filledLots <= lots) order.filledLots = open.filledLots;
    order.phase = 'open';
    order.openUs = horizon.us;
    table.add(order);
  }

  private closeAbsent(horizon: Horizon, listed: ReadonlySet<number> | null): void {
    for (const order of [...this.table.live]) {
      if (listed?.has(order.ordinal) === true) continue;
      const asked = order.cancel !== 'none';
      if (!applyAbsent(order, horizon)) continue;
      if (listed !== null || !asked)
        this.note(`order ${order.ordinal}: not open any more, unreported`);
      this.table.update(order);
    }
  }
}
