// One account of the simulated ApeX: an exchange of its own over the same rows as every other account, its orders, fills
// and funding payments, and the frames of its private stream. News is gathered and told by `flush`: after the answer to
// the call that made it, or at the end of an instant. It checks nothing about a request (order-entry.ts).
import type { AccountEvent, Closed, Fill, PlaceCommand, Rejected } from '#core/messages';
import type { Instrument } from '#core/instrument';
import { formatMoney } from '#core/money';
import type { Lots, Micros, Money } from '#core/units';
import { ASK, BID } from '#core/units';
import type {
  DashSymbol, FillWire, FundingWire, OrderWire, PrivateContents, WireCancelReason,
} from '#clients/apex/wire'; // prettier-ignore
import { Exchange } from '#sim/exchange';
import type { ExchangeOptions } from '#sim/exchange';
import { rateText } from '../decimals.js';
import { positionRows, walletRows } from './account-views.js';
import { VenueOrder, msOf } from './order.js';
import { refuse } from './refusal.js';

export interface AccountParts {
  /** The API key, which names it. */
  readonly key: string;
  readonly id: string;
  readonly exchange: Omit<ExchangeOptions, 'emit' | 'onFill'>;
  readonly now: () => Micros;
  readonly news: (account: ApexAccount, contents: PrivateContents) => void;
}

const CLOSE_REASONS: Readonly<Record<string, WireCancelReason>> = {
  cancelled: 'USER_CANCELED',
  'post-only': 'COULD_NOT_FILL',
  ioc: 'COULD_NOT_FILL',
  'reduce-only': 'REDUCE_ONLY_CANCELED',
  'self-trade': 'INTERNAL_FAILED',
  liquidation: 'LIQUIDATE_CANCELED',
};
const REJECT_KEYS: Readonly<Record<string, string>> = {
  margin: 'ORDER_THERE_IS_NOT_ENOUGH_MARGIN_TO_OPEN_POSITION',
  'reduce-only': 'ORDER_IS_REDUCE_ONLY_CANNOT_OPEN_POSITION',
  size: 'ORDER_SIZE_SMALLER_THAN_SYMBOL_MIN_ORDER_SIZE',
  price: 'ORDER_PRICE_MUST_GREETER_ZERO',
};

interface Gathering {
  readonly orders: Map<string, OrderWire>;
  readonly fills: FillWire[];
  moved: boolean;
}

export class ApexAccount {
  readonly exchange: Exchange;
  readonly instrument: Instrument;
  /** Every order, oldest first. */
  readonly history: VenueOrder[] = [];
  readonly orders = new Map<string, VenueOrder>();
  readonly byClientId = new Map<string, VenueOrder>();
  readonly openOrders = new Set<VenueOrder>();
  readonly fills: FillWire[] = [];
  readonly payments: FundingWire[] = [];
  readonly createdUs: Micros;
  updatedUs: Micros;
  private readonly byOrdinal = new Map<number, VenueOrder>();
  private nextOrdinal = 1;
  private news: Gathering[] = [];
  private rejected: string | null = null;
  private closing: WireCancelReason | null = null;

  constructor(private readonly parts: AccountParts) {
    this.instrument = parts.exchange.instrument;
    this.createdUs = parts.now();
    this.updatedUs = this.createdUs;
    this.exchange = new Exchange({ ...parts.exchange, emit: (event) => this.onEvent(event) });
  }

  get key(): string {
    return this.parts.key;
  }

  get id(): string {
    return this.parts.id;
  }

