// How sure the main figures of one run are: blocks of 15 min drawn again (search/bootstrap), "too short" where that cannot
// be told. The same for `mm backtest`, the HTML page and, in pairs, `mm compare`. Pure.
import { moneyToNumber } from '#core/money';
import { BlockGrid } from '#search/blocks';
import type { BlockSample } from '#search/blocks';
import { INTERVAL_BLOCKS, TRADED_BLOCKS, judge } from '#search/bootstrap';
import type { Judgement } from '#search/bootstrap';
import { BLOCK_SECONDS } from './ab-evidence.js';
import { netEdgeOf } from './attribution.js';
import type { MarkedFill } from './attribution.js';
import type { Level, RunRecord } from './record.js';

const DAY_US = 86_400e6;

/** What blocks are made of: the part of a run's record that this needs. */
export interface Sampled extends Pick<RunRecord, 'instrument' | 'startUs'> {
  readonly fills: readonly MarkedFill[];
  readonly levels: readonly Pick<Level, 'us' | 'pnl'>[];
}

export interface Judged {
  readonly netEdgeBps: Judgement;
  readonly netEdgePerMillion: Judgement;
  readonly pnlPerDay: Judgement;
}

/** Blocks of profit per day, of net edge per fill (bp), and of net edge per volume (1e-6). */
export function samplesOf(run: Sampled, grid: BlockGrid): Record<keyof Judged, BlockSample> {
  const { instrument, levels, fills } = run;
  const pnl = grid.changes([
    { us: run.startUs, level: 0 },
    ...levels.map(({ us, pnl: level }) => ({ us, level: moneyToNumber(level) })),
  ]);
  const perDay = DAY_US / grid.lengthUs;
  const settled = fills.filter((fill) => netEdgeOf(instrument, fill) !== null);
  const notional = (fill: MarkedFill): number => instrument.notional(fill.lots, fill.ticks);
  const edge = (fill: MarkedFill): number => netEdgeOf(instrument, fill) ?? 0;
  const us = (fill: MarkedFill): number => fill.us;
  return {
    pnlPerDay: { top: pnl.top.map((change) => change * perDay), bottom: pnl.bottom },
    netEdgeBps: grid.sums(settled, us, (f) => (edge(f) / notional(f)) * 10_000, () => 1), // prettier-ignore
    netEdgePerMillion: grid.sums(settled, us, (f) => edge(f) * 1e6, notional),
  };
}

/** Blocks of 15 min from the start of the run. */
export function judgedOf(run: Sampled & Pick<RunRecord, 'endUs'>): Judged {
  const samples = samplesOf(run, new BlockGrid(run.startUs, run.endUs, BLOCK_SECONDS * 1e6));
  return {
    netEdgeBps: judge(samples.netEdgeBps),
    netEdgePerMillion: judge(samples.netEdgePerMillion),
    pnlPerDay: judge(samples.pnlPerDay),
  };
}

/** "-3.10 to -1.20", or why there is none. */
export function intervalText({ interval, blocks, traded }: Judgement, places: number): string {
  if (interval !== null)
    return `${interval.low.toFixed(places)} to ${interval.high.toFixed(places)}`;
  if (blocks < INTERVAL_BLOCKS) return `too short (${blocks} of ${INTERVAL_BLOCKS} blocks)`;
  return traded < TRADED_BLOCKS ? `too few (fills in ${traded} blocks)` : '-';
}
