// The loopback ApeX: everything of its protocol that a client sees, as a state machine on an injected clock. It joins the
// market's rows, the accounts with their exchanges, the REST calls and the sockets; it opens no socket itself.
import type { Instrument } from '#core/instrument';
import type { Clock, Timer } from '#core/outside';
import type { Micros, Money, SpanMicros } from '#core/units';
import { API, SOCKET_PATHS } from '#clients/apex/endpoints';
import type { ContractWire, PrivateContents } from '#clients/apex/wire';
import type { FillModel } from '#sim/exchange';
import { PESSIMISTIC } from '#sim/queue';
import type { QueueModel } from '#sim/queue';
import type { FaceLink, FacePeer, FaceReply, FaceRequest } from '../face.js';
import type { Feed } from '../feed.js';
import { Floor } from '../floor.js';
import type { OperableFace, OperatorWords } from '../operator.js';
import { ApexAccount } from './account.js';
import { snapshotContents } from './account-views.js';
import { Accounts } from './accounts.js';
import { accountIdOf } from './credentials.js';
import type { Login } from './entrance.js';
import { loginOf, signerOf } from './entrance.js';
import type { Form } from './form.js';
import { readForm } from './form.js';
import { Limits } from './limits.js';
import { ApexMarket } from './market.js';
import { OrderEntryDesk } from './order-entry.js';
import { PublicTopics } from './public-topics.js';
import type { ApexQuirks } from './quirks.js';
import { APEX_QUIRKS } from './quirks.js';
import { Banned, CODE, JSON_TYPE, Refusal, httpReply, okBody, refusalReply } from './refusal.js';
import { PRIVATE_ROUTES } from './rest-private.js';
import { PUBLIC_ROUTES } from './rest-public.js';
import type { Answer, VenueInside } from './routes.js';
import { VenueRules } from './rules.js';
import type { SocketHost } from './socket.js';
import { ApexSocket } from './socket.js';
import type { ZkChecks } from './zk-checks.js';
import { zkChecks } from './zk-checks.js';

export interface ApexFaceOptions {
  readonly clock: Clock;
  /** Its symbol as ApeX spells it, with a dash: symbols.ts `apexSymbol`. */
  readonly instrument: Instrument;
  readonly feed: Feed;
  readonly seed: number;
  /** Funds of each new account; 1,000,000 unless given. */
  readonly deposit?: Money;
  /** Position value over equity at most; 50 unless given. */
  readonly leverage?: number;
  /** queue unless given. */
  readonly fillModel?: FillModel;
  /** Pessimistic unless given. */
  readonly queue?: QueueModel;
  /** The rows have top-of-book quotes only. */
  readonly useQuotes?: boolean;
  readonly quirks?: Partial<ApexQuirks>;
  /** All order signatures are verified unless given: zkChecks(share, seed). */
  readonly checks?: ZkChecks;
  /** Every rate limit times this. */
  readonly limitScale?: number;
  /** As many bots share one address: what is limited by address is granted to each. */
  readonly bots?: number;
}

const TEST_FUNDS = 1e6 * 1e8;
const NO_FORM: Form = { fields: new Map(), signed: [''] };
const DAY_MS = 86_400_000;

export class ApexFace implements OperableFace, SocketHost, VenueInside {
  readonly quirks: ApexQuirks;
  readonly market: ApexMarket;
  readonly rules: VenueRules;
  readonly accounts: Accounts;
  readonly desk: OrderEntryDesk;
  readonly topics: PublicTopics;
  readonly limits: Limits;
  private readonly floor: Floor;
  private readonly sockets = new Set<ApexSocket>();
  private readonly timers = new Set<Timer>();
  private connections = 0;
  /** 503 for every call. */
  private maintenance = false;

  constructor(private readonly options: ApexFaceOptions) {
    this.quirks = { ...APEX_QUIRKS, ...options.quirks };
    const checks = options.checks ?? zkChecks(1, options.seed);
    const told = (prints: Parameters<PublicTopics['prints']>[0]): void => {
      for (const account of this.accounts.all.values()) account.flush();
      this.topics.prints(prints);
    };
    this.market = new ApexMarket(options.instrument, told, options.useQuotes);
    this.topics = new PublicTopics(this, this.market, this.quirks.bookEveryUs, this.quirks.snapshotU); // prettier-ignore
    this.limits = new Limits(this.quirks.banUs, options.limitScale, options.bots);
    this.rules = new VenueRules(this.market);
    this.accounts = new Accounts(checks, (key) => this.makeAccount(key));
    this.desk = new OrderEntryDesk(this.rules, checks, this.quirks);
    this.floor = new Floor(this.market);
    options.feed.start(this.floor);
  }

  get silenceUs(): number {
    return this.quirks.silenceUs;
  }

  get emptyLists(): ApexQuirks['emptyLists'] {
    return this.quirks.emptyLists;
  }

