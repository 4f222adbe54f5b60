// What docs/results.md says in plain words, each sentence made from the figures: what stands out, whether the product's
// aims are met, what would have to be true for them, how far the intervals can be trusted, and what other rules came to.
import type { BlockSample } from '#search/blocks';
import { daysToTell, judge, judgeDifference } from '#search/bootstrap';
import type { Judgement } from '#search/bootstrap';
import {
  AIM_PCT, CAPITAL, FEE_BPS, LEAD_PCT, LONG_HOURS, figure, fillsOf, sampleOf, scaledOf, scoredDays, sectionOf, standing, withInterval,
} from './results-text.js'; // prettier-ignore
import type { Recording, Row } from './results-text.js';

interface Judged {
  readonly row: Row;
  readonly recording: Recording;
  readonly edge: Judgement;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

function inPlainWords(recordings: readonly Recording[]): string[] {
  const judged = recordings.flatMap((recording) =>
    recording.rows.flatMap((row): Judged[] =>
      row.figures === null ? [] : [{ row, recording, edge: judge(sampleOf(row.figures, 'bps')) }],
    ),
  );
  return [
    ...standsOut(judged),
    ...aimsOf(recordings),
    ...needs(judged, recordings),
    '',
    '## How far the intervals can be trusted',
    '',
    ...trust(judged),
    '',
    '## Other rules of the family',
    '',
    ...otherRules(recordings),
  ];
}

/** What stands out over everything, counted. */
function standsOut(judged: readonly Judged[]): string[] {
  const told = judged.filter(({ edge }) => edge.interval !== null);
  const above = told.filter(({ edge }) => (edge.interval?.low ?? 0) > 0).length;
  const below = told.filter(({ edge }) => (edge.interval?.high ?? 0) < 0).length;
  const short = judged.filter(({ edge }) => edge.interval === null && edge.standardError !== null);
  const far = (sign: 1 | -1): number =>
    short.filter(({ edge }) => sign * (edge.estimate ?? 0) > (edge.smallestVisible ?? Infinity))
      .length;
  const traded = judged.filter(({ row }) => row.figures !== null && fillsOf(row.figures) >= 20);
  const best = traded.reduce<Judged | null>(
    (a, b) =>
      a === null || (b.edge.estimate ?? -Infinity) > (a.edge.estimate ?? -Infinity) ? b : a,
    null,
  );
  return [
    `- ${judged.length} rows. ${told.length} are long enough for an interval of the net edge: ${above} lie above 0, ${below} below, ${told.length - above - below} hold 0. Of ${short.length} that are too short for one, ${far(1)} estimates lie above 0 by more than they could see, ${far(-1)} below.`,
    best === null
      ? '- No row has 20 fills out of sample.'
      : `- Best estimate with at least 20 fills: ${nameOf(best)}: ${withInterval(best.edge, 2)} bp a fill. It is the best of ${traded.length}; that alone makes it look better than it is.`,
  ];
}

const nameOf = ({ row, recording }: Judged): string =>
  `${row.label}, ${row.mode}, ${row.clock} clock, fee ${row.fee}, on ${recording.name}`;

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
  const estimates = scaled.flatMap(({ fixed, dynamic }) => [fixed.estimate, dynamic.estimate]);
  const losing = estimates.filter((estimate) => (estimate ?? 0) < 0).length;
  return [
    `- The aim of 0.20 % a month (30 days scaled from tapes of 12 h or more, ${aim.length} runs): ${count(aim)}. ${losing} of the ${aim.length} lost money.`,
    `- Dynamic ahead of static by 0.05 % a month (${lead.length} pairs): ${count(lead)}.`,
    `- All of this rests on ${recordings.filter(({ hours }) => hours >= LONG_HOURS).map(({ name, hours }) => `${hours.toFixed(0)} h of ${name}`).join(', ')}: a month scaled from it says what those hours were like, not what the next will be.`, // prettier-ignore
  ];
}

