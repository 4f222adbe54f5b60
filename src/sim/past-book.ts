// Hot path: the venue's book as the bot sees it, who hears of every change a feed latency later: one book and a log of the
// changes on their way instead of two books. It answers what an engine asks (BookView) and nothing more. It never changes
// the book, except that it takes the levels away which a snapshot is about to drop.
import { assert } from '#core/assert';
import { L2Book } from '#core/book';
import type { BookView } from '#core/book';
import { ChangeLog } from '#core/change-log';
import type { Lots, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';

/** Levels that a snapshot has dropped at the venue, as they stood then; the bot still sees them. */
interface Dropped {
  readonly book: L2Book;
  /** Changes up to this one were made to it; the snapshot itself counts as one. */
  readonly end: number;
}

export class PastBook implements BookView {
  bidTicks = 0 as Ticks;
  askTicks = 0 as Ticks;
  private readonly log = new ChangeLog();
  private readonly dropped: Dropped[] = [];
  private readonly spare: L2Book[] = [];

  constructor(private readonly book: L2Book) {}

  /** From now on the changes of the book are written down, which is as the bot sees it: empty. */
  begin(): void {
    const { book } = this;
    assert(book.levels(BID) + book.levels(ASK) === 0, 'a book that has levels already');
    book.keep(this.log, () => this.drop());
  }

  /** Changes made so far. */
  get changes(): number {
    return this.log.count;
  }

  /** The bot has heard of the first `changes`, and the touches are these. */
  tell(changes: number, bidTicks: Ticks, askTicks: Ticks): void {
    this.bidTicks = bidTicks;
    this.askTicks = askTicks;
    this.hear(changes);
  }

  /** The bot has heard of the first `changes`, which moved no touch. */
  hear(changes: number): void {
    this.log.heard = changes;
    while (this.dropped.length > 0 && (this.dropped[0] as Dropped).end <= changes) this.forget();
  }

  get sound(): boolean {
    return this.bidTicks > 0 && this.askTicks >= this.bidTicks;
  }

  /** Size at a price; 0 where there is no level. Looks through the changes that are on their way. */
  lotsAt(side: Side, ticks: Ticks): Lots {
    const { log } = this;
    const first = this.dropped[0];
    const lots = log.lotsOf(side * ticks, first === undefined ? log.count : first.end);
    if (lots >= 0) return lots as Lots;
    return (first === undefined ? this.book : first.book).lotsAt(side, ticks);
  }

  /** Before a snapshot. */
  private drop(): void {
    const book = this.spare.pop() ?? new L2Book();
    this.book.moveTo(book);
    this.log.add(NaN, 0); // the snapshot itself
    this.dropped.push({ book, end: this.log.count });
  }

  private forget(): void {
    const { book } = this.dropped.shift() as Dropped;
    book.clear();
    this.spare.push(book);
  }
}
