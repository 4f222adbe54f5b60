// An ApeX of a few lines: it keeps orders and fills, answers every call plainly, checks every request signature, and
// lets a test put another answer (a refusal, silence, a cut) in front of any path. Stepped clock; nothing here matches.
import type { HttpOutcome, HttpRequest, SocketHandlers } from '#core/outside';
import type { PlaceCommand } from '#core/messages';
import type { Lots, Micros, Side, SpanMicros, Ticks } from '#core/units';
import { BID } from '#core/units';
import { ApexClient, type ApexOptions } from '#clients/apex/client';
import { loopback, type ApexEnvironment } from '#clients/apex/endpoints';
import { signRequest } from '#clients/apex/sign/request';
import type { ApexSigner } from '#clients/apex/signer';
import type { ApexSwitches } from '#clients/apex/switches';
import type { DashSymbol } from '#clients/apex/wire';
import {
  Heard,
  HOP,
  paceOf,
  ScriptedNetwork,
  ScriptedSocket,
} from '../../support/scripted-venue.js';
import type { Pace } from '../../support/scripted-venue.js';

export { Heard, HOP, paceOf };

export const SYMBOL = 'BTC-USDT' as DashSymbol;
export const START_US = 1_790_000_000_000_000 as Micros;
export const API = { key: 'the-key', secret: 'the-secret', passphrase: 'the-passphrase' };
export const L2_KEY = `0x${'ab'.repeat(32)}`;
export const ENVIRONMENT = loopback('http://127.0.0.1:1') as ApexEnvironment;

/** Calls that need no key. */
const OPEN = new Set(['/time', '/symbols', '/ticker']);

type Json = Record<string, unknown>;
/** null: no answer ever. Executed all the same: 'lost' (no answer), 'late' (after a second, none), 'cut' (told at once). */
export type Answer = HttpOutcome | null | 'lost' | 'late' | 'cut' | 'plain';
type Handler = (request: HttpRequest, form: URLSearchParams) => Answer;

export const reply = (json: unknown, status = 200): HttpOutcome => ({
  ...{ kind: 'reply', status, headers: {} },
  body: typeof json === 'string' ? json : JSON.stringify(json),
});
export const data = (value: unknown): HttpOutcome => reply({ data: value, timeCost: 1_000_000 });
export const refusal = (code: number, key = '', msg = 'no'): HttpOutcome =>
  reply({ code, msg, key });

export interface VenueOrder {
  readonly id: string;
  readonly clientId: string;
  readonly side: string;
  readonly price: string;
  readonly size: string;
  readonly timeInForce: string;
  filled: number;
  status: string;
  cancelReason: string;
  updatedAt: number;
}

export class FakeSocket extends ScriptedSocket {
  readonly asked: Json[] = [];

  constructor(
    private readonly venue: ScriptedApex,
    url: string,
    handlers: SocketHandlers,
  ) {
    super(venue, url, handlers);
  }

  get isPrivate(): boolean {
    return this.url.includes('realtime_private');
  }
  push(frame: unknown): void {
    this.text(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }
  protected heard(text: string): void {
    this.venue.onText(this, JSON.parse(text) as Json);
  }
}

export class ScriptedApex extends ScriptedNetwork<FakeSocket> {
  readonly handlers = new Map<string, Handler>();
  readonly orders = new Map<string, VenueOrder>();
  readonly fills: Json[] = [];
  readonly funding: Json[] = [];
  account: Json = { id: '634283468140839001', l2Key: L2_KEY, contractAccount: { makerFeeRate: '0.00025', takerFeeRate: '0.00050' } }; // prettier-ignore
  positions: Json[] = [];
  contract: Json = CONTRACT;
  /** Subscriptions to the book are taken, and no snapshot follows. */
  silentBook = false;
  /** Post-only orders are accepted, then thrown out. */
  crossing = false;
  u = 500;
  /** What the REST ticker says; '' for nothing. */
  mark = '';
  private nextId = 1;

  constructor() {
    super(START_US);
  }

  get nowMs(): number {
    return Math.floor(this.clock.nowUs() / 1_000);
  }

