// The settings that lead to a venue's account: keys, address, signer. A list of its own, because `mm stop` reads these and
// nothing else, so that no other mistake in a .env file can keep a bot from being stopped. What only signs orders (the
// seed of ApeX) is not among them: no cancel needs it.
import type { ParameterValues } from '#config/parameters';

export const VENUE_KEYS = [
  'signer', 'paradexAccount', 'paradexPrivateKey', 'paradexEthereumKey', 'paradexUrl',
  'paradexSwitches', 'apexKey', 'apexSecret', 'apexPassphrase', 'apexUrl',
] as const; // prettier-ignore

export type VenueKeys = Pick<ParameterValues, (typeof VENUE_KEYS)[number]>;
