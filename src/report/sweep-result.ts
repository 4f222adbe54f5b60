// What a sweep came to: trials, what walk-forward would have chosen and what that was worth afterwards, and how much of
// the best is luck. Names are a contract for users' scripts. Pure.
import { judge } from '#search/bootstrap';
import type { Judgement } from '#search/bootstrap';
import { deflatedSharpe, sharpeOf } from '#search/deflated-sharpe';
import type { DeflatedSharpe } from '#search/deflated-sharpe';
import type { Point } from '#search/space';

export const OBJECTIVES = ['edge', 'net-edge', 'pnl'] as const;
/** edge: money of the 30 s markouts after fees; net-edge: their mean in bp a fill; pnl: profit. */
export type Objective = (typeof OBJECTIVES)[number];
/** A mean over fewer fills is no score. */
export const FEWEST_FILLS = 20;

export interface WindowFigures {
  readonly fills: number;
  /** Fills with a 30 s markout inside the window. */
  readonly settled: number;
  /** In the settle currency. */
  readonly edge: number;
  /** Sum over fills. */
  readonly bps: number;
  readonly volume: number;
  readonly pnl: number;
}

export interface TrialFigures {
  readonly windows: readonly WindowFigures[];
  /** Of blocks of equal length, the same number in each window, as fractions of capital. */
  readonly returns: readonly number[];
  /** Of the same blocks, in columns: fills with a 30 s markout, their edges in bp and in money, and their volume. */
  readonly blocks: {
    readonly seconds: number;
    readonly settled: readonly number[];
    readonly bps: readonly number[];
    readonly edge: readonly number[];
    readonly volume: readonly number[];
  };
  readonly startUs: number;
  readonly endUs: number;
  /** Why this point cannot run; null when it could. */
  readonly problem: string | null;
}

export interface SweepTrial {
  readonly point: Point;
  readonly figures: TrialFigures;
}

/** Larger is better; NaN where there is too little to score. */
export function scoreOf(windows: readonly WindowFigures[], objective: Objective): number {
  const sum = (pick: (w: WindowFigures) => number): number =>
    windows.reduce((total, window) => total + pick(window), 0);
  if (windows.length === 0) return NaN;
  if (objective === 'pnl') return sum((w) => w.pnl);
  const settled = sum((w) => w.settled);
  if (settled < FEWEST_FILLS) return NaN;
  return objective === 'edge' ? sum((w) => w.edge) : sum((w) => w.bps) / settled;
}

export interface Scored {
  readonly score: number | null;
  readonly fills: number;
  readonly edge: number;
  readonly netEdgeBps: number | null;
  readonly pnl: number;
}

export interface FoldResult {
  /** Windows that chose, and the one that scored; counted from 0. */
  readonly choose: readonly number[];
  readonly score: number;
  readonly point: Point | null;
  readonly inSample: Scored | null;
  readonly outOfSample: Scored | null;
  /** What a point taken blindly came to out of sample: the median over all. */
  readonly medianOutOfSample: number | null;
}

export interface SweepResult {
  readonly schemaVersion: 1;
  readonly objective: Objective;
  readonly trials: number;
  readonly refused: number;
  readonly windows: number;
  readonly folds: readonly FoldResult[];
  /** Sums over the folds: of what was chosen, and of the median point. */
  readonly outOfSample: { readonly edge: number; readonly pnl: number; readonly fills: number };
  /** Of the same fills, block by block: net edge in bp a fill. Null when nothing was chosen. */
  readonly outOfSampleEdge: (Judgement & { readonly blockSeconds: number }) | null;
  /** Of the returns that walk-forward would have had, out of sample, per block. */
  readonly outOfSampleSharpe: number | null;
  /** Of the point that looks best on everything: in-sample, and what is left of it. */
  readonly best: { readonly point: Point; readonly deflated: DeflatedSharpe | null } | null;
}

function scored(windows: readonly WindowFigures[], objective: Objective): Scored {
  const sum = (pick: (w: WindowFigures) => number): number =>
    windows.reduce((total, window) => total + pick(window), 0);
  const settled = sum((w) => w.settled);
  const score = scoreOf(windows, objective);
  return {
    score: Number.isNaN(score) ? null : score,
    fills: sum((w) => w.fills),
    edge: sum((w) => w.edge),
    netEdgeBps: settled === 0 ? null : sum((w) => w.bps) / settled,
    pnl: sum((w) => w.pnl),
  };
}