  protected socket(url: string, handlers: SocketHandlers): FakeSocket {
    return new FakeSocket(this, url, handlers);
  }

  protected answer(request: HttpRequest, finish: (outcome: HttpOutcome) => void): void {
    const { path, form } = this.checked(request);
    const handler = this.handlers.get(path);
    const wanted = handler === undefined ? 'plain' : handler(request, form);
    const fast = (answer: HttpOutcome): void => void this.clock.after(HOP, () => finish(answer));
    if (wanted === 'plain') this.later(() => fast(this.plain(request, path, form)));
    else if (wanted === 'lost') this.later(() => void this.plain(request, path, form));
    else if (wanted === 'cut')
      this.later(() => {
        void this.plain(request, path, form);
        finish({ kind: 'unknown', detail: 'cut' });
      });
    else if (wanted === 'late')
      this.clock.after(1_000_000 as SpanMicros, () => void this.plain(request, path, form));
    else if (wanted !== null) this.later(() => fast(wanted));
  }

  /** Refuses to go on with a request that the real venue would not have taken. */
  private checked(request: HttpRequest): { path: string; form: URLSearchParams } {
    const whole = request.url.replace(ENVIRONMENT.origin, '');
    const [path = '', query = ''] = whole.replace('/api/v3', '').split('?');
    const { headers, method, body } = request;
    const stamp = headers['APEX-TIMESTAMP'];
    if (stamp !== undefined) {
      const expected = signRequest(API.secret, Number(stamp), method, whole, body ?? '');
      if (headers['APEX-SIGNATURE'] !== expected)
        throw new Error(`badly signed: ${method} ${whole}`);
    } else if (!OPEN.has(path)) throw new Error(`not signed: ${whole}`);
    if (request.url.includes('secret')) throw new Error('a secret in a URL');
    return { path, form: new URLSearchParams(method === 'POST' ? (body ?? '') : query) };
  }

  private plain(_request: HttpRequest, path: string, form: URLSearchParams): HttpOutcome {
    const id = form.get('id') ?? '';
    if (path === '/time') return data({ time: this.nowMs });
    if (path === '/symbols') return data({ contractConfig: { assets: [{ token: 'USDT', decimals: 18 }], perpetualContract: [this.contract] } }); // prettier-ignore
    if (path === '/ticker') return data([{ symbol: 'BTCUSDT', markPrice: this.mark }]);
    if (path === '/account') return data({ ...this.account, positions: this.positions });
    if (path === '/account-balance') return data({ totalEquityValue: '5000.5', maintenanceMargin: '10' }); // prettier-ignore
    if (path === '/open-orders') return data(this.open.map((o) => this.wire(o)));
    if (path === '/fills') return data({ orders: this.fills, totalSize: this.fills.length });
    if (path === '/funding') return data({ fundingValues: this.funding });
    if (path === '/order') return this.place(form);
    if (path === '/order-by-client-order-id') {
      const order = [...this.orders.values()].find((o) => o.clientId === id);
      return order === undefined ? refusal(3, 'ORDER_NOT_FOUND') : data(this.wire(order));
    }
    if (path === '/delete-open-orders') {
      for (const order of this.open) this.cancel(order);
      return data(null);
    }
    const ids = path === '/delete-orders' ? [...form.values()].flatMap((t) => t.split(',')) : [id];
    const found = [...this.orders.values()].filter((o) => ids.includes(o.id) || ids.includes(o.clientId)); // prettier-ignore
    if (found.length === 0) return refusal(3, 'ORDER_NOT_FOUND');
    if (found.every((o) => o.status === 'FILLED')) return refusal(3, 'ORDER_NOT_CANCEL_FILLED');
    for (const order of found) this.cancel(order);
    return data(id);
  }

  get open(): VenueOrder[] {
    return [...this.orders.values()].filter((o) => o.status === 'OPEN' || o.status === 'PENDING');
  }

