// A sweep as text and as CSV. In-sample figures never stand without the out-of-sample ones beside them (issue 6).
import { keyOf } from '#search/space';
import type { Scored, SweepResult, SweepTrial } from './sweep-result.js';
import { figure, table } from './table.js';

const money = (value: number | null): string => figure(value, 2);

function cells(scored: Scored | null): string[] {
  if (scored === null) return ['-', '-', '-', '-'];
  const { netEdgeBps, edge, pnl, fills } = scored;
  return [money(edge), figure(netEdgeBps, 3), money(pnl), String(fills)];
}

const windowsText = (indices: readonly number[]): string => {
  const [first = 0, last = first] = [indices[0], indices.at(-1)];
  return first === last ? `${first + 1}` : `${first + 1}-${last + 1}`;
};

export function sweepText(result: SweepResult): string {
  const { folds, trials, refused, windows, objective, outOfSample, best } = result;
  const rows = folds.map(({ choose, score, point, inSample, outOfSample: out, ...fold }) => [
    point === null ? 'nothing trades enough to choose' : keyOf(point),
    windowsText(choose),
    ...cells(inSample),
    `${score + 1}`,
    ...cells(out),
    money(fold.medianOutOfSample),
  ]);
  const columns = ['edge $', 'bp/fill', 'P&L $', 'fills'];
  return [
    `${trials} points (${refused} refused), ${windows} windows, chosen by ${objective}`,
    table([['chosen', 'in', ...columns, 'out', ...columns, `median ${objective} out`], ...rows]),
    `walk-forward, out of sample: edge $${money(outOfSample.edge)}, P&L $${money(outOfSample.pnl)}, ${outOfSample.fills} fills, Sharpe per block ${figure(result.outOfSampleSharpe, 3)}`,
    ...edgeLines(result.outOfSampleEdge),
    ...bestLines(best),
    'in: the windows that chose (in sample); out: the next one (out of sample). A fill whose 30 s end beyond a window chooses nothing.',
  ].join('\n');
}

function edgeLines(edge: SweepResult['outOfSampleEdge']): string[] {
  if (edge === null || edge.estimate === null) return [];
  const { estimate, interval, smallestVisible, blockSeconds } = edge;
  const about =
    interval === null
      ? 'too short for an interval'
      : `95 % ${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`;
  const sees = smallestVisible === null ? '' : `, smallest visible ${smallestVisible.toFixed(3)}`;
  return [
    `  net edge ${estimate.toFixed(3)} bp a fill (${about}${sees}; blocks of ${Math.round(blockSeconds)} s, taken as independent)`,
  ];
}

function bestLines(best: SweepResult['best']): string[] {
  if (best === null) return [];
  const { point, deflated } = best;
  const lead = `best of all on everything (in sample): ${keyOf(point)}`;
  if (deflated === null) return [lead, '  its Sharpe ratio cannot be deflated: too few returns'];
  const { sharpe, expectedBest, probability, trials } = deflated;
  const verdict = probability >= 0.95 ? 'more than luck' : 'luck explains it';
  return [
    lead,
    `  Sharpe per block ${figure(sharpe, 3)}; the best of ${trials} without skill would show ${figure(expectedBest, 3)}; deflated: ${figure(probability, 3)} (${verdict})`,
  ];
}

/** One line a point: settings, totals, and each window's edge, fills and profit. */
export function sweepCsv(trials: readonly SweepTrial[], windows: number): string {
  const names = [...new Set(trials.flatMap(({ point }) => Object.keys(point)))];
  const perWindow = Array.from({ length: windows }, (_, i) =>
    ['edge', 'bps_per_fill', 'fills', 'pnl'].map((name) => `w${i + 1}_${name}`),
  ).flat();
  const rows = trials.map(({ point, figures }) => [
    ...names.map((name) => point[name] ?? ''),
    figures.problem ?? '',
    ...Array.from({ length: windows }, (_, i) => figures.windows[i]).flatMap((w) =>
      w === undefined
        ? ['', '', '', '']
        : [w.edge, w.settled > 0 ? w.bps / w.settled : '', w.fills, w.pnl].map(String),
    ),
  ]);
  return [[...names, 'problem', ...perWindow], ...rows]
    .map((row) => row.map(quoted).join(','))
    .join('\n')
    .concat('\n');
}

const quoted = (cell: string): string =>
  /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
