// The market channels as JSON text: the same content as the binary frames, through the same output and the same
// sequence rule. Sockets without the binary encoding and replays use it. Never throws on data, never rounds a price.
import type { Aggressor, Side } from '#core/units';
import { ASK, BID } from '#core/units';
import { parseDecimal } from '#core/decimal';
import type { FeedResult } from './feed.js';
import type { FeedOutput } from './output.js';
import type { BookSequence } from './sequence.js';

type Fields = Readonly<Record<string, unknown>>;

const OFF_BOOK = new Set(['UNWIND_TRANSFER', 'SETTLE_MARKET', 'RPI', 'BLOCK_TRADE']);
const RATE_SCALE = 10_000_000_000;

export class JsonFeed {
  constructor(
    private readonly market: string,
    private readonly output: FeedOutput,
    private readonly sequence: BookSequence,
  ) {}

  /** What `ParadexFeed.onData` says. */
  onData(channel: string, data: unknown): FeedResult {
    const read = this.readerOf(channel);
    if (read === undefined) {
      this.output.counters.skipped += 1;
      return 'ignored';
    }
    if (!isFields(data)) return 'unreadable';
    const market = data['market'] ?? data['symbol'];
    if (typeof market !== 'string' || market === '') return 'unreadable';
    if (market !== this.market) {
      this.output.counters.foreign += 1;
      return 'ignored';
    }
    return read(data);
  }

  private readerOf(channel: string): ((data: Fields) => FeedResult) | undefined {
    if (channel.startsWith('order_book.')) return (data) => this.readBook(data);
    if (channel.startsWith('bbo.')) return (data) => this.readBbo(data);
    if (channel.startsWith('trades.')) return (data) => this.readTrade(data);
    if (channel.startsWith('markets_summary')) return (data) => this.readSummary(data);
    if (channel.startsWith('funding_data')) return (data) => this.readFunding(data);
    return undefined;
  }

  private readBook(data: Fields): FeedResult {
    const us = micros(data['last_updated_at']);
    const seq = wholeNumber(data['seq_no']);
    const kind = data['update_type'];
    if (us === null || seq === null || (kind !== 's' && kind !== 'd')) return 'unreadable';
    const { output, sequence } = this;
    output.begin();
    const whole =
      this.gatherAll(data['inserts'], false) &&
      this.gatherAll(data['updates'], false) &&
      this.gatherAll(data['deletes'], true);
    if (!whole) return 'unreadable';
    const verdict = kind === 's' ? sequence.onSnapshot(seq, us) : sequence.onDelta(seq, us);
    if (verdict === 'gap') return 'gap';
    if (verdict === 'ignore') return 'ignored';
    output.commit(kind === 's', us);
    return 'applied';
  }

  private gatherAll(changes: unknown, removed: boolean): boolean {
    if (changes === null) return true; // an empty list of some encoders; a missing one is damage
    if (!Array.isArray(changes)) return false;
    return changes.every((change: unknown) => this.gatherOne(change, removed));
  }

  private gatherOne(change: unknown, removed: boolean): boolean {
    if (!isFields(change)) return false;
    const side = sideOf(change['side']);
    if (side === 0) return false;
    const lots = removed ? 0 : this.lots(change['size']);
    return this.output.gather(side, this.ticks(change['price']), lots);
  }

  private readBbo(data: Fields): FeedResult {
    const us = micros(data['last_updated_at']);
    if (us === null) return 'unreadable';
    const { output } = this;
    const hasBid = isGiven(data['bid']);
    const hasAsk = isGiven(data['ask']);
    const bid = this.ticks(data['bid']);
    const bidLots = this.lots(data['bid_size']);
    const ask = this.ticks(data['ask']);
    const askLots = this.lots(data['ask_size']);
    if (hasBid && !output.touchable(bid, bidLots)) return 'refused';
    if (hasAsk && !output.touchable(ask, askLots)) return 'refused';
    if (hasBid) output.quote(BID, us, bid, bidLots);
    if (hasAsk) output.quote(ASK, us, ask, askLots);
    return 'applied';
  }

  private readTrade(data: Fields): FeedResult {
    const us = micros(data['created_at']);
    if (us === null) return 'unreadable';
    if (OFF_BOOK.has(String(data['trade_type']))) {
      this.output.counters.offBook += 1;
      return 'ignored';
    }
    const ticks = this.ticks(data['price']);
    const lots = this.lots(data['size']);
    return this.output.trade(sideOf(data['side']), us, ticks, lots) ? 'applied' : 'refused';
  }

  private readSummary(data: Fields): FeedResult {
    const us = micros(data['created_at']);
    if (us === null) return 'unreadable';
    const mark = data['mark_price'];
    let taken = false;
    if (isGiven(mark)) {
      if (!this.output.mark(us, decimalNumber(mark))) return 'refused';
      taken = true;
    }
    const rate = rateOf(data['funding_rate']);
    if (rate === null) return taken ? 'applied' : 'ignored';
    this.output.funding(us, rate);
    return 'applied';
  }

  private readFunding(data: Fields): FeedResult {
    const us = micros(data['created_at']);
    if (us === null) return 'unreadable';
    const rate = rateOf(data['funding_rate']);
    if (rate === null) return 'refused';
    this.output.funding(us, rate);
    return 'applied';
  }

  private ticks(text: unknown): number {
    return typeof text === 'string' ? (this.output.instrument.parsePrice(text) ?? -1) : -1;
  }

  private lots(text: unknown): number {
    return typeof text === 'string' ? (this.output.instrument.parseSize(text) ?? -1) : -1;
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

function sideOf(side: unknown): Side | (Aggressor & 0) {
  if (side === 'BUY') return BID;
  return side === 'SELL' ? ASK : 0;
}

function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** Milliseconds on the wire to microseconds. */
function micros(value: unknown): number | null {
  const ms = wholeNumber(value);
  return ms !== null && ms <= Number.MAX_SAFE_INTEGER / 1000 ? ms * 1000 : null;
}

/** NaN unless it is a plain decimal. */
const decimalNumber = (value: unknown): number =>
  typeof value === 'string' && /^\d+(\.\d*)?$/.test(value) ? Number(value) : NaN;

const rateOf = (value: unknown): number | null =>
  typeof value === 'string' && value !== '' ? parseDecimal(value, RATE_SCALE) : null;
