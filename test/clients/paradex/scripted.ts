// A Paradex of a few lines that a test scripts: every REST path and RPC method has a plain answer until the test gives
// another one (a value, an error, silence, a cut). Runs on a stepped clock; nothing here matches orders.
import type { HttpOutcome, HttpRequest, SocketHandlers } from '#core/outside';
import type { PlaceCommand } from '#core/messages';
import type { Lots, Micros, SpanMicros, Ticks } from '#core/units';
import { BID, type Side } from '#core/units';
import { ParadexClient, type ParadexOptions } from '#clients/paradex/client';
import { loopback, type Environment } from '#clients/paradex/endpoints';
import type { ParadexSwitches } from '#clients/paradex/switches';
import {
  Heard,
  HOP,
  paceOf,
  ScriptedNetwork,
  ScriptedSocket,
} from '../../support/scripted-venue.js';
import type { Pace } from '../../support/scripted-venue.js';

export { Heard };

export const MARKET = 'BTC-USD-PERP';
export const START_US = 1_763_683_200_000_000 as Micros;

export interface Ask {
  readonly method: string;
  readonly params: Record<string, unknown>;
}
/** What the venue does with an RPC: a result, an error, or nothing at all. */
export type RpcAnswer = { result: unknown } | { error: { code: number; message: string } } | null;
export type HttpAnswer = HttpOutcome | null;
type RpcHandler = (ask: Ask, link: FakeSocket) => RpcAnswer;
type HttpHandler = (request: HttpRequest) => HttpAnswer;

export const reply = (json: unknown, status = 200): HttpOutcome => ({
  kind: 'reply',
  status,
  headers: {},
  body: json === null ? '' : JSON.stringify(json),
});
export const results = (...items: unknown[]): HttpOutcome => reply({ results: items });

export class FakeSocket extends ScriptedSocket {
  readonly subscribed = new Set<string>();
  readonly asked: Ask[] = [];

  constructor(
    private readonly venue: ScriptedVenue,
    url: string,
    handlers: SocketHandlers,
  ) {
    super(venue, url, handlers);
  }

  get isPrivate(): boolean {
    return !this.url.includes('sbeSchemaId');
  }

  push(channel: string, data: unknown): void {
    const message = { jsonrpc: '2.0', method: 'subscription', params: { channel, data } };
    this.text(JSON.stringify(message));
  }

  protected heard(text: string): void {
    this.venue.onRpc(this, text);
  }
}

export class ScriptedVenue extends ScriptedNetwork<FakeSocket> {
  readonly rpc = new Map<string, RpcHandler>();
  readonly http = new Map<string, HttpHandler>();
  logins = 0;
  private bookSeq = 100;

  constructor() {
    super(START_US);
  }

  protected socket(url: string, handlers: SocketHandlers): FakeSocket {
    return new FakeSocket(this, url, handlers);
  }

  protected answer(request: HttpRequest, finish: (outcome: HttpOutcome) => void): void {
    const path = request.url.replace(/^.*\/v1/, '').replace(/\?.*$/, '');
    const handler = this.http.get(`${request.method} ${path}`) ?? this.http.get(path);
    const answer = handler === undefined ? this.plain(request, path) : handler(request);
    if (answer !== null) this.clock.after((HOP * 2) as SpanMicros, () => finish(answer));
  }

