// What the simulated Paradex checks about an order call before the exchange sees it, in the venue's order: form, market,
// state, grid, limits, band, signature, receive window, client id. Refuses by throwing Refusal; an order that passes is
// admitted as NEW, and placed only after the reply has left.
import type { Lots, Micros, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import type { WireInstruction, WireOrderType, WireStp } from '#clients/paradex/wire';
import type { ParadexAccount } from './account.js';
import { VenueOrder } from './order.js';
import { invalid, Refusal } from './refusal.js';
import type { SignatureChecks, SignedOrder } from './signatures.js';
import type { VenueRules } from './rules.js';

const TYPES: readonly string[] = [
  ...['LIMIT', 'MARKET', 'STOP_LIMIT', 'STOP_MARKET', 'TAKE_PROFIT_LIMIT', 'TAKE_PROFIT_MARKET'],
  ...['STOP_LOSS_LIMIT', 'STOP_LOSS_MARKET'],
];
const INSTRUCTIONS: readonly string[] = ['GTC', 'POST_ONLY', 'IOC', 'RPI'];
const STPS: readonly string[] = ['EXPIRE_MAKER', 'EXPIRE_TAKER', 'EXPIRE_BOTH'];
const DEFAULT_WINDOW_MS = 300_000;
const LEAST_WINDOW_MS = 10;

export type Body = Readonly<Record<string, unknown>>;

/** Members that are null count as absent: the official SDK sends some so. */
export function bodyOf(value: unknown): Body {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal(400, 'BINDING_ERROR', 'the request body is not an object');
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

export function textOf(body: Body, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(`${name} is required`);
}

function oneOf(body: Body, name: string, list: readonly string[]): string {
  const word = textOf(body, name);
  if (list.includes(word)) return word;
  throw invalid(`${name} "${word}" is not one of ${list.join(', ')}`);
}

/** The part of a request that is signed, with ticks and lots; also of a modify. */
export interface CheckedOrder {
  readonly side: Side;
  readonly type: WireOrderType;
  readonly ticks: Ticks;
  readonly lots: Lots;
  readonly signed: SignedOrder;
}

export class OrderEntryDesk {
  constructor(
    private readonly rules: VenueRules,
    private readonly checks: SignatureChecks,
  ) {}

  /** Everything but the signature; used by create and modify. */
  check(account: ParadexAccount, body: Body, nowUs: Micros): CheckedOrder {
    const { rules } = this;
    const market = textOf(body, 'market');
    rules.known(market);
    const wireSide = oneOf(body, 'side', ['BUY', 'SELL']) as 'BUY' | 'SELL';
    const type = oneOf(body, 'type', TYPES) as WireOrderType;
    const size = textOf(body, 'size');
    const priced = type !== 'MARKET' && !type.endsWith('_MARKET');
    const price = priced ? textOf(body, 'price') : String(body['price'] ?? '0');
    const side = wireSide === 'BUY' ? BID : ASK;
    const lots = rules.lots(size);
    const ticks = priced ? rules.ticks(price) : (0 as Ticks);
    const reduceOnly = flagsOf(body).includes('REDUCE_ONLY');
    rules.size(account, side, ticks, lots, reduceOnly);
    if (priced) rules.band(side, ticks);
    const timestampMs = Number(body['signature_timestamp']);
    if (!Number.isSafeInteger(timestampMs) || timestampMs <= 0)
      throw invalid('signature_timestamp is required');
    inTime(body, timestampMs, nowUs);
    return {
      side,
      type,
      ticks,
      lots,
      signed: { timestampMs, market, side: wireSide, type, size, price },
    };
  }

  /** A new order, admitted as NEW. */
  create(account: ParadexAccount, body: Body, nowUs: Micros, connection: number): VenueOrder {
    const { rules } = this;
    const instruction = oneOf(body, 'instruction', INSTRUCTIONS) as WireInstruction;
    rules.state(instruction);
    const checked = this.check(account, body, nowUs);
    if (instruction === 'RPI' && !rules.quirks.rpi)
      throw new Refusal(403, 'RPI_ACCOUNT_NOT_WHITELISTED', 'account is not whitelisted for RPI');
    const signature = textOf(body, 'signature');
    this.signature(account, (publicKey) =>
      this.checks.order({ publicKey, account: account.address }, checked.signed, signature),
    );
    if (rules.quirks.refuseReplays) {
      if (account.signatures.has(signature)) throw invalid('the same order was sent before');
      account.signatures.add(signature);
    }
    const clientId = body['client_id'] === undefined ? '' : String(body['client_id']);
    if (clientId.length > 64) throw invalid('client_id is longer than 64 characters');
    if (clientId !== '' && account.byClientId.has(clientId))
      throw new Refusal(400, 'DUPLICATED_CLIENT_ID', `client_id ${clientId} was used before`);
    const open = account.openOrders.size;
    if (open >= rules.maxOpenOrders)
      throw new Refusal(400, 'MAX_OPEN_ORDERS_EXCEEDED', `${open} orders are open`);
    return this.admit(account, body, checked, instruction, clientId, nowUs, connection);
  }

  private admit(
    account: ParadexAccount,
    body: Body,
    checked: CheckedOrder,
    instruction: WireInstruction,
    clientId: string,
    nowUs: Micros,
    connection: number,
  ): VenueOrder {
    const stp = body['stp'] === undefined || body['stp'] === '' ? '' : oneOf(body, 'stp', STPS);
    const flags = flagsOf(body);
    const conditional = checked.type !== 'LIMIT' && checked.type !== 'MARKET';
    const order = new VenueOrder(
      {
        id: this.rules.nextOrderId(nowUs),
        ...{ account: account.address, clientId, side: checked.side, type: checked.type },
        ...{ instruction, flags, stp: stp as WireStp | '', receivedUs: nowUs },
        reduceOnly: flags.includes('REDUCE_ONLY'),
        timestampMs: checked.signed.timestampMs,
      },
      checked.lots,
      checked.ticks,
      conditional ? this.rules.ticks(textOf(body, 'trigger_price')) : (0 as Ticks),
    );
    order.connection = connection;
    if (conditional) order.status = 'UNTRIGGERED';
    account.admit(order);
    return order;
  }

  /** True for any of the account's keys; throws otherwise. */
  signature(account: ParadexAccount, holds: (publicKey: string) => boolean): void {
    for (const key of account.keys) if (holds(key)) return;
    throw new Refusal(400, 'INVALID_ORDER_SIGNATURE', 'order signature is invalid');
  }
}

function inTime(body: Body, timestampMs: number, nowUs: Micros): void {
  const window =
    body['recv_window'] === undefined ? DEFAULT_WINDOW_MS : Number(body['recv_window']);
  if (!Number.isSafeInteger(window) || window < LEAST_WINDOW_MS)
    throw invalid(`recv_window must be at least ${LEAST_WINDOW_MS} ms`);
  if (nowUs / 1000 > timestampMs + window)
    throw new Refusal(400, 'INVALID_TIMESTAMP', 'order reached the venue after its receive window');
}

function flagsOf(body: Body): readonly string[] {
  const flags = body['flags'];
  if (flags === undefined || flags === null) return [];
  if (Array.isArray(flags) && flags.every((f) => typeof f === 'string')) return flags as string[];
  throw invalid('flags must be a list of words');
}

/** A batch as it came: the bare array, or `{orders: […]}`. */
export function batchOf(params: unknown, shapes: 'object' | 'array' | 'both'): readonly Body[] {
  const list = Array.isArray(params) ? params : (params as { orders?: unknown } | null)?.orders;
  const wanted = Array.isArray(params) ? 'array' : 'object';
  if (!Array.isArray(list) || (shapes !== 'both' && shapes !== wanted))
    throw new Refusal(400, 'BINDING_ERROR', 'a batch is a list of orders');
  return list.map(bodyOf);
}