  private place(form: URLSearchParams): HttpOutcome {
    const text = (name: string): string => form.get(name) ?? '';
    if ([...this.orders.values()].some((o) => o.clientId === text('clientId')))
      return refusal(3, 'ORDER_CLIENT_ORDER_DATA_CONFLICT');
    const order: VenueOrder = {
      ...{
        id:
          String(744_192_949_182_529_000 + this.nextId).slice(0, 10) +
          String(this.nextId++).padStart(8, '0'),
      },
      ...{ clientId: text('clientId'), side: text('side'), price: text('price') },
      ...{ size: text('size'), timeInForce: text('timeInForce'), filled: 0 },
      ...{ status: 'PENDING', cancelReason: '', updatedAt: this.nowMs },
    };
    this.orders.set(order.id, order);
    const answer = data(this.wire(order));
    this.tell(order);
    this.clock.after((HOP * 3) as SpanMicros, () => {
      if (order.status !== 'PENDING') return;
      if (this.crossing) return this.end(order, 'CANCELED', 'COULD_NOT_FILL');
      order.status = 'OPEN';
      order.updatedAt = this.nowMs;
      this.tell(order);
    });
    return answer;
  }

  cancel(order: VenueOrder, reason = 'USER_CANCELED'): void {
    if (order.status === 'OPEN' || order.status === 'PENDING') this.end(order, 'CANCELED', reason);
  }
  private end(order: VenueOrder, status: string, reason: string): void {
    [order.status, order.cancelReason, order.updatedAt] = [status, reason, this.nowMs];
    this.tell(order);
  }

  /** Fills `lots` thousandths of an order and says so in one frame, as the venue does. */
  fill(clientId: string, lots: number, tell = true): Json {
    const order = [...this.orders.values()].find((o) => o.clientId === clientId) as VenueOrder;
    order.filled = Math.round(order.filled * 1_000 + lots) / 1_000;
    if (order.filled >= Number(order.size)) order.status = 'FILLED';
    order.updatedAt = this.nowMs;
    const fill = {
      ...{
        id: `f${this.fills.length + 1}`,
        orderId: order.id,
        clientOrderId: clientId,
        symbol: SYMBOL,
      },
      ...{ side: order.side, price: order.price, size: (lots / 1_000).toFixed(3), fee: '0.0155' },
      ...{
        liquidity: 'MAKER',
        isOpen: true,
        status: 'SUCCESS',
        createdAt: this.nowMs,
        updatedAt: this.nowMs,
      },
    };
    this.fills.push(fill);
    const signed = order.side === 'BUY' ? lots : -lots;
    const net = Math.round(Number(this.net) * 1_000) + signed;
    this.positions = [row('LONG', Math.max(0, net)), row('SHORT', Math.max(0, -net))];
    if (tell) this.push({ orders: [this.wire(order)], fills: [fill], positions: this.positions });
    return fill;
  }
  get net(): number {
    const of = (side: string): number => Number(this.positions.find((p) => p['side'] === side)?.['size'] ?? 0); // prettier-ignore
    return of('LONG') - of('SHORT');
  }

  wire(o: VenueOrder): Json {
    return {
      ...{
        id: o.id,
        clientId: o.clientId,
        symbol: SYMBOL,
        side: o.side,
        type: 'LIMIT',
        price: o.price,
      },
      ...{ size: o.size, status: o.status, timeInForce: o.timeInForce, reduceOnly: false },
      ...{
        cumSuccessFillSize: o.filled.toFixed(3),
        cancelReason: o.cancelReason || 'UNKNOWN_ORDER_CANCEL_REASON',
      },
      ...{ createdAt: String(o.updatedAt), updatedAt: o.updatedAt },
    };
  }
  private tell(order: VenueOrder): void {
    this.push({ orders: [this.wire(order)], positions: null });
  }
  push(contents: Json, type = 'delta'): void {
    const frame = { type, timestamp: this.nowMs, topic: 'ws_zk_accounts_v3', contents };
    for (const s of this.sockets) if (s.isPrivate && s.open) s.push(frame);
  }

