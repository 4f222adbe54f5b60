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
import type { WallClock } from './clock.js';
import type { VenueKeys } from './venue-keys.js';
import type { Reach, VenuePlace } from './venue-place.js';
import type { VenueJob } from './venue-process.js';

export interface PlaceRequest {
  readonly values: ParameterValues;
  /** What the paper venue plays; null on a real network. */
  readonly job: PaperJob | null;
  readonly warn: (text: string) => void;
}

export type PaperJob = Omit<VenueJob, 'venue' | 'port'>;

/** What belongs to the keys of the settings; never a secret. */
export interface VenueIdentity {
  /** For machines. */
  readonly facts: Readonly<Record<string, string | boolean>>;
  /** For people: name and value of each line. */
  readonly lines: readonly (readonly [string, string])[];
}

/** ok: fine. problem: keeps a run from starting or trading; the line holds the remedy. */
export interface Check {
  readonly state: 'ok' | 'warning' | 'problem';
  readonly text: string;
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
  /** Nothing is left running when it throws. */
  place(request: PlaceRequest): Promise<VenuePlace>;
  emergency(reach: Reach, keys: VenueKeys): Promise<EmergencyClient>;
  identity(values: ParameterValues, warn: (text: string) => void): Promise<VenueIdentity>;
  /** Derives a key that trades into a new file of mode 600; null where there is nothing to derive. */
  readonly exportKey: ((values: ParameterValues, file: string) => Promise<void>) | null;
  /** Starts a client and looks; null when a check before that failed. Sends nothing that changes anything. */
  examine(values: ParameterValues, add: AddCheck): Promise<VenueFacts | null>;
  feed(request: FeedRequest): Promise<PublicFeed>;
  /** The origin given instead of the network's own. */
  url(values: ParameterValues): string | null;
}
