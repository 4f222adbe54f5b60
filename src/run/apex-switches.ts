// The switches of what nobody could confirm of ApeX, from one setting: "expirationUnit=s,signaturePrefix=0x". Names and
// documented defaults are the client's (clients/apex/switches.ts); docs/go-live.md has them as its check list.
import type { ApexSwitches } from '#clients/apex/switches';
import { switchesFrom } from './venue-switches.js';

/** An order that lives shorter than this could end before its answer is here. */
const LEAST_LIFE_S = 60;

/** Answers take seconds when a venue is busy: an order is not given up before. */
const LEAST_WAIT_S = 10;

/** Throws StartProblem for a name or a value that is none. */
export const apexSwitches = (text: string | null): Partial<ApexSwitches> =>
  switchesFrom<ApexSwitches>('--apex-switches', text, {
    expirationUnit: ['ms', 's'],
    expirationS: { least: LEAST_LIFE_S },
    latestArrivalS: { least: LEAST_WAIT_S },
    signaturePrefix: ['', '0x'],
    clientIdFields: ['clientId', 'both'],
    signedFees: ['account', 'standard'],
    batchCancel: ['off', 'indexed', 'comma'],
    heartbeat: ['protocol', 'application'],
  });
