// One CSV recording looked at line by line, tolerantly: everything an import would refuse is counted instead, so that
// a user sees at once what is wrong with a file and how often. It reads and counts; it never mends and never throws on
// bad data. What the counts mean is a verdict per file.
import { ByteSource } from './bytes.js';
import { TapeProblem } from './problem.js';
import type { Finding, Verdict } from './verify.js';

const COLUMNS = 8;
const LEAST_US = 1e15;
const MOST_US = 4e15;
/** A longer step back in local time is a file out of order, a shorter one a clock that was set. */
const BACK_US = 1_000_000;
/** Trade ids remembered, to find repeats. */
const IDS = 50_000;
const HEADERS = {
  book: 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount',
  trades: 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount',
  quotes: 'exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount',
} as const;
type Layout = keyof typeof HEADERS;
const SIDES: Readonly<Record<Layout, readonly string[]>> = {
  book: ['bid', 'ask'],
  trades: ['buy', 'sell', 'unknown', ''],
  quotes: [],
};

export interface LintCounts {
  lines: number;
  /** Not eight columns. */
  columns: number;
  /** A time that is no plausible microsecond (milliseconds, nanoseconds, words). */
  times: number;
  /** A price or size that is no number, is negative, or a price of 0. */
  numbers: number;
  sides: number;
  /** Steps back in local time, the farthest of them, and those of more than a second. */
  back: number;
  backMostUs: number;
  farBack: number;
  /** The same line twice in one message, or a trade id seen before. */
  repeated: number;
  /** 1 when the file stops within a line or within its gzip stream. */
  truncated: number;
}

export interface LintReport {
  readonly name: string;
  readonly layout: Layout | null;
  readonly verdict: Verdict;
  readonly counts: LintCounts;
  readonly findings: readonly Finding[];
}

class Linter {
  readonly counts: LintCounts = {
    lines: 0, columns: 0, times: 0, numbers: 0, sides: 0, back: 0, backMostUs: 0, farBack: 0,
    repeated: 0, truncated: 0,
  }; // prettier-ignore
  layout: Layout | null = null;
  firstBad = 0;
  private localUs = 0;
  private message = '';
  private readonly inMessage = new Set<string>();
  private ids = new Set<string>();
  private olderIds = new Set<string>();

  header(line: string): void {
    const found = (Object.keys(HEADERS) as Layout[]).find((l) => HEADERS[l] === line.trim());
    this.layout = found ?? null;
  }

  line(line: string): void {
    const { counts, layout } = this;
    counts.lines += 1;
    const cells = line.split(',');
    if (cells.length !== COLUMNS || layout === null) {
      this.bad('columns');
      return;
    }
    const [, , venue = '', local = '', fifth = '', side = '', price = '', amount = ''] = cells;
    if (!isTime(venue) || !isTime(local)) this.bad('times');
    else this.time(Number(local));
    if (layout !== 'quotes') {
      if (!SIDES[layout].includes(side)) this.bad('sides');
      if (!isNumber(price, true) || !isNumber(amount, false)) this.bad('numbers');
    } else if (![fifth, side, price, amount].every((x) => x === '' || isNumber(x, false))) {
      this.bad('numbers');
    }
    if (layout === 'trades') this.id(fifth);
    else this.repeat(`${venue},${local}`, line);
  }

  /** The file ended within a line. */
  cut(): void {
    this.counts.truncated = 1;
  }

  private bad(what: 'columns' | 'times' | 'numbers' | 'sides'): void {
    this.counts[what] += 1;
    if (this.firstBad === 0) this.firstBad = this.counts.lines + 1;
  }

  private time(us: number): void {
    const { counts } = this;
    const by = this.localUs - us;
    if (by > 0) {
      counts.back += 1;
      counts.backMostUs = Math.max(counts.backMostUs, by);
      if (by > BACK_US) {
        counts.farBack += 1;
        this.localUs = us;
      }
    } else this.localUs = us;
  }

  private repeat(message: string, line: string): void {
    if (message !== this.message) {
      this.message = message;
      this.inMessage.clear();
    }
    if (this.inMessage.has(line)) this.counts.repeated += 1;
    else this.inMessage.add(line);
  }

  private id(id: string): void {
    if (id === '') return;
    if (this.ids.has(id) || this.olderIds.has(id)) this.counts.repeated += 1;
    this.ids.add(id);
    if (this.ids.size < IDS) return;
    this.olderIds = this.ids;
    this.ids = new Set();
  }
}

const isTime = (text: string): boolean => {
  const us = /^\d+$/.test(text) ? Number(text) : NaN;
  return us >= LEAST_US && us <= MOST_US;
};

const isNumber = (text: string, positive: boolean): boolean =>
  /^\d+(\.\d+)?$/.test(text) && (!positive || Number(text) > 0);

function findingsOf({ counts, layout, firstBad }: Linter): Finding[] {
  const found: Finding[] = [];
  const say = (verdict: Verdict, count: number, text: string): void => {
    if (count > 0) found.push({ verdict, text: `${count} ${text}` });
  };
  if (layout === null) {
    const text = 'columns that are none of the three layouts (incremental_book_L2, trades, quotes)';
    found.push({ verdict: 'bad', text });
    return found;
  }
  say('bad', counts.lines === 0 ? 1 : 0, 'header and no rows');
  say('bad', counts.columns, `lines without ${COLUMNS} columns`);
  say('bad', counts.times, 'lines whose times are no microseconds');
  say('bad', counts.numbers, 'lines with an impossible price or size');
  say('bad', counts.sides, 'lines with an unknown side');
  if (firstBad > 0) found.push({ verdict: 'bad', text: `the first of these is line ${firstBad}` });
  const most = `the farthest ${(counts.backMostUs / 1e6).toFixed(3)} s`;
  say(
    'bad',
    counts.farBack,
    `steps back in local time of more than a second, ${most}: not in order, or put together twice`,
  );
  say(
    'usable',
    counts.back - counts.farBack,
    `steps back in local time of up to a second, ${most}`,
  );
  const repeats =
    layout === 'trades' ? 'trades whose id came before' : 'lines sent twice in one message';
  const many = counts.repeated > 0.01 * counts.lines;
  say(many ? 'bad' : 'usable', counts.repeated, `${repeats}: duplicated data`);
  say('bad', counts.truncated, 'end in the middle: the file is cut short');
  return found;
}

/** Looks at every line of one file. Throws TapeProblem only when it cannot be opened at all. */
export async function lintCsv(name: string): Promise<LintReport> {
  const source = new ByteSource(name);
  const linter = new Linter();
  let rest = '';
  let first = true;
  try {
    for await (const chunk of source.chunks()) {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const raw of lines) {
        const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
        if (first) linter.header(line);
        else linter.line(line);
        first = false;
      }
    }
  } catch (error) {
    if (!(error instanceof TapeProblem)) throw error;
    linter.cut();
  } finally {
    source.close();
  }
  if (rest !== '') {
    if (first) linter.header(rest);
    // A last line without its newline may be whole: only one that lacks columns is surely cut.
    else if (rest.split(',').length < COLUMNS) linter.cut();
    else if (linter.counts.truncated === 0) linter.line(rest);
  }
  const findings = findingsOf(linter);
  const rank: readonly Verdict[] = ['good', 'usable', 'bad'];
  const worst = Math.max(0, ...findings.map((f) => rank.indexOf(f.verdict)));
  return {
    name,
    layout: linter.layout,
    verdict: rank[worst] as Verdict,
    counts: linter.counts,
    findings,
  };
}
