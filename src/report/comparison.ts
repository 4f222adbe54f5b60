// Static beside dynamic over the same market: the few figures that decide, and how large a difference this much data
// could have shown at all. A comparison without the second half is an anecdote.
import type { FillModelName, RunResult } from './run-result.js';
import { dollars, figure, table } from './table.js';

/** 1.96 + 0.84: beyond 95 % of chance, four times in five. As `mm ab` counts it. */
const VISIBLE_ERRORS = 2.8;

export interface Comparison {
  readonly fillModel: FillModelName;
  /** Net edge per fill, dynamic less static, bp; null when one of them has no fill with a 30 s markout. */
  readonly netEdgeDifferenceBps: number | null;
  /** Of that difference, as of two samples of independent fills; null below two fills each. */
  readonly standardErrorBps: number | null;
  /** Smallest true difference that would stand out from 0 at 95 %, four times in five. */
  readonly smallestVisibleBps: number | null;
}

export interface Pair {
  readonly fixed: RunResult;
  readonly measured: RunResult;
}

/** The runs of `mm backtest --both`, paired by fill model. */
export function pairsOf(runs: readonly RunResult[]): Pair[] {
  return runs.flatMap((fixed) => {
    if (fixed.mode !== 'static') return [];
    const measured = runs.find((r) => r.mode === 'dynamic' && r.fillModel === fixed.fillModel);
    return measured === undefined ? [] : [{ fixed, measured }];
  });
}

/** Variance of a mean; null where it cannot be told. */
function ofMean({ netEdgeStdBps: std, markoutCounts }: RunResult): number | null {
  return std === null ? null : (std * std) / markoutCounts.resolved;
}

export function compare({ fixed, measured }: Pair): Comparison {
  const [a, b] = [fixed.netEdgeBps, measured.netEdgeBps];
  const [va, vb] = [ofMean(fixed), ofMean(measured)];
  const error = va === null || vb === null ? null : Math.sqrt(va + vb);
  return {
    fillModel: fixed.fillModel,
    netEdgeDifferenceBps: a === null || b === null ? null : b - a,
    standardErrorBps: error,
    smallestVisibleBps: error === null ? null : VISIBLE_ERRORS * error,
  };
}

const ROWS: readonly (readonly [string, (run: RunResult) => string])[] = [
  ['net edge per fill, bp', (run) => figure(run.netEdgeBps, 3)],
  ['fills', (run) => String(run.fills)],
  ['inventory std, units', (run) => figure(run.inventory.std, 2)],
  ['P&L', (run) => dollars(run.pnl)],
];

/** The block below the two tables: each cell is static | dynamic. */
export function comparisonText(runs: readonly RunResult[]): string {
  const pairs = pairsOf(runs);
  if (pairs.length === 0) return '';
  const head = ['static | dynamic', ...pairs.map(({ fixed }) => fixed.fillModel)];
  const rows = ROWS.map(([label, show]) => [
    label,
    ...pairs.map(({ fixed, measured }) => `${show(fixed)} | ${show(measured)}`),
  ]);
  const compared = pairs.map(compare);
  const line = (label: string, pick: (c: Comparison) => number | null): string[] => [
    label,
    ...compared.map((c) => figure(pick(c), 3)),
  ];
  return [
    table([
      head,
      ...rows,
      line('net edge, dynamic less static, bp', (c) => c.netEdgeDifferenceBps),
      line('  its standard error', (c) => c.standardErrorBps),
      line('  smallest visible (95%, 4 times in 5)', (c) => c.smallestVisibleBps),
    ]),
    'What this much data could have shown: the last row; smaller differences mostly drown in chance.',
    'The error takes fills as independent samples; fills come in bursts (it is too small) and both modes saw',
    'the same market (it is too large). The jump alarm acts in both.',
  ].join('\n');
}
