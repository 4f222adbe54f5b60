// A Network between the ApeX client and the venue's face that loses things on purpose, by seed: orders and cancels that
// never arrive, arrive late, or whose answer is lost; 403s and 503s; cuts, half-open and stalled sockets, repeated
// frames, lost public frames. It also sees every order that leaves, and asks whether that was allowed at that moment.
import type {
  Clock, HttpOutcome, HttpRequest, Network, Socket, SocketHandlers,
} from '#core/outside'; // prettier-ignore
import type { Random } from '#core/random';
import type { Micros, SpanMicros } from '#core/units';

/** What may happen to one order request (create or cancel); the others happen to sockets or for a while. */
export type RequestFault =
  'lost' | 'cut-before' | 'cut-after' | 'lost-reply' | 'late' | 'busy' | 'busy-after' | 'banned';
export type FaultName =
  | RequestFault | 'cancel-lost' | 'cancel-reply' | 'private-cut' | 'half-open' | 'public-cut'
  | 'public-gap' | 'repeat' | 'stall'; // prettier-ignore
export const FAULTS: readonly FaultName[] = [
  'lost', 'cut-before', 'cut-after', 'lost-reply', 'late', 'busy', 'busy-after', 'banned',
  'cancel-lost', 'cancel-reply', 'private-cut', 'half-open', 'public-cut', 'public-gap', 'repeat',
  'stall',
]; // prettier-ignore

const ONE_WAY = 15_000;
const JITTER = 10_000;
/** After a 403 the client sends nothing for two minutes. */
const BAN_US = 121_000_000;
const isPlace = ({ url }: HttpRequest): boolean => url.endsWith('/api/v3/order');
const isOrder = (request: HttpRequest): boolean =>
  isPlace(request) || request.url.includes('/api/v3/delete-');
const answer = (status: number, body: string): HttpOutcome => ({
  ...{ kind: 'reply', status, headers: {}, body },
});

export class ApexFaultyNetwork implements Network {
  links: readonly FaultyLink[] = [];
  /** When a fault last did something: a one-shot may wait long for its request. */
  struckUs = 0;
  /** Connections and requests fail until then. */
  refuseUntilUs = 0;
  readsFailUntilUs = 0;
  /** One-shots: for the next order, for the next cancel. */
  nextPlace: RequestFault | null = null;
  nextCancel: 'lost' | 'lost-reply' | null = null;
  /** Order requests on their way or unanswered. */
  inFlight = 0;
  ordersSent = 0;
  /** Orders that left without a private stream on which the snapshot was heard. */
  ordersUnarmed = 0;
  /** Order requests of which a fault took something. */
  ordersHit = 0;
  /** 403s by the venue itself: the client asked too much. */
  bans = 0;

  constructor(
    readonly inner: Network,
    readonly clock: Clock,
    readonly random: Random,
  ) {}

  connect(url: string, handlers: SocketHandlers): Socket {
    const link = new FaultyLink(this, url, handlers);
    this.links = [...this.links.filter((old) => !old.gone), link];
    return link;
  }

  request(request: HttpRequest, done: (outcome: HttpOutcome) => void): void {
    const { clock } = this;
    const order = isOrder(request);
    if (isPlace(request)) this.judge();
    if (order) this.inFlight += 1;
    let open = true;
    const finish = (outcome: HttpOutcome): void => {
      if (!open) return;
      open = false;
      if (order) this.inFlight -= 1;
      done(outcome);
    };
    if (clock.nowUs() < this.refuseUntilUs) {
      clock.after(ONE_WAY as SpanMicros, () => finish({ kind: 'unsent', detail: 'refused' }));
      return;
    }
    clock.after(request.timeout, () => finish({ kind: 'unknown', detail: 'timed out' }));
    const fault = this.faultOf(request);
    if (fault === null) return this.pass(request, finish);
    this.struckUs = Math.max(this.struckUs, clock.nowUs());
    if (order) this.ordersHit += 1;
    this.strike(fault, request, finish);
  }

  get privateLink(): FaultyLink | undefined {
    return this.links.findLast((link) => link.isPrivate && link.isOpen);
  }

  get publicLink(): FaultyLink | undefined {
    return this.links.findLast((link) => !link.isPrivate && link.isOpen);
  }

  later(run: () => void, more = 0): void {
    this.clock.after((ONE_WAY + this.random.int(JITTER) + more) as SpanMicros, run);
  }

  private judge(): void {
    this.ordersSent += 1;
    if (this.privateLink?.armed !== true) this.ordersUnarmed += 1;
  }

  private faultOf(request: HttpRequest): RequestFault | null {
    if (isPlace(request)) {
      const fault = this.nextPlace;
      this.nextPlace = null;
      return fault;
    }
    if (isOrder(request)) {
      const fault = this.nextCancel;
      this.nextCancel = null;
      return fault;
    }
    const fails = this.clock.nowUs() < this.readsFailUntilUs && this.random.bool(0.5);
    return fails ? (this.random.bool(0.5) ? 'busy' : 'lost-reply') : null;
  }

