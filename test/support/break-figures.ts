// What a campaign of breaks counts, as one record for both venues and as text.
export interface Figures {
  faults: number;
  /** Times that an order was in flight, or hit itself, when a fault struck. */
  hitInFlight: number;
  orphans: string[];
  /** Longest time that an order was open at the venue while the engine thought it gone. */
  longestOrphanUs: number;
  doubles: string[];
  positionErrors: string[];
  /** Fills booked more than once. */
  doubleBookings: number;
  /** Fills at the venue of which the engine never heard, whatever it made of the position. */
  missedFills: string[];
  sentUnarmed: number;
  sentStale: number;
  /** 403s that the client brought on itself. */
  bans: number;
  /** Orders still unknown after things had time to heal. */
  unsettled: string[];
  /** By the guard of the error rate: 60 s without quotes each. */
  pauses: number;
  orders: number;
  fills: number;
  unknowns: number;
  longestUnknownUs: number;
  toLinkUs: number[];
  toQuoteUs: number[];
  /** The same where nothing else failed: detection, back-off and recovery alone. */
  toLinkCleanUs: number[];
  toQuoteCleanUs: number[];
  notHealed: string[];
  byFault: Record<string, number>;
  /** Seeds whose venue verified every signature, and those whose tokens died early. */
  realSeeds: number;
  shortTokens: number;
  /** Tokens that the venue gave out. */
  tokens: number;
}

export const noFigures = (): Figures => ({
  ...{ faults: 0, hitInFlight: 0, orphans: [], longestOrphanUs: 0, doubles: [] },
  ...{ positionErrors: [], doubleBookings: 0, missedFills: [], sentUnarmed: 0, sentStale: 0 },
  ...{ bans: 0, unsettled: [], pauses: 0, orders: 0, fills: 0, unknowns: 0, longestUnknownUs: 0 },
  ...{ toLinkUs: [], toLinkCleanUs: [], toQuoteUs: [], toQuoteCleanUs: [] },
  ...{ notHealed: [], byFault: {}, realSeeds: 0, shortTokens: 0, tokens: 0 },
});

/** How many promises were broken. */
export const broken = (f: Figures): number =>
  [f.orphans, f.doubles, f.positionErrors, f.missedFills, f.unsettled].flat().length +
  f.doubleBookings +
  f.sentUnarmed +
  f.sentStale;

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)] ?? NaN;
const seconds = (us: number): string => `${(us / 1e6).toFixed(2)} s`;

export function figuresText(f: Figures): string {
  const spread = (values: readonly number[]): string =>
    `p50 ${seconds(quantile(values, 0.5))}, p99 ${seconds(quantile(values, 0.99))}, most ${seconds(quantile(values, 1))} (${values.length})`;
  return [
    `${f.faults} faults ${JSON.stringify(f.byFault)}, ${f.hitInFlight} times with an order in flight`,
    `${f.orders} orders sent, ${f.fills} fills, ${f.unknowns} unknown outcomes, ${f.bans} limits overrun, ${f.pauses} pauses by the error rate`,
    `orphans ${f.orphans.length}, doubles ${f.doubles.length}, position errors ${f.positionErrors.length}, double bookings ${f.doubleBookings}, missed fills ${f.missedFills.length}, still unknown ${f.unsettled.length}`,
    `sent unarmed ${f.sentUnarmed}, sent stale ${f.sentStale}, not healed ${f.notHealed.length}`,
    `longest unknown order ${seconds(f.longestUnknownUs)}, longest orphan ${seconds(f.longestOrphanUs)}`,
    `cut to link up ${spread(f.toLinkUs)}`,
    `cut to link up, nothing else failing ${spread(f.toLinkCleanUs)}`,
    `cut to quoting, 5 s of health included ${spread(f.toQuoteUs)}`,
    `cut to quoting, nothing else failing ${spread(f.toQuoteCleanUs)}`,
    `seeds with real signatures ${f.realSeeds}, with short-lived tokens ${f.shortTokens}; ${f.tokens} tokens asked for`,
  ].join('\n');
}
