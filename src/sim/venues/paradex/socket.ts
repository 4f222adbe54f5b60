// One WebSocket connection of the simulated Paradex: JSON-RPC in, subscriptions, news out in the encoding that the URL
// asked for, pings, cancel-on-disconnect, closing of idle ones. It holds no market and no account of its own.
import type { Timer } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';
import type { SbeVersion } from '#clients/paradex/endpoints';
import { CLOSE_NO_SUBSCRIPTION } from '#clients/paradex/endpoints';
import type { FaceLink, FacePeer, Lane } from '../face.js';
import { jsonText } from '../json.js';
import type { ParadexAccount } from './account.js';
import type { Channel, PrivateTopic, PublicTopic } from './channels.js';
import { channelOf } from './channels.js';
import { Refusal, rpcCode } from './refusal.js';
import type { SocketHost } from './socket-host.js';

const PING_EVERY = 55_000_000 as SpanMicros;
const PONG_WITHIN = 5_000_000 as SpanMicros;
const HEARTBEAT_AFTER = 20_000_000 as SpanMicros;
/** Channels that may be subscribed to for a list of markets, and changed by modify_subscription. */
const SCOPED = ['markets_summary'];

export interface RpcAnswer {
  readonly result: unknown;
  readonly act?: () => void;
}

class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data?: unknown,
  ) {
    super(message);
    this.name = 'RpcError';
  }
}

export class ParadexSocket implements FaceLink {
  account: ParadexAccount | null = null;
  cancelOnDisconnect = false;
  private readonly channels = new Map<string, Channel>();
  private readonly snapshots = new Map<string, Timer>();
  /** Markets of the subscriptions that name them. */
  private readonly scopes = new Map<string, Set<string>>();
  private alive = true;
  private pingTimer: Timer | null = null;
  private pongTimer: Timer | null = null;
  private idleTimer: Timer | null = null;
  private lastSentUs: Micros;
  private beatTimer: Timer | null = null;

  /** `version` null: JSON. */
  constructor(
    private readonly host: SocketHost,
    readonly number: number,
    /** Address of whoever connected: what it is limited by. */
    readonly ip: string,
    private readonly peer: FacePeer,
    readonly version: SbeVersion | null,
  ) {
    this.lastSentUs = host.now();
    this.armPing();
    this.armIdle();
    if (version !== null) this.armBeat();
  }

  text(text: string): void {
    if (!this.alive) return;
    const startUs = this.host.now();
    let id: unknown = null;
    try {
      const request = parseRequest(text);
      id = request.id;
      this.host.catchUp();
      const answer = this.call(request.method, request.params);
      this.reply(id, startUs, { result: answer.result });
      answer.act?.();
    } catch (error) {
      if (error instanceof RpcError) {
        const { code, message, data } = error;
        this.reply(id, startUs, { error: { code, message, data } });
      } else if (error instanceof Refusal) {
        this.reply(id, startUs, { error: { code: rpcCode(error), message: error.message } });
      } else throw error;
    }
  }

  pong(): void {
    this.pongTimer?.cancel();
    this.pongTimer = null;
  }

  closed(code: number): void {
    if (this.alive) this.end(code);
  }

  /** The venue closes it. */
  close(code: number, reason: string): void {
    if (!this.alive) return;
    this.peer.close(code, reason);
    this.end(code);
  }

  /** Something that subscribers of a topic should hear. */
  publish(
    topic: PublicTopic | PrivateTopic,
    data: () => unknown,
    frame: ((version: SbeVersion) => Uint8Array) | null,
  ): void {
    for (const channel of this.channels.values()) {
      if (channel.topic !== topic || !this.hears(channel.name)) continue;
      this.push(channel, data, frame);
      if (this.version !== null && frame !== null) return; // frames name the market, not the channel
    }
  }

