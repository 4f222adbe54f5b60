// docs/results.md as text: tables of the second halves, and in plain words what they say of the product's aims. Every
// sentence with a figure is made from figures; nothing here knows a result in advance.
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
const CAPITAL = 5_000;
const DAY = 86_400;
const LONG_HOURS = 12;
const FEE_BPS: Readonly<Record<string, number>> = { '0 (retail)': 0, '0.3 bp': 0.3, '2 bp': 2 };
const AIM_PCT = 0.2;
const LEAD_PCT = 0.05;

type Column = 'bps' | 'million' | 'month';

/** The blocks that score: net edge per fill, per $1M, or profit in % of capital per 30 days. */
function sampleOf({ blocks, returns }: TrialFigures, column: Column): BlockSample {
  const first = Math.floor(returns.length / PARTS);
  const rest = (values: readonly number[]): Float64Array => Float64Array.from(values.slice(first));
  if (column === 'month') {
    const top = rest(returns).map((r) => (r * 100 * 30 * DAY) / blocks.seconds);
    return { top, bottom: new Float64Array(top.length).fill(1) };
  }
  if (column === 'bps') return { top: rest(blocks.bps), bottom: rest(blocks.settled) };
  return { top: rest(blocks.edge).map((e) => e * 1e6), bottom: rest(blocks.volume) };
}

const figure = (value: number | null, places: number): string =>
  value === null || !Number.isFinite(value) ? '–' : value.toFixed(places);

function withInterval(j: Judgement, places: number): string {
  const { interval, smallestVisible } = j;
  const about =
    interval === null
      ? 'too short'
      : `${interval.low.toFixed(places)} to ${interval.high.toFixed(places)}`;
  return `${figure(j.estimate, places)} (${about}; sees ${figure(smallestVisible, places)})`;
}

const fillsOf = ({ windows }: TrialFigures): number =>
  windows.slice(1).reduce((sum, { fills }) => sum + fills, 0);
const scoredDays = ({ startUs, endUs }: TrialFigures): number =>
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

function sectionOf(recording: Recording, fees: readonly string[]): string {
  const { name, hours, base, rows } = recording;
  const seconds = rows.find(({ figures }) => figures !== null)?.figures?.blocks.seconds ?? 0;
  const blocks =
    seconds >= 890
      ? 'Blocks of 15 min.'
      : `Blocks of ${seconds.toFixed(0)} s: too short to be independent, so "sees" is a lower bound.`;
  const measured = Object.entries(base).map(([key, value]) => `${key} ${value}`);
  return [
    `## ${name} (${hours.toFixed(2)} h, scored on the last ${(hours * (1 - 1 / PARTS)).toFixed(2)} h)`,
    '',
    `Measured on the first third: ${measured.join(', ') || 'nothing'}. ${blocks}`,
    ...fees.flatMap((fee) => ['', `### Maker fee ${fee}`, '', tableOf(rows.filter((row) => row.fee === fee))]), // prettier-ignore
    ...(hours >= LONG_HOURS ? ['', scalingOf(recording)] : []),
  ].join('\n');
}

