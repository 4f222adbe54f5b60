// Seeded fault injection as a face around a face: the same faults over real sockets and over the in-memory pipe. It
// draws from the seed only, in the order of messages, counts what it did, and never invents content: what arrives is
// what the venue said, late, twice, damaged or not at all.
import type { Clock } from '#core/outside';
import { Random } from '#core/random';
import type { SpanMicros } from '#core/units';
import type { Face, FaceLink, FacePeer, FaceReply, FaceRequest, Lane } from './face.js';
import { isRefusal } from './face.js';
import type { FaultKind, FaultProfile } from './fault-profiles.js';

const MOST_WAITING = 2_000;
const LONG_STALL_US = 5_000_000;
const REORDER_WITHIN_US = 20_000;
const SOON = 0 as SpanMicros;

export interface FaultCounts {
  readonly by: Record<FaultKind, number>;
  /** Faults that hit an order command or its answer. */
  orders: number;
  /** Messages and requests that passed through, both ways. */
  messages: number;
}

export class FaultyFace implements Face {
  readonly counts: FaultCounts;
  /** Off: everything passes. */
  enabled = true;
  private readonly random: Random;

  constructor(
    private readonly face: Face,
    private readonly clock: Clock,
    private readonly profile: FaultProfile,
    readonly seed: number,
  ) {
    this.random = new Random(seed).fork('faults');
    const kinds = Object.keys(profile).filter((name) => name !== 'stallUs') as FaultKind[];
    const by = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<FaultKind, number>;
    this.counts = { by, orders: 0, messages: 0 };
  }

  request(request: FaceRequest, reply: (reply: FaceReply | null) => void): void {
    this.counts.messages += 1;
    const order = isOrderRequest(request);
    if (order && this.hits('cutBefore', true)) return reply(null);
    if (this.hits('http429', order)) {
      // ApeX shuts the address out instead of saying "later".
      if (isApex(request)) return reply(plain(403, null, 'Forbidden'));
      return reply(plain(429, 'RATE_LIMIT_EXCEEDED', 'too many'));
    }
    const bearer = request.headers['authorization'] !== undefined;
    if (bearer && this.hits('http401', order))
      return reply(plain(401, null, 'missing or malformed jwt: token is expired by 1s'));
    if (this.hits('http5xx', order)) {
      const executed = this.random.bool(0.5);
      if (executed) this.face.request(request, () => undefined);
      return reply(plain(503, 'SERVICE_UNAVAILABLE', 'timeout'));
    }
    const cutAfter = order && this.hits('cutAfter', true);
    const lost = !cutAfter && this.hits('dropReply', order);
    this.face.request(request, (answer) => {
      if (cutAfter) reply(null);
      else if (!lost) reply(answer);
      else this.clock.after(LOST_REPLY, () => reply(null));
    });
  }

  connect(
    target: string,
    headers: Readonly<Record<string, string>>,
    ip: string,
    peer: FacePeer,
  ): FaceLink | FaceReply {
    const connection = new FaultyConnection(this, this.clock, this.profile, this.random, peer);
    const link = this.face.connect(target, headers, ip, connection);
    if (isRefusal(link)) return link;
    connection.link = link;
    return connection.inbound();
  }

  close(): void {
    this.face.close();
  }

  /** Draws whether a fault of that kind happens now, and counts it. */
  hits(kind: FaultKind, order: boolean): boolean {
    if (!this.enabled || this.profile[kind] === 0) return false;
    if (!this.random.bool(this.profile[kind])) return false;
    this.counts.by[kind] += 1;
    if (order) this.counts.orders += 1;
    return true;
  }
}

const LOST_REPLY = 35_000_000 as SpanMicros;

function plain(status: number, error: string | null, message: string): FaceReply {
  const body = JSON.stringify(error === null ? { message } : { error, message, data: null });
  return { status, headers: { 'content-type': 'application/json' }, body };
}

const isOrderRequest = ({ method, target }: FaceRequest): boolean =>
  method !== 'GET' && /^\/(v1|api\/v3)\/(orders|order|create-order|delete-)/.test(target);
const isApex = ({ target }: FaceRequest): boolean => target.startsWith('/api/v3/');
/** An answer to a call over the socket; ApeX has none, and nothing can get lost in the middle of a stream. */
const isReply = (text: string): boolean =>
  text.includes('"id":') && !text.includes('"subscription"') && !text.includes('"topic"');

interface Waiting {
  readonly lane: Lane;
  readonly send: () => void;
}