  private push(
    channel: Channel,
    data: () => unknown,
    frame: ((version: SbeVersion) => Uint8Array) | null,
  ): void {
    const { quirks } = this.host;
    const lane: Lane = channel.private ? 'private' : 'public';
    const binary = this.version !== null && (!channel.private || quirks.privateEncoding === 'sbe');
    if (binary && frame !== null) this.sendBinary(frame(this.version as SbeVersion), lane);
    else if (channel.private || quirks.jsonMarketData || channel.topic === 'markets')
      this.sendText({ jsonrpc: '2.0', method: 'subscription', params: { channel: channel.name, data: data() } }, lane); // prettier-ignore
  }

  private call(method: string, params: unknown): RpcAnswer {
    if (method === 'auth') return this.authenticate(params);
    if (method === 'subscribe') return this.subscribe(nameIn(params), marketsIn(params, 'markets'));
    if (method === 'unsubscribe') return this.unsubscribe(nameIn(params));
    if (method === 'modify_subscription') return this.modify(nameIn(params), params);
    if (method === 'order.cancel_on_disconnect') {
      this.needAccount();
      const enabled = (params as { enabled?: unknown } | null)?.enabled;
      if (typeof enabled !== 'boolean') throw new RpcError(-32602, 'enabled is required');
      this.cancelOnDisconnect = enabled;
      return { result: { enabled } };
    }
    if (method.startsWith('order.'))
      return (
        this.host.orderMethod(this.needAccount(), method, params, this) ?? unknownMethod(method)
      );
    return unknownMethod(method);
  }

  private authenticate(params: unknown): RpcAnswer {
    const bearer = (params as { bearer?: unknown } | null)?.bearer;
    if (typeof bearer !== 'string' || bearer === '')
      throw new RpcError(40110, 'malformed bearer token');
    try {
      this.account = this.host.accountOfToken(bearer);
    } catch (error) {
      if (error instanceof Refusal) throw new RpcError(40111, 'invalid bearer token');
      throw error;
    }
    return { result: { node_id: this.host.nodeId } };
  }

  private needAccount(): ParadexAccount {
    if (this.account === null) throw new RpcError(40300, 'authentication required');
    return this.account;
  }

  private subscribe(name: string, markets: readonly string[] | null): RpcAnswer {
    const channel = channelOf(name, this.host.market.symbol);
    if (channel === null)
      throw new RpcError(-32600, 'invalid subscribe request', 'invalid channel');
    if (this.channels.has(name))
      throw new RpcError(-32600, 'invalid subscribe request', 'already subscribed');
    if (channel.private) this.needAccount();
    const book = channel.topic === 'deltas' || channel.topic === 'snapshot';
    if (book && this.version !== null && this.booksOpen() > 0)
      throw new RpcError(-32600, 'invalid subscribe request', 'one order_book channel per market');
    if (markets !== null && !SCOPED.includes(name))
      throw new RpcError(-32602, `channel ${name} takes no list of markets`);
    this.channels.set(name, channel);
    if (markets !== null) this.scopes.set(name, new Set(markets));
    this.idleTimer?.cancel();
    this.idleTimer = null;
    return { result: { channel: name }, act: () => this.begin(channel) };
  }

  /** Changes the markets of a subscription that was made with a list of them. */
  private modify(name: string, params: unknown): RpcAnswer {
    const scope = this.scopes.get(name);
    if (scope === undefined)
      throw new RpcError(
        -32600,
        'invalid modify_subscription request',
        'not a scoped subscription',
      );
    const before = this.hears(name);
    for (const market of marketsIn(params, 'add') ?? []) scope.add(market);
    for (const market of marketsIn(params, 'remove') ?? []) scope.delete(market);
    const channel = this.channels.get(name);
    const begins = !before && this.hears(name) && channel !== undefined;
    return { result: { channel: name }, ...(begins ? { act: () => this.begin(channel) } : {}) };
  }

  /** Our one market is among those that the subscription names, or it names none. */
  private hears(name: string): boolean {
    return this.scopes.get(name)?.has(this.host.market.symbol) ?? true;
  }

