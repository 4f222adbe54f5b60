// One account of the simulated Paradex: an exchange of its own over the same rows as every other account, its orders,
// fills and funding payments, and the news of them for the private channels. Events come from the exchange only; what
// an order becomes is told after the reply to the call that made it. It checks nothing about a request (order-entry.ts).
import type { AccountEvent, Closed, Fill, PlaceCommand, Rejected } from '#core/messages';
import type { Instrument } from '#core/instrument';
import type { Lots, Micros, Money, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import type { FillWire, FundingPaymentWire, TradeBustWire } from '#clients/paradex/wire';
import { ZERO_MONEY, formatMoney } from '#core/money';
import { Exchange } from '#sim/exchange';
import type { ExchangeOptions } from '#sim/exchange';
import { VenueOrder } from './order.js';
import { firstMet, SELF_TRADE } from './self-trade.js';

/** What private channels tell. `order` values are as of the moment. */
export type AccountNews =
  | { readonly kind: 'order'; readonly order: VenueOrder }
  | { readonly kind: 'fill'; readonly fill: FillWire }
  | { readonly kind: 'payment'; readonly payment: FundingPaymentWire }
  | { readonly kind: 'bust'; readonly bust: TradeBustWire }
  | { readonly kind: 'standing' };

export interface AccountParts {
  readonly address: string;
  readonly market: string;
  readonly exchange: Omit<ExchangeOptions, 'emit' | 'onFill'>;
  readonly fillSide: 'own' | 'taker';
  readonly fundingPaid: 'with-fills' | 'alone';
  readonly positionLimit: () => Lots;
  readonly now: () => Micros;
  readonly seq: () => bigint;
  /** Number of the newest change of the public book. */
  readonly bookSeq: () => number;
  readonly news: (account: ParadexAccount, news: AccountNews) => void;
}

const CLOSE_REASONS: Readonly<Record<string, string>> = {
  cancelled: 'USER_CANCELED',
  'post-only': 'POST_ONLY_WOULD_CROSS',
  ioc: 'IOC_REMAINDER_CANCELED',
  'reduce-only': 'REDUCE_ONLY_NOTHING_TO_REDUCE',
  'self-trade': SELF_TRADE,
  liquidation: 'LIQUIDATION',
};
const REJECT_REASONS: Readonly<Record<string, string>> = {
  margin: 'NOT_ENOUGH_MARGIN',
  'reduce-only': 'REDUCE_ONLY_WOULD_INCREASE',
  size: 'INVALID_ORDER_SIZE',
  price: 'INVALID_ORDER_PRICE',
};

export class ParadexAccount {
  readonly exchange: Exchange;
  readonly instrument: Instrument;
  /** Public keys that may sign for it. */
  readonly keys = new Set<string>();
  /** Every order, oldest first. */
  readonly history: VenueOrder[] = [];
  readonly orders = new Map<string, VenueOrder>();
  readonly byClientId = new Map<string, VenueOrder>();
  readonly openOrders = new Set<VenueOrder>();
  readonly fills: FillWire[] = [];
  readonly payments: FundingPaymentWire[] = [];
  readonly busts: TradeBustWire[] = [];
  /** Signed orders seen, for the replay switch. */
  readonly signatures = new Set<string>();
  readonly createdUs: Micros;
  updatedUs: Micros;
  private readonly byOrdinal = new Map<number, VenueOrder>();
  private nextOrdinal = 1;
  private amending: { order: VenueOrder; lots: Lots; ticks: Ticks } | null = null;
  /** Why the order at hand ends, where the exchange does not know. */
  private endWord: string | null = null;
  private realised = ZERO_MONEY;
  /** What of the paid funding the fills have told so far. */
  private funding = ZERO_MONEY;

  constructor(private readonly parts: AccountParts) {
    this.instrument = parts.exchange.instrument;
    this.createdUs = parts.now();
    this.updatedUs = this.createdUs;
    this.exchange = new Exchange({ ...parts.exchange, emit: (event) => this.onEvent(event) });
  }

  get address(): string {
    return this.parts.address;
  }

  get market(): string {
    return this.parts.market;
  }

  get leverage(): number {
    return this.parts.exchange.account.leverage;
  }

  /** Funding that was paid and that no fill has told yet. */
  get untoldFunding(): Money {
    if (this.parts.fundingPaid === 'alone') return ZERO_MONEY;
    return (this.exchange.account.position.funding - this.funding) as Money;
  }

  /** A checked order becomes known; it is not at the exchange yet. */
  admit(order: VenueOrder): void {
    order.seq = this.parts.seq();
    this.history.push(order);
    this.orders.set(order.facts.id, order);
    if (order.facts.clientId !== '') this.byClientId.set(order.facts.clientId, order);
    this.openOrders.add(order);
  }

  /** Takes an admitted order back: another one of its batch was refused. */
  forget(order: VenueOrder): void {
    this.history.splice(this.history.indexOf(order), 1);
    this.orders.delete(order.facts.id);
    this.byClientId.delete(order.facts.clientId);
    this.openOrders.delete(order);
  }

  /** Sends it to the exchange; everything that became of it is news. */
  place(order: VenueOrder): void {
    order.ordinal = this.nextOrdinal;
    this.nextOrdinal += 1;
    this.byOrdinal.set(order.ordinal, order);
    if (this.exceeds(order)) return this.finish(order, 'ORDER_EXCEEDS_POSITION_LIMIT');
    const { side, instruction, type, reduceOnly } = order.facts;
    const market = type === 'MARKET' || type.endsWith('_MARKET');
    const tif =
      market || instruction === 'IOC' ? 'ioc' : instruction === 'GTC' ? 'gtc' : 'post-only';
    const ticks = market ? this.slippageLimit(side) : order.ticks;
    const { ordinal } = order;
    const lots = order.remaining;
    const command: PlaceCommand = { kind: 'place', ordinal, side, ticks, lots, tif, reduceOnly };
    const spares = tif !== 'post-only' && order.facts.stp !== 'EXPIRE_MAKER';
    const met = spares ? firstMet(this.openOrders, side, ticks) : null;
    if (met !== null) return this.placeBefore(order, command, met);
    this.exchange.submit(this.parts.now(), command);
    if (order.status === 'NEW') this.changed(order, 'OPEN');
  }

  /** The position would pass the limit if all that rests on its side were filled as well. */
  private exceeds({ facts, remaining, ordinal }: VenueOrder): boolean {
    if (facts.reduceOnly) return false;
    let lots = facts.side * this.exchange.account.position.lots + remaining;
    for (const other of this.openOrders) {
      const counts = other.ordinal !== ordinal && other.ordinal > 0 && !other.facts.reduceOnly;
      if (counts && other.facts.side === facts.side) lots += other.remaining;
    }
    return lots > this.parts.positionLimit();
  }

  /** Takes what others show at prices better than our own order's; then the taker is closed, or both are. */
  private placeBefore(order: VenueOrder, command: PlaceCommand, met: VenueOrder): void {
    const ticks = (met.ticks - command.side) as Ticks;
    this.endWord = SELF_TRADE;
    if (ticks > 0) this.exchange.submit(this.parts.now(), { ...command, ticks, tif: 'ioc' });
    else this.finish(order, SELF_TRADE);
    this.endWord = null;
    const both = order.facts.stp === 'EXPIRE_BOTH' && order.cancelReason === SELF_TRADE;
    if (both) this.cancel(met, SELF_TRADE);
  }

  /** The mark has moved: conditional orders that it reaches become the orders that they stand for. */
  trigger(mark: TickPrice): void {
    for (const order of [...this.openOrders]) {
      if (order.status !== 'UNTRIGGERED') continue;
      const { trigger } = order;
      const { side, type } = order.facts;
      const rising = (side === BID) !== type.startsWith('TAKE_PROFIT');
      if (rising ? mark < trigger : mark > trigger) continue;
      order.status = 'NEW';
      this.place(order);
    }
  }

  cancel(order: VenueOrder, word = 'USER_CANCELED'): void {
    if (!order.open) return;
    if (order.ordinal === 0) {
      this.finish(order, word);
      return;
    }
    this.endWord = word;
    this.exchange.submit(this.parts.now(), { kind: 'cancel', ordinal: order.ordinal });
    this.endWord = null;
  }

  /** Returns false when the exchange said no; the order is as it was. */
  amend(order: VenueOrder, ticks: Ticks, lots: Lots): boolean {
    const waiting = { order, lots, ticks };
    this.amending = waiting;
    const { side } = order.facts;
    const { ordinal } = order;
    this.exchange.submit(this.parts.now(), { kind: 'amend', ordinal, side, ticks, lots });
    const done = this.amending === null;
    this.amending = null;
    return done;
  }

  /** Tells of the order as it stands now. */
  tell(order: VenueOrder): void {
    order.seq = this.parts.seq();
    order.updatedUs = this.parts.now();
    this.parts.news(this, { kind: 'order', order });
  }

  /** The chain reverts the newest fill that it has not reverted yet: position and cash go back. False: there is none. */
  bustLastFill(): boolean {
    const busted = new Set(this.busts.map((bust) => bust.busted_fill_id));
    const fill = this.fills.findLast(({ id }) => !busted.has(id));
    if (fill === undefined) return false;
    const { instrument, parts } = this;
    const ticks = instrument.parsePrice(fill.price);
    const lots = instrument.parseSize(fill.size);
    if (ticks === null || lots === null) return false;
    const own = this.orders.get(fill.order_id)?.facts.side ?? (fill.side === 'BUY' ? BID : ASK);
    const { position } = this.exchange.account;
    const back = Math.round(-Number(fill.fee) * 1e8) as Money;
    position.fill(own === BID ? ASK : BID, ticks, lots, back, true);
    this.realised = position.realised;
    this.updatedUs = parts.now();
    const created_at = Math.floor(this.updatedUs / 1000);
    const bust = { account: this.address, busted_fill_id: fill.id, created_at };
    this.busts.push(bust);
    parts.news(this, { kind: 'bust', bust });
    parts.news(this, { kind: 'standing' });
    return true;
  }

  private onEvent(event: AccountEvent): void {
    if (event.kind === 'fill') this.onFill(event);
    else if (event.kind === 'closed') this.onClosed(event);
    else if (event.kind === 'rejected') this.onRejected(event);
    else if (event.kind === 'amended') this.onAmended();
    else if (event.kind === 'funding') {
      this.updatedUs = event.us;
      if (this.parts.fundingPaid === 'alone') this.paid(event.us, event.amount, '');
      this.parts.news(this, { kind: 'standing' });
    }
  }

  private paid(us: Micros, amount: Money, fillId: string): void {
    const payment: FundingPaymentWire = {
      ...{ id: `f${us}${fillId}`, account: this.address, market: this.market, index: '0' },
      ...{ payment: formatMoney(amount), fill_id: fillId, created_at: Math.floor(us / 1000) },
    };
    this.payments.push(payment);
    this.parts.news(this, { kind: 'payment', payment });
  }

  private onFill(event: Fill): void {
    const order = event.ordinal === null ? undefined : this.byOrdinal.get(event.ordinal);
    this.updatedUs = event.us;
    if (order !== undefined) {
      order.filled = (order.filled + event.lots) as Lots;
      order.filledValue += event.lots * event.ticks;
    }
    const untold = this.untoldFunding;
    const fill = this.fillWire(event, order);
    this.fills.push(fill);
    this.parts.news(this, { kind: 'fill', fill });
    if (untold !== 0) this.paid(event.us, untold, fill.id);
    if (order !== undefined) {
      if (order.remaining === 0) this.finish(order, '');
      else this.changed(order, 'OPEN');
    }
    this.parts.news(this, { kind: 'standing' });
  }

  private fillWire(event: Fill, order: VenueOrder | undefined): FillWire {
    const { instrument } = this;
    const taker = event.maker ? (event.side === BID ? ASK : BID) : event.side;
    const { realised, funding } = this.exchange.account.position;
    const profit = (realised - this.realised) as Money;
    const paid = (funding - this.funding) as Money;
    this.realised = realised;
    this.funding = funding;
    const side = this.parts.fillSide === 'own' ? event.side : taker;
    return {
      id: `${event.us}${event.tradeId.slice(1).padStart(8, '0')}`,
      order_id: order?.facts.id ?? '',
      client_id: order?.facts.clientId ?? '',
      market: this.market,
      side: side === BID ? 'BUY' : 'SELL',
      liquidity: event.maker ? 'MAKER' : 'TAKER',
      price: instrument.formatPrice(event.ticks),
      size: instrument.formatSize(event.lots),
      remaining_size: instrument.formatSize(order?.remaining ?? (0 as Lots)),
      fee: formatMoney(event.fee),
      fee_currency: 'USDC',
      fill_type: event.liquidation ? 'LIQUIDATION' : 'FILL',
      flags: [],
      realized_pnl: formatMoney(profit),
      realized_funding: formatMoney(paid),
      underlying_price: instrument.formatPrice(this.exchange.markPrice),
      orderbook_seq_no: this.parts.bookSeq(),
      created_at: Math.floor(event.us / 1000),
      account: this.address,
    };
  }

  private onClosed(event: Closed): void {
    const order = this.byOrdinal.get(event.ordinal);
    if (order === undefined) return;
    const asked = event.reason === 'cancelled' || event.reason === 'ioc';
    const word = asked ? this.endWord : null;
    this.finish(order, word ?? CLOSE_REASONS[event.reason] ?? event.reason.toUpperCase());
  }

  private onRejected(event: Rejected): void {
    const order = this.byOrdinal.get(event.ordinal);
    if (order === undefined) return;
    this.finish(order, REJECT_REASONS[event.reason] ?? event.reason.toUpperCase());
  }

  private onAmended(): void {
    const waiting = this.amending;
    this.amending = null;
    if (waiting === null) return;
    waiting.order.lots = waiting.lots;
    waiting.order.ticks = waiting.ticks;
  }

  private changed(order: VenueOrder, status: 'OPEN'): void {
    order.status = status;
    this.tell(order);
  }

  private finish(order: VenueOrder, word: string): void {
    order.status = 'CLOSED';
    order.cancelReason = word;
    this.openOrders.delete(order);
    this.tell(order);
  }

  /** What a market order may reach at most: 5 % beyond the mark. */
  private slippageLimit(side: 1 | -1): Ticks {
    const { markPrice } = this.exchange;
    return Math.max(1, Math.round(markPrice * (1 + side * 0.05))) as Ticks;
  }
}
