// A Network between a client and a venue's face that loses things on purpose, by seed: cuts before and after a frame,
// lost and late replies, half-open sockets, refused connections, failing HTTP, repeated pushes, lost public frames.
// It also sees every order that leaves the client, and asks whether that was allowed at that moment.
import type {
  Clock,
  HttpOutcome,
  HttpRequest,
  Network,
  Socket,
  SocketHandlers,
} from '#core/outside';
import type { Random } from '#core/random';
import type { Micros, SpanMicros } from '#core/units';

export type FaultName =
  | 'cut' | 'cut-before-send' | 'cut-after-send' | 'lost-reply' | 'half-open' | 'unarmed' | 'public-cut'
  | 'public-gap' | 'repeat' | 'stall'; // prettier-ignore
export const FAULTS: readonly FaultName[] = [
  'cut', 'cut-before-send', 'cut-after-send', 'lost-reply', 'half-open', 'unarmed', 'public-cut',
  'public-gap', 'repeat', 'stall',
]; // prettier-ignore

const ONE_WAY = 15_000;
const JITTER = 10_000;
const isOrder = (text: string): boolean =>
  text.includes('"method":"order.create') || text.includes('"method":"order.modify"');
const isOrderCall = (text: string): boolean =>
  text.includes('"method":"order.') && !text.includes('cancel_on_disconnect');

export class FaultyNetwork implements Network {
  links: readonly FaultyLink[] = [];
  /** When a fault last did something: a one-shot may wait long for its frame. */
  struckUs = 0;
  /** Connections and requests fail until then. */
  refuseUntilUs = 0;
  httpFaultsUntilUs = 0;
  /** Of those requests, the share that fails. */
  httpFaultShare = 0.5;
  /** The next private connection does not hear that its dead-man is armed. */
  swallowArming = false;
  ordersSent = 0;
  ordersUnarmed = 0;
  requestsFailed = 0;
  /** Requests for a token. */
  logins = 0;

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
    const { random, clock } = this;
    const nowUs = clock.nowUs();
    if (request.url.includes('/auth')) this.logins += 1;
    let open = true;
    const finish = (outcome: HttpOutcome): void => {
      if (open) done(outcome);
      open = false;
    };
    if (nowUs < this.refuseUntilUs) {
      clock.after(ONE_WAY as SpanMicros, () => finish({ kind: 'unsent', detail: 'refused' }));
      return;
    }
    const fails = nowUs < this.httpFaultsUntilUs && random.bool(this.httpFaultShare);
    const kind = fails ? random.int(4) : -1;
    if (fails) this.requestsFailed += 1;
    clock.after(request.timeout, () => finish({ kind: 'unknown', detail: 'timed out' }));
    if (kind === 0) return; // lost on the way there
    if (kind === 1) {
      const status = random.bool(0.5) ? 503 : 429;
      this.later(() => finish({ kind: 'reply', status, headers: {}, body: '{"error":"BUSY"}' }));
      return;
    }
    this.later(() => {
      this.inner.request(request, (outcome) => {
        if (kind === 2) return; // executed, and the answer is lost
        if (kind === 3) finish({ kind: 'unknown', detail: 'HTTP 502' });
        else this.later(() => finish(outcome));
      });
    });
  }

  /** When the last fault was over. */
  get quietUs(): number {
    return Math.max(this.struckUs, this.refuseUntilUs, this.httpFaultsUntilUs);
  }

  get privateLink(): FaultyLink | undefined {
    return this.links.findLast((link) => link.isPrivate && link.isOpen);
  }

  get publicLink(): FaultyLink | undefined {
    return this.links.findLast((link) => !link.isPrivate && link.isOpen);
  }

  later(run: () => void): void {
    this.clock.after((ONE_WAY + this.random.int(JITTER)) as SpanMicros, run);
  }
}

export class FaultyLink implements Socket {
  isOpen = false;
  /** By what the client has been told: the dead-man of this connection is armed. */
  armed = false;
  /** One-shot faults. */
  cutBeforeSend = false;
  cutAfterSend = false;
  loseReply = false;
  losePublic = false;
  repeat = 0;
  halfOpen = false;
  /** After the next new order nothing comes down for so long; then all of it does. */
  stallNextUs = 0;
  private stallUntilUs = 0;
  /** Events of the order whose reply was lost are lost as well until then. */
  private muteUntilUs = 0;
  private mutedClientId = '';
  /** When a frame was last handed to the client. */
  heardUs = 0;
  /** Order calls sent and not answered. */
  inFlight = 0;
  /** It has said who it is. */
  isPrivate = false;
  private readonly inner: Socket;
  private armingId = '';
  private lastUpUs = 0;
  private lastDownUs = 0;
  private closed = false;
  private readonly orderIds = new Set<string>();

