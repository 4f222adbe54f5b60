// One point of a sweep: one run over the whole market, cut into the windows of the walk-forward. Parameters are constant
// over a run, so a figure of window 3 owes nothing to window 4: one run serves every fold.
import { readLayers } from '#config/layers';
import { StartProblem } from '#config/problem';
import { checkSettings } from '#config/settings';
import { moneyToNumber } from '#core/money';
import type { Seconds } from '#core/units';
import { MARKOUT_HORIZONS } from '#core/markout';
import type { Collector, FillRecord } from '#report/collector';
import type { TrialFigures, WindowFigures } from '#report/sweep-result';
import { BlockGrid } from '#search/blocks';
import { settledIn, windowsOf } from '#search/walk-forward';
import type { Mode, TriedRule } from './assembly.js';
import { simulateRun } from './backtest.js';
import { prepare } from './kept-run.js';
import type { MarketChoice } from './markets.js';

const EDGE_SECONDS = 30;
const EDGE_HORIZON = MARKOUT_HORIZONS.indexOf(EDGE_SECONDS);
/** Blocks of returns in a window: of 15 min where the window is long, never fewer than this. */
const FEWEST_BLOCKS = 12;
const BLOCK_SECONDS = 900;

/** Plain JSON: it crosses to another process. */
export interface TrialRequest {
  /** Every setting as text, by key: base and point together. */
  readonly flags: Readonly<Record<string, string>>;
  readonly mode: Mode;
  readonly market: MarketChoice;
  readonly duration: number | null;
  readonly windows: number;
}

/** Settings that contradict each other are a problem of the point, said in words; anything else is thrown. */
export async function runTrial(request: TrialRequest, rule?: TriedRule): Promise<TrialFigures> {
  try {
    const { values } = readLayers({
      ...{ flags: request.flags, env: {}, dotenvPath: null, configPath: null },
    });
    checkSettings(values);
    const duration = request.duration as Seconds | null;
    const ready = await prepare(values, request.market, duration);
    let figures: Omit<TrialFigures, 'problem'> | null = null;
    const { mode } = request;
    simulateRun({
      ...{ ...ready, mode, duration, fillModel: 'queue', ...(rule === undefined ? {} : { rule }) },
      keep: (collector, result) => {
        figures = figuresOf(collector, moneyToNumber(values.capital), request.windows);
        return result;
      },
    });
    return { ...(figures ?? EMPTY), problem: null };
  } catch (error) {
    if (error instanceof StartProblem) return { ...EMPTY, problem: error.lines.join('; ') };
    throw error;
  }
}

const NO_BLOCKS = { seconds: 0, settled: [], bps: [], edge: [], volume: [] } as const;
const EMPTY = { windows: [], returns: [], blocks: NO_BLOCKS, startUs: 0, endUs: 0 } as const;

function figuresOf(
  collector: Collector,
  capital: number,
  count: number,
): Omit<TrialFigures, 'problem'> {
  const { startUs, endUs, levels, lastPnl } = collector;
  const path = levels.us.map((us, i) => ({ us, level: moneyToNumber(levels.pnl[i] ?? lastPnl) }));
  path.push({ us: endUs, level: moneyToNumber(lastPnl) });
  const windows = windowsOf(startUs, endUs, count);
  const seconds = (endUs - startUs) / 1e6 / count;
  const perWindow = Math.max(FEWEST_BLOCKS, Math.round(seconds / BLOCK_SECONDS));
  const returns = windows.flatMap((window) => {
    const length = (window.toUs - window.fromUs) / perWindow;
    const changes = new BlockGrid(window.fromUs, window.toUs + 1e-3, length).changes(path);
    return [...changes.top].slice(0, perWindow).map((change) => change / capital);
  });
  const inside = windows.map((window, w): WindowFigures => {
    const fills = collector.fills.filter(({ us }) => us >= window.fromUs && us < window.toUs);
    const sums = { settled: 0, edge: 0, bps: 0, volume: 0 };
    for (const fill of fills) {
      const later = fill.mids[EDGE_HORIZON] ?? 0;
      const notional = collector.notionalOf(fill);
      sums.volume += moneyToNumber(notional);
      // A fill whose 30 s end in the next window may not choose across the border.
      if (later === 0 || !settledIn(window, fill.us, EDGE_SECONDS * 1e6)) continue;
      const edge = collector.edge(fill, later) - fill.fee;
      sums.settled += 1;
      sums.edge += edge / 1e8;
      sums.bps += (edge / notional) * 10_000;
    }
    const pnl = returns.slice(w * perWindow, (w + 1) * perWindow).reduce((a, b) => a + b, 0);
    return { fills: fills.length, ...sums, pnl: pnl * capital };
  });
  const blocks = blocksOf(collector, (endUs - startUs) / (count * perWindow));
  return { windows: inside, returns, blocks, startUs, endUs };
}

/** The settled fills of each block; `lengthUs` divides the whole evenly. */
function blocksOf(collector: Collector, lengthUs: number): TrialFigures['blocks'] {
  const { startUs, endUs, fills } = collector;
  const grid = new BlockGrid(startUs, endUs + 1e-3, lengthUs);
  const edgeOf = (fill: FillRecord): number =>
    collector.edge(fill, fill.mids[EDGE_HORIZON] ?? 0) - fill.fee;
  const settled = fills.filter((fill) => (fill.mids[EDGE_HORIZON] ?? 0) !== 0);
  const us = (fill: FillRecord): number => fill.us;
  const bps = grid.sums(
    settled,
    us,
    (fill) => (edgeOf(fill) / collector.notionalOf(fill)) * 10_000,
    () => 1,
  );
  const money = grid.sums(
    settled,
    us,
    (fill) => edgeOf(fill) / 1e8,
    (fill) => collector.notionalOf(fill) / 1e8,
  );
  return {
    seconds: lengthUs / 1e6,
    ...{ settled: [...bps.bottom], bps: [...bps.top] },
    ...{ edge: [...money.top], volume: [...money.bottom] },
  };
}
