// A trader on the loopback Paradex for the contract cards: plain fetch, plain ws, our signer. Not the bot's client, so
// that the venue is not checked by the code that it is there to check.
import WebSocket from 'ws';
import { fastSigner } from '#clients/paradex/sign/fast';
import type { ParadexSigner } from '#clients/paradex/sign/signer';
import { CHAIN_ID, addressOfKey } from '#sim/venues/paradex/stark-signatures';
import type { Answer, FillView, NewOrder, OrderView, Trader } from './harness.js';
import { until } from './harness.js';

type Json = Record<string, unknown>;
const text = (value: unknown): string => (typeof value === 'string' ? value : String(value ?? ''));

let keys = 0;
/** A new key each time. */
export function newSigner(): ParadexSigner {
  keys += 1;
  const privateKey = `0x${(0x5eed_0000 + keys).toString(16)}`;
  const bare = fastSigner({ privateKey, account: '0x1', chainId: CHAIN_ID });
  return fastSigner({ privateKey, account: addressOfKey(bare.publicKey), chainId: CHAIN_ID });
}

export interface RawReply {
  readonly status: number;
  readonly json: Json;
  readonly headers: Headers;
  readonly text: string;
}

/** One socket with numbered requests; keeps everything that it is sent. */
export class RawSocket {
  readonly texts: string[] = [];
  readonly frames: Buffer[] = [];
  closed: number | null = null;
  private id = 0;
  private readonly waiting = new Map<number, (reply: Json) => void>();
  onPush: (channel: string, data: Json) => void = () => undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, binary: boolean) => {
      if (binary) this.frames.push(Buffer.from(data));
      else this.message(data.toString());
    });
    socket.on('close', (code) => (this.closed = code));
    socket.on('error', () => undefined);
  }

  static async open(url: string): Promise<RawSocket> {
    const socket = new RawSocket(new WebSocket(url, { perMessageDeflate: false }));
    await new Promise((resolve, reject) => {
      socket.socket.once('open', resolve);
      socket.socket.once('error', reject);
    });
    return socket;
  }

  call(method: string, params: unknown): Promise<Json> {
    this.id += 1;
    const { id } = this;
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  private message(message: string): void {
    this.texts.push(message);
    const json = JSON.parse(message) as Json;
    if (typeof json['id'] === 'number') {
      this.waiting.get(json['id'])?.(json);
      this.waiting.delete(json['id']);
    } else if (json['method'] === 'subscription') {
      const { channel, data } = json['params'] as { channel: string; data: Json };
      this.onPush(channel, data);
    }
  }
}

export class ParadexTrader implements Trader {
  readonly heard = { orders: [] as OrderView[], fills: [] as FillView[] };
  token = '';
  socket: RawSocket | null = null;
  private lastMs = 0;

  constructor(
    readonly origin: string,
    readonly signer: ParadexSigner = newSigner(),
  ) {}

  async login(): Promise<RawReply> {
    const now = Math.floor(Date.now() / 1000);
    const reply = await this.rest('POST', `/auth/${this.signer.publicKey}`, undefined, {
      'PARADEX-STARKNET-ACCOUNT': this.signer.account,
      'PARADEX-STARKNET-SIGNATURE': this.signer.signAuth(now, now + 1_800),
      'PARADEX-TIMESTAMP': String(now),
      'PARADEX-SIGNATURE-EXPIRATION': String(now + 1_800),
    });
    this.token = text(reply.json['jwt_token']);
    return reply;
  }

  async reconnect(): Promise<void> {
    const socket = await RawSocket.open(this.wsUrl());
    this.socket = socket;
    socket.onPush = (channel, data) => {
      if (channel.startsWith('orders')) this.heard.orders.push(orderView(data));
      if (channel.startsWith('fills')) this.heard.fills.push(fillView(data));
    };
    await socket.call('auth', { bearer: this.token });
    for (const channel of ['orders.ALL', 'fills.ALL']) await socket.call('subscribe', { channel });
  }

  wsUrl(query = ''): string {
    return `${this.origin.replace('http', 'ws')}/v1${query}`;
  }

