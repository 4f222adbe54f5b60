// When measured values may be quoted on. Not on the per-row path. Counted in time, not in trades: a
// market without trades would never be warm (theory.md B2, pitfalls), nor would it be noticed that
// it died.
import { WATCHED_US } from './exposure.js';

/**
 * Watched this long before anything measured is used; the priors carry the first minutes anyway.
 */
const WARM_UP_US = 60_000_000;
/** Without a sound book for this long the feed is stale. */
const STALE_US = 60_000_000;
/** The mid has not moved for this long: it is dead, and sigma must not be taken for 0. */
const STILL_US = 300_000_000;
/** Not one taker order for this long, one half-life of theirs. */
const QUIET_US = 900_000_000;

export interface Signs {
  readonly nowUs: number;
  readonly watchedUs: number;
  /** Last sound mid, last move of it, last taker order; 0 = never. */
  readonly midUs: number;
  readonly movedUs: number;
  readonly orderUs: number;
}

export interface Readiness {
  /** May sigma be measured; may alpha, kappa and epsilon. */
  readonly sigma: boolean;
  readonly flow: boolean;
  /** 'ready', or why not. */
  readonly text: string;
}

const minutes = (us: number): string => `${Math.floor(us / 60e6)} min`;
const seconds = (us: number): string => `${Math.floor(us / 1e6)} s`;
const no = (text: string): Readiness => ({ sigma: false, flow: false, text });

export function readiness(signs: Signs): Readiness {
  const { nowUs, watchedUs, midUs, movedUs, orderUs } = signs;
  if (midUs === 0) return no('static: no sound book yet');
  const sinceMid = nowUs - midUs;
  if (sinceMid > STALE_US) return no(`static: no sound book for ${seconds(sinceMid)}`);
  const watched = watchedUs + Math.min(sinceMid, WATCHED_US);
  if (watched < WARM_UP_US) {
    return no(`static: watched for ${seconds(watched)} of ${seconds(WARM_UP_US)}`);
  }
  if (movedUs === 0) return no('static: the mid has not moved yet');
  const still = nowUs - movedUs;
  if (still > STILL_US) return no(`static: the mid has not moved for ${minutes(still)}`);
  const quiet = nowUs - orderUs;
  if (quiet <= QUIET_US) return { sigma: true, flow: true, text: 'ready' };
  const since = orderUs === 0 ? 'no taker order yet' : `no taker order for ${minutes(quiet)}`;
  return { sigma: true, flow: false, text: `sigma measured, the rest static: ${since}` };
}