  /**
   * A checked order goes to the exchange; what the answer says of it (PENDING, whatever becomes of it). Throws Refusal when
   * the exchange rejects it: it then never was. The caller flushes.
   */
  place(order: VenueOrder): OrderWire {
    order.ordinal = this.nextOrdinal;
    this.nextOrdinal += 1;
    this.byOrdinal.set(order.ordinal, order);
    const { side, timeInForce, type, reduceOnly, ticks, lots, clientId, id } = order.facts;
    const tif = type === 'LIMIT' ? TIFS[timeInForce] : 'ioc';
    const { ordinal } = order;
    const command: PlaceCommand = { kind: 'place', ordinal, side, ticks, lots, tif, reduceOnly };
    const answer = this.wire(order);
    const short = timeInForce === 'FILL_OR_KILL' && this.reachable(order) < lots;
    this.history.push(order);
    this.orders.set(id, order);
    this.byClientId.set(clientId, order);
    this.openOrders.add(order);
    this.tell(order);
    this.news.push(gathering());
    this.rejected = null;
    if (short) this.finish(order, 'CANCELED', 'COULD_NOT_FILL');
    else this.exchange.submit(this.parts.now(), command);
    const rejected = this.rejection();
    if (rejected !== null) {
      this.forget(order);
      throw refuse(rejected);
    }
    if (order.status === 'PENDING') this.opened(order);
    return answer;
  }

  cancel(order: VenueOrder): void {
    if (order.open) this.end(order, 'USER_CANCELED');
  }

  expire(order: VenueOrder): void {
    if (!order.open) return;
    this.end(order, 'EXPIRED');
  }

  wire(order: VenueOrder): OrderWire {
    return order.wire(this.id, this.instrument);
  }

  /** Tells everything gathered, one frame each. */
  flush(): void {
    const { news } = this;
    if (news.length === 0) return;
    this.news = [];
    for (const { orders, fills, moved } of news) {
      if (orders.size === 0 && fills.length === 0 && !moved) continue;
      const standing = moved ? { positions: positionRows(this), contractWallets: walletRows(this) } : {}; // prettier-ignore
      this.parts.news(this, { orders: [...orders.values()], fills, ...standing });
    }
  }

  /** The chain refuses the newest fill: position and cash go back, and the stream says so. */
  failLastFill(): void {
    const fill = this.fills[this.fills.length - 1];
    if (fill === undefined) return;
    const ticks = this.instrument.parsePrice(fill.price);
    const lots = this.instrument.parseSize(fill.size);
    if (ticks === null || lots === null) return;
    const back = Math.round(-Number(fill.fee) * 1e8) as Money;
    const { position } = this.exchange.account;
    position.fill(fill.side === 'BUY' ? ASK : BID, ticks, lots, back, true);
    const failed = { ...fill, status: 'FAILED_L2_REJECTED', updatedAt: msOf(this.parts.now()) };
    this.fills[this.fills.length - 1] = failed;
    this.current().fills.push(failed);
    this.current().moved = true;
    this.flush();
  }

  private end(order: VenueOrder, reason: WireCancelReason): void {
    this.closing = reason;
    this.exchange.submit(this.parts.now(), { kind: 'cancel', ordinal: order.ordinal });
    this.closing = null;
  }

  /** Lots that the book gives at the order's price or better. */
  private reachable({ facts }: VenueOrder): number {
    const { book } = this.exchange;
    const other = facts.side === BID ? ASK : BID;
    let ticks = other === BID ? book.bidTicks : book.askTicks;
    let lots = 0;
    while (facts.side * (facts.ticks - ticks) >= 0 && book.lotsAt(other, ticks) > 0) {
      lots += book.lotsAt(other, ticks);
      ticks = book.next(other, ticks);
    }
    return lots;
  }

  private forget(order: VenueOrder): void {
    this.history.pop();
    this.orders.delete(order.facts.id);
    this.byClientId.delete(order.facts.clientId);
    this.openOrders.delete(order);
    this.news = [];
  }

  private rejection(): string | null {
    return this.rejected;
  }

  private current(): Gathering {
    if (this.news.length === 0) this.news.push(gathering());
    return this.news[this.news.length - 1] as Gathering;
  }

  private tell(order: VenueOrder): void {
    order.updatedUs = this.parts.now();
    this.current().orders.set(order.facts.id, this.wire(order));
  }

  private opened(order: VenueOrder): void {
    order.status = 'OPEN';
    this.tell(order);
  }