/** What would have to be true for the aims: the plain rule at each fee, on a tape long enough. */
function needs(judged: readonly Judged[], recordings: readonly Recording[]): string[] {
  const long = judged.filter(({ recording }) => recording.hours >= LONG_HOURS);
  const profit = (AIM_PCT / 100) * CAPITAL;
  const lines = long.flatMap(({ row, edge }) => {
    const { figures } = row;
    if (figures === null || !isPlain(row)) return [];
    const volume = sampleOf(figures, 'million').bottom.reduce((a, b) => a + b, 0);
    const monthly = (volume / scoredDays(figures)) * 30;
    const needed = (profit / monthly) * 1e4;
    const apart = needed - (edge.estimate ?? NaN);
    return [
      `fee ${row.fee}: ${needed.toFixed(3)} bp a fill at the $${Math.round(monthly).toLocaleString('en-US')} that it traded in 30 days; it had ${figure(edge.estimate, 2)}, so each fill must be ${apart.toFixed(1)} bp better`,
    ];
  });
  if (lines.length === 0) return [];
  const choosing = long.flatMap(({ row, edge }) => {
    if (!isPlain(row) || row.defaults === null) return [];
    const plain = judge(sampleOf(row.defaults, 'bps')).estimate;
    return [`${figure(edge.estimate, 2)} against ${figure(plain, 2)} at ${row.fee}`];
  });
  const even = long.flatMap(({ row, edge }) =>
    edge.estimate === null ? [] : [edge.estimate + (FEE_BPS[row.fee] ?? 0)],
  );
  const scaled = recordings.flatMap(scaledOf);
  const days = scaled.flatMap((one) => daysToTell(one.apart, one.days, LEAD_PCT) ?? []);
  const pairs = long.flatMap(({ row, edge }) => {
    const other = long.find(
      ({ row: r }) => r.mode === 'dynamic' && r.label === row.label && r.clock === row.clock && r.fee === row.fee, // prettier-ignore
    );
    if (row.mode !== 'static' || !other || !row.figures || !other.row.figures) return [];
    const more = fillsOf(other.row.figures) > fillsOf(row.figures);
    return [{ more, better: (other.edge.estimate ?? NaN) > (edge.estimate ?? NaN) }];
  });
  const count = (of: 'more' | 'better'): number => pairs.filter((pair) => pair[of]).length;
  return [
    `- What choosing on the first third was worth to plain \`as\` there, bp a fill against its defaults: ${choosing.join(', ')}.`,
    `- What would have to be true for 0.20 % a month ($${profit}; \`as\`, static, tolerance clock, inventory aside): ${lines.join('; ')}.`,
    `- The break-even fees of all rows there lie from ${Math.min(...even).toFixed(2)} to ${Math.max(...even).toFixed(2)} bp: where one is below 0, no fee closes the gap and a rebate of that size only just would. What could: fills nearer to chance, by shorter delays than 150 ms, by a fair price that leads the trades that hit us, or where takers know less.`,
    `- For a lead of 0.05 % ($${((LEAD_PCT / 100) * CAPITAL).toFixed(2)} a month) dynamic must lose less in all than static. Of ${pairs.length} pairs it made more fills in ${count('more')} and had the better net edge a fill in ${count('better')}. To tell such a lead takes ${Math.min(...days).toFixed(0)} days at least (median ${median(days).toFixed(0)}): the scatter of what inventory earns is much larger than $${((LEAD_PCT / 100) * CAPITAL).toFixed(2)}.`,
  ];
}

const isPlain = ({ label, mode, clock }: Row): boolean =>
  label === 'as' && mode === 'static' && clock === 'tolerance';

/** Neighbours put together: sums stay, borders vanish. */
function merged({ top, bottom }: BlockSample, by: number): BlockSample {
  const blocks = Math.floor(top.length / by);
  const sum = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: blocks }, (_, i) =>
      values.subarray(i * by, (i + 1) * by).reduce((a, b) => a + b, 0),
    );
  return { top: sum(top), bottom: sum(bottom) };
}

