// The client of last resort of any venue, from what a run left word of and the keys: for the watchdog. A venue's code is
// loaded only when it is that venue.
import type { EmergencyClient } from '#clients/net/venue-client';
import { StartProblem } from '#config/problem';
import type { VenueKeys } from './venue-keys.js';
import type { Reach } from './venue-place.js';

/** Throws StartProblem or VenueProblem. */
export async function emergencyAt(reach: Reach, keys: VenueKeys): Promise<EmergencyClient> {
  if (reach.venue === 'paradex') {
    const { paradexEmergency } = await import('./paradex-place.js');
    return await paradexEmergency(reach, keys);
  }
  throw new StartProblem(`nothing here can cancel at ${reach.venue}; use mm of another version`);
}
