// docs/results.md, the tables: each of the last two thirds of a recording. Every sentence with a figure is made from
// figures; nothing here knows a result in advance.
import type { BlockSample } from '#search/blocks';
import { daysToTell, judge, judgeDifference } from '#search/bootstrap';
import type { Judgement } from '#search/bootstrap';
import type { TrialFigures } from '#report/sweep-result';

export interface Row {
  readonly label: string;
  readonly mode: 'static' | 'dynamic';
  readonly clock: string;
  readonly fee: string;
  readonly choice: Readonly<Record<string, string>>;
  readonly figures: TrialFigures | null;
  /** The same rule with nothing chosen. */
  readonly defaults: TrialFigures | null;
}
export interface Recording {
  readonly name: string;
  readonly hours: number;
  /** Measured on the first third. */
  readonly base: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

/** The first of so many equal parts chooses, the others score: 16 h of a day, 64 blocks of 15 min. */
export const PARTS = 3;
export const CAPITAL = 5_000;
const DAY = 86_400;
export const LONG_HOURS = 12;
export const FEE_BPS: Readonly<Record<string, number>> = {
  '0 (retail)': 0,
  '0.3 bp': 0.3,
  '2 bp': 2,
};
export const AIM_PCT = 0.2;
export const LEAD_PCT = 0.05;

type Column = 'bps' | 'million' | 'month';

/** The blocks that score: net edge per fill, per $1M, or profit in % of capital per 30 days. */
export function sampleOf({ blocks, returns }: TrialFigures, column: Column): BlockSample {
  const first = Math.floor(returns.length / PARTS);
  const rest = (values: readonly number[]): Float64Array => Float64Array.from(values.slice(first));
  if (column === 'month') {
    const top = rest(returns).map((r) => (r * 100 * 30 * DAY) / blocks.seconds);
    return { top, bottom: new Float64Array(top.length).fill(1) };
  }
  if (column === 'bps') return { top: rest(blocks.bps), bottom: rest(blocks.settled) };
  return { top: rest(blocks.edge).map((e) => e * 1e6), bottom: rest(blocks.volume) };
}

export const figure = (value: number | null, places: number): string =>
  value === null || !Number.isFinite(value) ? '–' : value.toFixed(places);

export function withInterval(j: Judgement, places: number): string {
  const { interval, smallestVisible } = j;
  const about =
    interval === null
      ? 'too short'
      : `${interval.low.toFixed(places)} to ${interval.high.toFixed(places)}`;
  return `${figure(j.estimate, places)} (${about}; sees ${figure(smallestVisible, places)})`;
}

export const fillsOf = ({ windows }: TrialFigures): number =>
  windows.slice(1).reduce((sum, { fills }) => sum + fills, 0);
export const scoredDays = ({ startUs, endUs }: TrialFigures): number =>
  ((endUs - startUs) * (1 - 1 / PARTS)) / DAY / 1e6;

function cells(row: Row): string[] {
  const { figures } = row;
  if (figures === null) return ['–', '–', '–', '–'];
  const fills = fillsOf(figures);
  const bps = judge(sampleOf(figures, 'bps'));
  const evenFee = bps.estimate === null ? null : bps.estimate + (FEE_BPS[row.fee] ?? 0);
  const hours = scoredDays(figures) * 24;
  const rate = fills / hours;
  return [
    `${fills}${rate < 20 ? ' (does not trade)' : ''}`,
    withInterval(bps, 2),
    withInterval(judge(sampleOf(figures, 'million')), 0),
    figure(evenFee, 2),
  ];
}

const choiceText = (choice: Row['choice']): string =>
  Object.entries(choice)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ') || 'defaults';

function tableOf(rows: readonly Row[]): string {
  const head = ['model', 'mode', 'clock', 'chosen on the first third', 'fills', 'net edge, bp a fill', '$ per $1M', 'break-even fee, bp']; // prettier-ignore
  const lines = rows.map((row) =>
    [row.label, row.mode, row.clock, choiceText(row.choice), ...cells(row)].join(' | '),
  );
  return [head.join(' | '), head.map(() => '---').join(' | '), ...lines]
    .map((line) => `| ${line} |`)
    .join('\n');
}

export function sectionOf(recording: Recording, fees: readonly string[]): string {
  const { name, hours, base, rows } = recording;
  const seconds = rows.find(({ figures }) => figures !== null)?.figures?.blocks.seconds ?? 0;
  const blocks =
    seconds >= 890
      ? 'Blocks of 15 min.'
      : `Blocks of ${seconds.toFixed(0)} s, too short to be independent: "sees" is a lower bound.`;
  const measured = Object.entries(base).map(([key, value]) => `${key} ${value}`);
  return [
    `## ${name} (${hours.toFixed(2)} h, scored on the last ${(hours * (1 - 1 / PARTS)).toFixed(2)} h)`,
    '',
    `Measured on the first third: ${measured.join(', ') || 'nothing'}. ${blocks}`,
    ...fees.flatMap((fee) => ['', `### Maker fee ${fee}`, '', tableOf(rows.filter((row) => row.fee === fee))]), // prettier-ignore
    ...(hours >= LONG_HOURS ? ['', scalingOf(recording)] : []),
  ].join('\n');
}

export interface Scaled {
  readonly fee: string;
  readonly label: string;
  readonly clock: string;
  readonly days: number;
  readonly fixed: Judgement;
  readonly dynamic: Judgement;
  /** Dynamic less static. */
  readonly apart: Judgement;
}

/** % of capital in 30 days, static and dynamic, of a tape long enough; else empty. */
export function scaledOf({ rows, hours }: Recording): Scaled[] {
  if (hours < LONG_HOURS) return [];
  return rows.flatMap((row): Scaled[] => {
    const { fee, label, clock, mode } = row;
    if (mode !== 'static' || row.figures === null) return [];
    const other = rows.find(
      (r) => r.fee === fee && r.label === label && r.clock === clock && r.mode === 'dynamic',
    );
    if (!other?.figures) return [];
    const [a, b] = [sampleOf(row.figures, 'month'), sampleOf(other.figures, 'month')];
    const days = scoredDays(row.figures);
    const judged = { fixed: judge(a), dynamic: judge(b), apart: judgeDifference(a, b) };
    return [{ fee, label, clock, days, ...judged }];
  });
}

function scalingOf(recording: Recording): string {
  const lines = scaledOf(recording).map(({ fee, label, clock, days, fixed, dynamic, apart }) => {
    const needed = daysToTell(apart, days, LEAD_PCT);
    return [
      ...[fee, label, clock, withInterval(fixed, 2), withInterval(dynamic, 2)],
      ...[withInterval(apart, 2), needed === null ? '–' : `${Math.ceil(needed)}`],
      verdict(fixed, dynamic, apart),
    ].join(' | ');
  });
  const head = ['fee', 'model', 'clock', 'static', 'dynamic', 'dynamic − static', 'days to tell 0.05', 'aims']; // prettier-ignore
  return [
    '### Scaled to 30 days (% of $5,000)',
    '',
    ...[head.join(' | '), head.map(() => '---').join(' | '), ...lines].map((line) => `| ${line} |`),
  ].join('\n');
}

/** Met, missed, or cannot be told. */
export function standing({ interval }: Judgement, aim: number): string {
  if (interval === null) return 'cannot be told';
  return interval.low >= aim ? 'met' : interval.high < aim ? 'missed' : 'cannot be told';
}

const verdict = (fixed: Judgement, dynamic: Judgement, apart: Judgement): string =>
  `0.20 %: static ${standing(fixed, AIM_PCT)}, dynamic ${standing(dynamic, AIM_PCT)}; lead 0.05 %: ${standing(apart, LEAD_PCT)}`;
