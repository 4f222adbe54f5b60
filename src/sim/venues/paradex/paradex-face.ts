// The loopback Paradex: everything of its protocol that a client sees, as a state machine on an injected clock. It joins
// the market's rows, the accounts with their exchanges, the REST calls and the sockets; it opens no socket itself.
import type { Instrument } from '#core/instrument';
import type { Clock, Timer } from '#core/outside';
import type { Micros, Money, SpanMicros } from '#core/units';
import { writeFrame } from '#clients/paradex/codec/frame';
import { HEARTBEAT } from '#clients/paradex/codec/schema';
import type { SbeVersion } from '#clients/paradex/endpoints';
import { encodingOf } from '#clients/paradex/endpoints';
import type { MarketChangeWire, MarketWire, WireSystemStatus } from '#clients/paradex/wire';
import type { FillModel } from '#sim/exchange';
import { BEHIND_UI } from '#sim/queue';
import type { QueueModel } from '#sim/queue';
import type { FaceLink, FacePeer, FaceReply, FaceRequest } from '../face.js';
import type { Feed } from '../feed.js';
import { Floor } from '../floor.js';
import type { OperableFace, OperatorWords } from '../operator.js';
import { ParadexAccount } from './account.js';
import { Accounts } from './accounts.js';
import { Broadcast } from './broadcast.js';
import type { Channel } from './channels.js';
import { Limits, TooMany } from './limits.js';
import { Pages } from './lists.js';
import type { MarketNews } from './market.js';
import { ParadexMarket } from './market.js';
import { OrderCalls } from './order-calls.js';
import { OrderEntryDesk } from './order-entry.js';
import { orderRpc } from './order-rpc.js';
import type { ParadexQuirks } from './quirks.js';
import { PARADEX_QUIRKS } from './quirks.js';
import { JSON_TYPE, Refusal, refusalReply } from './refusal.js';
import { PRIVATE_ROUTES } from './rest-private.js';
import { PUBLIC_ROUTES } from './rest-public.js';
import type { Found, RouteAnswer, VenueInside } from './routes.js';
import { findRoute } from './routes.js';
import { VenueRules } from './rules.js';
import type { SignatureChecks } from './signatures.js';
import type { News, SocketHost } from './socket-host.js';
import type { RpcAnswer } from './socket.js';
import { ParadexSocket } from './socket.js';
import { STARK_CHECKS } from './stark-signatures.js';
import { Tokens } from './tokens.js';

export interface ParadexFaceOptions {
  readonly clock: Clock;
  readonly instrument: Instrument;
  readonly feed: Feed;
  readonly seed: number;
  /** Funds of each new account; 1,000,000 unless given. */
  readonly deposit?: Money;
  /** Position value over equity at most; 50 unless given. */
  readonly leverage?: number;
  /** queue unless given. */
  readonly fillModel?: FillModel;
  /** Behind the orders of the venue's own interface unless given. */
  readonly queue?: QueueModel;
  /** The rows have top-of-book quotes only. */
  readonly useQuotes?: boolean;
  readonly quirks?: Partial<ParadexQuirks>;
  readonly checks?: SignatureChecks;
  /** Every rate limit times this. */
  readonly limitScale?: number;
  /** As many bots share one address: what is limited by address is granted to each. */
  readonly bots?: number;
  readonly tokenSeconds?: number;
}

const TEST_FUNDS = 1e6 * 1e8;
const ROUTES = [...PUBLIC_ROUTES, ...PRIVATE_ROUTES];
const CLEAN_CLOSES = [1000, 1001, 1005];

export class ParadexFace implements OperableFace, SocketHost, VenueInside {
  readonly quirks: ParadexQuirks;
  readonly market: ParadexMarket;
  readonly rules: VenueRules;
  readonly accounts: Accounts;
  readonly calls: OrderCalls;
  readonly pages: Pages;
  readonly checks: SignatureChecks;
  readonly nodeId: string;
  private readonly floor: Floor;
  private readonly broadcast: Broadcast;
  private readonly limits: Limits;
  private readonly tokens: Tokens;
  private readonly timers = new Set<Timer>();
  private connections = 0;
  private sequence = 0n;

  constructor(private readonly options: ParadexFaceOptions) {
    this.quirks = { ...PARADEX_QUIRKS, ...options.quirks };
    this.checks = options.checks ?? STARK_CHECKS;
    const secret = `loopback paradex ${options.seed}`;
    this.nodeId = (options.seed >>> 0).toString(16).padStart(16, '0');
    this.tokens = new Tokens(secret, options.tokenSeconds);
    this.pages = new Pages(secret);
    this.limits = new Limits(options.limitScale, options.bots);
    const { instrument, useQuotes } = options;
    this.market = new ParadexMarket(instrument, (news) => this.marketNews(news), useQuotes);
    this.broadcast = new Broadcast(this.market, () => this.now(), () => this.seq()); // prettier-ignore
    this.floor = new Floor(this.market);
    this.rules = new VenueRules(this.market, this.quirks);
    this.accounts = new Accounts(this.checks, (address) => this.makeAccount(address));
    const desk = new OrderEntryDesk(this.rules, this.checks);
    this.calls = new OrderCalls(this.rules, desk, this.checks, () => this.now());
    options.feed.start(this.floor);
  }