const pick = <T>(list: readonly T[], indices: readonly number[]): T[] =>
  indices.flatMap((i) => (i in list ? [list[i] as T] : []));

/** The trial with the highest score on these windows; null when none has one. */
function bestOn(
  trials: readonly SweepTrial[],
  indices: readonly number[],
  objective: Objective,
): SweepTrial | null {
  let best: { trial: SweepTrial; score: number } | null = null;
  for (const trial of trials) {
    const score = scoreOf(pick(trial.figures.windows, indices), objective);
    if (!Number.isNaN(score) && (best === null || score > best.score)) best = { trial, score };
  }
  return best?.trial ?? null;
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.filter((v) => !Number.isNaN(v)).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** Shorter blocks than this are no evidence of each other's chance: no interval then. */
const LEAST_SECONDS = 890;

function edgeOf(
  bps: readonly number[],
  settled: readonly number[],
  blockSeconds: number,
): Judgement & { readonly blockSeconds: number } {
  const sample = { top: Float64Array.from(bps), bottom: Float64Array.from(settled) };
  const judged = { ...judge(sample), blockSeconds };
  return blockSeconds >= LEAST_SECONDS
    ? judged
    : { ...judged, interval: null, chancePositive: null };
}

/** `rolling`: each window chooses for the next; else everything before the last window chooses for it. */
export function sweepResult(
  trials: readonly SweepTrial[],
  objective: Objective,
  windows: number,
  rolling: boolean,
): SweepResult {
  const plans = rolling
    ? Array.from({ length: windows - 1 }, (_, i) => ({ choose: [i], score: i + 1 }))
    : [{ choose: Array.from({ length: windows - 1 }, (_, i) => i), score: windows - 1 }];
  const able = trials.filter(({ figures }) => figures.problem === null);
  const returns: number[] = [];
  const [bps, settled]: [number[], number[]] = [[], []];
  let blockSeconds = 0;
  const folds = plans.map(({ choose, score }): FoldResult => {
    const best = bestOn(able, choose, objective);
    const others = able.map(({ figures }) => scoreOf(pick(figures.windows, [score]), objective));
    const medianOutOfSample = medianOf(others);
    if (best === null) {
      return { choose, score, point: null, inSample: null, outOfSample: null, medianOutOfSample };
    }
    const { figures, point } = best;
    const perWindow = figures.returns.length / windows;
    returns.push(...figures.returns.slice(score * perWindow, (score + 1) * perWindow));
    const { blocks } = figures;
    bps.push(...blocks.bps.slice(score * perWindow, (score + 1) * perWindow));
    settled.push(...blocks.settled.slice(score * perWindow, (score + 1) * perWindow));
    blockSeconds = blocks.seconds;
    return {
      ...{ choose, score, point, medianOutOfSample },
      inSample: scored(pick(figures.windows, choose), objective),
      outOfSample: scored(pick(figures.windows, [score]), objective),
    };
  });
  const out = (of: (s: Scored) => number): number =>
    folds.reduce((sum, { outOfSample }) => sum + (outOfSample === null ? 0 : of(outOfSample)), 0);
  const all = Array.from({ length: windows }, (_, i) => i);
  const top = bestOn(able, all, objective);
  const sharpes = able.map(({ figures }) => sharpeOf(figures.returns));
  const sharpe = sharpeOf(returns);
  return {
    schemaVersion: 1,
    ...{ objective, windows, folds, trials: trials.length, refused: trials.length - able.length },
    outOfSample: { edge: out((s) => s.edge), pnl: out((s) => s.pnl), fills: out((s) => s.fills) },
    outOfSampleEdge: settled.length === 0 ? null : edgeOf(bps, settled, blockSeconds),
    outOfSampleSharpe: Number.isFinite(sharpe) ? sharpe : null,
    best:
      top === null
        ? null
        : { point: top.point, deflated: deflatedSharpe(top.figures.returns, sharpes) },
  };
}
