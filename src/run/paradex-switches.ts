// The switches of what nobody could confirm of Paradex, from one setting: "amend=replace,schemaVersion=2". Names and
// documented defaults are the client's (clients/paradex/switches.ts).
import type { ParadexSwitches } from '#clients/paradex/switches';
import { switchesFrom } from './venue-switches.js';

/** Throws StartProblem for a name or a value that is none. */
export const paradexSwitches = (text: string | null): Partial<ParadexSwitches> =>
  switchesFrom<ParadexSwitches>('--paradex-switches', text, {
    schemaVersion: [1, 2],
    privateSocket: ['plain', 'sbe'],
    batchParams: ['object', 'array', 'off'],
    batchMost: { least: 1, most: 50 },
    amend: ['modify', 'replace'],
    modifySize: ['total', 'remaining'],
    modifyPartlyFilled: ['cancel', 'modify'],
    modifyPriority: ['kept', 'lost'],
    ipLimitCoversOrders: [false, true],
    fillSide: ['own', 'taker'],
    codAtClose: ['keep', 'disarm'],
    openOrderCap: ['market', 'general'],
    fundingFrom: ['fills', 'payments'],
    instruction: ['POST_ONLY', 'RPI'],
    stp: ['EXPIRE_MAKER', 'EXPIRE_TAKER', 'EXPIRE_BOTH'],
    recvWindowMs: { least: 10 },
    orderRoute: ['websocket', 'rest'],
    heartbeat: ['protocol', 'json-rpc'],
  });
