// The rule of a book that is one snapshot and then deltas (venue notes 6.6), as a state machine without a book:
// whether the next message may be applied. Pure. After a gap nothing is applied until a fresh snapshot.

/** `waiting`: no snapshot yet. `live`: the book is whole. `broken`: a message is missing; ask for a new snapshot. */
export type BookState = 'waiting' | 'live' | 'broken';

/** `ignore`: not for us now. `gap`: the book has just become invalid, say so once. */
export type Verdict = 'apply' | 'ignore' | 'gap';

export class BookSequence {
  state: BookState = 'waiting';
  /** Number of the message that the book stands at; meaningless unless live. */
  seq = -1;
  /** Its time. */
  private us = -1;
  /** Since the beginning. */
  gaps = 0;

  /** A snapshot replaces everything, but one older than a live book is a message out of its place. */
  onSnapshot(seq: number, us: number): Verdict {
    if (this.state === 'live' && seq < this.seq) return this.breakOff();
    this.state = 'live';
    return this.stand(seq, us);
  }

  /**
   * Exactly the next number, an empty delta included. The number that the book stands at, not newer, is a repeat: what it
   * says is in the book already. Anything else is a gap.
   */
  onDelta(seq: number, us: number): Verdict {
    if (this.state !== 'live') return 'ignore';
    if (seq === this.seq + 1) return this.stand(seq, us);
    return seq === this.seq && us <= this.us ? 'ignore' : this.breakOff();
  }

  /** A message could not be read, or the link fell: a live book is one no longer. */
  invalidate(): void {
    if (this.state === 'live') this.state = 'broken';
  }

  /** A new subscription: wait for its snapshot. */
  reset(): void {
    this.state = 'waiting';
    this.seq = -1;
  }

  private stand(seq: number, us: number): Verdict {
    this.seq = seq;
    this.us = us;
    return 'apply';
  }

  private breakOff(): Verdict {
    this.state = 'broken';
    this.gaps += 1;
    return 'gap';
  }
}
