// The last decision, while it stands: a strategy that says what it never looks at need not be asked again about a view
// that is otherwise the same, and what the guards and the reconciler made of it is the same too as long as every quote
// rests exactly as it was wanted. Hot path, no allocation. In doubt nothing stands, and everybody is asked anew.
import type { BookView } from '#core/book';
import type { AccountNumbers } from '#core/guard';
import type { Instant } from '#core/instant';
import type { Order } from '#core/order';
import type { Position } from '#core/position';
import type { Decision, Quote, Strategy, View } from '#core/strategy';
import type { Side, TickPrice } from '#core/units';
import { ASK, BID } from '#core/units';
import type { Measures } from './measures.js';
import type { OrderTable } from './orders.js';
import type { Sizing } from './sizing.js';
import type { Sight } from './wake.js';

export interface StandingParts {
  readonly numbers: Readonly<AccountNumbers>;
  readonly book: BookView;
  readonly table: OrderTable;
  readonly sizing: Sizing;
  readonly position: Position;
  readonly measures: Measures;
  readonly sight: Readonly<Sight>;
}

export class Standing {
  private view: View | null = null;
  private sizes = false;
  private mark = 0 as TickPrice;
  private version = -1;

  constructor(private readonly parts: StandingParts) {}

  /** Nothing stands until the next `keep`. */
  drop(): void {
    this.view = null;
  }

  /** A decision that no guard changed and that needed no command. */
  keep(strategy: Strategy, view: View, decision: Decision): void {
    const { ignores } = strategy;
    const { numbers, table } = this.parts;
    this.view = ignores !== undefined && this.rests(decision) ? view : null;
    this.sizes = ignores !== 'time and sizes';
    this.mark = numbers.mark;
    this.version = table.version;
  }

  /** It holds, and goes on doing so whatever sizes become, until somebody else moves. */
  get lasts(): boolean {
    return !this.sizes && this.holds();
  }

  /** True when it would be the same decision again, and again without a command. */
  holds(): boolean {
    const { fair } = this.parts.sight;
    const { view } = this;
    const { numbers, table, sizing, position, measures } = this.parts;
    if (view === null || table.version !== this.version || numbers.mark !== this.mark) return false;
    if (measures.measuring) return false; // what it would say now nobody knows
    if (numbers.bestBid !== view.bidTicks || numbers.bestAsk !== view.askTicks) return false;
    if (fair !== view.fair || measures.fixed !== view.market || position.lots !== view.positionLots)
      return false;
    if (sizing.unitLots !== view.unitLots || sizing.limitLots !== view.limitLots) return false;
    return !this.sizes || this.sameSizes(view);
  }

  /** What the reconciler does with quotes that are right: those of that age begin anew. */
  renew({ us: nowUs }: Instant, refresh: number): void {
    const { table } = this.parts;
    if (nowUs - table.oldestQuoteUs < refresh) return;
    let oldest = Infinity;
    for (let i = 0; i < table.live.length; i += 1) {
      const order = table.live[i] as Order; // all of them rest quietly: nothing stands otherwise
      if (nowUs - order.quotedUs >= refresh) order.quotedUs = nowUs;
      if (order.quotedUs < oldest) oldest = order.quotedUs;
    }
    table.oldestQuoteUs = oldest;
  }

  private sameSizes({ bidTicks, askTicks, bidLots, askLots }: View): boolean {
    const { book } = this.parts;
    return book.lotsAt(BID, bidTicks) === bidLots && book.lotsAt(ASK, askTicks) === askLots;
  }

  /** Every quote rests as it is wanted, and there is no other order. */
  private rests({ bids, asks, immediate }: Decision): boolean {
    const { table } = this.parts;
    if (immediate !== null || table.live.length !== bids.length + asks.length) return false;
    return this.sideRests(BID, bids) && this.sideRests(ASK, asks);
  }

  private sideRests(side: Side, quotes: readonly Quote[]): boolean {
    for (let i = 0; i < quotes.length; i += 1) {
      const { level, ticks, lots, reduceOnly } = quotes[i] as Quote;
      const order = this.parts.table.slot(side, level);
      if (order === null || order.phase !== 'open' || order.awaiting) return false;
      if (order.ticks !== ticks || order.remainingLots !== lots) return false;
      if (order.reduceOnly !== reduceOnly) return false;
    }
    return true;
  }
}