  onText(socket: FakeSocket, frame: Json): void {
    socket.asked.push(frame);
    const args = frame['args'] as string[];
    const ack = { success: true, ret_msg: '', conn_id: 'c', request: frame };
    if (frame['op'] === 'ping') return socket.push({ ...ack, ret_msg: 'pong' });
    if (frame['op'] === 'pong') return;
    if (frame['op'] === 'login')
      return this.login(socket, JSON.parse(args[0] as string) as Json, ack);
    socket.push(ack);
    if (frame['op'] === 'subscribe' && args[0]?.startsWith('orderBook'))
      this.later(() => (this.silentBook ? undefined : this.snapshot()));
  }
  private login(socket: FakeSocket, login: Json, ack: Json): void {
    const expected = signRequest(API.secret, Number(login['timestamp']), 'GET', '/ws/accounts', '');
    if (login['signature'] !== expected)
      return socket.push({ ...ack, success: false, ret_msg: 'login authority err' });
    socket.push(ack);
    const contents = {
      orders: this.open.map((o) => this.wire(o)),
      fills: null,
      positions: this.positions,
    };
    socket.push({ type: 'snapshot', timestamp: this.nowMs, topic: 'ws_zk_accounts_v3', contents });
  }

  calls(path: string): HttpRequest[] {
    return this.requests.filter((r) => r.url.split('?')[0]?.endsWith(`/api/v3${path}`));
  }

  book(type: 'snapshot' | 'delta', b: unknown, a: unknown, u = ++this.u): void {
    this.u = u;
    const frame = { topic: 'orderBook200.H.BTCUSDT', type, data: { s: 'BTCUSDT', b, a, u }, cs: 1, ts: this.clock.nowUs() }; // prettier-ignore
    this.publicSocket.push(frame);
  }
  /** Bids worst first, as the venue sends them. */
  snapshot(): void {
    this.book('snapshot', [['59999.5', '1'], ['60000.0', '2']], [['60000.1', '3'], ['60000.5', '1']]); // prettier-ignore
  }
}

const row = (side: string, lots: number): Json => ({
  ...{ symbol: SYMBOL, side, size: (lots / 1_000).toFixed(3), entryPrice: '59999.0', updatedAt: 1 },
});

export const CONTRACT: Json = {
  ...{ symbol: SYMBOL, crossSymbolName: 'BTCUSDT', l2PairId: '50001', settleAssetId: 'USDT' },
  ...{ tickSize: '0.1', stepSize: '0.001', minOrderSize: '0.0010', maintenanceMarginRate: '0.005' },
  ...{ enableTrade: true, enableOpenPosition: true },
};

/** Answers at once; `hold` keeps answers back until `release`. */
export class FakeSigner implements ApexSigner {
  readonly l2Key = L2_KEY;
  hold = false;
  private readonly held: (() => void)[] = [];

  sign(...[order, terms, done]: Parameters<ApexSigner['sign']>): void {
    const signature = `${terms.makerBps}-${terms.takerBps}-${order.clientId}`;
    const answer = (): void => done({ kind: 'signature', signature });
    if (this.hold) this.held.push(answer);
    else answer();
  }
  release(): void {
    this.hold = false;
    for (const answer of this.held.splice(0)) answer();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

export interface Rig extends Pace {
  readonly venue: ScriptedApex;
  readonly client: ApexClient;
  readonly signer: FakeSigner;
  readonly heard: Heard;
}

export function makeRig(
  switches: Partial<ApexSwitches> = {},
  more: Partial<ApexOptions> = {},
): Rig {
  const venue = new ScriptedApex();
  const heard = new Heard();
  const signer = new FakeSigner();
  const client = new ApexClient({
    ...{ network: venue, clock: venue.clock, seed: 1, api: API, signer, inbox: heard },
    ...{ environment: ENVIRONMENT, symbol: SYMBOL, runId: 'run1', switches },
    ...more,
  });
  return { venue, client, signer, heard, ...paceOf(venue.clock) };
}

/** A client that has started, opened and may quote. */
export async function readyRig(
  switches: Partial<ApexSwitches> = {},
  more: Partial<ApexOptions> = {},
): Promise<Rig> {
  const rig = makeRig(switches, more);
  await rig.settle(rig.client.start());
  rig.client.open();
  rig.run(200);
  return rig;
}

export const place = (ordinal: number, side: Side = BID, ticks = 599_990): PlaceCommand => ({
  ...{ kind: 'place', ordinal, side, tif: 'post-only', reduceOnly: false },
  ...{ ticks: ticks as Ticks, lots: 10 as Lots },
});
