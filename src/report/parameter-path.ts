// One moment of the parameters in use, with the error bands of what was measured: how backtests (in their trace) and live
// runs (as a note in the ledger, once a minute) leave the path that a report draws.
import type { Estimate, MarketEstimates } from '#core/analyzer';
import type { CurrentMarket } from '#core/strategy';
import type { Micros } from '#core/units';

/** Kind of the ledger's notes that hold one moment each, as JSON. */
export const PARAMETERS_NOTE = 'parameters';

/** Value, low and high of the 95 % interval; the last two are null where nothing was measured. */
export type Banded = readonly [number, number | null, number | null];

export interface ParameterMoment {
  readonly us: Micros;
  readonly sigma: Banded;
  readonly kappa: Banded;
  readonly alpha: Banded;
  readonly epsilon: Banded;
  readonly dynamic: boolean;
}

const banded = (value: number, measured: Estimate | undefined): Banded =>
  measured === undefined || measured.effectiveCount === 0
    ? [value, null, null]
    : [value, measured.low, measured.high];

export function parameterMoment(
  us: Micros,
  { sigma, kappa, alpha, epsilon, source }: CurrentMarket,
  measured: MarketEstimates | null,
): ParameterMoment {
  return {
    us,
    sigma: banded(sigma, measured?.sigma),
    kappa: banded(kappa, measured?.kappa.both),
    alpha: banded(alpha, measured?.alpha.both),
    epsilon: banded(epsilon, measured?.epsilon.both),
    dynamic: source === 'dynamic',
  };
}

/** Six digits are more than is known; a minute of notes stays small. */
export const momentText = (moment: ParameterMoment): string =>
  JSON.stringify(moment, (key, value: unknown) =>
    typeof value === 'number' && key !== 'us' ? Number(value.toPrecision(6)) : value,
  );

/** Null for a note that is none of ours. */
export function parseMoment(text: string): ParameterMoment | null {
  try {
    const found = JSON.parse(text) as ParameterMoment | null;
    return typeof found?.us === 'number' && Array.isArray(found.sigma) ? found : null;
  } catch {
    return null;
  }
}
