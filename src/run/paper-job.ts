// What a paper venue plays where nobody said what: the made-up market, with the money that the settings count with. For
// the commands that only look at a venue (doctor, record); a run says more (venue-live.ts).
import type { ParameterValues } from '#config/parameters';
import type { PaperJob } from './venue-module.js';

export const plainJob = ({ seed, capital, maxLeverage }: ParameterValues): PaperJob => ({
  ...{ tape: null, synthetic: null, relay: null, faults: null, seed, speed: 1 },
  ...{ deposit: capital, leverage: Math.max(maxLeverage, 1) },
});
