// Orders about which nothing was heard in time: asks the venue for each by client id, and for fills that a close has
// counted and nobody has reported. It never resends anything: what the venue answers goes to the desks.
import type { Clock, Timer } from '#core/outside';
import type { SpanMicros } from '#core/units';
import type { FillDesk } from './fill-desk.js';
import type { OrderDesk } from './order-desk.js';
import type { OwnOrder } from './own-order.js';
import type { FillWord, OrderWord } from './words.js';

const PAGES_AT_MOST = 20;

export interface Page<Word> {
  readonly words: readonly Word[];
  /** What the next page is asked for with; '' when there is none. */
  readonly next: string;
}

/** What a venue can be asked about the past. Null when it did not answer. */
export interface History<OWord, FWord> {
  /** All its words on one order of ours, oldest first; none when it does not know it. */
  order(clientId: string, done: (words: readonly OWord[] | null) => void): void;
  /** Fills since then (venue, ms). `cursor` '' asks for the first page. */
  fills(sinceMs: number, cursor: string, done: (page: Page<FWord> | null) => void): void;
}

export interface DoubtParts<
  Order extends OwnOrder,
  OWord extends OrderWord,
  FWord extends FillWord,
> {
  readonly clock: Clock;
  readonly lookEvery: SpanMicros;
  readonly desk: OrderDesk<Order, OWord>;
  readonly fills: FillDesk<FWord>;
  readonly history: History<OWord, FWord>;
}

export class Doubts<Order extends OwnOrder, OWord extends OrderWord, FWord extends FillWord> {
  private timer: Timer | null = null;
  private readonly asking = new Set<Order>();
  private fillsUnderWay = 0;

  constructor(private readonly parts: DoubtParts<Order, OWord, FWord>) {}

  start(): void {
    this.timer = this.parts.clock.after(this.parts.lookEvery, () => {
      this.look();
      this.start();
    });
  }

  close(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  /** What became of this order? `done` says whether the venue answered. */
  ask(order: Order, done: (answered: boolean) => void): void {
    const { desk, history } = this.parts;
    if (this.asking.has(order)) return done(false);
    this.asking.add(order);
    desk.asked(order);
    history.order(order.clientId, (words) => {
      this.asking.delete(order);
      const mine = words?.filter((word) => word.clientId === order.clientId) ?? [];
      if (words !== null && mine.length === 0) desk.missing(order);
      for (const word of mine) desk.heard(word);
      done(words !== null);
    });
  }

  /** Fetches every fill since the last one known, oldest first; `done` says whether all of them came. */
  askFills(done: (complete: boolean) => void): void {
    const { desk, fills } = this.parts;
    this.fillsUnderWay += 1;
    const owed = [...desk.open].filter((order) => order.phase === 'closed');
    for (const order of owed) desk.asked(order);
    const found: FWord[] = [];
    this.page('', found, 0, (complete) => {
      this.fillsUnderWay -= 1;
      found.sort((a, b) => a.createdMs - b.createdMs);
      for (const word of found) fills.heardAgain(word);
      if (complete) for (const order of owed) desk.settleFills(order);
      done(complete);
    });
  }

  private page(
    cursor: string,
    found: FWord[],
    pages: number,
    done: (complete: boolean) => void,
  ): void {
    const { history, fills } = this.parts;
    history.fills(fills.sinceMs, cursor, (page) => {
      if (page === null) return done(false);
      found.push(...page.words);
      if (page.next === '' || page.words.length === 0) done(true);
      else if (pages >= PAGES_AT_MOST) done(false);
      else this.page(page.next, found, pages + 1, done);
    });
  }

  /** Asks about everything that is overdue. */
  private look(): void {
    const { desk, clock } = this.parts;
    const nowUs = clock.nowUs();
    let owed = false;
    for (const order of desk.open) {
      if (order.dueUs > nowUs) continue;
      if (order.phase === 'closed') owed = true;
      else this.ask(order, () => undefined);
    }
    if (owed && this.fillsUnderWay === 0) this.askFills(() => undefined);
  }
}