/** What the block bootstrap takes for granted, and how far that holds here. */
function trust(judged: readonly Judged[]): string[] {
  const told = judged.filter(({ edge }) => edge.interval !== null);
  const about = (column: 'bps' | 'month', name: string): string[] => {
    const samples = told.flatMap(({ row: { figures } }) =>
      figures === null ? [] : [sampleOf(figures, column)],
    );
    const single = samples.map((sample) => judge(sample, { resamples: 1 }));
    const lags = single.flatMap(({ lagOne }) => lagOne ?? []);
    const alike = single.filter((j) => (j.lagOne ?? 0) > 2 / Math.sqrt(j.blocks)).length;
    const wider = (by: number): string => {
      const ratios = samples.map((sample, i) => {
        const error = judge(merged(sample, by), { resamples: 1 }).standardError ?? NaN;
        return error / (single[i]?.standardError ?? NaN);
      });
      const known = ratios.filter(Number.isFinite);
      return `${median(known).toFixed(2)} (at most ${Math.max(...known).toFixed(2)})`;
    };
    if (lags.length === 0) return [];
    return [
      `- ${name}: neighbouring blocks correlate by ${median(lags).toFixed(2)} (median; ${Math.min(...lags).toFixed(2)} to ${Math.max(...lags).toFixed(2)}), more than chance explains in ${alike} of ${lags.length} rows. With blocks of 30 min the standard error is ${wider(2)} times that with 15 min, with 60 min ${wider(4)} times.`,
    ];
  };
  const half = told.filter(({ edge: { estimate, interval } }) => {
    const width = ((interval?.high ?? 0) - (interval?.low ?? 0)) / 2;
    return Math.abs(estimate ?? 0) > 1.5 * width;
  });
  return [
    'An interval here is a block bootstrap: time is cut into blocks of 15 min, the blocks are drawn again at random, and the scatter of what comes out is the interval. That is right only if blocks are exchangeable and independent of each other. They are not quite: a spell of volatility lasts for hours, and its blocks are good or bad together.',
    '',
    'Why 15 min: a fill and its 30 s markout, and the burst of fills that one move brings, lie within one block nearly always; 16 h still make 64 blocks, and below 48 the interval is not trusted at all (longer blocks would leave none). The length was fixed for `mm ab`, `mm compare` and these tables alike before they were made, not chosen by them. What remains:',
    '',
    ...about('bps', 'Net edge per fill'),
    ...about('month', 'Profit'),
    `- Read the intervals as that much too narrow. ${half.length} of the ${told.length} rows with an interval of the net edge would keep their sign with an interval half as wide again.`,
    '- No length of block repairs that hours of one day are not many days: days differ more than hours do.',
  ];
}

interface Trial {
  readonly row: Row;
  readonly days: number;
  readonly samples: readonly [BlockSample, BlockSample];
  readonly apart: Judgement;
}

/** Below this it is the same rule: what differs is a rounding. */
const SAME_BPS = 0.005;

/** Each other rule and plain `as` (static, tolerance clock), where a difference can be told. */
function trialsOf(recordings: readonly Recording[], of: 'figures' | 'defaults'): Trial[] {
  return recordings
    .filter(({ hours }) => hours >= LONG_HOURS)
    .flatMap(({ rows }) =>
      rows.flatMap((row): Trial[] => {
        const plain = rows.find((r) => isPlain(r) && r.fee === row.fee)?.[of];
        const figures = row[of];
        if (!row.label.startsWith('as, ') || !plain || !figures) return [];
        const samples = [sampleOf(plain, 'bps'), sampleOf(figures, 'bps')] as const;
        const days = scoredDays(figures);
        return [{ row, days, samples, apart: judgeDifference(...samples) }];
      }),
    );
}

const isSame = ({ apart }: Trial): boolean => Math.abs(apart.estimate ?? 0) < SAME_BPS;

function rulesTable(trials: readonly Trial[], head: string): string[] {
  const fees = [...new Set(trials.map(({ row }) => row.fee))];
  const labels = [...new Set(trials.map(({ row }) => row.label))];
  const columns = [head, ...fees];
  const lines = labels.map((label) => {
    const cells = fees.map((fee) => {
      const found = trials.find(({ row }) => row.label === label && row.fee === fee);
      if (found === undefined) return '–';
      return isSame(found) ? 'the same' : withInterval(found.apart, 2);
    });
    return [label.slice(4), ...cells].join(' | ');
  });
  return [columns.join(' | '), columns.map(() => '---').join(' | '), ...lines].map(
    (line) => `| ${line} |`,
  );
}

