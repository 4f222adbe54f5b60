// Which venues mm trades at: the one list. A new venue is a folder in clients/, a module here and a line below (its
// keys are parameters, its loopback face stands in venue-houses.ts). A venue's code is loaded only when it is that venue.
import type { EmergencyClient } from '#clients/net/venue-client';
import { StartProblem } from '#config/problem';
import type { ParameterValues } from '#config/parameters';
import type { VenueKeys } from './venue-keys.js';
import type { VenueModule } from './venue-module.js';
import type { Reach } from './venue-place.js';

export type VenueName = Exclude<ParameterValues['venue'], 'sim'>;

const MODULES: Readonly<Record<VenueName, () => Promise<VenueModule>>> = {
  paradex: async () => (await import('./paradex-venue.js')).PARADEX,
  apex: async () => (await import('./apex-venue.js')).APEX,
};

export const VENUE_NAMES = Object.keys(MODULES) as VenueName[];

export const venueNamed = (name: VenueName): Promise<VenueModule> => MODULES[name]();

/** Throws StartProblem; `command` such as "mm keys" is part of the remedy. */
export function venueCalled(name: string, command: string): VenueName {
  const found = VENUE_NAMES.find((known) => known === name);
  if (found !== undefined) return found;
  throw new StartProblem(`which venue? ${command} ${VENUE_NAMES.join(` or ${command} `)}`);
}

/** The client of last resort, from what a run left word of and the keys. Throws StartProblem or VenueProblem. */
export async function emergencyAt(reach: Reach, keys: VenueKeys): Promise<EmergencyClient> {
  const found = VENUE_NAMES.find((known) => known === reach.venue);
  if (found !== undefined) return await (await venueNamed(found)).emergency(reach, keys);
  throw new StartProblem(`nothing here can cancel at ${reach.venue}; use mm of another version`);
}
