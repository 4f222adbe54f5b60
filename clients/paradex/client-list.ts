// The venue's list of open orders on the market, by REST: asked once however many want it, taken in by the desk, and
// reported to the engine dated by the moment of the question: whatever is newer than that wins.
import type { Clock } from '#core/outside';
import type { OpenOrder } from '#core/messages';
import { CLIENT_ID_PREFIX } from '#core/messages';
import type { Micros } from '#core/units';
import { fromMs } from '#core/units';
import type { VenueInbox } from '#clients/net/venue-client';
import type { OrderDesk } from './client-desk.js';
import { wordsOf } from './client-doubts.js';
import type { ParadexRest } from './client-rest.js';
import { replyText } from './client-rest.js';
import type { VenueTime } from './client-time.js';
import type { OrderWord } from './client-words.js';
import { orderWord } from './client-words.js';
import { PATHS } from './endpoints.js';

const AGAIN = fromMs(300);
const TRIES = 4;

export interface ListState {
  /** Venue time at which the question left. */
  readonly venueUs: Micros;
  readonly words: readonly OrderWord[];
}

export interface ListParts {
  readonly clock: Clock;
  readonly time: VenueTime;
  readonly market: string;
  readonly rest: ParadexRest;
  readonly desk: OrderDesk;
  readonly inbox: VenueInbox;
}

export class OpenList {
  private waiting: ((state: ListState | null) => void)[] = [];
  private next: ((state: ListState | null) => void)[] = [];
  private busy = false;

  constructor(private readonly parts: ListParts) {}

  /**
   * A list asked for after this call: one under way may be too old for the caller. Null when the venue does not
   * answer. The desk has heard every line of it.
   */
  ask(done: (state: ListState | null) => void): void {
    if (this.busy) {
      this.next.push(done);
      return;
    }
    this.busy = true;
    this.waiting = [...this.next, done];
    this.next = [];
    this.query(TRIES);
  }

  /** Asks, and tells the engine. */
  report(): void {
    this.ask((state) => {
      if (state !== null) this.tell(state);
    });
  }

  /** The engine is told what was listed. */
  tell(state: ListState): void {
    const { inbox, desk, clock } = this.parts;
    const orders: OpenOrder[] = [];
    for (const word of state.words) {
      const open = desk.listed(word);
      if (open !== null) orders.push(open);
    }
    const { venueUs } = state;
    inbox.event(Object.freeze({ kind: 'open-orders', venueUs, orders, us: clock.nowUs() }));
  }

  private query(triesLeft: number): void {
    const { rest, time, market, clock, inbox } = this.parts;
    const venueUs = time.now();
    const path = `${PATHS.orders}?market=${encodeURIComponent(market)}`;
    rest.call({ method: 'GET', path, scope: 'reads' }, (reply) => {
      const words = wordsOf(reply, orderWord);
      if (words === null && triesLeft > 1) {
        clock.after(AGAIN, () => this.query(triesLeft - 1));
        return;
      }
      if (words === null) inbox.note('warn', `open orders not read: ${replyText(reply)}`);
      this.finish(words === null ? null : { venueUs, words: this.taken(words) });
    });
  }

  private taken(words: readonly OrderWord[]): readonly OrderWord[] {
    const { desk, market } = this.parts;
    const mine = words.filter((w) => w.market === market && w.status !== 'CLOSED');
    desk.foreign.clear();
    for (const word of mine) {
      // Strangers of ours are told by the report itself.
      if (desk.ownerOf(word.clientId, word.id) !== undefined) desk.heard(word);
      else if (!word.clientId.startsWith(CLIENT_ID_PREFIX)) desk.foreign.add(word.id);
    }
    return mine;
  }

  private finish(state: ListState | null): void {
    const { waiting } = this;
    this.waiting = [];
    this.busy = false;
    for (const done of waiting) done(state);
    if (!this.busy && this.next.length > 0) {
      const [first, ...rest] = this.next;
      this.next = rest;
      if (first !== undefined) this.ask(first);
    }
  }
}
