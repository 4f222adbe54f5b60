// The public socket: subscriptions, the book's sequence rule, and what makes the market unfit to quote on. The link is
// told `up` only with a whole book and nothing barring it; a gap is told at once and answered by a new subscription. A
// book that says nothing is dead, whatever else the socket says.
import type { Clock, Network, Timer } from '#core/outside';
import type { Instrument } from '#core/instrument';
import type { Random } from '#core/random';
import { ROW_MARK, type RowKind } from '#core/rows';
import type { Aggressor, TickPrice } from '#core/units';
import { fromSeconds } from '#core/units';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import { MarkBand } from '#clients/net/mark-band';
import { Session, TIMING } from '#clients/net/session';
import { RpcLink } from './client-rpc.js';
import { rpcText } from './client-private.js';
import { isRecord, parseJson, textOf } from './client-words.js';
import { ParadexFeed, type FeedResult } from './codec/feed.js';
import { CHANNELS } from './endpoints.js';
import type { ParadexSwitches } from './switches.js';

/** A whole book must be there this soon after a subscription; one this late was lost, and is asked for again. */
const SNAPSHOT_WITHIN = fromSeconds(5);
const SNAPSHOT_LATE = fromSeconds(0.5);
/** A live book that says nothing for this long is asked for anew (the engine withdrew at 2 s). */
const BOOK_SILENT = fromSeconds(10);
const LOOK_EVERY = fromSeconds(0.25);

export interface PublicParts {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly url: string;
  readonly market: string;
  readonly instrument: Instrument;
  /** The venue's mark at start, in ticks; where it is unknown the first mark of the feed sets the price band. */
  readonly mark?: number;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  readonly switches: ParadexSwitches;
  /** The `markets` channel spoke of our market. */
  readonly onMarketChange: (data: Readonly<Record<string, unknown>>) => void;
}

export class PublicLink {
  private readonly session: Session;
  private readonly rpc: RpcLink;
  private readonly feed: ParadexFeed;
  private readonly band: MarkBand;
  /** The frame being read has moved the band. */
  private bandMoved = false;
  private connection = 0;
  /** What the engine was told last. */
  private told: 'up' | 'down' = 'down';
  private readonly bars = new Map<string, string>();
  private bookUs = 0;
  private lastSeq = -1;
  private askedUs = 0;
  /** When the snapshot is late; Infinity until the venue has taken the subscription. */
  private lateUs = Infinity;
  private subscribing = false;
  private watch: Timer | null = null;

  constructor(private readonly parts: PublicParts) {
    const { network, clock, random, url, counters, switches, inbox, instrument, market } = parts;
    const row = this.row.bind(this);
    this.feed = new ParadexFeed(instrument, market, { row });
    this.band = new MarkBand((low, high) => this.feed.setBand(low, high), parts.mark ?? 0);
    this.session = new Session(url, {
      ...{ network, clock, random, timing: TIMING },
      hooks: {
        onOpen: () => this.opened(),
        onText: (text) => this.text(text),
        onBinary: (bytes) => {
          counters.messages += 1;
          this.result(this.feed.onFrame(bytes));
        },
        onDown: (detail) => this.lost(detail),
        onFailed: (detail) => inbox.note('info', `public socket not opened: ${detail}`),
        ping: () => this.askForLife(),
      },
      byHook: switches.heartbeat === 'json-rpc',
    });
    this.rpc = new RpcLink(clock, (text) => this.session.send(text), counters);
  }

  open(): void {
    this.session.open();
    this.look();
  }

  close(): void {
    this.session.close();
    this.watch?.cancel();
    this.connection += 1;
    this.rpc.lost('closed');
  }

  /** Why nothing may be quoted, for one cause; '' lifts it. The book must then be whole again. */
  bar(cause: string, reason: string): void {
    const before = this.bars.get(cause) ?? '';
    if (reason === before) return;
    if (reason === '') this.bars.delete(cause);
    else this.bars.set(cause, reason);
    if (reason !== '') this.tell('down', reason);
    else if (this.bars.size === 0 && this.session.isOpen) this.resubscribe();
  }

  /** The reasons that stand; '' when none. */
  get barred(): string {
    return [...this.bars.values()].join('; ');
  }

  private opened(): void {
    const { market, counters } = this.parts;
    counters.connects += 1;
    this.connection += 1;
    this.feed.resubscribed();
    this.subscribing = true;
    this.askedUs = this.parts.clock.nowUs();
    this.lateUs = Infinity;
    const channels = [
      ...[CHANNELS.deltas(market), CHANNELS.trades(market), CHANNELS.bbo(market)],
      ...[CHANNELS.summary(market), CHANNELS.funding(market), CHANNELS.markets],
    ];
    for (const channel of channels) this.subscribe(channel);
  }