  now(): Micros {
    return this.options.clock.nowUs();
  }

  /** Rising, and beyond 2^53 as at the venue: nanoseconds, stepped where several fall together. */
  seq(): bigint {
    const base = BigInt(this.now()) * 1000n;
    this.sequence = base > this.sequence ? base : this.sequence + 1n;
    return this.sequence;
  }

  after(span: SpanMicros, run: () => void): Timer {
    const timer = this.options.clock.after(span, () => {
      this.timers.delete(timer);
      run();
    });
    this.timers.add(timer);
    return {
      cancel: () => {
        timer.cancel();
        this.timers.delete(timer);
      },
    };
  }

  catchUp(): void {
    this.options.feed.catchUp();
  }

  request(request: FaceRequest, reply: (reply: FaceReply | null) => void): void {
    this.catchUp();
    let answer: RouteAnswer;
    let headers: Readonly<Record<string, string>> = {};
    try {
      const url = urlOf(request.target);
      const path = url.pathname.replace(/^\/v1(?=\/|$)/, '');
      const found = findRoute(ROUTES, request.method, path);
      if (found === null) throw new Refusal(404, 'NOT_FOUND', `no ${request.method} ${path}`);
      const account = this.accountFor(request, found);
      headers = this.count(request, found, account);
      const context = { venue: this, request, query: url.searchParams, params: found.params };
      answer = found.route.run(context, account as ParadexAccount);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const refused = refusalReply(error);
      const more = error instanceof TooMany ? error.headers : headers;
      reply({ ...refused, headers: { ...refused.headers, ...more } });
      return;
    }
    reply({ status: answer.status, headers: { ...JSON_TYPE, ...headers }, body: answer.body });
    answer.act?.();
  }

  connect(
    target: string,
    _headers: Readonly<Record<string, string>>,
    ip: string,
    peer: FacePeer,
  ): FaceLink | FaceReply {
    try {
      this.limits.take('connections', ip, this.now());
      const encoding = encodingOf(urlOf(target).searchParams);
      const version = encoding?.kind === 'sbe' ? encoding.version : null;
      if (encoding === null || (version ?? 0) > this.quirks.newestSchema)
        throw new Refusal(400, 'INVALID_REQUEST_PARAMETER', 'unsupported SBE schema version');
      if (version === null && !this.quirks.plainSockets)
        throw new Refusal(400, 'INVALID_REQUEST_PARAMETER', 'sbeSchemaId is required');
      this.connections += 1;
      const socket = new ParadexSocket(this, this.connections, ip, peer, version);
      this.broadcast.sockets.add(socket);
      return socket;
    } catch (error) {
      if (error instanceof Refusal) return refusalReply(error);
      throw error;
    }
  }

  close(): void {
    this.options.feed.close();
    for (const socket of [...this.broadcast.sockets]) socket.close(1001, 'going away');
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }

  // --- what an operator or a test may do to the venue --------------------------------------------------------------

  get operator(): OperatorWords {
    const state = (status: WireSystemStatus) => (): string => {
      this.setSystem(status);
      return `the system's state is ${status}`;
    };
    return {
      ...{ ok: state('ok'), maintenance: state('maintenance') },
      ...{ cancel_only: state('cancel_only'), post_only: state('post_only') },
      bust: () => {
        const busted = [...this.accounts.all.values()].filter((account) => account.bustLastFill());
        return `the newest fill of ${busted.length} accounts was busted`;
      },
      cut: () => {
        this.dropConnections(1006);
        return 'every connection was cut';
      },
    };
  }

  /** Maintenance: ok, maintenance, cancel_only, post_only. */
  setSystem(status: WireSystemStatus): void {
    this.rules.system = status;
    for (const account of this.accounts.all.values()) this.clearBand(account);
  }

  /** Maintenance ends what rests too far from the fair price. */
  private clearBand(account: ParadexAccount): void {
    for (const order of [...account.openOrders])
      if (!this.rules.mayRest(order.facts.side, order.ticks))
        account.cancel(order, 'OUTSIDE_MAINTENANCE_BAND');
  }

  /** The market's specification changes while it runs. */
  changeMarket(change: Partial<MarketWire>): void {
    this.rules.overrides = { ...this.rules.overrides, ...change };
    const event: MarketChangeWire = {
      ...{ event_type: 'UPDATED', symbol: this.market.symbol },
      changed_fields: Object.keys(change),
      updated_at: Math.floor(this.now() / 1000),
    };
    this.broadcast.changed(event);
  }