  now(): Micros {
    return this.options.clock.nowUs();
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
    const startUs = this.now();
    let answer: Answer;
    try {
      this.limits.take('address', request.ip, startUs);
      if (this.maintenance) return reply(httpReply(503, 'under maintenance'));
      const found = this.answer(request);
      if (found === null) return reply(httpReply(404, `no ${request.method} ${request.target.split('?')[0] ?? ''}`)); // prettier-ignore
      answer = found;
    } catch (error) {
      if (error instanceof Banned) return reply(httpReply(403, error.message));
      if (!(error instanceof Refusal)) throw error;
      return reply(refusalReply(error, startUs, this.now()));
    }
    const body = okBody(answer.data, startUs, this.now());
    reply({ status: 200, headers: JSON_TYPE, body });
    answer.act?.();
  }

  connect(
    target: string,
    _headers: Readonly<Record<string, string>>,
    _ip: string,
    peer: FacePeer,
  ): FaceLink | FaceReply {
    const url = new URL(target, 'http://venue');
    const kind = url.pathname === SOCKET_PATHS.public ? 'public' : 'private';
    if (kind === 'private' && url.pathname !== SOCKET_PATHS.private)
      return httpReply(404, 'no such socket');
    if (url.searchParams.get('v') !== '2' || !/^\d+$/.test(url.searchParams.get('timestamp') ?? ''))
      return httpReply(CODE.parse, 'v=2 and timestamp are required');
    this.connections += 1;
    const id = `${this.options.seed}-${this.connections}`;
    const socket = new ApexSocket(this, kind, id, peer);
    this.sockets.add(socket);
    return socket;
  }

  close(): void {
    this.options.feed.close();
    this.dropConnections(1001, 'going away');
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }

  // --- what an operator or a test may do to the venue --------------------------------------------------------------

  get operator(): OperatorWords {
    const maintenance = (on: boolean) => (): string => {
      this.setMaintenance(on);
      return on ? 'under maintenance' : 'in service';
    };
    return {
      ...{ ok: maintenance(false), maintenance: maintenance(true) },
      cut: () => {
        this.dropConnections(1006);
        return 'every connection was cut';
      },
    };
  }

  setMaintenance(on: boolean): void {
    this.maintenance = on;
  }

  /** The contract changes while the venue runs; clients learn of it from /symbols. */
  changeMarket(change: Partial<ContractWire>): void {
    this.rules.change(change);
  }

  /** Closes every connection: 1006 cuts. */
  dropConnections(code: number, reason = ''): void {
    for (const socket of [...this.sockets]) socket.close(code, reason);
  }

  // --- for the connections and the calls -----------------------------------------------------------------------------

  login(argument: unknown): Login | null {
    return loginOf(argument, this.now(), this.quirks.stampWindowMs);
  }

  accountOf(key: string): ApexAccount {
    return this.accounts.of(key);
  }

  snapshot(account: ApexAccount): PrivateContents {
    return snapshotContents(account, this.accounts.l2KeyOf(account));
  }

  ended(socket: ApexSocket): void {
    this.sockets.delete(socket);
  }

  /** Expirations beyond a day are not waited for: no venue of ours runs that long. */
  placed(account: ApexAccount, id: string): void {
    const order = account.orders.get(id);
    if (order === undefined || !order.open || !this.quirks.expires) return;
    const inMs = order.facts.expiresMs - this.now() / 1_000;
    if (inMs > DAY_MS) return;
    this.after(Math.ceil(inMs * 1_000) as SpanMicros, () => {
      this.catchUp();
      account.expire(order);
      account.flush();
    });
  }

  /** Null: no such call. Throws Refusal or Banned. */
  private answer(request: FaceRequest): Answer | null {
    const url = new URL(request.target, 'http://venue');
    if (!url.pathname.startsWith(API)) return null;
    const path = url.pathname.slice(API.length);
    const matches = (route: { method: string; path: string }): boolean =>
      route.path === path && route.method === request.method;
    const query = url.searchParams;
    const open = PUBLIC_ROUTES.find(matches);
    if (open !== undefined) return open.run({ venue: this, query, form: NO_FORM });
    const route = PRIVATE_ROUTES.find(matches);
    if (route === undefined) return null;
    const form = request.method === 'POST' ? readForm(request.body) : NO_FORM;
    const nowUs = this.now();
    const key = signerOf(request, form.signed, nowUs, this.quirks.stampWindowMs);
    this.limits.take(request.method === 'POST' ? 'posts' : 'gets', key, nowUs);
    return route.run({ venue: this, query, form }, this.accounts.of(key));
  }

  private makeAccount(key: string): ApexAccount {
    const { instrument, deposit, leverage, fillModel, queue, useQuotes } = this.options;
    const account = new ApexAccount({
      ...{ key, id: accountIdOf(key), now: () => this.now() },
      exchange: {
        instrument,
        fillModel: fillModel ?? 'queue',
        queue: queue ?? PESSIMISTIC,
        account: { deposit: deposit ?? (TEST_FUNDS as Money), leverage: leverage ?? 50 },
        useQuotes: useQuotes ?? false,
      },
      news: (from, contents) => {
        for (const socket of this.sockets)
          if (socket.account === from) socket.news(contents, 'delta');
      },
    });
    this.floor.add(account.exchange, this.now());
    return account;
  }
}
