// One recording in the Tardis CSV layout, as batches of columns: prices and sizes still as digits and decimals.
// Hot path. It refuses what it cannot read, naming the line; it drops nothing and changes no value.
import { ByteSource } from './bytes.js';
import { TapeProblem } from './problem.js';
import type { Found } from './scan.js';
import { Scanner } from './scan.js';

export type Layout = 'trades' | 'book' | 'quotes';
const HEADERS: Readonly<Record<Layout, string>> = {
  book: 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount',
  trades: 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount',
  quotes: 'exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount',
};
const BATCH = 16_384;
const LONGEST_LINE = 4_096;
/** Plausible microseconds: from 2001 to 2096. Milliseconds and nanoseconds lie outside. */
const LEAST_US = 1e15;
const MOST_US = 4e15;
const word = (text: string): Buffer => Buffer.from(text);
const TRUE = word('true,');
const FALSE = word('false,');
const SIDES = [
  { book: word('bid,'), trades: word('buy,'), value: 1 },
  { book: word('ask,'), trades: word('sell,'), value: -1 },
] as const;
const NO_SIDES = [word('unknown,'), word(',')];

/** Columns of up to 16,384 rows. A line of quotes makes two rows, one a side. */
export class Batch {
  count = 0;
  readonly venueUs = new Float64Array(BATCH);
  readonly localUs = new Float64Array(BATCH);
  readonly line = new Float64Array(BATCH);
  readonly snapshot = new Uint8Array(BATCH);
  readonly side = new Int8Array(BATCH);
  readonly price = new Float64Array(BATCH);
  readonly priceDecimals = new Int8Array(BATCH);
  readonly size = new Float64Array(BATCH);
  readonly sizeDecimals = new Int8Array(BATCH);
}

export class CsvFile {
  readonly source: ByteSource;
  readonly batch = new Batch();
  /** Rows of the batch already used, by whoever reads. */
  taken = 0;
  rows = 0;
  layout: Layout = 'book';
  /** The last line had no newline: it may have been cut within a number. */
  openEnded = false;
  exchange = '';
  symbol = '';
  private readonly scanner = new Scanner();
  private readonly chunks: AsyncGenerator<Buffer, void, void>;
  private market: Buffer = Buffer.alloc(0);
  private line = 0;
  private ended = false;

  /** Throws TapeProblem when the file cannot be opened. */
  constructor(readonly name: string) {
    this.source = new ByteSource(name);
    this.chunks = this.source.chunks();
  }

  /** Reads the header line and the first rows. Throws TapeProblem when it is none of the three layouts. */
  async start(): Promise<void> {
    while (!this.hasLine() && (await this.more()));
    const { scanner } = this;
    const end = scanner.bytes.indexOf(10);
    const header = scanner.bytes.toString('utf8', 0, end === -1 ? undefined : end).trim();
    const found = (Object.keys(HEADERS) as Layout[]).find((l) => HEADERS[l] === header);
    if (found === undefined) {
      const expected = Object.values(HEADERS).join(' | ');
      const what = `unknown columns "${header.slice(0, 120)}"`;
      throw new TapeProblem(this.name, 'line 1', what, `expected one of: ${expected}`);
    }
    this.layout = found;
    this.line = 1;
    scanner.at = end === -1 ? scanner.bytes.length : end + 1;
    while (!this.hasLine() && (await this.more()));
    if (scanner.at >= scanner.bytes.length) {
      throw new TapeProblem(this.name, '', 'has a header but no rows', 'take the file again');
    }
    const [exchange = '', symbol = ''] = scanner.line(scanner.at).split(',');
    if (exchange === '' || symbol === '') throw this.problem(scanner.at, 'no exchange or symbol');
    this.exchange = exchange;
    this.symbol = symbol;
    this.market = word(`${exchange},${symbol},`);
    await this.fill();
  }

  /** The next batch; false at the end of the file. */
  async fill(): Promise<boolean> {
    const { batch } = this;
    batch.count = 0;
    this.taken = 0;
    while (batch.count < BATCH - 1) {
      while (!this.hasLine() && !this.ended) await this.more();
      if (this.scanner.at >= this.scanner.bytes.length) break;
      this.parse();
    }
    this.rows += batch.count;
    return batch.count > 0;
  }

  close(): void {
    this.source.close();
  }

  /** A whole line lies in the buffer. Only near its end does this have to look. */
  private hasLine(): boolean {
    const { bytes, at } = this.scanner;
    return bytes.length - at > LONGEST_LINE || bytes.indexOf(10, at) !== -1;
  }

  /** Takes in the next chunk behind what is left of the last; false when there was none. */
  private async more(): Promise<boolean> {
    const { scanner } = this;
    const next = await this.chunks.next();
    const rest = scanner.bytes.subarray(scanner.at);
    scanner.at = 0;
    if (next.done !== true) {
      scanner.bytes = rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
      return true;
    }
    // The last line may lack its newline.
    this.ended = true;
    this.openEnded ||= rest.length > 0 && rest[rest.length - 1] !== 10;
    scanner.bytes = this.openEnded ? Buffer.concat([rest, word('\n')]) : rest;
    return false;
  }

