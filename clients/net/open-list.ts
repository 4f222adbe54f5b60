// The venue's list of open orders: taken in by the desk, and reported to the engine dated by the moment of the question:
// whatever is newer than that wins.
import type { Clock } from '#core/outside';
import type { OpenOrder } from '#core/messages';
import { CLIENT_ID_PREFIX } from '#core/messages';
import type { Micros, SpanMicros } from '#core/units';
import type { OrderDesk } from './order-desk.js';
import type { OwnOrder } from './own-order.js';
import { Question } from './question.js';
import type { VenueInbox } from './venue-client.js';
import type { OrderWord } from './words.js';

export interface ListState<Word> {
  /** Venue time at which the question left. */
  readonly venueUs: Micros;
  /** Of this market, open or about to be. */
  readonly words: readonly Word[];
}

export interface ListParts<Order extends OwnOrder, Word extends OrderWord> {
  readonly clock: Clock;
  readonly time: { now(): Micros };
  readonly market: string;
  readonly desk: OrderDesk<Order, Word>;
  readonly inbox: VenueInbox;
  readonly retryIn: () => SpanMicros;
  /** Asks the venue for its open orders: all of them, or in a few words why not. */
  readonly read: (done: (words: readonly Word[] | string) => void) => void;
}

export class OpenList<Order extends OwnOrder, Word extends OrderWord> {
  private readonly question: Question<ListState<Word>>;

  constructor(private readonly parts: ListParts<Order, Word>) {
    const { clock, inbox, retryIn, time, read } = parts;
    this.question = new Question({
      ...{ clock, inbox, retryIn, what: 'open orders' },
      read: (done) => {
        const venueUs = time.now();
        read((words) => {
          done(typeof words === 'string' ? words : { venueUs, words: this.taken(words) });
        });
      },
    });
  }

  /** A list asked for after this call; the desk has heard every line of it. Null when the venue does not answer. */
  ask(done: (state: ListState<Word> | null) => void): void {
    this.question.ask(done);
  }

  /** Asks, and tells the engine. */
  report(): void {
    this.ask((state) => {
      if (state !== null) this.tell(state);
    });
  }

  /** The engine is told what was listed. */
  tell({ venueUs, words }: ListState<Word>): void {
    const { inbox, clock } = this.parts;
    const orders = this.ordersOf(words);
    inbox.event(Object.freeze({ kind: 'open-orders', venueUs, orders, us: clock.nowUs() }));
  }

  /** For the host, before anything is opened. */
  askOrders(done: (orders: readonly OpenOrder[] | null) => void): void {
    this.ask((state) => done(state === null ? null : this.ordersOf(state.words)));
  }

  private ordersOf(words: readonly Word[]): readonly OpenOrder[] {
    return words.map((word) => this.parts.desk.listed(word)).filter((order) => order !== null);
  }

  private taken(words: readonly Word[]): readonly Word[] {
    const { desk, market } = this.parts;
    const mine = words.filter((word) => word.market === market && word.state !== 'done');
    desk.foreign.clear();
    for (const word of mine) {
      // Strangers of ours are told by the report itself.
      if (desk.ownerOf(word.clientId, word.id) !== undefined) desk.heard(word);
      else if (!word.clientId.startsWith(CLIENT_ID_PREFIX)) desk.foreign.add(word.id);
    }
    return mine;
  }
}
