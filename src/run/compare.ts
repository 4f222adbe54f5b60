// `mm compare`: two runs that were kept, or two parameter sets run now on one market with queue fills.
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import type { Seconds } from '#core/units';
import { contrastOf } from '#report/contrast';
import type { Contrast } from '#report/contrast';
import type { Mode } from './assembly.js';
import { keptRun, prepare } from './kept-run.js';
import type { MarketChoice } from './markets.js';
import { recordOf } from './records.js';

/** Throws StartProblem when one is unknown or they have no hour in common. */
export function compareRuns(stateDir: string, a: string, b: string): Contrast {
  const contrast = contrastOf(recordOf(stateDir, a), recordOf(stateDir, b));
  if (contrast !== null) return contrast;
  throw new StartProblem(
    `runs ${a} and ${b} have no hour in common; compare runs over the same recording or the same time`,
  );
}

export interface ParameterSet {
  readonly values: ParameterValues;
  readonly mode: Mode;
}

export interface SetsRequest {
  readonly a: ParameterSet;
  readonly b: ParameterSet;
  readonly market: MarketChoice;
  readonly duration: Seconds | null;
  readonly progress: { step(label: string, fraction: number): void };
}

/** Runs both over the same market; each is kept under an id of its own. */
export async function compareSets(request: SetsRequest): Promise<Contrast> {
  const { progress, duration } = request;
  const shadow = request.a.mode !== request.b.mode;
  const records = [];
  for (const [name, { values, mode }] of [
    ['A', request.a],
    ['B', request.b],
  ] as const) {
    // Made ready for each: fees are part of the market's facts.
    const ready = await prepare(values, request.market, duration, (done) =>
      progress.step('importing', done),
    );
    const onProgress = (done: number): void => progress.step(`running ${name}`, done);
    records.push(keptRun({ ...ready, mode, shadow, duration, fillModel: 'queue', onProgress }));
  }
  const [a, b] = records;
  const contrast = a === undefined || b === undefined ? null : contrastOf(a, b);
  if (contrast === null)
    throw new StartProblem('the market has no length; nothing can be compared');
  return contrast;
}