  private subscribe(channel: string): void {
    const mine = this.connection;
    this.rpc.call('subscribe', { channel }, (reply) => {
      if (mine !== this.connection) return;
      if (reply.kind !== 'result') this.session.restart(`subscribe ${channel}: ${rpcText(reply)}`);
      else if (channel === CHANNELS.deltas(this.parts.market))
        this.lateUs = this.parts.clock.nowUs() + SNAPSHOT_LATE;
    });
  }

  /** A fresh snapshot: unsubscribe, then subscribe; the deltas in between are nothing. */
  private resubscribe(): void {
    if (this.subscribing) return;
    this.subscribing = true;
    this.askedUs = this.parts.clock.nowUs();
    this.askForBook();
  }

  private askForBook(): void {
    this.lateUs = Infinity;
    this.feed.resubscribed();
    const mine = this.connection;
    const channel = CHANNELS.deltas(this.parts.market);
    this.rpc.call('unsubscribe', { channel }, (reply) => {
      if (mine !== this.connection) return;
      if (reply.kind !== 'result') return this.session.restart(`unsubscribe: ${rpcText(reply)}`);
      // What was still on its way belongs to the old subscription.
      this.feed.resubscribed();
      this.subscribe(channel);
    });
  }

  private text(text: string): void {
    this.parts.counters.messages += 1;
    const message = parseJson(text);
    if (!isRecord(message)) {
      this.feed.damaged();
      this.result('unreadable');
      return;
    }
    if ('id' in message && this.rpc.answered(message)) return;
    const params = message['params'];
    if (!isRecord(params)) return;
    const channel = textOf(params, 'channel');
    const data = params['data'];
    if (channel === CHANNELS.markets || channel === `${CHANNELS.markets}.${this.parts.market}`) {
      if (isRecord(data) && textOf(data, 'symbol') === this.parts.market)
        this.parts.onMarketChange(data);
    } else this.result(this.feed.onData(channel, data));
  }

  /** Rows on their way to the engine: the band follows the marks among them. */
  private row(kind: RowKind, side: Aggressor, us: number, price: number, size: number): void {
    const { inbox, clock } = this.parts;
    if (kind === ROW_MARK && this.band.onMark(price as TickPrice, clock.nowUs()))
      this.bandMoved = true;
    inbox.row(kind, side, us, price, size);
  }

  /** Whether the market is believed to trade at that price. */
  believes(ticks: TickPrice): boolean {
    return this.band.believes(ticks);
  }

  /** What a message did to the book. */
  private result(result: FeedResult): void {
    const { counters, clock } = this.parts;
    const { sequence } = this.feed;
    if (result === 'refused' && this.band.onRefused(clock.nowUs()))
      this.parts.inbox.note('warn', 'prices far from the mark go on: they are believed again');
    if (this.bandMoved) {
      this.bandMoved = false;
      return this.gap('the mark has moved by a factor of 2, and the price band with it');
    }
    if (result === 'applied' || result === 'ignored') {
      if (sequence.state !== 'live') return;
      if (this.lastSeq !== sequence.seq) {
        this.lastSeq = sequence.seq;
        this.bookUs = clock.nowUs();
      }
      if (this.subscribing) {
        this.subscribing = false;
        this.bookUs = clock.nowUs();
      }
      if (this.told === 'down' && this.bars.size === 0) this.tell('up', 'the book is whole');
      return;
    }
    if (result === 'gap') counters.gaps += 1;
    else if (result === 'unreadable') counters.unreadable += 1;
    else return;
    this.gap(result === 'gap' ? 'a sequence number is missing' : 'a frame that cannot be read');
  }

  private gap(detail: string): void {
    const { inbox, clock } = this.parts;
    if (this.told === 'up') {
      const us = clock.nowUs();
      inbox.event(Object.freeze({ kind: 'link', channel: 'public', state: 'gap', detail, us }));
    }
    this.resubscribe();
  }

  private lost(detail: string): void {
    this.connection += 1;
    this.subscribing = false;
    this.feed.resubscribed();
    this.parts.counters.cuts += 1;
    this.tell('down', detail);
    this.rpc.lost(detail);
  }

  private tell(state: 'up' | 'down', detail: string): void {
    if (this.told === state) return;
    this.told = state;
    const us = this.parts.clock.nowUs();
    this.parts.inbox.event(Object.freeze({ kind: 'link', channel: 'public', state, detail, us }));
  }

  private look(): void {
    const { clock } = this.parts;
    this.watch = clock.after(LOOK_EVERY, () => {
      this.check();
      this.look();
    });
  }

  private check(): void {
    if (!this.session.isOpen) return;
    const nowUs = this.parts.clock.nowUs();
    if (this.subscribing) {
      if (nowUs - this.askedUs > SNAPSHOT_WITHIN) this.session.restart('no book after subscribing');
      else if (nowUs > this.lateUs) this.askForBook();
    } else if (nowUs - this.bookUs > BOOK_SILENT) this.gap('the book is silent');
  }

  private askForLife(): void {
    this.rpc.call('ping', {}, (reply) => {
      if (reply.kind === 'result' || reply.kind === 'error') this.session.alive();
    });
  }
}
