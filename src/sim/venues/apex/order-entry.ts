// What the simulated ApeX checks about a new order before the exchange sees it: form, market, grid, sizes, range, fee,
// expiration, client id, count, and the zk signature last because it costs most. Refuses by throwing Refusal.
import type { Micros } from '#core/units';
import { ASK, BID } from '#core/units';
import { REQUEST_LIMITS } from '#clients/apex/endpoints';
import type { OrderTerms, SignableOrder } from '#clients/apex/sign/order';
import { feeBps } from '#clients/apex/sign/order';
import type { WireOrderType, WireTimeInForce } from '#clients/apex/wire';
import { rateText } from '../decimals.js';
import type { ApexAccount } from './account.js';
import { isTrue } from './form.js';
import { VenueOrder } from './order.js';
import type { ApexQuirks } from './quirks.js';
import { CODE, Refusal, refuse } from './refusal.js';
import type { VenueRules } from './rules.js';
import { DECIMALS } from './symbols.js';
import type { ZkChecks } from './zk-checks.js';

export type Fields = ReadonlyMap<string, string>;
const TIFS = ['GOOD_TIL_CANCEL', 'POST_ONLY', 'IMMEDIATE_OR_CANCEL', 'FILL_OR_KILL'];
/** Above: milliseconds, below: seconds. */
const MILLIS_FROM = 100_000_000_000;
const STANDARD = { maker: 2, taker: 5 };

export class OrderEntryDesk {
  constructor(
    private readonly rules: VenueRules,
    private readonly checks: ZkChecks,
    private readonly quirks: ApexQuirks,
  ) {}

  /** A new order, fit to be placed. Throws Refusal. */
  check(account: ApexAccount, fields: Fields, nowUs: Micros): VenueOrder {
    const { rules } = this;
    const text = (name: string): string => fields.get(name) ?? '';
    rules.known(fields.get('symbol'));
    const wireSide = text('side');
    if (wireSide !== 'BUY' && wireSide !== 'SELL') throw refuse('ORDER_INVALID_ORDER_SIDE');
    const side = wireSide === 'BUY' ? BID : ASK;
    const type = text('type');
    // Conditional orders are not served: nothing of ours sends them.
    if (type !== 'LIMIT' && type !== 'MARKET') throw refuse('ORDER_INVALID_ORDER_TYPE');
    const timeInForce = fields.get('timeInForce') ?? 'GOOD_TIL_CANCEL';
    if (!TIFS.includes(timeInForce)) throw refuse('ORDER_INVALID_TIME_IN_FORCE');
    const reduceOnly = isTrue(fields.get('reduceOnly'));
    rules.trades(reduceOnly);
    const [price, size] = [text('price'), text('size')];
    const ticks = rules.ticks(price);
    const lots = rules.lots(size);
    rules.range(side, ticks);
    this.fee(account, text('limitFee'), price, size);
    const expiresMs = this.expiration(text('expiration'), nowUs);
    const clientId = this.clientId(account, fields);
    if (account.openOrders.size >= REQUEST_LIMITS.openOrders)
      throw refuse('ORDER_OPEN_ORDER_COUNT_LIMIT_EXCEED');
    this.signature(account, { clientId, side: wireSide, size, price }, text('signature'));
    return new VenueOrder({
      ...{ id: rules.nextOrderId(nowUs), clientId, side, reduceOnly, lots, ticks, expiresMs },
      ...{ type: type as WireOrderType, timeInForce: timeInForce as WireTimeInForce },
      ...{ limitFee: text('limitFee'), receivedUs: nowUs },
    });
  }

  /** At least what the order may cost in fees as a taker; the connectors differ in the last place. */
  private fee(account: ApexAccount, limitFee: string, price: string, size: string): void {
    if (!/^\d+(\.\d+)?$/.test(limitFee)) throw new Refusal(CODE.business, 'limitFee is required');
    const rate = Number(rateText(account.instrument.spec.takerFee));
    if (Number(limitFee) + 1e-6 < Number(price) * Number(size) * rate)
      throw refuse('ORDER_LIMIT_FEE_NOT_ENOUGH');
  }

  private expiration(text: string, nowUs: Micros): number {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : 0;
    const inMillis = value >= MILLIS_FROM;
    const { expirationUnit } = this.quirks;
    const wanted = expirationUnit === 'either' || inMillis === (expirationUnit === 'ms');
    const ms = inMillis ? value : value * 1_000;
    if (!wanted || ms <= nowUs / 1_000)
      throw refuse('ORDER_INVALID_EXPIRATION', 'expiration must be in the future');
    return ms;
  }

  private clientId(account: ApexAccount, fields: Fields): string {
    const id = fields.get('clientId') ?? fields.get('clientOrderId') ?? '';
    if (id === '') throw refuse('ORDER_EMPTY_CLIENT_ORDER_ID');
    if (id.length > this.quirks.clientIdLength || !/^[ -~]+$/.test(id))
      throw refuse('ORDER_INVALID_CLIENT_ORDER_ID');
    if (account.byClientId.has(id)) throw refuse('ORDER_CLIENT_ORDER_DATA_CONFLICT');
    return id;
  }

  private signature(account: ApexAccount, order: SignableOrder, signature: string): void {
    const { signaturePrefix, signedFees } = this.quirks;
    const prefixed = /^0x/i.test(signature);
    const formed = signaturePrefix === 'either' || prefixed === (signaturePrefix === '0x');
    const { makerFee, takerFee } = account.instrument.spec;
    const own = { maker: feeBps(rateText(makerFee)), taker: feeBps(rateText(takerFee)) };
    const fees = signedFees === 'account' ? [own] : signedFees === 'standard' ? [STANDARD] : [own, STANDARD]; // prettier-ignore
    const holds = fees.some(({ maker, taker }) => {
      const terms: OrderTerms = {
        ...{ accountId: account.id, pairId: Number(this.rules.contract.l2PairId) },
        ...{ decimals: DECIMALS, makerBps: maker, takerBps: taker },
      };
      return this.checks.order(account.key, order, terms, signature);
    });
    if (!formed || !holds) throw refuse('INVALID_L2_SIGNATURE');
  }
}