  private strike(
    fault: RequestFault,
    request: HttpRequest,
    finish: (outcome: HttpOutcome) => void,
  ): void {
    const cut: HttpOutcome = { kind: 'unknown', detail: 'the connection was cut' };
    const busy = answer(503, '{"code":503,"msg":"busy"}');
    const nothing = (): void => undefined;
    if (fault === 'lost') return;
    if (fault === 'cut-before') return this.later(() => finish(cut));
    if (fault === 'busy') return this.later(() => finish(busy));
    if (fault === 'banned') {
      this.struckUs = this.clock.nowUs() + BAN_US;
      return this.later(() => finish(answer(403, '')));
    }
    if (fault === 'late') {
      const span = 1_000_000 + this.random.int(7_000_000);
      this.struckUs = this.clock.nowUs() + span;
      return this.later(() => this.inner.request(request, nothing), span);
    }
    this.later(() => {
      this.inner.request(request, () => {
        if (fault === 'cut-after') this.later(() => finish(cut));
        if (fault === 'busy-after') this.later(() => finish(busy));
      });
    });
  }

  private pass(request: HttpRequest, finish: (outcome: HttpOutcome) => void): void {
    this.later(() => {
      this.inner.request(request, (outcome) => {
        if (outcome.kind === 'reply' && outcome.status === 403) this.bans += 1;
        this.later(() => finish(outcome));
      });
    });
  }
}

export class FaultyLink implements Socket {
  isOpen = false;
  /** By what the client has been told: the private stream has given its snapshot. */
  armed = false;
  losePublic = false;
  repeat = 0;
  halfOpen = false;
  stallUntilUs = 0;
  /** When a frame was last handed to the client. */
  heardUs = 0;
  readonly isPrivate: boolean;
  private readonly inner: Socket;
  private lastUpUs = 0;
  private lastDownUs = 0;
  private closed = false;

  constructor(
    private readonly net: ApexFaultyNetwork,
    url: string,
    private readonly handlers: SocketHandlers,
  ) {
    this.isPrivate = url.includes('realtime_private');
    const refused = net.clock.nowUs() < net.refuseUntilUs;
    this.inner = refused
      ? { send: () => false, close: () => undefined, terminate: () => undefined }
      : net.inner.connect(url, {
          onOpen: () => this.down(() => this.opened()),
          onText: (text) => this.text(text),
          onBinary: () => undefined,
          onClose: (code, reason) => this.down(() => this.ended(code, reason)),
        });
    if (refused) net.later(() => this.ended(1006, 'refused'));
  }

  get gone(): boolean {
    return this.closed;
  }

  send(text: string): boolean {
    if (!this.isOpen) return false;
    if (!this.halfOpen) this.up(() => this.inner.send(text));
    return true;
  }

  ping(): boolean {
    if (!this.isOpen) return false;
    if (!this.halfOpen)
      this.up(() => this.down(() => (this.halfOpen ? undefined : this.handlers.onPong?.())));
    return true;
  }

  close(): void {
    this.leave(() => this.inner.close());
  }

  terminate(): void {
    // Of a half-open connection the venue learns much later.
    const late = (this.halfOpen ? 20_000_000 : 0) as SpanMicros;
    this.leave(() => void this.net.clock.after(late, () => this.inner.terminate()));
  }

  /** Both ends lose it at once, and everything on the way. */
  cut(): void {
    if (this.closed) return;
    this.isOpen = false;
    this.closed = true;
    this.net.struckUs = Math.max(this.net.struckUs, this.net.clock.nowUs());
    this.inner.terminate();
    this.net.clock.after(1 as SpanMicros, () => this.handlers.onClose(1006, 'cut'));
  }

  private opened(): void {
    if (this.closed) return;
    this.isOpen = true;
    this.handlers.onOpen();
  }

  private leave(tell: () => void): void {
    if (this.closed) return;
    this.isOpen = false;
    this.closed = true;
    tell();
    this.net.later(() => this.handlers.onClose(1006, ''));
  }

  private ended(code: number, reason: string): void {
    if (this.closed) return;
    this.isOpen = false;
    this.closed = true;
    this.handlers.onClose(code, reason);
  }

  private text(text: string): void {
    if (this.halfOpen) return;
    if (!this.isPrivate && this.losePublic && text.includes('orderBook')) {
      this.losePublic = false;
      return;
    }
    const times = this.isPrivate && this.repeat > 0 ? 2 : 1;
    if (times === 2) this.repeat -= 1;
    for (let i = 0; i < times; i += 1)
      this.down(() => {
        if (!this.isOpen || this.halfOpen) return;
        this.heardUs = this.net.clock.nowUs();
        if (this.isPrivate && text.includes('"snapshot"')) this.armed = true;
        this.handlers.onText(text);
      });
  }

  /** Frames of one direction never overtake each other. */
  private up(run: () => void): void {
    this.lastUpUs = this.queue(this.lastUpUs, () => {
      if (!this.closed) run();
    });
  }

  private down(run: () => void): void {
    this.lastDownUs = this.queue(Math.max(this.lastDownUs, this.stallUntilUs), run);
  }

  private queue(lastUs: number, run: () => void): number {
    const { clock, random } = this.net;
    const nowUs = clock.nowUs();
    const us = Math.max(lastUs, nowUs + ONE_WAY + random.int(JITTER));
    clock.after((us - nowUs) as SpanMicros, run);
    return us as Micros;
  }
}
