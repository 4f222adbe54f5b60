// What goes wrong between the ApeX client and the venue's face, by seed: orders and cancels that never arrive, arrive late,
// or whose answer is lost; 403s and 503s; lost public frames. It also sees every order that leaves, and asks whether that
// was allowed at that moment.
import type { HttpOutcome, HttpRequest, SocketHandlers } from '#core/outside';
import { FaultyLink, FaultyNetwork } from '../support/faulty-link.js';

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

/** After a 403 the client sends nothing for two minutes. */
const BAN_US = 121_000_000;
const isPlace = ({ url }: HttpRequest): boolean => url.endsWith('/api/v3/order');
const isOrder = (request: HttpRequest): boolean =>
  isPlace(request) || request.url.includes('/api/v3/delete-');
const answer = (status: number, body: string): HttpOutcome => ({
  ...{ kind: 'reply', status, headers: {}, body },
});

export class ApexFaults extends FaultyNetwork<ApexFaultyLink> {
  /** One-shots: for the next order, for the next cancel. */
  nextPlace: RequestFault | null = null;
  nextCancel: 'lost' | 'lost-reply' | null = null;
  /** Order requests on their way or unanswered. */
  inFlight = 0;
  /** Order requests of which a fault took something. */
  ordersHit = 0;
  /** 403s by the venue itself: the client asked too much. */
  bans = 0;

  override request(request: HttpRequest, done: (outcome: HttpOutcome) => void): void {
    const order = isOrder(request);
    if (isPlace(request)) this.judge();
    if (order) this.inFlight += 1;
    super.request(request, (outcome) => {
      if (order) this.inFlight -= 1;
      done(outcome);
    });
  }

  protected link(url: string, handlers: SocketHandlers): ApexFaultyLink {
    return new ApexFaultyLink(this, url, handlers);
  }

  protected carry(request: HttpRequest, finish: (outcome: HttpOutcome) => void): void {
    const fault = this.faultOf(request);
    if (fault === null) return this.pass(request, finish);
    this.struck();
    if (isOrder(request)) this.ordersHit += 1;
    this.strike(fault, request, finish);
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
    const fails = this.clock.nowUs() < this.httpFaultsUntilUs && this.random.bool(0.5);
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
      this.struck(this.clock.nowUs() + BAN_US);
      return this.later(() => finish(answer(403, '')));
    }
    if (fault === 'late') {
      const span = 1_000_000 + this.random.int(39_000_000);
      this.struck(this.clock.nowUs() + span);
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

export class ApexFaultyLink extends FaultyLink {
  constructor(net: ApexFaults, url: string, handlers: SocketHandlers) {
    super(net, url, handlers);
    this.isPrivate = url.includes('realtime_private');
  }

  ping(): boolean {
    if (!this.isOpen) return false;
    if (!this.halfOpen)
      this.up(() => this.down(() => (this.halfOpen ? undefined : this.handlers.onPong?.())));
    return true;
  }

  protected text(text: string): void {
    if (this.halfOpen) return;
    if (!this.isPrivate && this.losePublic && text.includes('orderBook')) {
      this.losePublic = false;
      return;
    }
    this.deliver(this.isPrivate, () => {
      this.heardUs = this.net.clock.nowUs();
      if (this.isPrivate && text.includes('"snapshot"')) this.armed = true;
      this.handlers.onText(text);
    });
  }

  protected binary(): void {
    throw new Error('ApeX sends no binary frames');
  }
}
