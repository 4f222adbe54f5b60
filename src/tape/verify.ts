// A verdict on a tape or on recordings before they become one: every CRC and every row looked at, counts, and what
// they mean. Bad: do not use it. Usable: true to its market, but read the findings. Good: nothing to say.
import type { RowKind, RowSource } from '#core/rows';
import { RowBlock } from '#core/rows';
import type { Aggressor } from '#core/units';
import { RowCheck } from './check.js';
import type { MergeOptions, Progress } from './import.js';
import { mergeInto, mergeNotes } from './import.js';
import { spanText } from './info.js';
import { TapeSource } from './read.js';

export type Verdict = 'good' | 'usable' | 'bad';

export interface Finding {
  readonly verdict: Verdict;
  readonly text: string;
}

export interface VerifyReport {
  readonly name: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly check: RowCheck;
}

/** More than this share of crossed instants, and the book is not what it says. */
const CROSSED_SHARE = 0.01;
const OUTSIDE_SHARE = 0.01;

const percent = (part: number, all: number): string => `${((100 * part) / all).toPrecision(2)} %`;
const moment = (us: number): string => new Date(us / 1_000).toISOString();

/** What the counts mean, the worst first. */
export function judge(check: RowCheck): Finding[] {
  const found: Finding[] = [];
  const say = (verdict: Verdict, count: number, text: string): void => {
    if (count > 0) found.push({ verdict, text: `${count} ${text}` });
  };
  const { instants, kinds } = check;
  if (check.rows === 0) found.push({ verdict: 'bad', text: 'no rows at all' });
  say('bad', check.localBack, 'steps back in local time: rows are not in order');
  const nonsense = `rows with an impossible price or size, the first is row ${check.firstNonsenseRow}`;
  say('bad', check.nonsense, nonsense);
  const crossedShare = check.crossed / instants;
  const crossed = `instants of ${instants} leave the book crossed (${percent(check.crossed, instants)}), first at ${moment(check.firstCrossedUs)}`;
  say(crossedShare > CROSSED_SHARE ? 'bad' : 'usable', check.crossed, crossed);
  const outside = `trades more than 10 bp outside the book (${percent(check.tradesOutside, kinds.trade)})`;
  const manyOutside = check.tradesOutside / kinds.trade > OUTSIDE_SHARE;
  say(manyOutside ? 'bad' : 'usable', check.tradesOutside, outside);
  say(
    'usable',
    check.beforeSnapshot,
    'levels before the first snapshot: the book is partial until then',
  );
  const span = check.lastUs - check.firstUs;
  say(
    'usable',
    kinds.gap,
    `gaps, ${spanText(check.gapUs)} in all (${percent(check.gapUs, span)} of the time), the longest ${spanText(check.longestGapUs)}`,
  );
  say('usable', check.oneSided, `instants of ${instants} leave a side of the book empty`);
  const back = `steps back in venue time, by ${spanText(check.venueBackMostUs)} at most`;
  say('usable', check.venueBack, back);
  say(
    'usable',
    check.tradesOfNoSide,
    'trades of unknown side: they fill only strictly through a price',
  );
  say('usable', check.tradesBetweenTicks, 'trades between two ticks of the book');
  say('good', check.locked, `instants of ${instants} leave the book locked, which is valid`);
  say('good', check.repeats, 'levels sent twice in one message');
  return found.sort((a, b) => rank(b.verdict) - rank(a.verdict));
}

const rank = (verdict: Verdict): number => ['good', 'usable', 'bad'].indexOf(verdict);

/** After the last row: counts to a report, with findings of other checks beside them. */
export function reportOf(name: string, check: RowCheck, more: readonly Finding[]): VerifyReport {
  check.end();
  const findings = [...judge(check), ...more];
  const worst = findings.reduce((most, f) => Math.max(most, rank(f.verdict)), 0);
  return { name, verdict: (['good', 'usable', 'bad'] as const)[worst] as Verdict, findings, check };
}

/** Checks every row of a source. Closes it. */
export function verifySource(
  name: string,
  source: RowSource,
  onProgress?: (progress: Progress) => void,
  byDrain = false,
): VerifyReport {
  const check = new RowCheck(byDrain);
  const block = new RowBlock();
  try {
    for (let b = source.next(block); b !== null; b = source.next(block)) {
      for (let i = 0; i < b.count; i++) {
        check.push(
          b.kind[i] as RowKind,
          b.side[i] as Aggressor,
          b.exchangeUs[i] as number,
          b.localUs[i] as number,
          b.price[i] as number,
          b.size[i] as number,
        );
      }
      onProgress?.({ rows: check.rows, fraction: check.rows / (source.totalRows ?? Infinity) });
    }
  } finally {
    source.close();
  }
  return reportOf(name, check, []);
}

/** Checks every block and row of a tape. Throws TapeProblem where it is damaged. */
export function verifyTape(file: string, onProgress?: (progress: Progress) => void): VerifyReport {
  const source = new TapeSource(file);
  return verifySource(file, source, onProgress, source.info.kinds.drain > 0);
}

/** Checks recordings as an import would read them, and writes nothing. Throws TapeProblem as an import would. */
export async function verifyFiles(options: MergeOptions): Promise<VerifyReport> {
  const { sink, market, counts } = await mergeInto<RowCheck>(options, {
    make: () => new RowCheck(),
    undo: () => undefined,
  });
  const notes = mergeNotes(market, counts).map((text): Finding => ({ verdict: 'good', text }));
  return reportOf(options.files.join(', '), sink, notes);
}
