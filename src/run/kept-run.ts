// A market made ready for settings, and one backtest on it that is kept for a report or a comparison: simulated, stored,
// read back as a record. What is compared is thus what any other command would find in the store.
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import type { Seconds } from '#core/units';
import type { RunRecord } from '#report/record';
import type { FillModelName } from '#report/run-result';
import type { Mode } from './assembly.js';
import { assumptions } from './assumptions.js';
import { simulateRun } from './backtest.js';
import { storeBacktest } from './backtest-store.js';
import { openMarket } from './markets.js';
import type { Market, MarketChoice } from './markets.js';
import { modelFacts, withClassFees } from './models.js';
import type { ModelFacts } from './models.js';
import { recordOf } from './records.js';
import { stateDirOf } from './state-dir.js';

/** What every run of some settings over one market shares. */
export interface Prepared {
  /** With the fees of the order class. */
  readonly values: ParameterValues;
  readonly market: Market;
  readonly facts: ModelFacts;
}

/** Throws StartProblem, TapeProblem. */
export async function prepare(
  settings: ParameterValues,
  choice: MarketChoice,
  duration: Seconds | null,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<Prepared> {
  const values = withClassFees(settings);
  const market = await openMarket(choice, values, duration, stateDirOf(values), onProgress);
  return { values, market, facts: await modelFacts(values, market) };
}

export interface KeptRun extends Prepared {
  readonly mode: Mode;
  /** The analyzer watches in static mode too, so that a jump withdraws both sides of a comparison. */
  readonly shadow: boolean;
  readonly duration: Seconds | null;
  readonly fillModel: FillModelName;
  readonly onProgress: (fraction: number) => void;
}

/** Throws StartProblem when it cannot be kept. */
export function keptRun(request: KeptRun): RunRecord {
  const { values, market, facts, shadow } = request;
  const stateDir = stateDirOf(values);
  const { instrument, coarse = null } = market;
  const { runId } = simulateRun({
    ...request,
    traced: true,
    keep: (collector, result) => {
      const kept = storeBacktest(stateDir, {
        ...{ collector, instrument, result, capital: values.capital, params: values },
        assumptions: assumptions(values, instrument, facts, coarse, shadow),
      });
      if ('problem' in kept) throw new StartProblem(`the run cannot be kept: ${kept.problem}`);
      return { ...result, runId: kept.runId };
    },
  });
  return recordOf(stateDir, runId ?? '');
}