interface Scaled {
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
function scaledOf({ rows, hours }: Recording): Scaled[] {
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

/** The product's aims, counted over every pair of a tape long enough. */
function aimsOf(recordings: readonly Recording[]): string[] {
  const scaled = recordings.flatMap(scaledOf);
  if (scaled.length === 0) return ['- No tape is long enough (12 h) to say anything of a month.'];
  const count = (verdicts: readonly string[]): string =>
    ['met', 'missed', 'cannot be told']
      .map((word) => `${word} ${verdicts.filter((v) => v === word).length}`)
      .join(', ');
  const aim = scaled.flatMap(({ fixed, dynamic }) => [
    standing(fixed, AIM_PCT),
    standing(dynamic, AIM_PCT),
  ]);
  const lead = scaled.map(({ apart }) => standing(apart, LEAD_PCT));
  return [
    `- The aim of 0.20 % a month (30 days scaled from tapes of 12 h or more, ${aim.length} runs): ${count(aim)}.`,
    `- Dynamic ahead of static by 0.05 % a month (${lead.length} pairs): ${count(lead)}.`,
  ];
}

/** Met, missed, or cannot be told. */
export function standing({ interval }: Judgement, aim: number): string {
  if (interval === null) return 'cannot be told';
  return interval.low >= aim ? 'met' : interval.high < aim ? 'missed' : 'cannot be told';
}

const verdict = (fixed: Judgement, dynamic: Judgement, apart: Judgement): string =>
  `0.20 %: static ${standing(fixed, AIM_PCT)}, dynamic ${standing(dynamic, AIM_PCT)}; lead 0.05 %: ${standing(apart, LEAD_PCT)}`;

/** What stands out over everything, counted. */
function summaryOf(recordings: readonly Recording[]): string[] {
  const rows = recordings.flatMap((recording) =>
    recording.rows.map((row) => ({ row, recording: recording.name })),
  );
  const judged = rows.flatMap(({ row, recording }) =>
    row.figures === null ? [] : [{ row, recording, edge: judge(sampleOf(row.figures, 'bps')) }],
  );
  const told = judged.filter(({ edge }) => edge.interval !== null);
  const above = told.filter(({ edge }) => (edge.interval?.low ?? 0) > 0);
  const below = told.filter(({ edge }) => (edge.interval?.high ?? 0) < 0);
  const traded = judged.filter(({ row }) => row.figures !== null && fillsOf(row.figures) >= 20);
  const best = traded.reduce<(typeof traded)[number] | null>(
    (a, b) =>
      a === null || (b.edge.estimate ?? -Infinity) > (a.edge.estimate ?? -Infinity) ? b : a,
    null,
  );
  return [
    `- ${judged.length} rows. ${told.length} of them are long enough for an interval of the net edge: ${above.length} lie above 0, ${below.length} below, ${told.length - above.length - below.length} hold 0.`,
    best === null
      ? '- No row has 20 fills out of sample.'
      : `- Best estimate with at least 20 fills: ${best.row.label}, ${best.row.mode}, ${best.row.clock} clock, fee ${best.row.fee}, on ${best.recording}: ${withInterval(best.edge, 2)} bp a fill. It is the best of ${traded.length}; that alone makes it look better than it is.`,
    ...aimsOf(recordings),
    ...needs(told),
    ...variantsOf(recordings),
  ];
}

/** What would have to be true for the aim. */
function needs(told: readonly { readonly row: Row; readonly edge: Judgement }[]): string[] {
  const [first] = told
    .filter(({ row }) => row.label === 'as' && row.mode === 'static' && row.clock === 'tolerance')
    .filter(({ row }) => row.fee === '0.3 bp');
  const figures = first?.row.figures;
  if (first === undefined || !figures) return [];
  const volume = sampleOf(figures, 'million').bottom.reduce((a, b) => a + b, 0);
  const days = scoredDays(figures);
  const monthly = (volume / days) * 30;
  const edge = (((AIM_PCT / 100) * CAPITAL) / monthly) * 1e4;
  return [
    `- What would have to be true for 0.20 % a month: at the volume that \`as\` (static, tolerance, 0.3 bp) traded, $${Math.round(monthly).toLocaleString('en-US')} in 30 days, a net edge of ${edge.toFixed(3)} bp of volume; it was ${figure(first.edge.estimate, 2)} bp a fill. Fills must come nearer to chance (less adverse selection: shorter delays, a fair price that leads), or cost less than they pay (rebates).`,
  ];
}

/** Other rules of the family against plain `as`, on the recordings long enough to judge. */
function variantsOf(recordings: readonly Recording[]): string[] {
  const found: string[] = [];
  for (const { name, rows } of recordings) {
    for (const row of rows.filter(({ label }) => label.startsWith('as, '))) {
      const plain = rows.find(
        (r) => r.label === 'as' && r.mode === 'static' && r.clock === 'tolerance' && r.fee === row.fee, // prettier-ignore
      );
      if (!plain?.figures || !row.figures) continue;
      const apart = judgeDifference(sampleOf(plain.figures, 'bps'), sampleOf(row.figures, 'bps'));
      const { interval } = apart;
      if (interval !== null && (interval.low > 0 || interval.high < 0))
        found.push(`${row.label} at ${row.fee} on ${name}: ${withInterval(apart, 2)} bp`);
    }
  }
  return [
    found.length === 0
      ? '- Other rules of the family (micro-price, weighted mid, joining the touch, shorter horizon, two levels): none differs from plain `as` out of sample by more than chance on a recording long enough to tell.'
      : `- Other rules of the family that differ from plain \`as\` out of sample by more than chance: ${found.join('; ')}.`,
  ];
}

export function resultsText(recordings: readonly Recording[], fees: readonly string[]): string {
  return [
    '# Results on the recordings',
    '',
    'Made by `npm run results`; do not edit. $100 a side, position limit $1,000 (10 units), capital $5,000, queue fills with the pessimistic queue, default latency. Market parameters are measured and settings chosen (by money of 30 s markouts after fees, among four) on the first third of each recording only; **every figure is of the other two thirds**. Fee 0 is the Paradex retail class (300 ms more on each order, 1,000 orders a day). "Estimate (95 % interval; sees smallest visible effect)"; "too short": fewer than 48 blocks of 15 min. Break-even fee: what the fills of that row would have borne. No market impact is modelled.',
    '',
    '## In plain words',
    '',
    ...summaryOf(recordings),
    '',
    ...recordings.map((recording) => `${sectionOf(recording, fees)}\n`),
  ].join('\n');
}
