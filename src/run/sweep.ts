// `mm sweep`: many points over one market on all cores, kept as they come in, judged by walk-forward. The same request
// and seed try the same points, whatever the number of workers and however often it was killed.
import { availableParallelism } from 'node:os';
import { statSync, writeFileSync } from 'node:fs';
import { readLayers } from '#config/layers';
import { StartProblem } from '#config/problem';
import { Random } from '#core/random';
import type { Seconds } from '#core/units';
import { sweepResult } from '#report/sweep-result';
import type { Objective, SweepResult, SweepTrial } from '#report/sweep-result';
import { scoreOf } from '#report/sweep-result';
import { sweepCsv } from '#report/sweep-text';
import { GENERATION, gridOf, proposeNext, randomCube } from '#search/propose';
import type { Trial } from '#search/propose';
import { keyOf, pointAt } from '#search/space';
import type { Cube, Dimension, Point } from '#search/space';
import type { Mode } from './assembly.js';
import { assumptions } from './assumptions.js';
import { prepare } from './kept-run.js';
import { importedTape } from './markets.js';
import type { MarketChoice } from './markets.js';
import { SweepPool } from './sweep-pool.js';
import { SweepStore } from './sweep-store.js';
import { runTrial } from './sweep-trial.js';
import type { TrialRequest } from './sweep-trial.js';

export const SEARCHES = ['grid', 'random', 'learn'] as const;
export type SearchName = (typeof SEARCHES)[number];
const MOST_POINTS = 100_000;

export interface SweepRequest {
  /** Every setting that holds for all points, as text, by key. */
  readonly flags: Readonly<Record<string, string>>;
  /** Names of the space are keys of settings (maxSpread). */
  readonly space: readonly Dimension[];
  readonly search: SearchName;
  /** For random and learn. */
  readonly points: number;
  readonly objective: Objective;
  readonly windows: number;
  readonly mode: Mode;
  readonly market: MarketChoice;
  readonly duration: number | null;
  readonly seed: number;
  /** 0: in this process; null: as many as there are cores. */
  readonly jobs: number | null;
  readonly stateDir: string;
  /** Where the CSV goes; null: nowhere. */
  readonly out: string | null;
  readonly progress: { step(label: string, fraction: number): void };
}

export interface SweepOutcome {
  readonly result: SweepResult;
  readonly store: string;
  readonly csv: string | null;
  /** What every point rests on, but for what is varied. */
  readonly assumptions: string;
  /** Points found in the store, not run again. */
  readonly resumed: number;
}

type RunPoint = (request: TrialRequest) => Promise<SweepTrial['figures']>;

/** Throws StartProblem. */
export async function runSweep(asked: SweepRequest): Promise<SweepOutcome> {
  const request = await withTape(asked);
  const { windows, objective, search, stateDir, out } = request;
  const store = new SweepStore(stateDir, identity(request));
  const resumed = store.count;
  const jobs = request.jobs ?? availableParallelism();
  const pool = jobs === 0 ? null : new SweepPool(jobs);
  const run: RunPoint = pool === null ? runTrial : (trial) => pool.run(trial);
  try {
    const trials =
      search === 'learn'
        ? await learned(request, store, run)
        : await all(request, store, run, cubesOf(request));
    // A search that learns has looked at all windows but the last: only that one is out of sample.
    const result = sweepResult(trials, objective, windows, search !== 'learn');
    if (out !== null) write(out, sweepCsv(trials, windows));
    return { result, store: store.path, csv: out, resumed, assumptions: await restsOn(request) };
  } finally {
    pool?.close();
  }
}

async function restsOn({ flags, market, duration }: SweepRequest): Promise<string> {
  const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
  const ready = await prepare(values, market, duration as Seconds | null);
  const { instrument, coarse = null } = ready.market;
  return assumptions(ready.values, instrument, ready.facts, coarse);
}

/** CSV files are imported once, before there are workers. */
async function withTape(request: SweepRequest): Promise<SweepRequest> {
  const { market, stateDir, progress } = request;
  if (!market.data?.length) return request;
  const tape = await importedTape(market.data, stateDir, (done) =>
    progress.step('importing', done),
  );
  return { ...request, market: { tape, synthetic: null } };
}

/** What decides the figures of a point: the tape by name, size and time, every setting, the windows. */
function identity({ flags, market, duration, mode, windows }: SweepRequest): unknown {
  const { tape, synthetic } = market;
  const stat = tape === null ? undefined : statSync(tape, { throwIfNoEntry: false });
  const file = stat === undefined ? null : `${tape} ${stat.size} ${stat.mtimeMs}`;
  const settings = Object.entries(flags).filter(
    ([key]) => !/^(stateDir|logDir|logDays|replayDays)$/.test(key),
  );
  return { settings: settings.sort(), file, synthetic, duration, mode, windows };
}

function cubesOf({ space, search, points, seed }: SweepRequest): readonly Cube[] {
  if (search === 'random') {
    const random = new Random(`sweep ${seed}`);
    return Array.from({ length: points }, () => randomCube(space, random));
  }
  const size = space.reduce(
    (product, d) => product * (d.kind === 'range' ? d.steps : d.values.length),
    1,
  );
  if (size > MOST_POINTS)
    throw new StartProblem(
      `this grid has ${size} points, more than ${MOST_POINTS}; give fewer steps (name=low..high/N) or --search random|learn`,
    );
  return gridOf(space);
}

/** Two cubes may be one point: it runs once and is listed once. */
function pointsOf(space: readonly Dimension[], cubes: readonly Cube[]): Point[] {
  const points = cubes.map((cube) => pointAt(space, cube));
  return [...new Map(points.map((point) => [keyOf(point), point])).values()];
}

async function all(
  request: SweepRequest,
  store: SweepStore,
  run: RunPoint,
  cubes: readonly Cube[],
  progress = { done: 0, of: 0 },
): Promise<SweepTrial[]> {
  const points = pointsOf(request.space, cubes);
  const { flags, mode, market, duration, windows } = request;
  progress.of = Math.max(progress.of, points.length);
  const trials = points.map(async (point): Promise<SweepTrial> => {
    let trial = store.get(point);
    if (trial === null) {
      const figures = await run({
        ...{ flags: { ...flags, ...point }, mode, market, duration, windows },
      });
      trial = { point, figures };
      store.add(trial);
    }
    progress.done += 1;
    request.progress.step('sweeping', progress.done / progress.of);
    return trial;
  });
  return Promise.all(trials);
}

/** Generation by generation; the score is that of all windows but the last. */
async function learned(
  request: SweepRequest,
  store: SweepStore,
  run: RunPoint,
): Promise<SweepTrial[]> {
  const { space, seed, points, windows, objective } = request;
  const random = new Random(`sweep ${seed}`);
  const known: Trial[] = [];
  const trials = new Map<string, SweepTrial>();
  const progress = { done: 0, of: points };
  while (known.length < points) {
    const count = Math.min(GENERATION, points - known.length);
    const cubes = proposeNext(space, known, random, count);
    for (const trial of await all(request, store, run, cubes, progress))
      trials.set(keyOf(trial.point), trial);
    for (const cube of cubes) {
      const figures = trials.get(keyOf(pointAt(space, cube)))?.figures;
      const score = scoreOf(figures?.windows.slice(0, windows - 1) ?? [], objective);
      known.push({ cube, score });
    }
  }
  return [...trials.values()];
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new StartProblem(`--out ${path} cannot be written: ${(error as Error).message}`);
  }
}
