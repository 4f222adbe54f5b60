// The venue's list of open orders, by REST: asked once however many want it, taken in by the desk, and reported to the
// engine dated by the moment of the question: whatever is newer than that wins.
import type { OpenOrder } from '#core/messages';
import type { Micros, SpanMicros } from '#core/units';
import { fromSeconds } from '#core/units';
import type { VenueInbox } from '#clients/net/venue-client';
import type { OrderDesk } from './client-desk.js';
import type { ApexRest } from './client-rest.js';
import { replyText } from './client-rest.js';
import type { VenueTime } from './client-time.js';
import type { OrderWord } from './codec/words.js';
import { isFields, orderWord } from './codec/words.js';
import { PATHS } from './endpoints.js';

const AGAIN = fromSeconds(1);
const TRIES = 4;

export interface ListState {
  /** Venue time at which the question left. */
  readonly venueUs: Micros;
  /** Of every market. */
  readonly words: readonly OrderWord[];
}

export interface ListParts {
  readonly time: VenueTime;
  readonly rest: ApexRest;
  readonly desk: OrderDesk;
  readonly inbox: VenueInbox;
}

/** The readable records of `data` (an array, or `{orders: […]}`); null when one is missing or unreadable. */
export function wordsOf<Word>(
  data: unknown,
  read: (value: unknown) => Word | null,
): readonly Word[] | null {
  const list = isFields(data) ? (data['orders'] ?? data['fills'] ?? []) : (data ?? []);
  if (!Array.isArray(list)) return null;
  const words: Word[] = [];
  for (const item of list as unknown[]) {
    const word = read(item);
    if (word === null) return null; // a list with a hole proves nothing
    words.push(word);
  }
  return words;
}

export class OpenList {
  private waiting: ((state: ListState | null) => void)[] = [];
  private next: ((state: ListState | null) => void)[] = [];
  private busy = false;

  constructor(private readonly parts: ListParts) {}

  /** A list asked for after this call. Null when the venue does not answer. The desk has heard every line. */
  ask(done: (state: ListState | null) => void): void {
    this.next.push(done);
    if (this.busy) return;
    this.busy = true;
    this.waiting = this.next;
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
  tell({ venueUs, words }: ListState): void {
    const { inbox, desk, time } = this.parts;
    const orders: OpenOrder[] = [];
    for (const word of words) {
      const open = desk.listed(word);
      if (open !== null) orders.push(open);
    }
    inbox.event(Object.freeze({ kind: 'open-orders', venueUs, orders, us: time.clock.nowUs() }));
  }

  private query(triesLeft: number): void {
    const { rest, time, inbox, desk } = this.parts;
    const venueUs = time.now();
    rest.call({ method: 'GET', path: PATHS.openOrders }, (reply) => {
      const words = reply.kind === 'ok' ? wordsOf(reply.data, orderWord) : null;
      if (words !== null) {
        for (const word of words) desk.heard(word);
        return this.finish({ venueUs, words });
      }
      const why = reply.kind === 'ok' ? 'unreadable' : replyText(reply);
      if (triesLeft > 1) {
        const wait = Math.max(AGAIN, rest.freeUs - time.clock.nowUs()) as SpanMicros;
        time.clock.after(wait, () => this.query(triesLeft - 1));
        return;
      }
      inbox.note('warn', `open orders not read: ${why}`);
      this.finish(null);
    });
  }

  private finish(state: ListState | null): void {
    const { waiting } = this;
    this.waiting = [];
    this.busy = false;
    for (const done of waiting) done(state);
    if (this.next.length === 0 || this.busy) return;
    const more = this.next.pop() as (state: ListState | null) => void;
    this.ask(more);
  }
}
