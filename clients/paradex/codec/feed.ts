// Hot path: the market feed of one Paradex market. Binary frames (and the same content as JSON, json-feed.ts) become
// market rows, exactly, without allocation. A message is validated whole before any of it leaves; a damaged one, or one
// out of its order, changes nothing and makes the book broken until the next snapshot. Never throws on data.
import type { Instrument } from '#core/instrument';
import type { Aggressor, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { MantissaGrid, exactInteger } from './grid.js';
import { JsonFeed } from './json-feed.js';
import type { RowOut } from './output.js';
import { FeedOutput } from './output.js';
import {
  ACCOUNT, BBO, BOOK, FILL, FUNDING, HEADER_BYTES, LEVEL_BYTES, ORDER, POSITION, SCHEMA_ID, SUMMARY,
  TRADE, HEARTBEAT, GROUP_HEADER_BYTES,
} from './schema.js'; // prettier-ignore
import { BookSequence } from './sequence.js';

/**
 * applied: rows were handed on (of an empty delta one that changes nothing). ignored: not for us, a repeat, or a delta without a live book.
 * refused: a price off the grid or out of the band; the book is as it was. gap, unreadable: the book is not live any
 * more, mark it unhealthy and subscribe anew. private: readPrivateFrame of private.ts takes it. heartbeat: a sign of life.
 */
export type FeedResult =
  | 'applied' | 'ignored' | 'refused' | 'gap' | 'unreadable' | 'private' | 'heartbeat'; // prettier-ignore

const NULL_HIGH = -0x80000000;
const SNAPSHOT = 0;
const DELTA = 1;

const u16 = (b: Uint8Array, i: number): number => (b[i] as number) | ((b[i + 1] as number) << 8);
const i32 = (b: Uint8Array, i: number): number =>
  (b[i] as number) | ((b[i + 1] as number) << 8) | ((b[i + 2] as number) << 16) | ((b[i + 3] as number) << 24); // prettier-ignore
const u32 = (b: Uint8Array, i: number): number => i32(b, i) >>> 0;
const integerAt = (b: Uint8Array, i: number): number => exactInteger(u32(b, i), i32(b, i + 4));
const isNull = (b: Uint8Array, i: number): boolean =>
  i32(b, i + 4) === NULL_HIGH && i32(b, i) === 0;

export class ParadexFeed {
  readonly sequence = new BookSequence();
  readonly output: FeedOutput;
  private readonly json: JsonFeed;
  private readonly prices: MantissaGrid;
  private readonly sizes: MantissaGrid;
  private readonly name: Uint8Array;
  /** Where the frame being read goes on; -1 when it has run out. */
  private at = 0;

  constructor(
    instrument: Instrument,
    readonly market: string,
    out: RowOut,
  ) {
    this.output = new FeedOutput(instrument, out);
    this.json = new JsonFeed(market, this.output, this.sequence);
    this.prices = new MantissaGrid('tickSize', instrument.spec.tickSize);
    this.sizes = new MantissaGrid('lotSize', instrument.spec.lotSize);
    this.name = new TextEncoder().encode(market);
  }

  /** One binary frame; `bytes` is read during the call only. */
  onFrame(bytes: Uint8Array): FeedResult {
    const result = this.read(bytes);
    if (result === 'unreadable') this.damaged();
    return result;
  }

  /** The payload of a text push of a market channel. */
  onData(channel: string, data: unknown): FeedResult {
    const result = this.json.onData(channel, data);
    if (result === 'unreadable') this.damaged();
    return result;
  }

  /** A message that could not even be told apart (text that is no JSON): it may have been the book's. */
  damaged(): void {
    this.output.counters.unreadable += 1;
    this.sequence.invalidate();
  }

  private read(b: Uint8Array): FeedResult {
    if (b.length < HEADER_BYTES || u16(b, 4) !== SCHEMA_ID) return 'unreadable';
    const block = u16(b, 0);
    if (HEADER_BYTES + block > b.length) return 'unreadable';
    this.at = HEADER_BYTES + block;
    switch (u16(b, 2)) {
      case BOOK:
        return block < 89 ? 'unreadable' : this.readBook(b);
      case BBO:
        return block < 48 ? 'unreadable' : this.readBbo(b);
      case TRADE:
        return block < 50 ? 'unreadable' : this.readTrade(b);
      case SUMMARY:
        return block < (u16(b, 6) === 0 ? 216 : 240) ? 'unreadable' : this.readSummary(b);
      case FUNDING:
        return block < (u16(b, 6) === 0 ? 58 : 66) ? 'unreadable' : this.readFunding(b);
      case HEARTBEAT:
        return block < 16 ? 'unreadable' : 'heartbeat';
      case ORDER:
      case FILL:
      case POSITION:
      case ACCOUNT:
        return 'private';
      default:
        this.output.counters.skipped += 1;
        return 'ignored';
    }
  }

  private readBook(b: Uint8Array): FeedResult {
    const us = integerAt(b, 8);
    const seq = integerAt(b, 16);
    const kind = b[24] as number;
    if (!(us >= 0) || !(seq >= 0) || (kind !== SNAPSHOT && kind !== DELTA)) return 'unreadable';
    // The market's name comes last, but another market has another grid: find it before any level is read.
    const bids = this.at;
    const asks = this.skipGroup(b);
    this.skipGroup(b);
    const ours = this.marketIsOurs(b);
    if (ours !== 'applied') return ours;
    const { output, sequence } = this;
    output.begin();
    if (!this.gather(b, bids, BID) || !this.gather(b, asks, ASK)) return 'unreadable';
    const verdict = kind === SNAPSHOT ? sequence.onSnapshot(seq, us) : sequence.onDelta(seq, us);
    if (verdict === 'gap') return 'gap';
    if (verdict === 'ignore') return 'ignored';
    output.commit(kind === SNAPSHOT, us);
    return 'applied';
  }

  /** Moves `at` behind the group that begins there, and returns it; -1 when the frame is too short. */
  private skipGroup(b: Uint8Array): number {
    const { at } = this;
    if (at < 0 || at + GROUP_HEADER_BYTES > b.length) return (this.at = -1);
    const entry = u16(b, at);
    const end = at + GROUP_HEADER_BYTES + entry * u16(b, at + 2);
    return (this.at = entry < LEVEL_BYTES || end > b.length ? -1 : end);
  }

  /** The group at `group`, which is known to fit. False when a value is worthless. */
  private gather(b: Uint8Array, group: number, side: Side): boolean {
    const { prices, sizes, output } = this;
    const entry = u16(b, group);
    const first = group + GROUP_HEADER_BYTES;
    const end = first + entry * u16(b, group + 2);
    for (let i = first; i < end; i += entry) {
      const ticks = prices.steps(u32(b, i), i32(b, i + 4));
      const lots = sizes.steps(u32(b, i + 8), i32(b, i + 12));
      if (!output.gather(side, ticks, lots)) return false;
    }
    return true;
  }

  private readBbo(b: Uint8Array): FeedResult {
    const us = integerAt(b, 8);
    if (!(us >= 0)) return 'unreadable';
    const ours = this.marketIsOurs(b);
    if (ours !== 'applied') return ours;
    const { output, prices, sizes } = this;
    const hasBid = !isNull(b, 24);
    const hasAsk = !isNull(b, 40);
    const bid = hasBid ? prices.steps(u32(b, 24), i32(b, 28)) : 0;
    const bidLots = hasBid ? sizes.steps(u32(b, 32), i32(b, 36)) : 0;
    const ask = hasAsk ? prices.steps(u32(b, 40), i32(b, 44)) : 0;
    const askLots = hasAsk ? sizes.steps(u32(b, 48), i32(b, 52)) : 0;
    if (hasBid && !output.touchable(bid, bidLots)) return 'refused';
    if (hasAsk && !output.touchable(ask, askLots)) return 'refused';
    if (hasBid) output.quote(BID, us, bid, bidLots);
    if (hasAsk) output.quote(ASK, us, ask, askLots);
    return 'applied';
  }

  private readTrade(b: Uint8Array): FeedResult {
    const us = integerAt(b, 49); // created: when it was matched
    if (!(us >= 0) || !(integerAt(b, 8) >= 0)) return 'unreadable';
    const ours = this.marketIsOurs(b);
    if (ours !== 'applied') return ours;
    const { output } = this;
    if (!meetsTheBook(b[57] as number)) {
      output.counters.offBook += 1;
      return 'ignored';
    }
    const side = b[32] as number;
    const taker: Aggressor = side === 1 ? BID : side === 2 ? ASK : 0;
    const ticks = this.prices.steps(u32(b, 33), i32(b, 37));
    const lots = this.sizes.steps(u32(b, 41), i32(b, 45));
    return output.trade(taker, us, ticks, lots) ? 'applied' : 'refused';
  }

  private readSummary(b: Uint8Array): FeedResult {
    const us = integerAt(b, 8);
    if (!(us >= 0)) return 'unreadable';
    const ours = this.marketIsOurs(b);
    if (ours !== 'applied') return ours;
    const { output } = this;
    let taken = false;
    if (!isNull(b, 24)) {
      if (!output.mark(us, integerAt(b, 24) / 100_000_000)) return 'refused';
      taken = true;
    }
    const precise = u16(b, 6) > 0 ? integerAt(b, 240) : NaN; // 1e-12; null is NaN
    const rate = Number.isNaN(precise) ? integerAt(b, 64) * 100 : hundredth(precise);
    if (!Number.isSafeInteger(rate)) return taken ? 'applied' : 'ignored';
    output.funding(us, rate);
    return 'applied';
  }

  private readFunding(b: Uint8Array): FeedResult {
    const us = integerAt(b, 40); // created
    if (!(us >= 0)) return 'unreadable';
    const ours = this.marketIsOurs(b);
    if (ours !== 'applied') return ours;
    const rate = integerAt(b, 24) * 100;
    if (!Number.isSafeInteger(rate)) return 'refused';
    this.output.funding(us, rate);
    return 'applied';
  }

  /** Reads the market's name at `at`: ours = 'applied', another's = 'ignored'. */
  private marketIsOurs(b: Uint8Array): 'applied' | 'ignored' | 'unreadable' {
    const { at, name } = this;
    if (at < 0 || at >= b.length) return 'unreadable';
    const length = b[at] as number;
    if (at + 1 + length > b.length || length === 0) return 'unreadable';
    let same = length === name.length;
    for (let i = 0; same && i < length; i++) same = b[at + 1 + i] === name[i];
    if (same) return 'applied';
    this.output.counters.foreign += 1;
    return 'ignored';
  }

  /** The grid and the market stay; a new subscription begins. */
  resubscribed(): void {
    this.sequence.reset();
  }

  /** See FeedOutput.setBand. */
  setBand(low: Ticks, high: Ticks): void {
    this.output.setBand(low, high);
  }
}

/** FILL, LIQUIDATION and what we do not know; not transfers, settlements, RPI and block trades (3 to 6). */
const meetsTheBook = (tradeType: number): boolean => tradeType < 3 || tradeType > 6;

/** Rounded half away from zero, as every amount here; never -0. */
const hundredth = (n: number): number => (n < 0 ? 0 - Math.round(-n / 100) : Math.round(n / 100));