  /** Closes every connection: 1006 cuts. */
  dropConnections(code: number, reason = ''): void {
    for (const socket of [...this.broadcast.sockets]) socket.close(code, reason);
  }

  // --- for the connections -----------------------------------------------------------------------------------------

  accountOfToken(token: string): ParadexAccount {
    const address = this.tokens.accountOf(token, this.now());
    const account = this.accounts.all.get(address);
    if (account === undefined) throw new Refusal(401, 'INVALID_TOKEN', 'unknown account');
    return account;
  }

  issueToken(account: ParadexAccount): string {
    return this.tokens.issue(account.address, this.now());
  }

  orderMethod(
    account: ParadexAccount,
    method: string,
    params: unknown,
    { number, ip }: ParadexSocket,
  ): RpcAnswer | null {
    if (this.quirks.ipLimitCoversOrders) this.limits.take('address', ip, this.now());
    this.limits.take('orders', account.address, this.now());
    const { batchParams } = this.quirks;
    const context = { calls: this.calls, batchParams, nowUs: this.now(), connection: number };
    return orderRpc(context, account, method, params);
  }

  firstNews(channel: Channel): News | null {
    return this.broadcast.first(channel);
  }

  heartbeat(version: SbeVersion): Uint8Array {
    const { seq } = this.market;
    return writeFrame(HEARTBEAT, version, { values: { ts: this.now(), seq: BigInt(seq) } });
  }

  ended(socket: ParadexSocket, code: number): void {
    this.broadcast.sockets.delete(socket);
    const { account, number } = socket;
    const clean = CLEAN_CLOSES.includes(code) && !this.quirks.disconnectOnCleanClose;
    if (account === null || !socket.cancelOnDisconnect || clean) return;
    const cancel = (): void => {
      this.catchUp();
      for (const order of [...account.openOrders]) {
        if (order.connection === number) account.cancel(order, 'CANCEL_ON_DISCONNECT');
      }
    };
    if (this.quirks.disconnectDelayUs === 0) cancel();
    else this.after(this.quirks.disconnectDelayUs as SpanMicros, cancel);
  }

  private marketNews(news: MarketNews): void {
    this.broadcast.public(news);
    if (news.kind !== 'summary') return;
    for (const account of this.accounts.all.values()) {
      account.trigger(this.market.fair);
      this.clearBand(account);
    }
  }

  private makeAccount(address: string): ParadexAccount {
    const { instrument, deposit, leverage, fillModel, queue, useQuotes } = this.options;
    const account = new ParadexAccount({
      ...{ address, market: this.market.symbol, fillSide: this.quirks.fillSide },
      fundingPaid: this.quirks.fundingPaid,
      exchange: {
        instrument,
        fillModel: fillModel ?? 'queue',
        queue: queue ?? BEHIND_UI,
        account: { deposit: deposit ?? (TEST_FUNDS as Money), leverage: leverage ?? 50 },
        useQuotes: useQuotes ?? false,
        amendKeeps: this.quirks.modifyPriority === 'kept',
      },
      positionLimit: () => this.rules.positionLimit,
      now: () => this.now(),
      seq: () => this.seq(),
      bookSeq: () => this.market.seq,
      news: (from, news) => this.broadcast.private(from, news),
    });
    this.floor.add(account.exchange, this.now());
    return account;
  }

  private accountFor(request: FaceRequest, { route }: Found): ParadexAccount | null {
    if (route.scope === 'public' || route.scope === 'auth') return null;
    const bearer = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '');
    if (bearer === null) throw new Refusal(401, '', 'missing or malformed jwt');
    return this.accountOfToken(bearer[1] as string);
  }

  private count(
    request: FaceRequest,
    { route }: Found,
    account: ParadexAccount | null,
  ): Readonly<Record<string, string>> {
    const nowUs = this.now();
    const { ip } = request;
    const { scope } = route;
    if (scope === 'public' || scope === 'auth' || account === null)
      return this.limits.take(scope, ip, nowUs);
    if (this.rules.system === 'maintenance')
      throw new Refusal(503, 'SERVICE_UNAVAILABLE', 'the system is under maintenance');
    if (scope === 'reads' || this.quirks.ipLimitCoversOrders)
      this.limits.take('address', ip, nowUs);
    return this.limits.take(scope, account.address, nowUs);
  }
}

/** Throws Refusal for what is no path. */
function urlOf(target: string): URL {
  try {
    return new URL(`http://venue${target.startsWith('/') ? '' : '/'}${target}`);
  } catch {
    throw new Refusal(400, 'INVALID_REQUEST_PARAMETER', 'the path cannot be read');
  }
}
