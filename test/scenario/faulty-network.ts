// What goes wrong between the Paradex client and the venue's face, by seed: cuts before and after a frame, lost and late
// replies, lost arming, failing HTTP, lost public frames. It also sees every order that leaves the client, and asks
// whether that was allowed at that moment.
import type { HttpOutcome, HttpRequest, SocketHandlers } from '#core/outside';
import { FaultyLink, FaultyNetwork } from '../support/faulty-link.js';

export type FaultName =
  | 'cut' | 'cut-before-send' | 'cut-after-send' | 'lost-reply' | 'half-open' | 'unarmed' | 'public-cut'
  | 'public-gap' | 'repeat' | 'stall' | 'maintenance'; // prettier-ignore
export const FAULTS: readonly FaultName[] = [
  'cut', 'cut-before-send', 'cut-after-send', 'lost-reply', 'half-open', 'unarmed', 'public-cut',
  'public-gap', 'repeat', 'stall', 'maintenance',
]; // prettier-ignore

const isOrder = (text: string): boolean =>
  text.includes('"method":"order.create') || text.includes('"method":"order.modify"');
const isOrderCall = (text: string): boolean =>
  text.includes('"method":"order.') && !text.includes('cancel_on_disconnect');

export class ParadexFaults extends FaultyNetwork<ParadexFaultyLink> {
  /** The next private connection does not hear that its dead-man is armed. */
  swallowArming = false;
  /** Requests for a token. */
  logins = 0;

  protected link(url: string, handlers: SocketHandlers): ParadexFaultyLink {
    return new ParadexFaultyLink(this, url, handlers);
  }

  protected carry(request: HttpRequest, finish: (outcome: HttpOutcome) => void): void {
    const { random, clock } = this;
    if (request.url.includes('/auth')) this.logins += 1;
    const fails = clock.nowUs() < this.httpFaultsUntilUs && random.bool(0.5);
    const kind = fails ? random.int(4) : -1;
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
}

export class ParadexFaultyLink extends FaultyLink {
  /** One-shot faults. */
  cutBeforeSend = false;
  cutAfterSend = false;
  loseReply = false;
  /** After the next new order nothing comes down for so long; then all of it does. */
  stallNextUs = 0;
  /** Events of the order whose reply was lost are lost as well until then. */
  private muteUntilUs = 0;
  private mutedClientId = '';
  private armingId = '';
  /** Order calls sent and not answered. */
  private readonly orderIds = new Set<string>();

  constructor(
    private readonly faults: ParadexFaults,
    url: string,
    handlers: SocketHandlers,
  ) {
    super(faults, url, handlers);
  }

  override send(text: string): boolean {
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
    if (!this.halfOpen && call && this.cutBeforeSend) {
      this.cut();
      return true;
    }
    super.send(text);
    if (!this.halfOpen && call && this.cutAfterSend) this.up(() => this.cut());
    return true;
  }

  get underWay(): number {
    return this.orderIds.size;
  }

  private created(text: string): void {
    const nowUs = this.net.clock.nowUs();
    if (this.stallNextUs > 0) {
      this.stallUntilUs = nowUs + this.stallNextUs;
      this.net.struck(this.stallUntilUs);
    }
    this.stallNextUs = 0;
    if (!this.loseReply || !this.net.random.bool(0.5)) return;
    this.muteUntilUs = nowUs + 3_000_000;
    this.mutedClientId = /"client_id":"([^"]+)"/.exec(text)?.[1] ?? '';
  }

  private muted(text: string): boolean {
    return this.net.clock.nowUs() < this.muteUntilUs && text.includes(this.mutedClientId);
  }

  protected text(text: string): void {
    if (this.halfOpen) return;
    const isReply = text.includes('"id"') && !text.includes('"method":"subscription"');
    const id = isReply ? idOf(text) : '';
    if (isReply && this.loseReply && this.orderIds.has(id)) {
      this.loseReply = false;
      return this.net.struck();
    }
    const arming = isReply && id === this.armingId;
    if (arming && this.faults.swallowArming) {
      this.faults.swallowArming = false;
      return this.net.struck();
    }
    if (!isReply && this.muted(text)) return;
    this.deliver(!isReply, () => {
      this.orderIds.delete(id);
      if (arming) this.armed = true;
      this.handlers.onText(text);
    });
  }

  protected binary(bytes: Uint8Array): void {
    if (this.halfOpen) return;
    if (this.losePublic && !this.isPrivate) {
      this.losePublic = false;
      return;
    }
    this.deliver(this.isPrivate, () => {
      this.heardUs = this.net.clock.nowUs();
      this.handlers.onBinary(bytes);
    });
  }
}

const idOf = (text: string): string => /"id":(\d+)[,}]/.exec(text)?.[1] ?? '';
