// The clock of the formulae. Without a session the horizon is constant (a perp never closes); with
// one it is the paper's T - t, starting afresh after every session.
import type { StrategyParams } from '#core/params';
import type { Seconds } from '#core/units';

/** Time left in the session that `elapsed` falls in: in (0, session]. */
export const remaining = (session: Seconds, elapsed: Seconds): Seconds =>
  (session - (elapsed % session)) as Seconds;

/** tau of `as` and `prd-f2` at this moment. */
export const horizonAt = (params: StrategyParams, elapsed: Seconds): Seconds =>
  params.session === null ? params.horizon : remaining(params.session, elapsed);

/** tau that gamma is derived with: the whole session, or the constant horizon. */
export const horizonAtStart = (params: StrategyParams): Seconds => params.session ?? params.horizon;

/** F2's time_factor: what is left of the session as a fraction; 1 without a session. */
export const timeFactor = (params: StrategyParams, elapsed: Seconds): number =>
  params.session === null ? 1 : remaining(params.session, elapsed) / params.session;
