// Two runs against each other over the hours that both saw: what sets them apart, how sure that is, how much longer it
// would take to tell, and where the difference came from. B less A throughout. Pure on records.
import type { Money } from '#core/units';
import { moneyToNumber } from '#core/money';
import { BlockGrid } from '#search/blocks';
import { daysToTell, judge, judgeDifference } from '#search/bootstrap';
import type { Judgement } from '#search/bootstrap';
import { BLOCK_SECONDS } from './ab-evidence.js';
import { attributionApart, attributionOf, attributionText } from './attribution.js';
import type { AttributionText } from './attribution.js';
import { samplesOf } from './judged.js';
import type { Judged } from './judged.js';
import type { Level, RunRecord } from './record.js';
import { restsOn } from './rests-on.js';

const DAY_US = 86_400e6;
/** The product's aims: percent of capital in 30 days. */
export const AIMS_PCT = [0.2, 0.05] as const;

/** A figure of both, and what their difference is worth. */
export interface Measure {
  readonly a: Judgement;
  readonly b: Judgement;
  readonly apart: Judgement;
}

export interface Side {
  readonly runId: string;
  readonly what: string;
  readonly fills: number;
  readonly attribution: AttributionText;
  /** What its figures rest on. */
  readonly assumptions: string;
}

export interface Contrast {
  readonly schemaVersion: 1;
  readonly market: string;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly blockSeconds: number;
  readonly a: Side;
  readonly b: Side;
  /** Profit per day in the settle currency. */
  readonly pnlPerDay: Measure;
  /** 30 s markout after fees, bp a fill. */
  readonly netEdgeBps: Measure;
  /** The same in money per $1M of volume. */
  readonly netEdgePerMillion: Measure;
  readonly attributionApart: AttributionText;
  /** Market time until a difference of so many percent of capital a month stands out, in days; null: unknown. */
  readonly daysToTell: Readonly<Record<string, number | null>>;
  /** Until the difference seen would stand out, were it the true one. */
  readonly daysToTellSeen: number | null;
  readonly warnings: readonly string[];
}

/** The part of a record between two times; profit begins at 0 there. Adds up as the whole does. */
export function clip(record: RunRecord, fromUs: number, toUs: number): RunRecord {
  const within = ({ us }: { readonly us: number }): boolean => us > fromUs && us <= toUs;
  if (fromUs <= record.startUs && toUs >= record.endUs) return record;
  const before = record.levels.filter(({ us }) => us <= fromUs).at(-1)?.pnl ?? 0;
  const rebased = record.levels
    .filter(within)
    .map((level): Level => ({ ...level, pnl: (level.pnl - before) as Money }));
  const fills = record.fills.filter(within);
  return {
    ...record,
    fills,
    levels: rebased,
    funding: record.funding.filter(within),
    fees: fills.reduce((sum, { fee }) => sum + fee, 0) as Money,
    pnl: rebased.at(-1)?.pnl ?? (0 as Money),
    startUs: fromUs as RunRecord['startUs'],
    endUs: toUs as RunRecord['endUs'],
  };
}

/** Null when no hour was seen by both. */
export function contrastOf(first: RunRecord, second: RunRecord): Contrast | null {
  const fromUs = Math.max(first.startUs, second.startUs);
  const toUs = Math.min(first.endUs, second.endUs);
  if (!(toUs > fromUs)) return null;
  const [a, b] = [clip(first, fromUs, toUs), clip(second, fromUs, toUs)];
  const grid = new BlockGrid(fromUs, toUs, BLOCK_SECONDS * 1e6);
  const [left, right] = [samplesOf(a, grid), samplesOf(b, grid)];
  const measure = (name: keyof Judged): Measure => ({
    a: judge(left[name]),
    b: judge(right[name]),
    apart: judgeDifference(left[name], right[name]),
  });
  const days = (toUs - fromUs) / DAY_US;
  const pnlPerDay = measure('pnlPerDay');
  const capital = moneyToNumber(a.run.capital);
  const daily = (percent: number): number => ((percent / 100) * capital) / 30;
  const [ours, theirs] = [attributionOf(a), attributionOf(b)];
  return {
    schemaVersion: 1,
    market: `${a.instrument.spec.venue}:${a.instrument.spec.symbol}`,
    from: new Date(fromUs / 1000).toISOString(),
    to: new Date(toUs / 1000).toISOString(),
    days,
    blockSeconds: BLOCK_SECONDS,
    a: sideOf(a, attributionText(ours)),
    b: sideOf(b, attributionText(theirs)),
    pnlPerDay,
    netEdgeBps: measure('netEdgeBps'),
    netEdgePerMillion: measure('netEdgePerMillion'),
    attributionApart: attributionText(attributionApart(ours, theirs)),
    daysToTell: Object.fromEntries(
      AIMS_PCT.map((percent) => [`${percent}%`, daysToTell(pnlPerDay.apart, days, daily(percent))]),
    ),
    daysToTellSeen: daysToTell(pnlPerDay.apart, days, pnlPerDay.apart.estimate ?? 0),
    warnings: warningsOf(a, b, pnlPerDay.apart),
  };
}

const sideOf = (record: RunRecord, attribution: AttributionText): Side => ({
  runId: record.run.run,
  what: [record.run.mode, record.result?.model ?? '', record.run.kind].filter(Boolean).join(' '),
  fills: record.fills.length,
  attribution,
  assumptions: record.assumptions ?? restsOn(record.run.kind),
});

function warningsOf(a: RunRecord, b: RunRecord, apart: Judgement): string[] {
  const found: string[] = [];
  const name = ({ instrument: { spec } }: RunRecord): string => `${spec.venue}:${spec.symbol}`;
  if (name(a) !== name(b))
    found.push(`different markets (${name(a)}, ${name(b)}): the pairs share no market`);
  if (a.run.capital !== b.run.capital) found.push("different capital: percentages are of A's");
  if (a.mids !== b.mids)
    found.push('mids of the book in one, marks every few seconds in the other');
  if (a.run.kind !== b.run.kind)
    found.push(`different kinds of fills (${a.run.kind}, ${b.run.kind})`);
  const { blocks, lagOne } = apart;
  if (lagOne !== null && Math.abs(lagOne) > 2 / Math.sqrt(blocks))
    found.push(
      `neighbouring blocks are correlated (${lagOne.toFixed(2)}): the interval is too ${lagOne > 0 ? 'narrow' : 'wide'}`,
    );
  return found;
}
