// One order as the simulated ApeX keeps it, and how it looks on the wire. Mutable: only account.ts writes it.
import { formatMoney } from '#core/money';
import type { Instrument } from '#core/instrument';
import type { Lots, Micros, Money, Side, Ticks } from '#core/units';
import { BID } from '#core/units';
import type {
  DashSymbol, OrderWire, WireCancelReason, WireMillis, WireOrderStatus, WireOrderType, WireTimeInForce,
} from '#clients/apex/wire'; // prettier-ignore

export interface OrderFacts {
  readonly id: string;
  readonly clientId: string;
  readonly side: Side;
  readonly type: WireOrderType;
  readonly timeInForce: WireTimeInForce;
  readonly reduceOnly: boolean;
  /** As sent. */
  readonly limitFee: string;
  readonly lots: Lots;
  readonly ticks: Ticks;
  readonly expiresMs: number;
  readonly receivedUs: Micros;
}

export const msOf = (us: number): WireMillis => Math.floor(us / 1_000) as WireMillis;

export class VenueOrder {
  status: WireOrderStatus = 'PENDING';
  cancelReason: WireCancelReason | '' = '';
  filled = 0 as Lots;
  value = 0 as Money;
  fee = 0 as Money;
  /** Number at the exchange. */
  ordinal = 0;
  updatedUs: Micros;

  constructor(readonly facts: OrderFacts) {
    this.updatedUs = facts.receivedUs;
  }

  get remaining(): Lots {
    return Math.max(0, this.facts.lots - this.filled) as Lots;
  }

  get open(): boolean {
    return this.status === 'PENDING' || this.status === 'OPEN';
  }

  /** As on the wire now, by REST and on the private stream alike. */
  wire(accountId: string, instrument: Instrument): OrderWire & Record<string, unknown> {
    const { facts } = this;
    const filled = instrument.formatSize(this.filled);
    const [value, fee] = [formatMoney(this.value), formatMoney(this.fee)];
    return {
      ...{ id: facts.id, orderId: facts.id, clientId: facts.clientId, accountId },
      ...{ clientOrderId: facts.clientId, symbol: instrument.spec.symbol as DashSymbol },
      side: facts.side === BID ? 'BUY' : 'SELL',
      type: facts.type,
      price: instrument.formatPrice(facts.ticks),
      size: instrument.formatSize(facts.lots),
      remainingSize: instrument.formatSize(this.remaining),
      status: this.status,
      timeInForce: facts.timeInForce,
      postOnly: facts.timeInForce === 'POST_ONLY',
      reduceOnly: facts.reduceOnly,
      ...{ limitFee: facts.limitFee, fee },
      ...{ cumMatchFillSize: filled, cumMatchFillValue: value, cumMatchFillFee: fee },
      ...{ cumSuccessFillSize: filled, cumSuccessFillValue: value, cumSuccessFillFee: fee },
      cumSuccessLiquidateFee: '0',
      cancelReason: this.cancelReason === '' ? 'UNKNOWN_ORDER_CANCEL_REASON' : this.cancelReason,
      ...{ triggerPrice: '', triggerPriceType: 'UNKNOWN_PRICE_TYPE', isPositionTpsl: false },
      ...{ isSetOpenTp: false, isSetOpenSl: false, isLiquidate: false, isDeleverage: false },
      expiresAt: facts.expiresMs,
      createdAt: msOf(facts.receivedUs),
      ...{ updatedAt: msOf(this.updatedUs), updatedTime: msOf(this.updatedUs) },
    };
  }
}
