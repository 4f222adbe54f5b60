// The rules of the simulated market that hold for every order: grid, sizes, price range, whether it trades. They can
// change while it runs, as at the venue. Throws Refusal; keeps no order. Two keys are ours, because no source names the
// venue's: ORDER_PRICE_NOT_ON_TICK and ORDER_PRICE_OUT_OF_RANGE.
import type { Lots, Micros, Side, Ticks } from '#core/units';
import { BID } from '#core/units';
import type { ContractWire } from '#clients/apex/wire';
import type { ApexMarket } from './market.js';
import { refuse } from './refusal.js';
import { contractWire } from './symbols.js';

export class VenueRules {
  contract: ContractWire;
  private orders = 0;

  constructor(private readonly market: ApexMarket) {
    this.contract = contractWire(market.instrument);
  }

  change(change: Partial<ContractWire>): void {
    this.contract = { ...this.contract, ...change };
  }

  /** 19 digits, rising with time. */
  nextOrderId(nowUs: Micros): string {
    this.orders += 1;
    return `${Math.floor(nowUs / 1_000)}${String(this.orders).padStart(6, '0')}`;
  }

  known(symbol: string | undefined): void {
    if (symbol !== this.contract.symbol)
      throw refuse('SYMBOL_NOT_FOUND', `invalid symbol ${(symbol ?? '').slice(0, 40)}`);
  }

  trades(reduceOnly: boolean): void {
    if (!this.contract.enableTrade) throw refuse('ORDER_SYMBOL_DISABLE_TRADE');
    if (!this.contract.enableOpenPosition && !reduceOnly)
      throw refuse('ORDER_SYMBOL_DISABLE_OPEN_POSITION');
  }

  ticks(price: string): Ticks {
    if (!(Number(price) > 0)) throw refuse('ORDER_PRICE_MUST_GREETER_ZERO');
    const ticks = this.market.instrument.parsePrice(price);
    if (ticks !== null && onStep(price, this.contract.tickSize)) return ticks;
    throw refuse(
      'ORDER_PRICE_NOT_ON_TICK',
      `price must be a multiple of ${this.contract.tickSize}`,
    );
  }

  lots(size: string): Lots {
    const { minOrderSize, maxOrderSize, stepSize } = this.contract;
    const { instrument } = this.market;
    const lots = instrument.parseSize(size);
    if (lots === null || lots <= 0 || !onStep(size, stepSize))
      throw refuse('ORDER_SIZE_NOT_ON_STEP', `size must be a multiple of ${stepSize}`);
    if (Number(size) < Number(minOrderSize))
      throw refuse('ORDER_SIZE_SMALLER_THAN_SYMBOL_MIN_ORDER_SIZE');
    if (Number(size) > Number(maxOrderSize))
      throw refuse('ORDER_SIZE_GREATER_THAN_SYMBOL_MAX_ORDER_SIZE');
    return lots;
  }

  /** An aggressive price beyond the range around the mark; passive quotes may be anywhere. */
  range(side: Side, ticks: Ticks): void {
    const { fair } = this.market;
    if (!(fair > 0)) return;
    const width = Number(this.contract.maxMarketPriceRange);
    const beyond = side === BID ? ticks > fair * (1 + width) : ticks < fair * (1 - width);
    if (beyond) throw refuse('ORDER_PRICE_OUT_OF_RANGE');
  }
}

/** Decimal strings without floats: is `text` a whole number of `step`s? */
function onStep(text: string, step: string): boolean {
  if (!/^\d+(\.\d+)?$/.test(text)) return false;
  const places = Math.max(...[text, step].map((t) => t.split('.')[1]?.length ?? 0));
  const whole = (number: string): bigint => {
    const [int = '0', fraction = ''] = number.split('.');
    return BigInt(int + fraction.padEnd(places, '0'));
  };
  return whole(text) % whole(step) === 0n;
}
