// Hot path: the book as the engine sees it: its own, made of the rows that it is given, or one that its host keeps anyway
// and lets it read (a simulated venue's, a feed latency ago). Own rows win: a link that fell, or touches that make a book
// of a feed without levels, end the following until a snapshot begins. It never writes into another's book.
import { L2Book } from '#core/book';
import type { BookView } from '#core/book';
import type { RowBlock } from '#core/rows';
import type { Lots, Side, Ticks } from '#core/units';

export class SeenBook implements BookView {
  /** Empty while another's is read. */
  readonly own = new L2Book();
  private view: BookView = this.own;
  private others: BookView | null = null;

  /** From now on `book` is read; it must hold what the rows given so far have made, that is: nothing. */
  follow(book: BookView): void {
    this.others = book;
    this.view = book;
  }

  /** The host's book is read: level rows need not be given. */
  get following(): boolean {
    return this.view !== this.own;
  }

  get bidTicks(): Ticks {
    return this.view.bidTicks;
  }

  get askTicks(): Ticks {
    return this.view.askTicks;
  }

  get sound(): boolean {
    return this.view.sound;
  }

  lotsAt(side: Side, ticks: Ticks): Lots {
    return this.view.lotsAt(side, ticks);
  }

  /** A snapshot begins: from here the host's book and the rows agree again. */
  clear(): void {
    this.own.clear();
    if (this.others !== null) this.view = this.others;
  }

  /** Nothing is known any more, and what comes makes a book of its own. */
  forget(): void {
    this.own.clear();
    this.view = this.own;
  }

  apply(side: Side, ticks: Ticks, lots: Lots): void {
    if (this.view === this.own) this.own.apply(side, ticks, lots);
  }

  applyRun(block: RowBlock, from: number, to: number): void {
    if (this.view === this.own) this.own.applyRun(block, from, to);
  }
}
