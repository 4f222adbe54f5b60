// A Network between a client and a venue's face that loses things on purpose: sockets that are cut, half-open, stalled,
// refused or repeat themselves. What a venue's frames and requests are is for those who extend it.
import type { Clock, HttpOutcome, HttpRequest, Network, Socket } from '#core/outside';
import type { SocketHandlers } from '#core/outside';
import type { Random } from '#core/random';
import type { Micros, SpanMicros } from '#core/units';

const ONE_WAY = 15_000;
const JITTER = 10_000;
/** Of a half-open connection the venue learns much later. */
const LEARNT_LATE = 20_000_000;

export abstract class FaultyNetwork<Link extends FaultyLink> implements Network {
  links: readonly Link[] = [];
  /** When a fault last did something: a one-shot may wait long for its frame or request. */
  struckUs = 0;
  /** Connections and requests fail until then. */
  refuseUntilUs = 0;
  /** Reads (and where there is more HTTP than that, all of it) fail by half until then. */
  httpFaultsUntilUs = 0;
  ordersSent = 0;
  /** Orders that left without a private link on which all was ready, by what the client had been told. */
  ordersUnarmed = 0;

  constructor(
    readonly inner: Network,
    readonly clock: Clock,
    readonly random: Random,
  ) {}

  protected abstract link(url: string, handlers: SocketHandlers): Link;
  /** A request that is not refused. `finish` may be called late or never. */
  protected abstract carry(request: HttpRequest, finish: (outcome: HttpOutcome) => void): void;

  connect(url: string, handlers: SocketHandlers): Socket {
    const link = this.link(url, handlers);
    this.links = [...this.links.filter((old) => !old.closed), link];
    return link;
  }

  request(request: HttpRequest, done: (outcome: HttpOutcome) => void): void {
    let open = true;
    const finish = (outcome: HttpOutcome): void => {
      if (open) done(outcome);
      open = false;
    };
    const { clock } = this;
    if (clock.nowUs() < this.refuseUntilUs) {
      clock.after(ONE_WAY as SpanMicros, () => finish({ kind: 'unsent', detail: 'refused' }));
      return;
    }
    clock.after(request.timeout, () => finish({ kind: 'unknown', detail: 'timed out' }));
    this.carry(request, finish);
  }

  /** When the last fault was over. */
  get quietUs(): number {
    return Math.max(this.struckUs, this.refuseUntilUs, this.httpFaultsUntilUs);
  }

  get privateLink(): Link | undefined {
    return this.links.findLast((link) => link.isPrivate && link.isOpen);
  }

  get publicLink(): Link | undefined {
    return this.links.findLast((link) => !link.isPrivate && link.isOpen);
  }

  struck(untilUs: number = this.clock.nowUs()): void {
    this.struckUs = Math.max(this.struckUs, untilUs);
  }

  later(run: () => void, more = 0): void {
    this.clock.after((ONE_WAY + this.random.int(JITTER) + more) as SpanMicros, run);
  }
}

export abstract class FaultyLink implements Socket {
  isOpen = false;
  closed = false;
  isPrivate = false;
  /** By what the client has been told: orders may be sent. */
  armed = false;
  losePublic = false;
  /** So many frames come twice. */
  repeat = 0;
  halfOpen = false;
  /** Nothing comes down before; then all of it does. */
  stallUntilUs = 0;
  /** When a frame of the market was last handed to the client. */
  heardUs = 0;
  protected readonly inner: Socket;
  private lastUpUs = 0;
  private lastDownUs = 0;

  constructor(
    protected readonly net: FaultyNetwork<FaultyLink>,
    url: string,
    protected readonly handlers: SocketHandlers,
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

  protected abstract text(text: string): void;
  protected abstract binary(bytes: Uint8Array): void;

  send(text: string): boolean {
    if (!this.isOpen) return false;
    if (!this.halfOpen) this.up(() => this.inner.send(text));
    return true;
  }

  close(): void {
    this.leave(() => this.inner.close());
  }

  terminate(): void {
    const late = (this.halfOpen ? LEARNT_LATE : 0) as SpanMicros;
    this.leave(() => void this.net.clock.after(late, () => this.inner.terminate()));
  }

  /** Both ends lose it at once, and everything on the way. */
  cut(): void {
    if (this.closed) return;
    this.isOpen = false;
    this.closed = true;
    this.net.struck();
    this.inner.terminate();
    this.net.clock.after(1 as SpanMicros, () => this.handlers.onClose(1006, 'cut'));
  }

  /** To the client, once or twice. */
  protected deliver(twice: boolean, hand: () => void): void {
    const times = twice && this.repeat > 0 ? 2 : 1;
    if (times === 2) this.repeat -= 1;
    for (let i = 0; i < times; i += 1)
      this.down(() => {
        if (this.isOpen && !this.halfOpen) hand();
      });
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

  /** Frames of one direction never overtake each other. */
  protected up(run: () => void): void {
    this.lastUpUs = this.queue(this.lastUpUs, () => {
      if (!this.closed) run();
    });
  }

  protected down(run: () => void): void {
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
