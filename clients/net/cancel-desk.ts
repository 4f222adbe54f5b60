// Taking orders away, never behind anything else. An answer only says that a cancel was taken; the end of an order comes
// from its own words. A cancel-all is answered to the engine only when a list of open orders, asked for afterwards, has
// none of ours. Orders that are not ours are never touched. How a cancel is sent is the venue's business.
import type { Clock } from '#core/outside';
import { CLIENT_ID_PREFIX, clientId } from '#core/messages';
import type { SpanMicros } from '#core/units';
import type { OpenList } from './open-list.js';
import type { OrderDesk } from './order-desk.js';
import type { OwnOrder } from './own-order.js';
import type { VenueCounters, VenueInbox } from './venue-client.js';
import type { OrderWord } from './words.js';

const VERIFY_AT_MOST = 12;
const SWEEPS = 20;
/** While orders of ours are still listed, every so many lists the market is swept once more. */
const SWEEP_EVERY = 4;

export interface CancelParts<Order extends OwnOrder, Word extends OrderWord> {
  readonly clock: Clock;
  readonly market: string;
  readonly runId: string;
  readonly desk: OrderDesk<Order, Word>;
  readonly list: OpenList<Order, Word>;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  /** From the venue's yes to the first list, and from one list to the next. */
  readonly verifyAfter: SpanMicros;
  readonly verifyAgain: SpanMicros;
  /** Before a sweep that failed is tried again. */
  readonly retryIn: () => SpanMicros;
}

export abstract class CancelDesk<
  Order extends OwnOrder,
  Word extends OrderWord,
  Parts extends CancelParts<Order, Word>,
> {
  private verifying = false;
  private sweeping = false;
  /** Another cancel-all has come since the last list was asked for. */
  private again = false;

  constructor(protected readonly parts: Parts) {}

  /** Sends the cancels of these, which are marked already. */
  protected abstract send(orders: readonly Order[]): void;
  /** Cancels orders of earlier runs by the venue's ids. */
  protected abstract sendIds(ids: readonly string[]): void;
  /** Cancels one that we do not remember: 'ok', or why the engine is told that it was refused. */
  protected abstract sendStranger(
    id: string,
    done: (answer: 'ok' | 'not-found' | 'other') => void,
  ): void;
  /** Asks once for everything on the market to be cancelled; '' when the venue took it, otherwise why not. */
  protected abstract sendSweep(done: (failure: string) => void): void;

  orders(ordinals: readonly number[]): void {
    const { desk } = this.parts;
    const marked: Order[] = [];
    for (const ordinal of ordinals) {
      const order = desk.find(ordinal);
      if (order === undefined || order.byVerdict) this.stranger(ordinal);
      else if (order.phase === 'closed') desk.repeatEnd(order);
      else {
        this.mark(order);
        marked.push(order);
      }
    }
    if (marked.length > 0) this.send(marked);
  }

  /** Everything of ours on the market. */
  all(): void {
    for (const order of this.resting()) this.mark(order);
    this.sweep();
  }

  /** Again and again until the venue has said yes. */
  protected sweep(): void {
    if (this.parts.desk.foreign.size > 0) return this.ownOnly();
    // One on its way covers what was placed before it; anything placed since is refused or found by the check.
    if (this.sweeping) {
      this.again = true;
      return;
    }
    this.sweeping = true;
    this.trySweep(SWEEPS);
  }

  /** After a cancel-all: ask until none of ours is listed, then tell the engine. */
  protected verifySoon(): void {
    if (this.verifying) {
      this.again = true;
      return;
    }
    this.verifying = true;
    this.parts.clock.after(this.parts.verifyAfter, () => this.verify(VERIFY_AT_MOST));
  }

  protected allUnknown(): void {
    const { counters, inbox, clock } = this.parts;
    counters.unknowns += 1;
    const us = clock.nowUs();
    inbox.event(Object.freeze({ kind: 'unknown', ordinal: null, operation: 'cancel-all', us }));
  }

  private trySweep(triesLeft: number): void {
    const { clock, inbox, market, retryIn } = this.parts;
    this.sendSweep((failure) => {
      if (failure === '') {
        this.sweeping = false;
        return this.verifySoon();
      }
      inbox.note('warn', `cancel-all on ${market}: ${failure}`);
      if (triesLeft > 1) {
        clock.after(retryIn(), () => this.trySweep(triesLeft - 1));
        return;
      }
      this.sweeping = false;
      this.allUnknown();
    });
  }

  private mark(order: Order): void {
    order.cancelSent = true;
    this.parts.desk.expect(order);
  }

  private resting(): readonly Order[] {
    return [...this.parts.desk.open].filter((order) => order.phase !== 'closed');
  }

  /** Orders of others rest on the market: ours are cancelled one by one, those of earlier runs by the list. */
  private ownOnly(): void {
    const { desk, list } = this.parts;
    this.orders(this.resting().map((order) => order.ordinal));
    list.ask((state) => {
      const old = (state?.words ?? []).filter(isOurs);
      const ids = old.filter((word) => desk.ordinalOf(word.clientId) === null).map(({ id }) => id);
      if (ids.length > 0) this.sendIds(ids);
      this.verifySoon();
    });
  }

  /** An order of ours that we do not remember: the engine learnt of it from a list. */
  private stranger(ordinal: number): void {
    const { runId, inbox, clock, list } = this.parts;
    this.sendStranger(clientId(runId, ordinal), (answer) => {
      if (answer === 'ok') return list.report();
      const us = clock.nowUs();
      inbox.event(Object.freeze({ kind: 'cancel-rejected', ordinal, reason: answer, us }));
    });
  }

  private verify(triesLeft: number): void {
    const { list, clock, inbox, desk, verifyAgain } = this.parts;
    const again = this.again;
    this.again = false;
    list.ask((state) => {
      if (state !== null && !state.words.some(isOurs)) {
        this.verifying = false;
        list.tell(state);
        const us = clock.nowUs();
        inbox.event(Object.freeze({ kind: 'all-cancelled', venueUs: state.venueUs, us }));
        if (this.again) this.verifySoon();
        return;
      }
      if (triesLeft > 1) {
        // What came to rest behind the first sweep is swept as well.
        const sweep = (again || triesLeft % SWEEP_EVERY === 0) && desk.foreign.size === 0;
        if (sweep) this.sendSweep(() => undefined);
        clock.after(verifyAgain, () => this.verify(triesLeft - 1));
        return;
      }
      this.verifying = false;
      inbox.note('warn', 'orders of ours are still listed after cancel-all');
      if (state !== null) list.tell(state);
      this.allUnknown();
    });
  }
}

const isOurs = (word: OrderWord): boolean => word.clientId.startsWith(CLIENT_ID_PREFIX);
