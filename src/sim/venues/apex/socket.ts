// One WebSocket connection of the simulated ApeX: control frames, pings both ways, subscriptions, and the login of the
// private stream with its snapshot. Ended after 150 s without a sign of life. It holds no market and no account.
import type { Timer } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';
import { TOPICS } from '#clients/apex/endpoints';
import type { PrivateContents } from '#clients/apex/wire';
import type { FaceLink, FacePeer } from '../face.js';
import type { ApexAccount } from './account.js';
import type { Login } from './entrance.js';
import { msOf } from './order.js';
import type { Listener, PublicTopics } from './public-topics.js';

export interface SocketHost {
  readonly topics: PublicTopics;
  readonly silenceUs: number;
  readonly emptyLists: 'missing' | 'null' | 'empty';
  now(): Micros;
  after(span: SpanMicros, run: () => void): Timer;
  catchUp(): void;
  /** Null: refused. */
  login(argument: unknown): Login | null;
  accountOf(key: string): ApexAccount;
  snapshot(account: ApexAccount): PrivateContents;
  ended(socket: ApexSocket): void;
}

/** As captured: the first ping comes after 7 s. */
const FIRST_PING = 7_000_000 as SpanMicros;
const PING_EVERY = 15_000_000 as SpanMicros;
const LISTS = ['contractAccounts', 'contractWallets', 'spotAccounts', 'spotWallets', 'orders', 'positions', 'fills', 'positionClosedTransactions', 'transfers', 'deleverages', 'experienceMoney'] as const; // prettier-ignore

export class ApexSocket implements FaceLink, Listener {
  account: ApexAccount | null = null;
  private readonly topics = new Set<string>();
  private heardUs: Micros;
  private timer: Timer | null = null;
  private alive = true;

  constructor(
    private readonly host: SocketHost,
    private readonly kind: 'public' | 'private',
    private readonly id: string,
    private readonly peer: FacePeer,
  ) {
    this.heardUs = host.now();
    this.beat(Math.min(FIRST_PING, host.silenceUs) as SpanMicros);
  }

  text(text: string): void {
    if (!this.alive) return;
    let frame: { op?: unknown; args?: unknown };
    try {
      frame = JSON.parse(text) as typeof frame;
    } catch {
      return this.answer('', [], 'error:invalid op');
    }
    const op = String((frame as typeof frame | null)?.op ?? '');
    const args = Array.isArray(frame?.args) ? (frame.args as unknown[]) : [];
    if (op === 'ping' || op === 'pong') this.heardUs = this.host.now();
    if (op === 'pong') return;
    if (op === 'ping') this.answer(op, args, 'pong');
    else if (op === 'subscribe') this.subscribe(args.map(String));
    else if (op === 'unsubscribe') this.unsubscribe(args.map(String));
    else if (op === 'login' && this.kind === 'private') this.login(args);
    else this.answer(op, args, 'error:invalid op');
  }

  /** The venue pings with a frame of its own. */
  pong(): void {}

  closed(): void {
    if (this.alive) this.end();
  }

  /** The venue closes it; 1006 cuts. */
  close(code: number, reason: string): void {
    if (!this.alive) return;
    this.peer.close(code, reason);
    this.end();
  }

  /** A public frame. */
  hear(text: string): void {
    if (this.alive) this.peer.text(text, 'public');
  }

  /** News of this account; those who did not ask for them hear nothing. */
  news(contents: PrivateContents, type: 'snapshot' | 'delta'): void {
    const topic = TOPICS.account;
    if (!this.alive || !this.topics.has(topic)) return;
    const timestamp = msOf(this.host.now());
    this.say({ type, timestamp, topic, contents: this.filled(contents) });
  }

  private subscribe(topics: readonly string[]): void {
    const known = (topic: string): boolean =>
      this.kind === 'public' ? this.host.topics.knows(topic) : isPrivate(topic);
    if (topics.length === 0 || !topics.every(known))
      return this.answer('subscribe', topics, 'error:handler not found');
    if (this.kind === 'private' && this.account === null)
      return this.answer('subscribe', topics, 'login authority err');
    const twice = topics.find((topic) => this.topics.has(topic));
    if (twice !== undefined)
      return this.answer('subscribe', topics, `error:topic:already subscribed ${twice}`);
    this.answer('subscribe', topics, '');
    for (const topic of topics) this.begin(topic);
  }

  private begin(topic: string): void {
    this.topics.add(topic);
    this.host.catchUp();
    if (this.kind === 'public') this.host.topics.add(topic, this);
    else if (topic === TOPICS.notify) {
      const contents = { unreadNum: 0, notifyMsgList: [] };
      this.say({ type: 'snapshot', timestamp: msOf(this.host.now()), topic, contents });
    } else if (this.account !== null) this.news(this.host.snapshot(this.account), 'snapshot');
  }

  private unsubscribe(topics: readonly string[]): void {
    if (!topics.every((topic) => this.topics.has(topic)))
      return this.answer('unsubscribe', topics, 'error:handler not found');
    this.answer('unsubscribe', topics, '');
    for (const topic of topics) {
      this.topics.delete(topic);
      this.host.topics.remove(topic, this);
    }
  }

  private login(args: readonly unknown[]): void {
    const login = this.host.login(args[0]);
    if (login === null) return this.answer('login', ['***'], 'login authority err');
    this.account = this.host.accountOf(login.key);
    this.answer('login', ['***'], '');
    for (const topic of login.topics) {
      if (isPrivate(topic) && !this.topics.has(topic)) this.begin(topic);
    }
  }

  private answer(op: string, args: readonly unknown[], message: string): void {
    const success = message === '' || message === 'pong';
    const request = { op, args: args.map(String) };
    this.say({ success, ret_msg: message, conn_id: this.id, request });
  }

  private say(message: unknown): void {
    this.peer.text(JSON.stringify(message), 'private');
  }

  /** Lists without content are left out, null or []: clients must take all three. */
  private filled(contents: PrivateContents): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    const { emptyLists } = this.host;
    for (const name of LISTS) {
      const list = (contents as Record<string, readonly unknown[] | null | undefined>)[name] ?? [];
      if (list.length > 0) out[name] = list;
      else if (emptyLists !== 'missing') out[name] = emptyLists === 'null' ? null : [];
    }
    return out;
  }

  private beat(span: SpanMicros): void {
    this.timer = this.host.after(span, () => {
      const nowUs = this.host.now();
      if (nowUs - this.heardUs >= this.host.silenceUs) return this.close(1006, 'no sign of life');
      this.say({ op: 'ping', args: [String(msOf(nowUs))] });
      const left = this.heardUs + this.host.silenceUs - nowUs;
      this.beat(Math.min(PING_EVERY, left) as SpanMicros);
    });
  }

  private end(): void {
    this.alive = false;
    this.timer?.cancel();
    if (this.kind === 'public')
      for (const topic of this.topics) this.host.topics.remove(topic, this);
    this.host.ended(this);
  }
}

const isPrivate = (topic: string): boolean => topic === TOPICS.account || topic === TOPICS.notify;