  async rest(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<RawReply> {
    const authorization = this.token === '' ? {} : { authorization: `Bearer ${this.token}` };
    const response = await fetch(`${this.origin}/v1${path}`, {
      method,
      headers: { ...authorization, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const reply = await response.text();
    const json = reply === '' ? {} : (JSON.parse(reply) as Json);
    return { status: response.status, json, headers: response.headers, text: reply };
  }

  /** The signed body of an order. */
  body(order: NewOrder, more: Json = {}): Json {
    const signed = this.signable(order);
    const { timestampMs, ...sent } = signed;
    return {
      ...sent,
      instruction: INSTRUCTIONS[order.kind ?? 'post-only'],
      signature: this.signer.signOrder(signed),
      signature_timestamp: timestampMs,
      ...(order.clientId === undefined ? {} : { client_id: order.clientId }),
      ...(order.reduceOnly === true ? { flags: ['REDUCE_ONLY'] } : {}),
      ...more,
    };
  }

  /** The signed body of a stop or take-profit market order. */
  conditional(
    side: 'buy' | 'sell',
    type: string,
    size: string,
    trigger: string,
    clientId: string,
  ): Json {
    const plain = this.signable({ side, size, price: '0', kind: 'market' });
    const { timestampMs, ...sent } = { ...plain, type };
    return {
      ...{ ...sent, instruction: 'IOC', trigger_price: trigger, client_id: clientId },
      signature: this.signer.signOrder({ ...plain, type }),
      signature_timestamp: timestampMs,
    };
  }

  async place(order: NewOrder): Promise<Answer> {
    return this.rpc('order.create', this.body(order));
  }

  async placeAside(order: NewOrder): Promise<Answer> {
    const { status, json } = await this.rest('POST', '/orders', this.body(order));
    return { ok: status === 201, id: text(json['id']), word: text(json['error']) };
  }

  async placeAll(orders: readonly NewOrder[]): Promise<Answer> {
    return this.rpc('order.create_batch', { orders: orders.map((order) => this.body(order)) });
  }

  async modify(id: string, order: NewOrder): Promise<Answer> {
    const signed = this.signable(order);
    const { timestampMs, ...sent } = signed;
    const signature = this.signer.signModify(signed, id);
    return this.rpc('order.modify', { ...sent, id, signature, signature_timestamp: timestampMs });
  }

  cancel(id: string): Promise<Answer> {
    return this.rpc('order.cancel', { id });
  }

  cancelByClientId(clientId: string): Promise<Answer> {
    return this.rpc('order.cancel', { client_id: clientId, market: 'BTC-USD-PERP' });
  }

  cancelAll(): Promise<Answer> {
    return this.rpc('order.cancel_all', { market: 'BTC-USD-PERP' });
  }

  async open(): Promise<OrderView[]> {
    return (await this.list('/orders')).map(orderView);
  }

  async look(clientId: string): Promise<OrderView | undefined> {
    const [order] = await this.list(`/orders-history?client_id=${clientId}`);
    return order === undefined ? undefined : orderView(order);
  }

  async fills(): Promise<FillView[]> {
    return (await this.list('/fills?market=BTC-USD-PERP')).map(fillView);
  }

  async position(): Promise<{ size: number; entry: number }> {
    const [position] = await this.list('/positions');
    if (position === undefined) return { size: 0, entry: 0 };
    return { size: Number(position['size']), entry: Number(position['average_entry_price']) };
  }

  async equity(): Promise<number> {
    return Number((await this.rest('GET', '/account')).json['account_value']);
  }

  async arm(): Promise<void> {
    await this.socket?.call('order.cancel_on_disconnect', { enabled: true });
  }

  cut(): void {
    this.socket?.socket.terminate();
  }

  private async rpc(method: string, params: unknown): Promise<Answer> {
    if (this.socket === null) throw new Error('not connected');
    const reply = await this.socket.call(method, params);
    const error = reply['error'] as Json | undefined;
    if (error !== undefined) return { ok: false, id: '', word: text(error['message']) };
    const result = reply['result'] as { order?: Json; results?: Json[] };
    const refused = result.results?.some((r) => r['error'] !== undefined) === true;
    return { ok: !refused, id: text(result.order?.['id']), word: '' };
  }

  private async list(path: string): Promise<Json[]> {
    return ((await this.rest('GET', path)).json['results'] ?? []) as Json[];
  }

  private signable(order: NewOrder) {
    this.lastMs = Math.max(Date.now(), this.lastMs + 1);
    return {
      market: order.market ?? 'BTC-USD-PERP',
      side: order.side === 'buy' ? ('BUY' as const) : ('SELL' as const),
      type: order.kind === 'market' ? 'MARKET' : 'LIMIT',
      ...{ size: order.size, price: order.price, timestampMs: this.lastMs },
    };
  }
}

const INSTRUCTIONS = { 'post-only': 'POST_ONLY', gtc: 'GTC', ioc: 'IOC', market: 'IOC' } as const;
const ENDINGS: Readonly<Record<string, string>> = {
  USER_CANCELED: 'cancelled',
  POST_ONLY_WOULD_CROSS: 'post-only',
  NOT_ENOUGH_MARGIN: 'margin',
  SELF_TRADE_PREVENTION: 'self-trade',
  IOC_REMAINDER_CANCELED: 'rest',
  '': 'filled',
};

function orderView(json: Json): OrderView {
  const open = json['status'] !== 'CLOSED';
  const size = Number(json['size']);
  const reason = text(json['cancel_reason']);
  return {
    id: text(json['id']),
    clientId: text(json['client_id']),
    open,
    ending: open ? '' : (ENDINGS[reason] ?? reason),
    size,
    filled: Number((size - Number(json['remaining_size'])).toFixed(8)),
    price: Number(json['price']),
  };
}

const fillView = (json: Json): FillView => ({
  id: text(json['id']),
  orderId: text(json['order_id']),
  price: Number(json['price']),
  size: Number(json['size']),
  fee: Number(json['fee']),
  maker: json['liquidity'] === 'MAKER',
});

/** Logged in and connected. */
export async function connectedTrader(origin: string): Promise<ParadexTrader> {
  const trader = new ParadexTrader(origin);
  await trader.login();
  await trader.reconnect();
  await until(() => trader.socket !== null, 'a socket');
  return trader;
}