  /** Lines until the batch is full or the buffer may not hold another whole one. */
  private parse(): void {
    const { scanner, batch } = this;
    const safe = scanner.bytes.length - LONGEST_LINE;
    do {
      const start = scanner.at;
      this.line += 1;
      if (scanner.endLine()) continue; // an empty line
      if (!scanner.is(this.market)) throw this.otherMarket(start);
      const venueUs = scanner.whole();
      const localUs = scanner.whole();
      if (!(venueUs > LEAST_US && venueUs < MOST_US && localUs > LEAST_US && localUs < MOST_US)) {
        throw this.problem(start, 'timestamps must be whole microseconds');
      }
      const i = batch.count;
      batch.venueUs[i] = venueUs;
      batch.localUs[i] = localUs;
      batch.line[i] = this.line;
      if (this.layout === 'quotes') this.quoteLine(start);
      else this.rowLine(start);
      if (!scanner.endLine()) throw this.problem(start, 'more columns than the header says');
    } while (batch.count < BATCH - 1 && scanner.at < safe);
  }

  private rowLine(start: number): void {
    const { scanner, batch } = this;
    const i = batch.count;
    if (this.layout === 'trades') scanner.skip();
    else if (scanner.is(FALSE)) batch.snapshot[i] = 0;
    else if (scanner.is(TRUE)) batch.snapshot[i] = 1;
    else throw this.problem(start, 'is_snapshot must be true or false');
    batch.side[i] = this.sideOf(start);
    this.price(i, start, 'price');
    if (!this.size(i, start, 'amount')) throw this.problem(start, 'no amount');
    batch.count = i + 1;
  }

  /** Two rows, bid and ask; a side without a price makes none, one without an amount has size 0. */
  private quoteLine(start: number): void {
    const { batch } = this;
    const i = batch.count;
    const { venueUs, localUs, line } = batch;
    venueUs[i + 1] = venueUs[i] as number;
    localUs[i + 1] = localUs[i] as number;
    line[i + 1] = line[i] as number;
    this.size(i + 1, start, 'ask_amount');
    const ask = this.price(i + 1, start, 'ask_price', true);
    const bid = this.price(i, start, 'bid_price', true);
    this.size(i, start, 'bid_amount');
    batch.side[i] = bid ? 1 : -1;
    batch.side[i + 1] = -1;
    if (!bid && ask) {
      batch.price[i] = batch.price[i + 1] as number;
      batch.priceDecimals[i] = batch.priceDecimals[i + 1] as number;
      batch.size[i] = batch.size[i + 1] as number;
      batch.sizeDecimals[i] = batch.sizeDecimals[i + 1] as number;
    }
    batch.count = i + (bid ? 1 : 0) + (ask ? 1 : 0);
  }

  private sideOf(start: number): number {
    const { scanner } = this;
    const layout = this.layout === 'trades' ? 'trades' : 'book';
    for (const side of SIDES) if (scanner.is(side[layout])) return side.value;
    if (layout === 'trades' && NO_SIDES.some((w) => scanner.is(w))) return 0;
    const expected = layout === 'trades' ? 'buy, sell or unknown' : 'bid or ask';
    throw this.problem(start, `side must be ${expected}`);
  }

  /** True when there is one; a missing price is refused unless it may be. */
  private price(i: number, start: number, name: string, mayMiss = false): boolean {
    const { scanner, batch } = this;
    const found = this.checked(scanner.decimal(), start, name);
    if (!found && mayMiss) return false;
    if (!found) throw this.problem(start, `no ${name}`);
    if (scanner.digits === 0) throw this.problem(start, `${name} is 0`);
    batch.price[i] = scanner.digits;
    batch.priceDecimals[i] = scanner.decimals;
    return true;
  }

  private size(i: number, start: number, name: string): boolean {
    const { scanner, batch } = this;
    const found = this.checked(scanner.decimal(), start, name);
    batch.size[i] = found ? scanner.digits : 0;
    batch.sizeDecimals[i] = found ? scanner.decimals : 0;
    return found;
  }

  private checked(found: Found, start: number, name: string): boolean {
    if (found === 'number') return true;
    if (found === 'empty') return false;
    const what = found === 'negative' ? 'is negative' : 'is no number of up to 15 digits';
    throw this.problem(start, `${name} ${what}`);
  }

  private problem(start: number, what: string): TapeProblem {
    const text = `${what} in "${this.scanner.line(start)}"`;
    const remedy = 'mend or remove that row, or take the file again';
    return new TapeProblem(this.name, `line ${this.line}`, text, remedy);
  }

  private otherMarket(start: number): TapeProblem {
    const fields = this.scanner.line(start).split(',');
    const [exchange, symbol] = fields;
    if (fields.length !== 8) return this.problem(start, 'not 8 columns');
    const what = `is of ${exchange} ${symbol}, the rows before of ${this.exchange} ${this.symbol}`;
    return new TapeProblem(this.name, `line ${this.line}`, what, 'import one market at a time');
  }
}