  private booksOpen(): number {
    return [...this.channels.values()].filter((c) => /^(deltas|snapshot)$/.test(c.topic)).length;
  }

  private begin(channel: Channel): void {
    if (!this.hears(channel.name)) return;
    const first = this.host.firstNews(channel);
    if (first !== null) this.push(channel, first.data, first.frame);
    if (channel.everyUs > 0) this.armSnapshot(channel);
  }

  private armSnapshot(channel: Channel): void {
    const timer = this.host.after(channel.everyUs as SpanMicros, () => {
      const news = this.host.firstNews(channel);
      if (news !== null) this.push(channel, news.data, news.frame);
      this.armSnapshot(channel);
    });
    this.snapshots.set(channel.name, timer);
  }

  private unsubscribe(name: string): RpcAnswer {
    if (!this.channels.delete(name))
      throw new RpcError(-32600, 'invalid unsubscribe request', 'not subscribed');
    this.snapshots.get(name)?.cancel();
    this.snapshots.delete(name);
    this.scopes.delete(name);
    if (this.channels.size === 0) this.armIdle();
    return { result: { channel: name } };
  }

  private reply(id: unknown, startUs: Micros, rest: Readonly<Record<string, unknown>>): void {
    const usIn = startUs;
    const usOut = this.host.now();
    this.sendText({ jsonrpc: '2.0', id, ...rest, usIn, usOut, usDiff: usOut - usIn }, 'private');
  }

  private sendText(message: unknown, lane: Lane): void {
    this.lastSentUs = this.host.now();
    this.peer.text(jsonText(message), lane);
  }

  private sendBinary(bytes: Uint8Array, lane: Lane): void {
    this.lastSentUs = this.host.now();
    this.peer.binary(bytes, lane);
  }

  private armPing(): void {
    this.pingTimer = this.host.after(PING_EVERY, () => {
      this.peer.ping();
      this.pongTimer = this.host.after(PONG_WITHIN, () => this.close(1006, 'no pong'));
      this.armPing();
    });
  }

  private armIdle(): void {
    this.idleTimer = this.host.after(this.host.quirks.idleCloseUs as SpanMicros, () =>
      this.close(CLOSE_NO_SUBSCRIPTION, 'no active subscription'),
    );
  }

  private armBeat(): void {
    this.beatTimer = this.host.after(HEARTBEAT_AFTER, () => {
      if (this.host.now() - this.lastSentUs >= HEARTBEAT_AFTER)
        this.sendBinary(this.host.heartbeat(this.version as SbeVersion), 'public');
      this.armBeat();
    });
  }

  private end(code: number): void {
    this.alive = false;
    for (const timer of [this.pingTimer, this.pongTimer, this.idleTimer, this.beatTimer])
      timer?.cancel();
    for (const timer of this.snapshots.values()) timer.cancel();
    this.host.ended(this, code);
  }
}

interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params: unknown;
}

function parseRequest(text: string): Request {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    throw new RpcError(-32700, 'parse error');
  }
  if (typeof request !== 'object' || request === null)
    throw new RpcError(-32600, 'invalid request');
  const { id = null, method, params = null } = request as Record<string, unknown>;
  if (typeof method !== 'string') throw new RpcError(-32600, 'invalid request');
  return { id, method, params };
}

function nameIn(params: unknown): string {
  const channel = (params as { channel?: unknown } | null)?.channel;
  if (typeof channel !== 'string') throw new RpcError(-32602, 'channel is required');
  return channel;
}

/** A list of markets of that name; null when it is not given. */
function marketsIn(params: unknown, name: string): readonly string[] | null {
  const list = (params as Readonly<Record<string, unknown>> | null)?.[name];
  if (list === undefined || list === null) return null;
  if (Array.isArray(list) && list.every((market) => typeof market === 'string'))
    return list as string[];
  throw new RpcError(-32602, `${name} must be a list of markets`);
}

function unknownMethod(method: string): never {
  throw new RpcError(-32601, `method ${method.slice(0, 60)} not found`);
}