  onRpc(socket: FakeSocket, text: string): void {
    const { id, method, params } = JSON.parse(text) as Ask & { id: number };
    const ask: Ask = { method, params };
    socket.asked.push(ask);
    const handler = this.rpc.get(method);
    const answer = handler === undefined ? this.plainRpc(ask, socket) : handler(ask, socket);
    if (answer !== null) socket.text(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  }

  /** Every order method asked for on any private socket, in order. */
  orders(method: string): Ask[] {
    return this.sockets.flatMap((s) => s.asked).filter((ask) => ask.method === method);
  }

  calls(method: string, path: string): HttpRequest[] {
    return this.requests.filter((r) => r.method === method && r.url.includes(path));
  }

  snapshot(): void {
    this.bookSeq += 1;
    this.publicSocket.push(`order_book.${MARKET}.deltas`, {
      ...{ market: MARKET, seq_no: this.bookSeq, last_updated_at: 1, update_type: 's' },
      inserts: [
        { side: 'BUY', price: '90000', size: '1' },
        { side: 'SELL', price: '90000.1', size: '1' },
      ],
      ...{ updates: [], deletes: [] },
    });
  }

  delta(
    step = 1,
    updates: readonly unknown[] = [{ side: 'BUY', price: '90000', size: '2' }],
  ): void {
    this.bookSeq += step;
    this.publicSocket.push(`order_book.${MARKET}.deltas`, {
      ...{ market: MARKET, seq_no: this.bookSeq, last_updated_at: 1, update_type: 'd' },
      ...{ inserts: [], updates, deletes: [] },
    });
  }

  summary(markPrice: string): void {
    const data = { symbol: MARKET, created_at: 1, mark_price: markPrice };
    this.publicSocket.push(`markets_summary.${MARKET}`, data);
  }

  private plainRpc({ method, params }: Ask, socket: FakeSocket): RpcAnswer {
    if (method === 'auth') return { result: { node_id: 'n' } };
    if (method === 'subscribe') {
      const channel = String(params['channel']);
      socket.subscribed.add(channel);
      if (channel.startsWith('order_book')) this.clock.after(HOP, () => this.snapshot());
      return { result: { channel } };
    }
    if (method === 'unsubscribe') return { result: {} };
    if (method === 'order.cancel_on_disconnect') return { result: { enabled: true } };
    if (method === 'order.cancel_all') return { result: { status: 'ok' } };
    return { error: { code: -32601, message: 'method not found' } };
  }

  private plain(request: HttpRequest, path: string): HttpOutcome {
    if (path.startsWith('/auth')) {
      this.logins += 1;
      return reply({ jwt_token: `secret-token-${this.logins}` });
    }
    if (path === '/system/config')
      return reply({ starknet_chain_id: 'PRIVATE_SN_POTC_SEPOLIA', l1_chain_id: '11155111' });
    if (path === '/system/state') return reply({ status: 'ok' });
    if (path === '/system/time')
      return reply({ server_time: String(Math.floor((this.clock.nowUs() + HOP) / 1000)) });
    if (path === '/markets') return results(MARKET_SPEC);
    if (path === '/account/info')
      return results({ account: '0xacc', fees: { maker_rate: '0.00003', taker_rate: '0.00045' } });
    if (path === '/account')
      return reply({
        ...{ account: '0xacc', account_value: '5000', maintenance_margin_requirement: '0' },
        ...{ status: 'ACTIVE', updated_at: 1 },
      });
    if (request.method === 'DELETE') return reply({});
    return results();
  }
}

export const MARKET_SPEC = {
  symbol: MARKET,
  ...{ price_tick_size: '0.1', order_size_increment: '0.00001', min_notional: '10' },
  ...{ max_open_orders: '150', funding_period_hours: '8', settlement_currency: 'USDC' },
  trading_mode: 'STANDARD',
};

export const SIGNER = {
  publicKey: '0xbeef',
  account: '0xacc',
  signAuth: (): string => '["1","2"]',
  signOrder: (): string => '["3","4"]',
  signModify: (): string => '["5","6"]',
  prehash: (): void => undefined,
};

export interface Rig extends Pace {
  readonly venue: ScriptedVenue;
  readonly client: ParadexClient;
  readonly heard: Heard;
}

export const ENVIRONMENT = loopback('http://127.0.0.1:1') as Environment;

export function makeRig(
  switches: Partial<ParadexSwitches> = {},
  more: Partial<ParadexOptions> = {},
): Rig {
  const venue = new ScriptedVenue();
  const heard = new Heard();
  const client = new ParadexClient({
    ...{ network: venue, clock: venue.clock, seed: 1, signer: SIGNER, inbox: heard },
    ...{ environment: ENVIRONMENT, market: MARKET, runId: 'run1', switches },
    ...more,
  });
  return { venue, client, heard, ...paceOf(venue.clock) };
}

/** A client that has started, opened and may quote. */
export async function readyRig(
  switches: Partial<ParadexSwitches> = {},
  more: Partial<ParadexOptions> = {},
): Promise<Rig> {
  const rig = makeRig(switches, more);
  await rig.settle(rig.client.start());
  rig.client.open();
  rig.run(200);
  return rig;
}

export const place = (ordinal: number, side: Side = BID, ticks = 899_990): PlaceCommand => ({
  ...{ kind: 'place', ordinal, side, tif: 'post-only', reduceOnly: false },
  ticks: ticks as Ticks,
  lots: 100 as Lots,
});

/** An order as the venue words it. */
export const orderWire = (
  ordinal: number,
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  ...{ id: `v${ordinal}`, account: '0xacc', market: MARKET, side: 'BUY', type: 'LIMIT' },
  ...{ size: '0.001', remaining_size: '0.001', price: '89999', status: 'OPEN', cancel_reason: '' },
  ...{ client_id: `mm-run1-${ordinal}`, instruction: 'POST_ONLY', seq_no: 1 },
  ...more,
});

export const fillWire = (
  ordinal: number,
  id: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  ...{ id, order_id: `v${ordinal}`, client_id: `mm-run1-${ordinal}`, market: MARKET, side: 'BUY' },
  ...{ liquidity: 'MAKER', price: '89999', size: '0.001', fee: '0.0027', fill_type: 'FILL' },
  created_at: Math.floor(START_US / 1000) + 5_000,
  ...more,
});
