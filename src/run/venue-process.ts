// What a venue served in a child process and whoever started it say to each other over IPC. The child listens, says
// where, and ends when the IPC channel closes (it outlives Ctrl-C of the bot until its cancel-all is answered).

/** Child to parent. */
export type VenueReport =
  | {
      readonly kind: 'listening';
      readonly port: number;
      /** "http://127.0.0.1:4801"; the same address serves ws://. */
      readonly origin: string;
      readonly market: string;
      readonly seed: number;
    }
  /** The last row of a tape has been played; the venue goes on with a market that stands still. */
  | { readonly kind: 'market-ended' }
  /** It cannot start; one line each. It exits with code 2. */
  | { readonly kind: 'problem'; readonly lines: readonly string[] };

/** The hidden subcommand arguments of the child: `mm venue paradex --child <JSON of VenueJob>`. */
export interface VenueJob {
  readonly venue: 'paradex' | 'apex';
  readonly port: number;
  readonly tape: string | null;
  readonly synthetic: string | null;
  /** Origin or `/v1` address of a venue whose public feed is forwarded. */
  readonly relay: string | null;
  /** Name of a fault profile; null = none. */
  readonly faults: string | null;
  readonly seed: number;
  /** Where the synthetic market begins, whole microseconds; absent: at this whole minute. */
  readonly startUs?: number;
  /** Market time per second of wall time. */
  readonly speed: number;
  /** Whole microseconds; absent = 0. */
  readonly delays?: { readonly order: number; readonly reply: number; readonly feed: number };
  /** Money (1e-8) that each new account gets. Absent: 1,000,000. */
  readonly deposit?: number;
  readonly leverage?: number;
  /** How many bots share this computer's address, whose rate limits then count for each; absent = 1. */
  readonly bots?: number;
  readonly makerFee?: number;
  readonly takerFee?: number;
  readonly market?: string;
  /** The venue's own switches, as `mm venue --switches` takes them. */
  readonly switches?: string;
}

const MINUTE_US = 60_000_000;
/** The whole minute that `us` lies in, where a synthetic market begins. */
export const minuteOf = (us: number): number => us - (us % MINUTE_US);

export const isVenueReport = (value: unknown): value is VenueReport =>
  typeof value === 'object' && value !== null && 'kind' in value;