  private finish(
    order: VenueOrder,
    status: 'FILLED' | 'CANCELED' | 'EXPIRED',
    reason: WireCancelReason | '',
  ): void {
    order.status = status;
    order.cancelReason = reason;
    this.openOrders.delete(order);
    this.tell(order);
  }

  private onEvent(event: AccountEvent): void {
    if (event.kind === 'fill') this.onFill(event);
    else if (event.kind === 'closed') this.onClosed(event);
    else if (event.kind === 'rejected') this.onRejected(event);
    else if (event.kind === 'funding') {
      this.updatedUs = event.us;
      const { lots } = this.exchange.account.position;
      this.payments.push({
        ...{ id: `${event.us}`, symbol: this.instrument.spec.symbol as DashSymbol },
        fundingValue: formatMoney(event.amount),
        rate: rateText(event.rate),
        positionSize: this.instrument.formatSize(Math.abs(lots) as Lots),
        price: this.instrument.formatPrice(event.mark),
        side: lots < 0 ? 'SHORT' : 'LONG',
        fundingTime: msOf(event.us),
      });
      this.current().moved = true;
    }
  }

  private onFill(event: Fill): void {
    const order = event.ordinal === null ? undefined : this.byOrdinal.get(event.ordinal);
    this.updatedUs = event.us;
    const news = this.current();
    const fill = this.fillWire(event, order);
    this.fills.push(fill);
    news.fills.push(fill);
    news.moved = true;
    if (order === undefined) return;
    order.filled = (order.filled + event.lots) as Lots;
    order.value = (order.value + this.instrument.notional(event.lots, event.ticks)) as Money;
    order.fee = (order.fee + event.fee) as Money;
    if (order.remaining === 0) this.finish(order, 'FILLED', '');
    else this.opened(order);
  }

  private fillWire(event: Fill, order: VenueOrder | undefined): FillWire {
    const { instrument } = this;
    const { lots } = this.exchange.account.position; // after the fill
    const id = `${event.us}${event.tradeId.slice(1).padStart(8, '0')}`;
    return {
      ...{ id, matchFillId: id, orderId: order?.facts.id ?? id },
      clientOrderId: order?.facts.clientId ?? '',
      symbol: instrument.spec.symbol as DashSymbol,
      side: event.side === BID ? 'BUY' : 'SELL',
      price: instrument.formatPrice(event.ticks),
      size: instrument.formatSize(event.lots),
      quoteAmount: formatMoney(instrument.notional(event.lots, event.ticks)),
      fee: formatMoney(event.fee),
      ...{ liquidity: event.maker ? 'MAKER' : 'TAKER', direction: event.maker ? 'MAKER' : 'TAKER' },
      isOpen: event.side * lots > 0,
      ...{ isLiquidate: event.liquidation, isDeleverage: false, status: 'SUCCESS_L2_APPROVED' },
      accountId: this.id,
      ...{ createdAt: msOf(event.us), updatedAt: msOf(event.us) },
    } as FillWire;
  }

  private onClosed(event: Closed): void {
    const order = this.byOrdinal.get(event.ordinal);
    if (order === undefined) return;
    const asked = event.reason === 'cancelled' ? this.closing : null;
    if (asked === 'EXPIRED') this.finish(order, 'EXPIRED', 'EXPIRED');
    else this.finish(order, 'CANCELED', asked ?? CLOSE_REASONS[event.reason] ?? 'INTERNAL_FAILED');
  }

  /** Only ever within `place`. */
  private onRejected(event: Rejected): void {
    this.rejected = REJECT_KEYS[event.reason] ?? 'ORDER_INVALID';
  }
}

const TIFS = {
  GOOD_TIL_CANCEL: 'gtc',
  POST_ONLY: 'post-only',
  IMMEDIATE_OR_CANCEL: 'ioc',
  FILL_OR_KILL: 'ioc',
} as const;

const gathering = (): Gathering => ({ orders: new Map(), fills: [], moved: false });
