// What Paradex wants signed, as message hashes: Starknet typed data revision 0 (venues/paradex.md section 4). Everything
// that does not change with the order is hashed once: the type, the domain, the account. An order then costs 9 Pedersen
// hashes of 18, and 4 when all but its price was hashed in idle time; a modify 10, and 5.
import { feltFromHex, orderId, quantums, shortString, wholeNumber } from './felt.js';
import { chain, hashArray } from './hash.js';

/** What is signed of an order. Decimal strings; the request must carry the same numbers. */
export interface SignableOrder {
  /** Unix milliseconds; the request's `signature_timestamp`. Must differ between equal orders: it is their nonce. */
  readonly timestampMs: number;
  /** E.g. "BTC-USD-PERP"; at most 31 ASCII characters. */
  readonly market: string;
  readonly side: 'BUY' | 'SELL';
  /** The type of the request: LIMIT, MARKET, STOP_LIMIT, … */
  readonly type: string;
  readonly size: string;
  /** Signed as 0 when the type is MARKET. */
  readonly price: string;
}

/** All of an order but its price: what can be hashed before the price is known. */
export type UnpricedOrder = Omit<SignableOrder, 'price'>;

/** What is done with an order: the two are signed as different types. */
export type OrderAct = 'create' | 'modify';

/**
 * Type hashes: keccak256 of the type string modulo 2^250, as numbers because no keccak is needed otherwise. The tests
 * derive them again.
 */
export const TYPE_HASHES = {
  'StarkNetDomain(name:felt,chainId:felt,version:felt)':
    0x98d1932052fc5137543de5ed85b7a88555a4cd1ff5d5bfedb62ed9b9a1f0dbn,
  'Order(timestamp:felt,market:felt,side:felt,orderType:felt,size:felt,price:felt)':
    0xa56d5225b97b257c15ae2cb1cc0ea605381a886cd75463db45fd2ef9fbc255n,
  'ModifyOrder(timestamp:felt,market:felt,side:felt,orderType:felt,size:felt,price:felt,id:felt)':
    0x201789bb587c17b251fd38daf43b14807010ea721c2929a8c2fc33bf15c2e2cn,
  'Request(method:felt,path:felt,body:felt,timestamp:felt,expiration:felt)':
    0x186cdef6b179923c411c13c11b8a825f12bf34203bdda0a984da9d6f2313c2n,
  'Constant(action:felt)': 0xe84bbcb68e0f7c73a9058ba82b6da9c1ffdc502efcf034e78b0c003c22ecc9n,
} as const;

type TypeName = 'StarkNetDomain' | 'Order' | 'ModifyOrder' | 'Request' | 'Constant';

function typeHash(name: TypeName): bigint {
  const found = Object.entries(TYPE_HASHES).find(([text]) => text.startsWith(`${name}(`));
  if (found === undefined) throw new RangeError(`no type ${name}`);
  return found[1];
}

/** Hash of the domain of a chain: name "Paradex", chain id, version 1, in that order. */
export const domainHash = (chainId: string): bigint =>
  hashArray([typeHash('StarkNetDomain'), shortString('Paradex'), shortString(chainId), 1n]);

const MOST_STATES = 64;

/** The messages of one account on one chain. */
export class Messages {
  readonly #prefix: bigint;
  readonly #begun = {
    create: chain(0n, [typeHash('Order')]),
    modify: chain(0n, [typeHash('ModifyOrder')]),
  } as const;
  readonly #words = new Map<string, bigint>();
  readonly #states = new Map<string, bigint>();

  /**
   * `account`: address of the main account, hex; `chainId`: `starknet_chain_id` of the venue's system config. Throws a
   * RangeError when one cannot be a felt.
   */
  constructor(account: string, chainId: string) {
    const address = feltFromHex(account, 'the account address');
    this.#prefix = chain(0n, [shortString('StarkNet Message'), domainHash(chainId), address]);
  }

  /** Throws a RangeError for a field that cannot be signed, as do the others. */
  order(order: SignableOrder): bigint {
    return this.#close(this.#unpriced('create', order), [priceOf(order), 7n]);
  }

  /** `id`: the venue's order id, decimal digits. */
  modify(order: SignableOrder, id: string): bigint {
    return this.#close(this.#unpriced('modify', order), [priceOf(order), orderId(id), 8n]);
  }

  /** Hashes everything but the price ahead of time: `order` or `modify` with the same fields starts from there, once. */
  prehash(act: OrderAct, order: UnpricedOrder): void {
    if (this.#states.size >= MOST_STATES) this.#states.clear();
    this.#states.set(keyOf(act, order), this.#hashed(act, order));
  }

  /** For `POST /v1/auth`; both times in Unix seconds. */
  auth(timestampS: number, expirationS: number): bigint {
    const request = [shortString('POST'), shortString('/v1/auth'), 0n];
    const times = [wholeNumber(timestampS, 'the timestamp'), wholeNumber(expirationS, 'the expiration')]; // prettier-ignore
    return this.#close(0n, [typeHash('Request'), ...request, ...times, 6n]);
  }

  onboarding(): bigint {
    return this.#close(0n, [typeHash('Constant'), shortString('Onboarding'), 2n]);
  }

  #unpriced(act: OrderAct, order: UnpricedOrder): bigint {
    if (this.#states.size === 0) return this.#hashed(act, order);
    const key = keyOf(act, order);
    const state = this.#states.get(key);
    this.#states.delete(key);
    return state ?? this.#hashed(act, order);
  }

  #hashed(act: OrderAct, order: UnpricedOrder): bigint {
    return chain(this.#begun[act], [
      wholeNumber(order.timestampMs, 'the timestamp'),
      this.#word(order.market),
      sideOf(order.side),
      this.#word(order.type),
      quantums(order.size),
    ]);
  }

  #close(state: bigint, rest: readonly bigint[]): bigint {
    return chain(this.#prefix, [chain(state, rest), 4n]);
  }

  #word(text: string): bigint {
    let value = this.#words.get(text);
    if (value === undefined) {
      if (this.#words.size >= MOST_STATES) this.#words.clear();
      this.#words.set(text, (value = shortString(text)));
    }
    return value;
  }
}

const priceOf = (order: SignableOrder): bigint =>
  order.type === 'MARKET' ? 0n : quantums(order.price);

function sideOf(side: string): bigint {
  if (side !== 'BUY' && side !== 'SELL') throw new RangeError(`"${side}" is no side`);
  return side === 'BUY' ? 1n : 2n;
}

const keyOf = (act: OrderAct, o: UnpricedOrder): string =>
  `${act} ${o.timestampMs} ${o.market} ${o.side} ${o.type} ${o.size}`;