  constructor(
    private readonly net: FaultyNetwork,
    url: string,
    private readonly handlers: SocketHandlers,
  ) {
    const refused = net.clock.nowUs() < net.refuseUntilUs;
    this.inner = refused
      ? { send: () => false, close: () => undefined, terminate: () => undefined }
      : net.inner.connect(url, {
          onOpen: () => this.down(() => this.opened()),
          onText: (text) => this.text(text),
          onBinary: (bytes) => this.binary(bytes),
          onClose: (code, reason) => this.down(() => this.ended(code, reason)),
        });
    if (refused) net.later(() => this.ended(1006, 'refused'));
  }

  send(text: string): boolean {
    if (!this.isOpen) return false;
    if (isOrder(text)) {
      this.net.ordersSent += 1;
      if (!this.armed) this.net.ordersUnarmed += 1;
    }
    if (text.includes('"method":"auth"')) this.isPrivate = true;
    const call = isOrderCall(text);
    if (text.includes('"method":"order.create')) this.created(text);
    if (call) this.orderIds.add(idOf(text));
    if (text.includes('cancel_on_disconnect')) this.armingId = idOf(text);
    if (this.halfOpen) return true;
    if (call && this.cutBeforeSend) {
      this.cut();
      return true;
    }
    const cutAfter = call && this.cutAfterSend;
    this.up(() => {
      this.inner.send(text);
      if (cutAfter) this.cut();
    });
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
    this.net.struckUs = this.net.clock.nowUs();
    this.inner.terminate();
    this.net.clock.after(1 as SpanMicros, () => this.handlers.onClose(1006, 'cut'));
  }

  get gone(): boolean {
    return this.closed;
  }

  get underWay(): number {
    return this.orderIds.size;
  }

  private created(text: string): void {
    const nowUs = this.net.clock.nowUs();
    if (this.stallNextUs > 0) {
      this.stallUntilUs = nowUs + this.stallNextUs;
      this.net.struckUs = this.stallUntilUs;
    }
    this.stallNextUs = 0;
    if (!this.loseReply || !this.net.random.bool(0.5)) return;
    this.muteUntilUs = nowUs + 3_000_000;
    this.mutedClientId = /"client_id":"([^"]+)"/.exec(text)?.[1] ?? '';
  }

  private muted(text: string): boolean {
    return this.net.clock.nowUs() < this.muteUntilUs && text.includes(this.mutedClientId);
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
    const isReply = text.includes('"id"') && !text.includes('"method":"subscription"');
    const id = isReply ? idOf(text) : '';
    if (isReply && this.loseReply && this.orderIds.has(id)) {
      this.loseReply = false;
      this.net.struckUs = this.net.clock.nowUs();
      return;
    }
    const arming = isReply && id === this.armingId;
    if (arming && this.net.swallowArming) {
      this.net.swallowArming = false;
      this.net.struckUs = this.net.clock.nowUs();
      return;
    }
    if (!isReply && this.muted(text)) return;
    const times = this.repeat > 0 && !isReply ? 2 : 1;
    if (times === 2) this.repeat -= 1;
    for (let i = 0; i < times; i += 1)
      this.down(() => {
        if (!this.isOpen || this.halfOpen) return;
        this.orderIds.delete(id);
        if (arming) this.armed = true;
        this.handlers.onText(text);
      });
  }

  private binary(bytes: Uint8Array): void {
    if (this.halfOpen) return;
    if (this.losePublic && !this.isPrivate) {
      this.losePublic = false;
      return;
    }
    const times = this.repeat > 0 && this.isPrivate ? 2 : 1;
    if (times === 2) this.repeat -= 1;
    for (let i = 0; i < times; i += 1)
      this.down(() => {
        if (!this.isOpen || this.halfOpen) return;
        this.heardUs = this.net.clock.nowUs();
        this.handlers.onBinary(bytes);
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

const idOf = (text: string): string => /"id":(\d+)[,}]/.exec(text)?.[1] ?? '';
