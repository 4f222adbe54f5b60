// What `mm backtest` prints for a person: floor, queue and ceiling side by side, then the hours, then the assumptions.
import { comparisonText } from './comparison.js';
import type { RunResult } from './run-result.js';
import { intervalText } from './judged.js';
import type { Judged } from './judged.js';
import { measuredText } from './market-text.js';
import { dollars, figure, percentOf, table } from './table.js';

const interval = (run: RunResult, name: keyof Judged, places: number): string =>
  run.judged === null ? '-' : intervalText(run.judged[name], places);

function column(run: RunResult): string[] {
  const { markoutBps: m, inventory: n, attribution: a } = run;
  return [
    run.fillModel,
    dollars(run.pnl),
    interval(run, 'pnlPerDay', 2),
    `${figure(run.returnPct, 4)}%`,
    `${figure(run.maxDrawdownPct, 4)}%`,
    figure(run.sharpe, 2),
    `${run.fills} (${figure(run.fillsPerHour, 0)}/h)`,
    percentOf(run.fillRate),
    figure(run.netEdgeBps, 3),
    interval(run, 'netEdgeBps', 3),
    figure(run.judged?.netEdgeBps.smallestVisible ?? null, 3),
    figure(run.netEdgePerMillion, 0),
    interval(run, 'netEdgePerMillion', 0),
    `${figure(n.mean, 2)} / ${figure(n.std, 2)} / ${figure(n.max, 1)}`,
    figure(run.spreadCapturedBps, 3),
    [m[1], m[5], m[30], m[60]].map((value) => figure(value, 2)).join(' '),
    dollars(run.volume),
    dollars(a.spreadCaptured),
    dollars(a.adverseSelection),
    dollars(a.inventory),
    dollars(a.fees),
    dollars(a.funding),
    `${run.gap.fills} fills, ${dollars(run.gap.pnl)}`,
    run.commandHash.slice(0, 16),
    run.runId ?? '-',
  ];
}

const LABELS = [
  'fill model', 'P&L', '  a day, 95 % interval, $', 'return on capital', 'max drawdown', 'Sharpe (hourly, annualised)', 'fills',
  'fill rate (filled/posted)', 'net edge per fill, bp', '  95 % interval',
  '  smallest visible (95 %, 4 times in 5)', 'net edge per $1M volume, $', '  95 % interval',
  'inventory mean / std / max, units', 'spread captured, bp', 'markout 1 5 30 60 s, bp', 'volume',
  '  from spread captured', '  from adverse selection', '  from inventory', '  from fees',
  '  from funding', 'touched by recording gaps', 'command hash', 'run id (mm export csv --run)',
]; // prettier-ignore

function shareLines(title: string, shares: Readonly<Record<string, number>>): string[] {
  const entries = Object.entries(shares).filter(([, share]) => share > 0);
  if (entries.length === 0) return [];
  return [`${title}: ${entries.map(([name, share]) => `${name} ${percentOf(share)}`).join(', ')}`];
}

function bracketFlag(runs: readonly RunResult[]): string[] {
  const by = (name: string): number | null => {
    const run = runs.find((candidate) => candidate.fillModel === name);
    return run ? Number(run.pnl) : null;
  };
  const [floor, queue, ceiling] = [by('floor'), by('queue'), by('ceiling')];
  if (floor === null || queue === null || ceiling === null) return [];
  const inside = queue >= Math.min(floor, ceiling) && queue <= Math.max(floor, ceiling);
  return inside
    ? []
    : [
        'note: the queue model lies outside floor and ceiling: other fills led to other inventory and quotes',
      ];
}

function hourTable(run: RunResult): string[] {
  if (run.hours.length === 0) return [];
  const rows = run.hours.map((hour) => [
    hour.hour.replace('T', ' ') + 'h',
    dollars(hour.pnl),
    String(hour.fills),
    dollars(hour.volume),
    dollars(hour.fees),
    figure(hour.netEdgeBps, 3),
    figure(hour.inventoryMean, 2),
  ]);
  const head = ['hour (UTC)', 'P&L', 'fills', 'volume', 'fees', 'net edge bp', 'inventory'];
  return ['', `hour by hour (${run.fillModel})`, table([head, ...rows])];
}

function measuredLines({ mode, estimates, measuredShare, jumps }: RunResult): string[] {
  if (estimates === null) return [];
  const share =
    mode === 'dynamic' ? `, quoted on for ${percentOf(measuredShare)} of decisions` : '';
  return [
    `measured at the end${share}, ${jumps ?? 0} withdrawals by jump: ${measuredText(estimates)}`,
  ];
}

/** Both modes one after the other, then what sets them apart. */
export function bothText(runs: readonly RunResult[], assumptions: string): string {
  const [fixed, measured] = (['static', 'dynamic'] as const).map((mode) =>
    backtestText(
      runs.filter((run) => run.mode === mode),
      null,
    ),
  );
  return [fixed, '', measured, '', comparisonText(runs), '', assumptions].join('\n');
}

/** One mode and model: its runs under the three fill models. `assumptions` null: they come later. */
export function backtestText(runs: readonly RunResult[], assumptions: string | null): string {
  const first = runs[0];
  if (!first) return '';
  const columns = runs.map(column);
  const rows = LABELS.map((label, i) => [label, ...columns.map((cells) => cells[i] ?? '')]);
  const queue = runs.find((run) => run.fillModel === 'queue') ?? first;
  const speed = Math.max(...runs.map((run) => run.rowsPerSecond)) / 1e6;
  return [
    `${first.mode} ${first.model} on ${first.market}: ${first.rows} rows, ${figure(first.seconds / 60, 1)} min of market time, ${figure(speed, 2)} M rows/s`,
    table(rows),
    ...shareLines('clamps that acted (share of time)', queue.clamped),
    ...shareLines('state (share of time)', queue.states),
    ...queue.halts.map((halt) => `halt: ${halt}`),
    ...bracketFlag(runs),
    ...(queue.doesNotTrade ? ['note: fewer than 20 fills an hour: this does not trade'] : []),
    ...measuredLines(queue),
    ...hourTable(queue),
    ...(assumptions === null ? [] : ['', assumptions]),
  ].join('\n');
}
