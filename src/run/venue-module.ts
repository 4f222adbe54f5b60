// What mm can do at a venue, whatever its protocol: trade there, reach it past a bot, say whose keys are set, look whether
// a run could start, hear its public feed. One module per venue (paradex-venue.ts, apex-venue.ts), chosen in
// venue-registry.ts.
import type {
  EmergencyClient,
  VenueCounters,
  VenueFacts,
  VenueInbox,
} from '#clients/net/venue-client';
import type { ParameterValues } from '#config/parameters';
import type { Instrument } from '#core/instrument';
import type { TickPrice } from '#core/units';
import type { WallClock } from './clock.js';
import type { PaperVenue } from './paper-venue.js';
import type { VenueKeys } from './venue-keys.js';
import type { Reach, VenuePlace } from './venue-place.js';
import type { VenueJob } from './venue-process.js';

/** What a paper venue plays. */
export type PaperJob = Omit<VenueJob, 'venue' | 'port'>;

/** What belongs to the keys of the settings; never a secret. */
export interface VenueIdentity {
  /** For machines. */
  readonly facts: Readonly<Record<string, string | boolean>>;
  /** For people: name and value of each line. */
  readonly lines: readonly (readonly [string, string])[];
}

/**
 * ok: fine. problem: keeps a run from starting or trading; the line holds the remedy. unknown: cannot be checked from
 * here, or could not this time.
 */
export interface Check {
  readonly state: 'ok' | 'warning' | 'problem' | 'unknown';
  readonly text: string;
}

/** What the venue allows on one market; null where it names nothing. Sizes in base units. */
export interface VenueLimits {
  /** The venue's mark; 0 where it has none now. */
  readonly mark: TickPrice;
  readonly maxOrderSize: number | null;
  readonly maxOpenOrders: number | null;
  readonly maxPosition: number | null;
  /** Share of a position's value that must be there as margin. */
  readonly initialMargin: number | null;
}

export interface Examined {
  readonly facts: VenueFacts;
  readonly limits: VenueLimits;
}

export type AddCheck = (state: Check['state'], text: string) => void;

export interface FeedRequest {
  readonly values: ParameterValues;
  readonly clock: WallClock;
  readonly counters: VenueCounters;
  /** The market changed its specification while we listened. */
  readonly onMarketChange: (market: string) => void;
}

/** The public feed of one market. */
export interface PublicFeed {
  readonly instrument: Instrument;
  /** Where it comes from, for people. */
  readonly from: string;
  /** Rows and events flow into the inbox; returns what ends it. */
  open(inbox: VenueInbox): () => void;
}

/** Everything throws StartProblem or VenueProblem. */
export interface VenueModule {
  /** Testnet or mainnet, as the settings say. */
  place(values: ParameterValues, warn: (text: string) => void): Promise<VenuePlace>;
  /** A new account, one for each call, at a paper venue that somebody else started and ends. */
  paperPlace(
    values: ParameterValues,
    paper: PaperVenue,
    warn: (text: string) => void,
  ): Promise<VenuePlace>;
  emergency(reach: Reach, keys: VenueKeys): Promise<EmergencyClient>;
  identity(values: ParameterValues, warn: (text: string) => void): Promise<VenueIdentity>;
  /** Derives a key that trades into a new file of mode 600; null where there is nothing to derive. */
  readonly exportKey: ((values: ParameterValues, file: string) => Promise<void>) | null;
  /** Starts a client and looks; null when a check before that failed. Places nothing and cancels nothing that exists. */
  examine(values: ParameterValues, add: AddCheck): Promise<Examined | null>;
  /** Settings of a throw-away account at a venue served here. */
  onPaper(origin: string): Partial<ParameterValues>;
  feed(request: FeedRequest): Promise<PublicFeed>;
  /** The origin given instead of the network's own. */
  url(values: ParameterValues): string | null;
}
