// What differs between the venues that `mm venue` serves: how a market is called and charged there, and which face it
// gets. Whatever they share is in venue-serve.ts.
import { Instrument } from '#core/instrument';
import { rateFromBps } from '#core/money';
import type { Clock } from '#core/outside';
import type { Money, Rate } from '#core/units';
import { ApexFace } from '#sim/venues/apex/apex-face';
import { apexSymbol } from '#sim/venues/apex/symbols';
import type { Feed } from '#sim/venues/feed';
import type { OperableFace } from '#sim/venues/operator';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import type { VenueJob } from './venue-process.js';
import { apexQuirks, paradexQuirks } from './venue-quirks.js';
import { VENUE_SPECS } from './venue-specs.js';
import type { VenueSpec } from './venue-specs.js';

export interface FaceParts {
  readonly clock: Clock;
  readonly instrument: Instrument;
  readonly feed: Feed;
  readonly seed: number;
  readonly useQuotes: boolean;
  readonly deposit?: Money;
  readonly leverage?: number;
  readonly bots?: number;
  /** Its own switches as a text; absent: as documented. */
  readonly switches?: string;
}

export interface VenueHouse extends VenueSpec {
  /** For people. */
  readonly name: string;
  /** Where the REST interface begins, and where the sockets are. */
  readonly paths: { readonly rest: string; readonly sockets: readonly string[] };
  readonly makerFee: Rate;
  readonly takerFee: Rate;
  symbol(ofTape: string): string;
  /** Throws StartProblem for switches that are none. */
  face(parts: FaceParts): OperableFace;
  /** Who may trade there, in a line for people. */
  readonly keys: string;
}

export const HOUSES: Readonly<Record<VenueJob['venue'], VenueHouse>> = {
  // Fees of Paradex's normal API orders since July 2026: 0.3 and 4.5 bp.
  paradex: {
    name: 'Paradex',
    paths: { rest: '/v1', sockets: ['/v1'] },
    ...{ makerFee: rateFromBps(0.3), takerFee: rateFromBps(4.5) },
    ...VENUE_SPECS.paradex,
    symbol: (ofTape) => ofTape,
    face: ({ switches, ...parts }) =>
      new ParadexFace({ ...parts, quirks: paradexQuirks(switches ?? null) }),
    keys: 'any key is welcome, accounts get test funds',
  },
  apex: {
    name: 'ApeX',
    paths: { rest: '/api/v3', sockets: ['/realtime_public', '/realtime_private'] },
    ...{ makerFee: rateFromBps(2), takerFee: rateFromBps(5) },
    ...VENUE_SPECS.apex,
    symbol: apexSymbol,
    face: ({ switches, ...parts }) =>
      new ApexFace({ ...parts, quirks: apexQuirks(switches ?? null) }),
    keys: 'any word of [0-9A-Za-z-] is an API key; its secrets: mm venue apex --credentials WORD',
  },
};
