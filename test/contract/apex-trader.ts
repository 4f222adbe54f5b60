// A trader on the loopback ApeX for the contract cards: plain fetch, plain ws, our signing. Not the bot's client, so that
// the venue is not checked by the code that it is there to check. By default the zk signature is left out of the
// cards (it costs 10 ms each) except where a card is about it.
import WebSocket from 'ws';
import { keyFromSeed, parseSeed } from '#clients/apex/sign/keys';
import { signMusig } from '#clients/apex/sign/musig';
import type { OrderTerms } from '#clients/apex/sign/order';
import { limitFee, orderMessage } from '#clients/apex/sign/order';
import type { ApiKey } from '#clients/apex/sign/request';
import { loginFrame, signRequest } from '#clients/apex/sign/request';
import { Zk } from '#clients/apex/sign/zk';
import { accountIdOf, loopbackCredentials } from '#sim/venues/apex/credentials';
import type { LoopbackCredentials } from '#sim/venues/apex/credentials';
import type { Answer, FillView, NewOrder, OrderView, Trader } from './harness.js';
import { until } from './harness.js';

export type Json = Record<string, unknown>;
const text = (value: unknown): string => (typeof value === 'string' ? value : String(value ?? ''));
let zk: Zk | null = null;
let keys = 0;

export interface RawReply {
  readonly status: number;
  readonly json: Json;
}

/** One socket that keeps everything it is sent. */
export class RawSocket {
  readonly frames: Json[] = [];
  closed: number | null = null;
  onFrame: (frame: Json) => void = () => undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Json;
      this.frames.push(frame);
      this.onFrame(frame);
    });
    socket.on('close', (code) => (this.closed = code));
    socket.on('error', () => undefined);
  }

  static async open(origin: string, which: 'public' | 'private'): Promise<RawSocket> {
    const url = `${origin.replace('http', 'ws')}/realtime_${which}?v=2&timestamp=${Date.now()}`;
    const socket = new RawSocket(new WebSocket(url, { perMessageDeflate: false }));
    await new Promise((resolve, reject) => {
      socket.socket.once('open', resolve);
      socket.socket.once('error', reject);
    });
    return socket;
  }

  send(op: string, ...args: unknown[]): void {
    this.socket.send(JSON.stringify({ op, args }));
  }

  /** Data frames of a topic. */
  of(topic: string): Json[] {
    return this.frames.filter((frame) => frame['topic'] === topic);
  }

  /** The last control answer's text. */
  get said(): string {
    const answers = this.frames.filter((frame) => 'success' in frame);
    return text(answers[answers.length - 1]?.['ret_msg']);
  }
}

const TIFS = {
  'post-only': 'POST_ONLY',
  gtc: 'GOOD_TIL_CANCEL',
  ioc: 'IMMEDIATE_OR_CANCEL',
  market: 'IMMEDIATE_OR_CANCEL',
} as const;
const WORDS: Readonly<Record<string, string>> = {
  ORDER_THERE_IS_NOT_ENOUGH_MARGIN_TO_OPEN_POSITION: 'margin',
};

export class ApexTrader implements Trader {
  readonly heard = { orders: [] as OrderView[], fills: [] as FillView[] };
  readonly credentials: LoopbackCredentials;
  socket: RawSocket | null = null;
  private placed = 0;
  private readonly kinds = new Map<string, NewOrder['kind']>();

  /** `sign`: with the real zk signature. */
  constructor(
    readonly origin: string,
    readonly sign = false,
    key = `trader-${(keys += 1)}`,
  ) {
    this.credentials = loopbackCredentials(key);
  }

  async reconnect(): Promise<void> {
    const socket = await RawSocket.open(this.origin, 'private');
    this.socket = socket;
    socket.onFrame = (frame) => {
      if (frame['topic'] !== 'ws_zk_accounts_v3' || frame['type'] !== 'delta') return;
      const contents = frame['contents'] as { orders?: Json[] | null; fills?: Json[] | null };
      this.heard.orders.push(...(contents.orders ?? []).map((order) => this.orderView(order)));
      this.heard.fills.push(...(contents.fills ?? []).map(fillView));
    };
    socket.socket.send(loginFrame(this.credentials, Date.now(), ['ws_zk_accounts_v3']));
    await until(() => socket.of('ws_zk_accounts_v3').length > 0, 'the snapshot');
  }

