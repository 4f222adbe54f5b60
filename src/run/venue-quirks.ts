// The switches of a venue that we serve, from one setting: "modifyId=new,batchMost=50" (mm venue --switches). Names and
// defaults are those of the venues' quirks.ts; the client's switches are another list (paradex-switches.ts).
import type { ApexQuirks } from '#sim/venues/apex/quirks';
import type { ParadexQuirks } from '#sim/venues/paradex/quirks';
import { switchesFrom } from './venue-switches.js';

const FLAG = '--switches';
const EITHER_WAY = [false, true];
const SPAN = { least: 0 };

/** Throws StartProblem for a name or a value that is none. */
export const paradexQuirks = (text: string | null): Partial<ParadexQuirks> =>
  switchesFrom<ParadexQuirks>(FLAG, text, {
    privateEncoding: ['json', 'sbe'],
    newestSchema: [1, 2],
    plainSockets: EITHER_WAY,
    jsonMarketData: EITHER_WAY,
    batchMost: [10, 50],
    batchParams: ['object', 'array', 'both'],
    modifyId: ['same', 'new'],
    modifySize: ['total', 'remaining'],
    modifyPartlyFilled: EITHER_WAY,
    modifyPriority: ['kept', 'lost'],
    ipLimitCoversOrders: EITHER_WAY,
    fillSide: ['own', 'taker'],
    fundingPaid: ['with-fills', 'alone'],
    disconnectDelayUs: SPAN,
    disconnectOnCleanClose: EITHER_WAY,
    openOrderCap: ['market', 'general'],
    maintenanceBand: ['around', 'through'],
    refuseReplays: EITHER_WAY,
    rpi: EITHER_WAY,
    idleCloseUs: { least: 1 },
  });

/** Throws StartProblem for a name or a value that is none. */
export const apexQuirks = (text: string | null): Partial<ApexQuirks> =>
  switchesFrom<ApexQuirks>(FLAG, text, {
    stampWindowMs: { least: 1 },
    batchIds: ['indexed', 'comma', 'either'],
    expirationUnit: ['ms', 's', 'either'],
    signedFees: ['account', 'standard', 'either'],
    clientIdLength: { least: 1 },
    signaturePrefix: ['', '0x', 'either'],
    snapshotU: ['continues', 'one'],
    emptyLists: ['missing', 'null', 'empty'],
    expires: EITHER_WAY,
    silenceUs: { least: 1 },
    banUs: SPAN,
    bookEveryUs: { least: 1 },
  });
