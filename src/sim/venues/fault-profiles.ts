// What can go wrong between a client and a venue, as probabilities, and named mixtures of them. Numbers only.

/** Each is the probability per message or request that it can happen to, 0 to 1. */
export interface FaultProfile {
  /** An order command by socket or REST is lost together with its connection, before the venue sees it. */
  readonly cutBefore: number;
  /** The venue executes the command; the connection is cut before its answer. */
  readonly cutAfter: number;
  /** Any message from the venue: the connection is cut instead. */
  readonly cut: number;
  /** An answer (JSON-RPC reply, REST reply) never comes; the connection lives. */
  readonly dropReply: number;
  /** A message is sent twice. */
  readonly duplicate: number;
  /** A reply comes after the event that it caused. */
  readonly reorder: number;
  /** A public frame is lost. */
  readonly gap: number;
  /** Bytes of a public frame are damaged. */
  readonly corrupt: number;
  /** Everything on a connection stands still for up to `stallUs`. */
  readonly delay: number;
  /** The same for a long time (up to 5 s); beyond 2,000 waiting messages the venue drops the client. */
  readonly slowReader: number;
  /** The connection goes deaf both ways, and nobody is told. */
  readonly halfOpen: number;
  /** REST: 503, half of them executed all the same; 429; 401. */
  readonly http5xx: number;
  readonly http429: number;
  readonly http401: number;
  readonly stallUs: number;
}

export type FaultKind = Exclude<keyof FaultProfile, 'stallUs'>;

const NONE: FaultProfile = Object.freeze({
  ...{ cutBefore: 0, cutAfter: 0, cut: 0, dropReply: 0, duplicate: 0, reorder: 0, gap: 0 },
  ...{ corrupt: 0, delay: 0, slowReader: 0, halfOpen: 0, http5xx: 0, http429: 0, http401: 0 },
  stallUs: 200_000,
});

export const FAULT_PROFILES = {
  /** One fault in a few minutes of quoting. */
  light: {
    ...NONE,
    ...{ cutBefore: 0.002, cutAfter: 0.002, cut: 0.0001, dropReply: 0.002, duplicate: 0.005 },
    ...{ reorder: 0.05, gap: 0.0005, corrupt: 0.0002, delay: 0.002, halfOpen: 0.00001 },
    ...{ http5xx: 0.01, http429: 0.005, http401: 0.005 },
  },
  heavy: {
    ...NONE,
    ...{ cutBefore: 0.03, cutAfter: 0.03, cut: 0.002, dropReply: 0.03, duplicate: 0.03 },
    ...{ reorder: 0.2, gap: 0.005, corrupt: 0.003, delay: 0.02, slowReader: 0.0005 },
    ...{ halfOpen: 0.0002, http5xx: 0.05, http429: 0.03, http401: 0.03 },
  },
  disconnects: { ...NONE, cutBefore: 0.1, cutAfter: 0.1, cut: 0.005 },
  'lost-replies': { ...NONE, dropReply: 0.2, reorder: 0.2, duplicate: 0.1 },
  'dirty-feed': { ...NONE, gap: 0.01, corrupt: 0.01, duplicate: 0.02, delay: 0.02 },
  rest: { ...NONE, http5xx: 0.2, http429: 0.1, http401: 0.1, dropReply: 0.05 },
  'half-open': { ...NONE, halfOpen: 0.0005 },
  'slow-reader': { ...NONE, delay: 0.05, slowReader: 0.002 },
} as const satisfies Readonly<Record<string, FaultProfile>>;

export type FaultProfileName = keyof typeof FAULT_PROFILES;
export const FAULT_PROFILE_NAMES = Object.keys(FAULT_PROFILES) as FaultProfileName[];

/** Nothing ever goes wrong: the base of a profile of one's own. */
export const NO_FAULTS: FaultProfile = NONE;
