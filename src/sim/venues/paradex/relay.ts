// Another Paradex's public feed as the market of this one: paper trading on live data without a key. It subscribes,
// follows the sequence rule, subscribes anew after a gap, and reconnects with back-off. It sends no order anywhere; the
// only things that leave are subscriptions.
import type { Instrument } from '#core/instrument';
import type { Clock, Network, Socket, Timer } from '#core/outside';
import { Random } from '#core/random';
import type { RowKind } from '#core/rows';
import { RowBlock, applyRow } from '#core/rows';
import type { Aggressor, Micros, SpanMicros } from '#core/units';
import { ParadexFeed } from '#clients/paradex/codec/feed';
import type { FeedResult } from '#clients/paradex/codec/feed';
import type { Environment } from '#clients/paradex/endpoints';
import { CHANNELS, SBE_1, socketUrl } from '#clients/paradex/endpoints';
import type { Feed, FeedSink } from '../feed.js';

export interface RelayOptions {
  readonly clock: Clock;
  readonly network: Network;
  readonly environment: Environment;
  readonly instrument: Instrument;
  readonly seed: number;
  /** One line worth a log. */
  readonly note: (text: string) => void;
}

const FIRST_BACKOFF_US = 500_000;
const LONGEST_BACKOFF_US = 30_000_000;
const SILENT_AFTER = 65_000_000 as SpanMicros;
const MOST_ROWS = 65_536;

export class RelayFeed implements Feed {
  readonly counters = { connects: 0, gaps: 0, frames: 0 };
  private sink: FeedSink | null = null;
  private socket: Socket | null = null;
  private timer: Timer | null = null;
  private watchdog: Timer | null = null;
  private failures = 0;
  private nextId = 1;
  private lastUs: Micros;
  private holeFromUs: number | null = null;
  private readonly rows = new RowBlock(MOST_ROWS);
  private readonly feed: ParadexFeed;
  private readonly random: Random;

  constructor(private readonly options: RelayOptions) {
    const { instrument, clock, seed } = options;
    this.random = new Random(seed).fork('relay');
    this.lastUs = clock.nowUs();
    this.feed = new ParadexFeed(instrument, instrument.spec.symbol, {
      row: (kind, side, us, price, size) => this.row(kind, side, us, price, size),
    });
  }

  start(sink: FeedSink): void {
    this.sink = sink;
    this.connect();
  }

  /** Its rows come when they come. */
  catchUp(): void {}

  close(): void {
    this.sink = null;
    this.timer?.cancel();
    this.watchdog?.cancel();
    this.socket?.close();
    this.socket = null;
  }

  private connect(): void {
    const { network, environment } = this.options;
    this.counters.connects += 1;
    this.feed.sequence.reset();
    const socket = network.connect(socketUrl(environment, SBE_1), {
      onOpen: () => {
        this.failures = 0;
        this.subscribeAll(socket);
        this.watch();
      },
      onText: (text) => {
        this.watch();
        if (text.includes('"error"')) this.options.note(`relay: ${text.slice(0, 200)}`);
      },
      onBinary: (bytes) => this.frame(bytes),
      onClose: (code) => this.lost(socket, code),
    });
    this.socket = socket;
  }

  private subscribeAll(socket: Socket): void {
    const market = this.options.instrument.spec.symbol;
    for (const channel of [
      CHANNELS.deltas(market),
      CHANNELS.trades(market),
      CHANNELS.summary(market),
      CHANNELS.funding(market),
    ])
      this.ask(socket, 'subscribe', channel);
  }

  private ask(socket: Socket, method: 'subscribe' | 'unsubscribe', channel: string): void {
    const id = this.nextId;
    this.nextId += 1;
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params: { channel } }));
  }

  private frame(bytes: Uint8Array): void {
    this.watch();
    this.counters.frames += 1;
    const wasLive = this.feed.sequence.state === 'live';
    const result: FeedResult = this.feed.onFrame(bytes);
    this.flush();
    if (result === 'gap' || (result === 'unreadable' && wasLive)) this.resubscribe();
  }

  private resubscribe(): void {
    const { socket } = this;
    if (socket === null) return;
    this.counters.gaps += 1;
    this.holeFromUs ??= this.lastUs;
    this.options.note('relay: a gap in the book, subscribing anew');
    const channel = CHANNELS.deltas(this.options.instrument.spec.symbol);
    this.feed.sequence.reset();
    this.ask(socket, 'unsubscribe', channel);
    this.ask(socket, 'subscribe', channel);
  }

  private row(kind: RowKind, side: Aggressor, us: number, price: number, size: number): void {
    const nowUs = this.options.clock.nowUs();
    if (!this.rows.full) this.rows.push(kind, side, us, nowUs, price, size);
  }

  /** One message of the other venue is one instant here. */
  private flush(): void {
    const { sink, rows } = this;
    if (rows.count === 0) return;
    if (sink !== null) {
      const nowUs = this.options.clock.nowUs();
      sink.begin(nowUs);
      const live = this.feed.sequence.state === 'live';
      if (this.holeFromUs !== null && live) {
        sink.gap(this.holeFromUs as Micros, nowUs);
        this.holeFromUs = null;
      }
      for (let i = 0; i < rows.count; i++) applyRow(rows, i, sink);
      sink.end();
      this.lastUs = nowUs;
    }
    rows.count = 0;
  }

  /** Nothing at all for too long: the connection is dead even if it is open. */
  private watch(): void {
    this.watchdog?.cancel();
    this.watchdog = this.options.clock.after(SILENT_AFTER, () => this.socket?.terminate());
  }

  private lost(socket: Socket, code: number): void {
    if (this.sink === null || socket !== this.socket) return;
    this.socket = null;
    this.watchdog?.cancel();
    this.holeFromUs ??= this.lastUs;
    this.feed.sequence.reset();
    const most = Math.min(LONGEST_BACKOFF_US, FIRST_BACKOFF_US * 2 ** Math.min(10, this.failures));
    this.failures += 1;
    const span = Math.ceil(most * (0.5 + this.random.next() / 2)) as SpanMicros;
    this.options.note(`relay: connection lost (${code}), again in ${(span / 1e6).toFixed(1)} s`);
    this.timer = this.options.clock.after(span, () => this.connect());
  }
}
