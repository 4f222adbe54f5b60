// The rules of the simulated market that hold for every order: grid, limits, price band, the system's state. They can
// change while it runs (a tick, a limit, maintenance), as at the venue. Throws Refusal; keeps no order.
import type { Instrument } from '#core/instrument';
import { MONEY_SCALE } from '#core/money';
import type { Lots, Micros, Side, Ticks } from '#core/units';
import { BID } from '#core/units';
import type { MarketWire, WireSystemStatus } from '#clients/paradex/wire';
import type { ParadexAccount } from './account.js';
import type { ParadexMarket } from './market.js';
import { MARKET_LIMITS, sizeLimits } from './market-views.js';
import type { ParadexQuirks } from './quirks.js';
import { invalid, Refusal } from './refusal.js';

/** What the general page says, against what the market says of itself. */
const GENERAL_CAP = 100;
const MAINTENANCE_BPS = 5;
/** A plain decimal, as it can be signed: no sign, no exponent. */
const PLAIN = /^\d{1,20}(\.\d{1,20})?$/;

export class VenueRules {
  system: WireSystemStatus = 'ok';
  /** What the venue changed about the market while running. */
  overrides: Partial<MarketWire> = {};
  private orders = 0;

  constructor(
    readonly market: ParadexMarket,
    readonly quirks: ParadexQuirks,
  ) {}

  get instrument(): Instrument {
    return this.market.instrument;
  }

  get maxOpenOrders(): number {
    if (this.quirks.openOrderCap === 'general') return GENERAL_CAP;
    return Number(this.overrides.max_open_orders ?? MARKET_LIMITS.maxOpenOrders);
  }

  /** Most that an account's position and its orders of one side may come to. */
  get positionLimit(): Lots {
    const most = this.overrides.position_limit ?? sizeLimits(this.market).position;
    return this.instrument.parseSize(most) ?? (Infinity as Lots);
  }

  /** 26 digits, rising: microseconds and a counter. */
  nextOrderId(nowUs: Micros): string {
    this.orders += 1;
    return `${nowUs}${String(this.orders).padStart(10, '0')}`;
  }

  known(market: string): void {
    if (market !== this.market.symbol)
      throw new Refusal(400, 'MARKET_NOT_FOUND', `market ${market} not found`);
  }

  state(instruction: string): void {
    const { system } = this;
    if (system === 'maintenance')
      throw new Refusal(503, 'SERVICE_UNAVAILABLE', 'the system is under maintenance');
    if (system === 'cancel_only')
      throw new Refusal(400, 'SYSTEM_STATUS_CANCEL_ONLY', 'system is in cancel only mode');
    if (system === 'post_only' && instruction !== 'POST_ONLY')
      throw new Refusal(400, 'SYSTEM_STATUS_POST_ONLY', 'system is in post only mode');
  }

  ticks(price: string): Ticks {
    const ticks = PLAIN.test(price) ? this.instrument.parsePrice(price) : null;
    const tick = this.overrides.price_tick_size;
    if (ticks !== null && (tick === undefined || isMultiple(price, tick))) return ticks;
    throw invalid(`price ${price} is not a multiple of ${tick ?? this.instrument.spec.tickSize}`);
  }

  lots(size: string): Lots {
    const lots = PLAIN.test(size) ? this.instrument.parseSize(size) : null;
    if (lots !== null && lots > 0) return lots;
    const step = this.instrument.spec.lotSize;
    throw new Refusal(400, 'INVALID_ORDER_SIZE', `size ${size} is not a multiple of ${step}`);
  }

  /** Minimum notional (at the mark) and the largest order. Reduce-only below the minimum must close all. */
  size(account: ParadexAccount, side: Side, ticks: Ticks, lots: Lots, reduceOnly: boolean): void {
    const { instrument, market, overrides } = this;
    const most = instrument.parseSize(overrides.max_order_size ?? sizeLimits(market).order);
    if (most !== null && lots > most)
      throw new Refusal(400, 'INVALID_ORDER_SIZE', 'size is above max_order_size');
    const mark = market.fair > 0 ? market.fair : ticks;
    if (!(mark > 0)) return;
    const least = Number(overrides.min_notional ?? instrument.spec.minNotional) * MONEY_SCALE;
    if (instrument.notional(lots, mark) >= least) return;
    if (reduceOnly && lots >= account.exchange.account.reducible(side)) return;
    throw new Refusal(400, 'INVALID_ORDER_SIZE', 'size x mark price is below min_notional');
  }

  /** An aggressive limit beyond the band around the mark; passive quotes may be anywhere. */
  band(side: Side, ticks: Ticks): void {
    const { fair } = this.market;
    if (!(fair > 0)) return;
    const width = Number(this.overrides.price_bands_width ?? MARKET_LIMITS.priceBand);
    const beyond = side === BID ? ticks > fair * (1 + width) : ticks < fair * (1 - width);
    if (beyond) throw invalid('price is outside of the price band');
  }

  /** Whether an order may rest in the present state of the system. */
  mayRest(side: Side, ticks: Ticks): boolean {
    const { fair } = this.market;
    if (this.system !== 'cancel_only' && this.system !== 'post_only') return true;
    if (!(fair > 0) || ticks === 0) return true;
    const through = (side * (ticks - fair) * 10_000) / fair;
    const off = this.quirks.maintenanceBand === 'around' ? Math.abs(through) : through;
    return off <= MAINTENANCE_BPS;
  }
}

/** Decimal strings without floats: is `price` a whole number of `step`s? */
function isMultiple(price: string, step: string): boolean {
  const places = Math.max(...[price, step].map((t) => t.split('.')[1]?.length ?? 0));
  const whole = (text: string): bigint => {
    const [int = '0', fraction = ''] = text.split('.');
    return BigInt(int + fraction.padEnd(places, '0'));
  };
  return whole(price) % whole(step) === 0n;
}
