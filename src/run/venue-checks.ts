// `mm keys`, whatever the venue: who we are by the keys of the settings. Sends nothing that changes anything.
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import type { VenueIdentity, VenueModule } from './venue-module.js';
import type { VenueName } from './venue-registry.js';
import { venueNamed } from './venue-registry.js';

function notPaper(module: VenueModule, values: ParameterValues): void {
  if (values.network !== 'paper' || module.url(values) !== null) return;
  throw new StartProblem(
    'a paper run makes its own throw-away key; say --network testnet or mainnet',
  );
}

/** What belongs to the keys. Throws StartProblem. */
export async function venueKeys(
  name: VenueName,
  values: ParameterValues,
  warn: (text: string) => void,
): Promise<VenueIdentity> {
  const module = await venueNamed(name);
  notPaper(module, values);
  return await module.identity(values, warn);
}

/** Throws StartProblem, also for a venue that derives none. */
export async function exportKey(
  name: VenueName,
  values: ParameterValues,
  file: string,
): Promise<void> {
  const module = await venueNamed(name);
  notPaper(module, values);
  if (module.exportKey !== null) return await module.exportKey(values, file);
  throw new StartProblem(`there is no key to derive at ${name}: leave --export out`);
}
