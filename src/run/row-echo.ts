// Hot path: the venue's rows on their way to the bot, instant by instant. The bot follows the venue's book where it can
// (#sim/past-book), and then most instants need not be given to it at all: nothing moved that it looks at. It never gives
// a row before its time, and in doubt it gives them all.
import type { L2Book } from '#core/book';
import type { RowBlock } from '#core/rows';
import { ROW_LEVEL, ROW_TRADE, applyRows } from '#core/rows';
import type { Micros, SpanMicros, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import type { Engine } from '#engine/engine';
import { TimedBlock } from '#sim/feed-delay';
import type { Exchange } from '#sim/exchange';
import { PastBook } from '#sim/past-book';
import { DUE, NEXT, NOW, PASSED, REST, botClock } from './bot-rows.js';
import type { BotRows } from './bot-rows.js';

const BOOK = 1 << ROW_LEVEL;
const PRICED = BOOK | (1 << ROW_TRADE);
/** In the kinds of an instant: levels and prints only, after which both touches of a sound book are where they were. */
const STILL = 1 << 30;

export class RowEcho implements BotRows {
  readonly clock = botClock();
  /** A ring of instants on their way: the bot's time, the number of the first row, what was changed in the venue's book. */
  private mask = 63;
  private us = new Float64Array(64);
  private first = new Float64Array(64);
  private changes = new Float64Array(64);
  private kinds = new Int32Array(64);
  /** Where an instant is not still: the touches after it. */
  private bid = new Float64Array(64);
  private ask = new Float64Array(64);
  /** Instants so far: told to the bot, known to be quiet, all. */
  private told = 0;
  private ahead = 0;
  private end = 0;
  /** The newest touches at the venue. */
  private bidTicks = 0 as Ticks;
  private askTicks = 0 as Ticks;
  /** Rows so far. */
  private rows = 0;
  /** Blocks of which rows are on their way, and the number of the first row of each. */
  private readonly blocks: RowBlock[] = [];
  private readonly starts: number[] = [];
  private readonly spare: RowBlock[] = [];
  private times: Float64Array = new Float64Array(0);
  private feedUs = 0;
  private readonly book: L2Book;
  private readonly past: PastBook;
  /** The newest level that was passed over; boxed anew, were it a field. */
  private readonly bookPassed = new Float64Array(1);
  /** The engine does not know yet what was passed over; we do not know yet how long it is quiet. */
  private owing = false;
  private unsure = true;

  constructor(
    exchange: Exchange,
    private readonly engine: Engine,
    private readonly feed: SpanMicros,
  ) {
    this.book = exchange.book;
    this.past = new PastBook(this.book);
    const empty = this.book.levels(BID) + this.book.levels(ASK) === 0;
    if (empty && !exchange.useQuotes && engine.passing.follow(this.past)) this.past.begin();
  }

  began(block: RowBlock): void {
    const timed = block instanceof TimedBlock;
    this.times = timed ? block.botUs : block.localUs;
    this.feedUs = timed ? 0 : this.feed;
    this.blocks.push(block);
    this.starts.push(this.rows);
  }

  reusable(): RowBlock | undefined {
    const { blocks, starts, rows } = this;
    const needed = this.told === this.end ? rows : (this.first[this.told & this.mask] as number);
    while (blocks.length > 0 && (starts[1] ?? rows) <= needed) {
      this.spare.push(blocks.shift() as RowBlock);
      starts.shift();
    }
    return this.spare.pop();
  }

  happened(from: number, to: number, kinds: number): void {
    if (this.end - this.told > this.mask) this.grow();
    const { bidTicks, askTicks } = this.book;
    const i = this.end & this.mask;
    this.us[i] = (this.times[from] as number) + this.feedUs;
    this.first[i] = this.rows;
    this.changes[i] = this.past.changes;
    this.rows += to - from;
    const stands = bidTicks === this.bidTicks && askTicks === this.askTicks;
    if (stands && bidTicks > 0 && askTicks >= bidTicks && (kinds & ~PRICED) === 0)
      this.kinds[i] = kinds | STILL;
    else {
      this.kinds[i] = kinds;
      this.bid[i] = this.bidTicks = bidTicks;
      this.ask[i] = this.askTicks = askTicks;
    }
    const next = this.ahead === this.end;
    this.end += 1;
    // Nothing else has happened before now: what was quiet until then is over.
    this.skip(false);
    if (next && !this.unsure && this.quiet(i)) this.ahead += 1;
    this.show();
  }

  pass(through: boolean): boolean {
    const { ahead, clock, engine } = this;
    const restUs = clock[REST] as number;
    if (this.unsure || (clock[DUE] as number) <= (clock[NOW] as number)) this.look();
    this.skip(through);
    this.show();
    const owing = this.owing;
    if (owing) {
      this.owing = false;
      engine.now.us = clock[PASSED] as Micros;
      engine.passing.passed(this.bookPassed[0] as Micros);
      this.bookPassed[0] = 0;
    }
    const rested = this.rest(through);
    return owing || rested || this.ahead > ahead || (clock[REST] as number) > restUs;
  }

  /** Looks before now at which nothing had moved are over. True when there were any. */
  private rest(through: boolean): boolean {
    const { clock, engine } = this;
    const nowUs = (clock[NOW] as number) + (through ? 1 : 0);
    const untilUs = nowUs < (clock[REST] as number) ? nowUs : (clock[REST] as number);
    if (engine.nextWakeUs >= untilUs) return false;
    engine.passing.look(untilUs as Micros);
    if (engine.now.us > (clock[PASSED] as number)) clock[PASSED] = engine.now.us;
    return true;
  }

  give(): void {
    const us = this.clock[NOW];
    while (this.told < this.end && this.us[this.told & this.mask] === us) {
      const i = this.told & this.mask;
      this.tell(i);
      this.told += 1;
      const first = this.first[i] as number;
      const last = this.told < this.end ? (this.first[this.told & this.mask] as number) : this.rows;
      let k = 0;
      while ((this.starts[k + 1] ?? Infinity) <= first) k += 1;
      const start = this.starts[k] as number;
      applyRows(this.blocks[k] as RowBlock, first - start, last - start, this.engine);
    }
    if (this.ahead < this.told) this.ahead = this.told;
    this.show();
  }

  looked(): void {
    this.unsure = true;
    this.clock[REST] = -Infinity;
    this.ahead = this.told;
    this.show();
  }

  private show(): void {
    const { clock, us, mask, told, ahead, end } = this;
    clock[DUE] = ahead === end ? Infinity : (us[ahead & mask] as number);
    clock[NEXT] = told === end ? Infinity : (us[told & mask] as number);
  }

  /** How far are they quiet? */
  private look(): void {
    if (this.unsure) this.clock[REST] = this.engine.passing.quietUntilUs;
    this.unsure = false;
    while (this.ahead < this.end && this.quiet(this.ahead & this.mask)) this.ahead += 1;
  }

  private quiet(i: number): boolean {
    return (
      (this.kinds[i] as number) >= STILL && (this.us[i] as number) < (this.clock[REST] as number)
    );
  }

  private tell(i: number): void {
    const changes = this.changes[i] as number;
    if ((this.kinds[i] as number) >= STILL) this.past.hear(changes);
    else this.past.tell(changes, this.bid[i] as Ticks, this.ask[i] as Ticks);
  }

  /** Quiet instants before now are over. */
  private skip(through: boolean): void {
    const { bookPassed, clock, mask, ahead } = this;
    let { told } = this;
    if (told === ahead) return;
    const nowUs = clock[NOW] as number;
    for (; told < ahead; told += 1) {
      const i = told & mask;
      const us = this.us[i] as number;
      if (us > nowUs || (us === nowUs && !through)) break;
      clock[PASSED] = us;
      if (((this.kinds[i] as number) & BOOK) !== 0) bookPassed[0] = us;
    }
    if (told === this.told) return;
    this.told = told;
    this.owing = true;
    this.tell((told - 1) & mask);
  }

  private grow(): void {
    const [before, after] = [this.mask, 2 * this.mask + 1];
    const larger = <T extends Float64Array | Int32Array>(old: T, made: T): T => {
      for (let n = this.told; n < this.end; n += 1) made[n & after] = old[n & before] as number;
      return made;
    };
    this.us = larger(this.us, new Float64Array(after + 1));
    this.first = larger(this.first, new Float64Array(after + 1));
    this.changes = larger(this.changes, new Float64Array(after + 1));
    this.kinds = larger(this.kinds, new Int32Array(after + 1));
    this.bid = larger(this.bid, new Float64Array(after + 1));
    this.ask = larger(this.ask, new Float64Array(after + 1));
    this.mask = after;
  }
}
