// What `mm compare` prints for a person. Takes a Contrast, knows no run.
import { FEWEST_BLOCKS } from '#search/bootstrap';
import { PARTS } from './attribution.js';
import type { Contrast, Measure } from './contrast.js';
import { intervalText } from './judged.js';
import { dollars, figure, percentOf, table } from './table.js';

/** spreadCaptured -> spread captured */
export const spoken = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function measureRow(label: string, { a, b, apart }: Measure, places: number): string[] {
  return [
    label,
    figure(a.estimate, places),
    figure(b.estimate, places),
    figure(apart.estimate, places),
    intervalText(apart, places),
    percentOf(apart.chancePositive),
    figure(apart.smallestVisible, places),
  ];
}

const daysText = (days: number | null): string =>
  days === null ? 'unknown' : days < 1 ? 'less than a day' : `${Math.ceil(days)} days`;

/** In words: does anything stand out? */
function verdict({ pnlPerDay: { apart } }: Contrast): string {
  const { interval, blocks, estimate } = apart;
  if (blocks < FEWEST_BLOCKS) return 'Too short to say anything: not even the scatter is known.';
  if (interval === null)
    return 'Too short for an interval; the smallest visible says what it could show.';
  if (interval.low > 0) return 'B earned more than A, and chance alone does not explain it.';
  if (interval.high < 0) return 'A earned more than B, and chance alone does not explain it.';
  return `B earned ${(estimate ?? 0) >= 0 ? 'more' : 'less'}, and chance explains it.`;
}

export function contrastText(contrast: Contrast): string {
  const { a, b, days, from, to, blockSeconds, attributionApart } = contrast;
  const money = PARTS.map((part) => [
    `  ${spoken(part)}`,
    dollars(a.attribution[part]),
    dollars(b.attribution[part]),
    dollars(attributionApart[part]),
  ]);
  const aims = Object.entries(contrast.daysToTell)
    .map(([aim, needed]) => `${daysText(needed)} for ${aim} of capital a month`)
    .join(', ');
  return [
    `${contrast.market}, ${from.slice(0, 19)} to ${to.slice(0, 19)} UTC (${days.toFixed(2)} days that both saw)`,
    `A  ${a.runId}  ${a.what}`,
    `B  ${b.runId}  ${b.what}`,
    '',
    table([
      ['', 'A', 'B', 'B - A', '95 % interval', 'P(B > A)', 'smallest visible'],
      measureRow('P&L per day, $', contrast.pnlPerDay, 2),
      measureRow('net edge per fill, bp', contrast.netEdgeBps, 3),
      measureRow('net edge per $1M, $', contrast.netEdgePerMillion, 1),
    ]),
    '',
    table([
      ['', 'A', 'B', 'B - A'],
      ['fills', `${a.fills}`, `${b.fills}`, `${b.fills - a.fills}`],
      [
        'P&L',
        dollars(a.attribution.pnl),
        dollars(b.attribution.pnl),
        dollars(attributionApart.pnl),
      ],
      ...money,
    ]),
    '',
    verdict(contrast),
    `Market time to tell (95 %, four times in five): ${aims}; ${daysText(contrast.daysToTellSeen)} for what was seen.`,
    `Blocks of ${blockSeconds / 60} min, paired, taken as independent of each other, symmetric studentised bootstrap; "smallest visible": what this length would show four times in five.`,
    ...(a.assumptions === b.assumptions
      ? [a.assumptions]
      : [`A: ${a.assumptions}`, `B: ${b.assumptions}`]),
    ...contrast.warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}