  /** A signed call; `form` as sent. */
  async call(
    method: 'GET' | 'POST',
    path: string,
    form = '',
    api: ApiKey = this.credentials,
    stamp = Date.now(),
  ): Promise<RawReply> {
    const target = `/api/v3${path}`;
    const response = await fetch(`${this.origin}${target}`, {
      method,
      headers: {
        'APEX-API-KEY': api.key,
        'APEX-PASSPHRASE': api.passphrase,
        'APEX-TIMESTAMP': String(stamp),
        'APEX-SIGNATURE': signRequest(api.secret, stamp, method, target, form),
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(method === 'POST' ? { body: form } : {}),
    });
    return { status: response.status, json: (await response.json()) as Json };
  }

  async data(path: string): Promise<unknown> {
    return (await this.call('GET', path)).json['data'];
  }

  async post(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const { json } = await this.call('POST', path, formOf(fields));
    const data = json['data'];
    const ok = json['code'] === undefined;
    const word = text(json['key']) || text(json['msg']);
    const id = typeof data === 'object' && data !== null ? text((data as Json)['id']) : text(data);
    return { ok, id, word: WORDS[word] ?? word };
  }

  /** The fields of an order, signed or not. */
  fields(order: NewOrder): Record<string, string> {
    this.placed += 1;
    const kind = order.kind ?? 'post-only';
    const clientId = order.clientId ?? `${this.credentials.key}-${this.placed}`;
    const buy = order.side === 'buy';
    const price = kind === 'market' ? (buy ? '101000' : '99000') : order.price;
    const side = buy ? ('BUY' as const) : ('SELL' as const);
    const { size } = order;
    this.kinds.set(clientId, kind);
    return {
      ...{ clientId, side, size, price, symbol: order.market ?? 'BTC-USDT' },
      ...{ type: kind === 'market' ? 'MARKET' : 'LIMIT', timeInForce: TIFS[kind] },
      limitFee: limitFee(price, size, '0.0005'),
      expiration: String(Date.now() + 28 * 86_400_000),
      ...(order.reduceOnly === true ? { reduceOnly: 'true' } : {}),
      signature: this.sign ? this.signature({ clientId, side, size, price }) : '00'.repeat(64),
    };
  }

  signature(order: {
    clientId: string;
    side: 'BUY' | 'SELL';
    size: string;
    price: string;
  }): string {
    zk ??= new Zk();
    const key = keyFromSeed(zk, parseSeed(this.credentials.seed) as Uint8Array);
    const terms: OrderTerms = {
      ...{ accountId: accountIdOf(this.credentials.key), pairId: 50_001, decimals: 18 },
      ...{ makerBps: 2, takerBps: 5 },
    };
    return signMusig(zk, key, orderMessage(order, terms));
  }

  place(order: NewOrder): Promise<Answer> {
    return this.post('/order', this.fields(order));
  }

  placeAside(order: NewOrder): Promise<Answer> {
    return this.place(order);
  }

  placeAll(): Promise<Answer> {
    return Promise.reject(new Error('ApeX has no batch'));
  }

  modify(): Promise<Answer> {
    return Promise.reject(new Error('ApeX has no amend'));
  }

  cancel(id: string): Promise<Answer> {
    return this.post('/delete-order', { id });
  }

  cancelByClientId(clientId: string): Promise<Answer> {
    return this.post('/delete-client-order-id', { id: clientId });
  }

  cancelAll(): Promise<Answer> {
    return this.post('/delete-open-orders', { symbol: 'BTC-USDT' });
  }

  async open(): Promise<OrderView[]> {
    return ((await this.data('/open-orders')) as Json[]).map((order) => this.orderView(order));
  }

  async look(clientId: string): Promise<OrderView | undefined> {
    const found = (await this.data(`/order-by-client-order-id?id=${clientId}`)) as Json | undefined;
    return found === undefined ? undefined : this.orderView(found);
  }

  async fills(): Promise<FillView[]> {
    const { orders } = (await this.data('/fills?symbol=BTC-USDT')) as { orders: Json[] };
    return orders.map(fillView);
  }

  async position(): Promise<{ size: number; entry: number }> {
    const { positions } = (await this.data('/account')) as { positions: Json[] };
    let [size, entry] = [0, 0];
    for (const row of positions) {
      const own = Number(row['size']);
      size += row['side'] === 'LONG' ? own : -own;
      if (own > 0) entry = Number(row['entryPrice']);
    }
    return { size, entry };
  }

  async equity(): Promise<number> {
    return Number(((await this.data('/account-balance')) as Json)['totalEquityValue']);
  }

  arm(): Promise<void> {
    return Promise.reject(new Error('ApeX has no cancel-on-disconnect'));
  }

  cut(): void {
    this.socket?.socket.terminate();
  }

  private orderView(json: Json): OrderView {
    const status = text(json['status']);
    const open = status === 'OPEN' || status === 'PENDING';
    const clientId = text(json['clientId']);
    return {
      id: text(json['id']),
      clientId,
      open,
      ending: open ? '' : this.ending(status, text(json['cancelReason']), clientId),
      size: Number(json['size']),
      filled: Number(json['cumSuccessFillSize']),
      price: Number(json['price']),
    };
  }

  private ending(status: string, reason: string, clientId: string): string {
    if (status === 'FILLED') return 'filled';
    if (reason === 'USER_CANCELED') return 'cancelled';
    if (reason === 'INTERNAL_FAILED') return 'self-trade';
    const postOnly = this.kinds.get(clientId) === 'post-only';
    if (reason === 'COULD_NOT_FILL') return postOnly ? 'post-only' : 'rest';
    return reason;
  }
}

const fillView = (json: Json): FillView => ({
  id: text(json['id']),
  orderId: text(json['orderId']),
  price: Number(json['price']),
  size: Number(json['size']),
  fee: Number(json['fee']),
  maker: json['liquidity'] === 'MAKER',
});

/** Sorted as it is signed; values are plain. */
export const formOf = (fields: Readonly<Record<string, string>>): string =>
  Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name] as string}`)
    .join('&');

export async function connectedTrader(origin: string, sign = false): Promise<ApexTrader> {
  const trader = new ApexTrader(origin, sign);
  await trader.reconnect();
  return trader;
}