function otherRules(recordings: readonly Recording[]): string[] {
  const [chosen, defaults] = [trialsOf(recordings, 'figures'), trialsOf(recordings, 'defaults')];
  if (chosen.length === 0) return ['No recording is long enough to tell a rule from another.'];
  const told = [...chosen, ...defaults].filter(
    (trial) => trial.apart.interval !== null && !isSame(trial),
  );
  const together = 1 - 0.05 / Math.max(1, told.length);
  const beyond = (sign: 1 | -1, all: boolean): Trial[] =>
    told.filter(({ apart, samples }) => {
      const { interval } = all
        ? judgeDifference(...samples, { confidence: together, resamples: 20_000 })
        : apart;
      return sign * ((sign === 1 ? interval?.low : interval?.high) ?? 0) > 0;
    });
  const names = (list: readonly Trial[]): string =>
    list.map(({ row, apart }) => `${row.label.slice(4)} at ${row.fee} (${figure(apart.estimate, 2)}${chosen.some((t) => t.apart === apart) ? '' : ', defaults'})`).join(', ') || 'none'; // prettier-ignore
  const best = told.reduce<Trial | null>(
    (a, b) => (a === null || (b.apart.estimate ?? 0) > (a.apart.estimate ?? 0) ? b : a),
    null,
  );
  const sure = beyond(1, true);
  const cells = [...chosen, ...defaults].filter(({ row }) => row.label === best?.row.label);
  const ahead = cells.filter(({ apart }) => (apart.estimate ?? 0) >= SAME_BPS).length;
  return [
    'Tried against plain `as`, static, tolerance clock: fair price from the imbalance at the touch (weighted mid) and micro-price; drift (the mid plus, or less, a quarter of its distance from its mean over a minute); width in proportion to the volatility of the last 5 min; a fill curve of two exponentials (quoted where it pays most); tolerances even, and tighter near with looser far (the default is 0.5/kappa and 1.5/kappa); horizon 30 s instead of 5 min; joining the touch; two levels. Net edge less that of plain `as`, in bp a fill, on the last two thirds:',
    '',
    ...rulesTable(chosen, 'settings chosen on the first third'),
    '',
    ...rulesTable(defaults, 'defaults'),
    '',
    '"The same": a clamp, such as a minimum spread of 6 bp that was chosen, leaves the rule nothing to change.',
    '',
    `Judged each alone, better by more than chance: ${names(beyond(1, false))}; worse: ${names(beyond(-1, false))}. Of ${told.length} comparisons about ${(told.length / 40).toFixed(1)} would stand out on either side by chance alone. Judged together (Bonferroni: intervals of ${(100 * together).toFixed(2)} %), better: ${names(sure)}.`,
    ...(best === null
      ? []
      : [
          '',
          `The largest gain is ${names([best])} bp a fill, the best of ${told.length}; the rule is ahead in ${ahead} of its ${cells.length} cells, which share one market and are no independent witnesses. Were it true, ${(daysToTell(best.apart, best.days, best.apart.estimate ?? 0) ?? NaN).toFixed(1)} days like this one would show it. Its own net edge stands in the tables below.`,
        ]),
    '',
    sure.length === 0
      ? 'So none of them has earned its place as a default or as a new option. Micro-price, weighted mid, placement, horizon, tolerance and levels are options already and stay; drift, width by volatility and two exponentials are not built (bench/rules.ts has them).'
      : 'What stands out here has done so on the recordings above; whether it earns money is in the tables below.',
  ];
}

/** The whole file. */
export function resultsText(recordings: readonly Recording[], fees: readonly string[]): string {
  return [
    '# Results on the recordings',
    '',
    'Made by `npm run results`; do not edit.',
    '',
    '- $100 a side, position limit $1,000 (10 units), capital $5,000; queue fills with the pessimistic queue; default latency; no market impact.',
    '- Market parameters are measured (`mm calibrate`) and settings chosen (by money of 30 s markouts after fees, among four) on the first third of each recording only; **every figure is of the other two thirds**.',
    '- Fee 0 is the Paradex retail class (300 ms more on each order, 1,000 orders a day). Break-even fee: what the fills of that row would have borne.',
    '- "Estimate (95 % interval; sees smallest effect that would stand out four times in five)". "Too short": fewer than 48 blocks of 15 min, or fills in fewer than 24 of them. "Does not trade": fewer than 20 fills an hour.',
    '',
    '## In plain words',
    '',
    ...inPlainWords(recordings),
    '',
    ...recordings.map((recording) => `${sectionOf(recording, fees)}\n`),
  ].join('\n');
}
