// The public socket: subscriptions, the u + 1 rule, and what makes the market unfit to quote on. The link is told `up`
// only with a whole book and nothing barring it; a gap is told at once and answered by a new subscription. A book that
// says nothing is dead, whatever else the socket says (captured deltas come every 100 ms).
import type { Timer } from '#core/outside';
import type { Instrument } from '#core/instrument';
import { ROW_MARK, type RowKind } from '#core/rows';
import type { Aggressor, TickPrice } from '#core/units';
import { fromSeconds } from '#core/units';
import { MarkBand } from '#clients/net/mark-band';
import type { LinkParts } from './client-link.js';
import { ApexLink } from './client-link.js';
import type { ControlFrame } from './codec/control.js';
import { subscribeFrame, unsubscribeFrame } from './codec/control.js';
import type { FeedResult } from './codec/feed.js';
import { ApexFeed } from './codec/feed.js';
import { TOPICS } from './endpoints.js';
import type { CrossSymbol } from './wire.js';

/** A whole book must be there this soon after a subscription; one this late was lost, and is asked for again. */
const SNAPSHOT_WITHIN = fromSeconds(5);
const SNAPSHOT_LATE = fromSeconds(0.8);
/** A live book that says nothing for this long is asked for anew (the engine withdrew at 2 s). */
const BOOK_SILENT = fromSeconds(10);
const LOOK_EVERY = fromSeconds(0.25);

export interface PublicParts extends Omit<LinkParts, 'hooks' | 'which'> {
  readonly symbol: CrossSymbol;
  readonly instrument: Instrument;
  /** The venue's mark at start, in ticks; where it is unknown the first mark of the feed sets the price band. */
  readonly mark?: number;
}

export class PublicLink {
  private readonly link: ApexLink;
  private readonly feed: ApexFeed;
  private readonly band: MarkBand;
  /** The frame being read has moved the band. */
  private bandMoved = false;
  private readonly bars = new Map<string, string>();
  /** What the engine was told last. */
  private told: 'up' | 'down' = 'down';
  private subscribing = false;
  private askedUs = 0;
  private lateUs = Infinity;
  private bookUs = 0;
  private lastU: number | null = null;
  private watch: Timer | null = null;

  constructor(private readonly parts: PublicParts) {
    const row = this.row.bind(this);
    this.feed = new ApexFeed(parts.symbol, parts.instrument, { row });
    this.band = new MarkBand((low, high) => this.feed.setBand(low, high), parts.mark ?? 0);
    this.link = new ApexLink({
      ...parts,
      which: 'public',
      hooks: {
        onOpen: () => this.opened(),
        onDown: (detail) => this.lost(detail),
        onControl: (frame) => this.control(frame),
        onData: (frame) => this.result(this.feed.onFrame(frame)),
        onUnreadable: () => this.gap('a frame that cannot be read'),
      },
    });
  }

  open(): void {
    this.link.session.open();
    this.look();
  }

  close(): void {
    this.watch?.cancel();
    this.watch = null;
    this.link.close();
  }

  /** Why nothing may be quoted although the book is whole; '' takes the reason away again. */
  bar(cause: string, reason: string): void {
    if (reason === '') this.bars.delete(cause);
    else this.bars.set(cause, reason);
    if (this.barred !== '') this.tell('down', this.barred);
    else if (this.feed.live) this.tell('up', 'the book is whole');
  }

  get barred(): string {
    return [...this.bars.values()][0] ?? '';
  }

  private opened(): void {
    const { symbol } = this.parts;
    this.expectBook();
    const topics = [TOPICS.book(symbol), TOPICS.trades(symbol), TOPICS.ticker(symbol)];
    // One frame each: a duplicate in a frame would reject all of it.
    for (const topic of topics) this.link.send(subscribeFrame([topic]));
  }

  private expectBook(): void {
    this.feed.broken();
    this.lastU = null;
    this.subscribing = true;
    this.askedUs = this.parts.time.clock.nowUs();
    this.lateUs = this.askedUs + SNAPSHOT_LATE;
  }

  private control(frame: ControlFrame): void {
    if (frame.kind !== 'refused') return;
    this.parts.inbox.note('warn', `public ${frame.op} refused: ${frame.detail}`);
    if (frame.op === 'subscribe') this.link.session.restart('a subscription was refused');
  }

  /** Rows on their way to the engine: the band follows the marks among them. */
  private row(kind: RowKind, side: Aggressor, us: number, price: number, size: number): void {
    const { inbox, time } = this.parts;
    if (kind === ROW_MARK && this.band.onMark(price as TickPrice, time.clock.nowUs()))
      this.bandMoved = true;
    inbox.row(kind, side, us, price, size);
  }

  /** Whether the market is believed to trade at that price. */
  believes(ticks: TickPrice): boolean {
    return this.band.believes(ticks);
  }

  /** What a frame did to the book. */
  private result(result: FeedResult): void {
    const { counters, time } = this.parts;
    if (result === 'refused' && this.band.onRefused(time.clock.nowUs()))
      this.parts.inbox.note('warn', 'prices far from the mark go on: they are believed again');
    if (this.bandMoved) {
      this.bandMoved = false;
      return this.gap('the mark has moved by a factor of 2, and the price band with it');
    }
    if (result === 'gap' || result === 'crossed') {
      counters.gaps += 1;
      return this.gap(result === 'gap' ? 'u did not grow by 1' : 'the book is crossed');
    }
    if (result === 'unreadable') {
      counters.unreadable += 1;
      if (!this.feed.live) this.gap('a frame that cannot be read');
      return;
    }
    const { u } = this.feed;
    if (u === null || u === this.lastU) return; // prints and marks say nothing of the book
    this.lastU = u;
    this.bookUs = time.clock.nowUs();
    this.subscribing = false;
    if (this.told === 'down' && this.bars.size === 0) this.tell('up', 'the book is whole');
  }

  private gap(detail: string): void {
    const { inbox, time } = this.parts;
    const us = time.clock.nowUs();
    if (this.told === 'up')
      inbox.event(Object.freeze({ kind: 'link', channel: 'public', state: 'gap', detail, us }));
    this.feed.broken();
    if (this.subscribing) return;
    this.expectBook();
    this.askForBook();
  }

  private askForBook(): void {
    const { time, symbol } = this.parts;
    this.lateUs = time.clock.nowUs() + SNAPSHOT_LATE;
    const topics = [TOPICS.book(symbol)];
    this.link.send(unsubscribeFrame(topics));
    this.link.send(subscribeFrame(topics));
  }

  private lost(detail: string): void {
    this.feed.broken();
    this.subscribing = false;
    this.tell('down', detail);
  }

  private tell(state: 'up' | 'down', detail: string): void {
    if (this.told === state) return;
    this.told = state;
    const us = this.parts.time.clock.nowUs();
    this.parts.inbox.event(Object.freeze({ kind: 'link', channel: 'public', state, detail, us }));
  }

  private look(): void {
    this.watch = this.parts.time.clock.after(LOOK_EVERY, () => {
      this.check();
      this.look();
    });
  }

  private check(): void {
    const { session } = this.link;
    if (!session.isOpen) return;
    const nowUs = this.parts.time.clock.nowUs();
    if (this.subscribing) {
      if (nowUs - this.askedUs > SNAPSHOT_WITHIN) session.restart('no book after subscribing');
      else if (nowUs > this.lateUs) this.askForBook();
    } else if (nowUs - this.bookUs > BOOK_SILENT) this.gap('the book is silent');
  }
}