class FaultyConnection implements FacePeer {
  link: FaceLink | null = null;
  private state: 'open' | 'deaf' | 'muted' | 'over' = 'open';
  private waiting: Waiting[] = [];
  private stalled = false;
  /** A reply held back until the next event. */
  private held: (() => void) | null = null;

  constructor(
    private readonly faults: FaultyFace,
    private readonly clock: Clock,
    private readonly profile: FaultProfile,
    private readonly random: Random,
    private readonly peer: FacePeer,
  ) {}

  inbound(): FaceLink {
    return {
      text: (text) => this.fromClient(text),
      pong: () => {
        if (this.state === 'open') this.link?.pong();
      },
      closed: (code) => this.over(code),
    };
  }

  text(text: string, lane: Lane): void {
    if (lane === 'public') return this.publicText(text);
    const reply = isReply(text);
    if (reply && this.faults.hits('dropReply', /"order"|"order_id"/.test(text))) return;
    const send = (): void => this.peer.text(text, lane);
    if (reply && this.held === null && this.faults.hits('reorder', false)) {
      this.held = send;
      this.clock.after(REORDER_WITHIN_US as SpanMicros, () => this.release(send));
      return;
    }
    this.outward(lane, send);
    const { held } = this;
    if (held !== null) this.release(held);
  }

  /** Damaged text is cut short: it must not read as something else that is true. */
  private publicText(text: string): void {
    if (this.faults.hits('gap', false)) return;
    const damaged = this.faults.hits('corrupt', false);
    const sent = damaged ? text.slice(0, this.random.int(text.length)) : text;
    this.outward('public', () => this.peer.text(sent, 'public'));
  }

  binary(bytes: Uint8Array, lane: Lane): void {
    if (lane === 'public' && this.faults.hits('gap', false)) return;
    let frame = bytes;
    if (lane === 'public' && this.faults.hits('corrupt', false)) frame = this.damaged(bytes);
    this.outward(lane, () => this.peer.binary(frame, lane));
  }

  ping(): void {
    if (this.state === 'open' && !this.stalled) this.peer.ping();
  }

  close(code: number, reason: string): void {
    const deaf = this.state === 'deaf';
    this.state = 'over';
    if (!deaf) this.peer.close(code, reason);
  }

  private release(send: () => void): void {
    if (this.held !== send) return;
    this.held = null;
    this.outward('private', send);
  }

  private outward(lane: Lane, send: () => void): void {
    const { faults } = this;
    faults.counts.messages += 1;
    if (this.state !== 'open') return;
    if (faults.hits('halfOpen', false)) {
      this.state = 'deaf';
      return;
    }
    if (faults.hits('cut', false)) return this.cut();
    if (!this.stalled && faults.hits('delay', false)) this.stall(this.profile.stallUs);
    if (!this.stalled && faults.hits('slowReader', false)) this.stall(LONG_STALL_US);
    const times = faults.hits('duplicate', false) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      if (this.stalled) this.waiting.push({ lane, send });
      else send();
    }
    if (this.waiting.length > MOST_WAITING) this.cut();
  }

  private fromClient(text: string): void {
    if (this.state !== 'open') return;
    this.faults.counts.messages += 1;
    const order = /"method":\s*"order\.(create|modify|cancel(_batch|_all)?"|create_batch)/.test(
      text,
    );
    if (order && this.faults.hits('cutBefore', true)) return this.cut();
    if (order && this.faults.hits('cutAfter', true)) {
      this.state = 'muted';
      this.link?.text(text);
      return this.cut();
    }
    this.link?.text(text);
  }

  private stall(mostUs: number): void {
    this.stalled = true;
    const span = Math.ceil(this.random.next() * mostUs) as SpanMicros;
    this.clock.after(span, () => {
      this.stalled = false;
      const { waiting } = this;
      this.waiting = [];
      if (this.state === 'open') for (const { send } of waiting) send();
    });
  }

  /** Both ends are told, not from within their own call. */
  private cut(): void {
    this.state = 'muted';
    this.clock.after(SOON, () => {
      if (this.state === 'over') return;
      this.peer.close(1006, '');
      this.over(1006);
    });
  }

  private over(code: number): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.link?.closed(code);
  }

  private damaged(bytes: Uint8Array): Uint8Array {
    const copy = bytes.slice();
    for (let i = 0; i <= this.random.int(3); i++)
      copy[this.random.int(copy.length)] = this.random.int(256);
    return this.random.bool(0.3) ? copy.slice(0, this.random.int(copy.length)) : copy;
  }
}
