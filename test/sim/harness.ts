// One exchange with its events in a list, and short words for rows and commands.
import { Instrument } from '#core/instrument';
import type { InstrumentSpec } from '#core/instrument';
import type { AccountEvent, Command, Fill, PlaceCommand } from '#core/messages';
import { moneyFromNumber, rateFromBps } from '#core/money';
import type {
  Aggressor,
  Lots,
  Micros,
  Money,
  Rate,
  Seconds,
  Side,
  TickPrice,
  Ticks,
} from '#core/units';
import { ASK, BID } from '#core/units';
import { Exchange } from '#sim/exchange';
import type { ExchangeOptions, FillModel } from '#sim/exchange';

export const SPEC: InstrumentSpec = {
  venue: 'sim',
  symbol: 'BTC-PERP',
  tickSize: '0.1',
  lotSize: '0.001',
  minNotional: '0',
  kind: 'linear',
  multiplier: '1',
  settle: 'USD',
  makerFee: rateFromBps(2),
  takerFee: rateFromBps(5),
  fundingPeriod: 28_800 as Seconds,
  maintenanceMargin: 0.01,
};
export const INVERSE: InstrumentSpec = {
  ...SPEC,
  symbol: 'BTC-USD-INV',
  tickSize: '0.5',
  lotSize: '1',
  kind: 'inverse',
  multiplier: '100',
  settle: 'BTC',
};

export const us = (value: number): Micros => value as Micros;
export const T = (value: number): Ticks => value as Ticks;
export const L = (value: number): Lots => value as Lots;

export interface Setup extends Partial<Omit<ExchangeOptions, 'emit' | 'instrument'>> {
  readonly spec?: InstrumentSpec;
}

export class World {
  readonly events: AccountEvent[] = [];
  readonly mids: number[] = [];
  readonly exchange: Exchange;
  readonly instrument: Instrument;
  private ordinal = 0;

  constructor(fillModel: FillModel, setup: Setup = {}) {
    const { spec, ...options } = setup;
    this.instrument = new Instrument(spec ?? SPEC);
    this.exchange = new Exchange({
      instrument: this.instrument,
      fillModel,
      account: { deposit: moneyFromNumber(100_000), leverage: 10 },
      ...options,
      emit: (event) => this.events.push(event),
      onFill: (_fill, mid) => this.mids.push(mid),
    });
  }

  at(time: number): this {
    this.exchange.nowUs = us(time);
    return this;
  }

  bid(ticks: number, lots: number): this {
    this.exchange.level(BID, T(ticks), L(lots));
    return this;
  }

  ask(ticks: number, lots: number): this {
    this.exchange.level(ASK, T(ticks), L(lots));
    return this;
  }

  /** 10 lots each at 98, 99 | 101, 102 and 100 empty. */
  book(): this {
    return this.bid(99, 10).bid(98, 10).ask(101, 10).ask(102, 10);
  }

  clear(): this {
    this.exchange.clear();
    return this;
  }

  print(aggressor: Aggressor, ticks: number, lots: number): this {
    this.exchange.trade(aggressor, ticks as TickPrice, L(lots), this.exchange.nowUs);
    return this;
  }

  mark(price: number): this {
    this.exchange.mark(price as TickPrice);
    return this;
  }

  funding(rate: number, due: boolean): this {
    this.exchange.funding(rate as Rate, due);
    return this;
  }

  gap(from: number, to: number): this {
    this.at(to).exchange.gap(us(from), us(to));
    return this;
  }

  place(side: Side, ticks: number, lots: number, more: Partial<PlaceCommand> = {}): number {
    const ordinal = more.ordinal ?? ++this.ordinal;
    this.send({
      kind: 'place', ordinal, side, ticks: T(ticks), lots: L(lots), tif: 'post-only', reduceOnly: false, ...more,
    }); // prettier-ignore
    return ordinal;
  }

  amend(ordinal: number, side: Side, ticks: number, lots: number): this {
    return this.send({ kind: 'amend', ordinal, side, ticks: T(ticks), lots: L(lots) });
  }

  cancel(ordinal: number): this {
    return this.send({ kind: 'cancel', ordinal });
  }

  send(command: Command): this {
    this.exchange.submit(this.exchange.nowUs, command);
    return this;
  }

  get fills(): Fill[] {
    return this.events.filter((event) => event.kind === 'fill');
  }

  /** Fills as "lots@ticks", with G for one across a gap and T for a taker. */
  get said(): string[] {
    return this.fills.map(
      ({ lots, ticks, gap, maker }) => `${lots}@${ticks}${gap ? 'G' : ''}${maker ? '' : 'T'}`,
    );
  }

  /** Everything since the last call, as short words. */
  told(): string[] {
    return this.events.splice(0).map(word);
  }

  filled(ordinal: number): number {
    let sum = 0;
    for (const fill of this.fills) if (fill.ordinal === ordinal) sum += fill.lots;
    return sum;
  }

  get lots(): number {
    return this.exchange.account.position.lots;
  }

  get cash(): Money {
    return this.exchange.account.position.cash();
  }
}

function word(event: AccountEvent): string {
  switch (event.kind) {
    case 'closed':
      return `${event.ordinal} closed ${event.reason} ${event.filledLots}`;
    case 'rejected':
    case 'cancel-rejected':
    case 'amend-rejected':
      return `${event.ordinal} ${event.kind} ${event.reason}`;
    case 'fill':
      return `${event.ordinal} fill ${event.lots}@${event.ticks}`;
    case 'amended':
      return `${event.ordinal} amended ${event.lots}@${event.ticks}`;
    case 'accepted':
      return `${event.ordinal} accepted`;
    default:
      return event.kind;
  }
}
