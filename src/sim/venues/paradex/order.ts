// One order as the simulated venue keeps it, and how it looks on the wire. Mutable: account.ts and order-calls.ts
// write it.
import type { Instrument } from '#core/instrument';
import type { Lots, Micros, Side, Ticks } from '#core/units';
import { BID } from '#core/units';
import type {
  OrderWire, RequestInfo, WireInstruction, WireOrderStatus, WireOrderType, WireStp,
} from '#clients/paradex/wire'; // prettier-ignore

export interface OrderFacts {
  readonly id: string;
  readonly account: string;
  readonly clientId: string;
  readonly side: Side;
  readonly type: WireOrderType;
  readonly instruction: WireInstruction;
  readonly flags: readonly string[];
  readonly stp: WireStp | '';
  readonly reduceOnly: boolean;
  /** Time of the signature. */
  readonly timestampMs: number;
  readonly receivedUs: Micros;
}

export class VenueOrder {
  status: WireOrderStatus = 'NEW';
  cancelReason = '';
  filled = 0 as Lots;
  /** Sum of lots x ticks of its fills: the average price. */
  filledValue = 0;
  /** Number at the exchange; 0 before it was sent there. */
  ordinal = 0;
  updatedUs: Micros;
  seq = 0n;
  requestInfo: RequestInfo | undefined = undefined;
  /** Cancel-on-disconnect belongs to the connection with this number; 0 = placed by REST. */
  connection = 0;

  constructor(
    readonly facts: OrderFacts,
    public lots: Lots,
    /** 0 for a market order. */
    public ticks: Ticks,
    /** Ticks at which a conditional order becomes one, 0 for the others. */
    public trigger: Ticks,
  ) {
    this.updatedUs = facts.receivedUs;
  }

  get remaining(): Lots {
    return Math.max(0, this.lots - this.filled) as Lots;
  }

  get open(): boolean {
    return this.status !== 'CLOSED';
  }

  /** As on the wire now; long integers are bigints until jsonText writes them. */
  wire(market: string, instrument: Instrument, publishedUs: Micros): OrderWire {
    const { facts } = this;
    const average = this.filled > 0 ? this.filledValue / this.filled : 0;
    const price = this.ticks > 0 ? instrument.formatPrice(this.ticks) : '0';
    const long = (value: bigint): number => value as unknown as number; // written by jsonText
    return {
      ...{ id: facts.id, account: facts.account, market, type: facts.type },
      side: facts.side === BID ? 'BUY' : 'SELL',
      size: instrument.formatSize(this.lots),
      remaining_size: instrument.formatSize(this.remaining),
      price,
      avg_fill_price:
        average > 0 ? (average * instrument.tickSize).toFixed(8).replace(/\.?0+$/, '') : '',
      status: this.status,
      cancel_reason: this.cancelReason,
      client_id: facts.clientId,
      instruction: facts.instruction,
      flags: facts.flags,
      stp: facts.stp,
      trigger_price: this.trigger > 0 ? instrument.formatPrice(this.trigger) : '',
      timestamp: facts.timestampMs,
      created_at: Math.floor(facts.receivedUs / 1000),
      received_at: long(BigInt(facts.receivedUs) * 1000n),
      published_at: long(BigInt(publishedUs) * 1000n),
      last_updated_at: Math.floor(this.updatedUs / 1000),
      seq_no: long(this.seq),
      ...(this.requestInfo === undefined ? {} : { request_info: this.requestInfo }),
    };
  }
}
