// How long our quotes stood at which distance from the mid, how many fills the parameters in use promised there
// (alpha·exp(-kappa·distance), integrated), and how many came. Sampled once a second at the innermost quotes.
import type { MarketParams } from '#core/params';
import type { Side } from '#core/units';

/** Width of a bin of distance, bp; the last bin takes all that is beyond. */
export const BIN_BPS = 0.5;
const BINS = 24;
/** A sample stands for at most this long: the market was not seen for longer. */
const MOST_SECONDS = 10;
const SIDES = ['bid', 'ask'] as const;
/** Kind of the ledger's notes that hold what a live run's quotes stood for since the note before. */
export const EXPOSURE_NOTE = 'exposure';

export interface ExposureBin {
  readonly side: 'bid' | 'ask';
  /** Lower edge, bp; quotes through the mid count as at it. */
  readonly from: number;
  readonly seconds: number;
  /** Mean distance while there, bp. */
  readonly distance: number;
  readonly predicted: number;
  readonly fills: number;
}

class SideBins {
  readonly seconds = new Float64Array(BINS);
  readonly distanceSeconds = new Float64Array(BINS);
  readonly predicted = new Float64Array(BINS);
  readonly fills = new Float64Array(BINS);
  /** Where the quote stood at the last sample; -1: nowhere. */
  now = -1;

  stand(distance: number, seconds: number, market: MarketParams): void {
    const at = Math.max(0, distance);
    this.now = Math.min(BINS - 1, Math.floor(at / BIN_BPS));
    const add = (column: Float64Array, value: number): void => {
      column[this.now] = (column[this.now] ?? 0) + value;
    };
    add(this.seconds, seconds);
    add(this.distanceSeconds, at * seconds);
    add(this.predicted, market.alpha * Math.exp(-market.kappa * at) * seconds);
  }

  empty(): void {
    for (const column of [this.seconds, this.distanceSeconds, this.predicted, this.fills])
      column.fill(0);
  }
}

export class Exposure {
  private readonly sides = { bid: new SideBins(), ask: new SideBins() };
  private lastUs = 0;
  /** Fills of quotes that no sample had seen standing. */
  unseen = 0;

  /** Prices in ticks, 0 = no quote. The time since the last sample counts at these distances. */
  second(us: number, mid: number, bid: number, ask: number, market: MarketParams | null): void {
    const seconds = this.lastUs === 0 ? 0 : Math.min(MOST_SECONDS, (us - this.lastUs) / 1e6);
    this.lastUs = us;
    for (const [side, sign, price] of [
      ['bid', 1, bid],
      ['ask', -1, ask],
    ] as const) {
      const bins = this.sides[side];
      if (price === 0 || market === null) bins.now = -1;
      else bins.stand((sign * (mid - price) * 10_000) / mid, seconds, market);
    }
  }

  fill(side: Side): void {
    const bins = side === 1 ? this.sides.bid : this.sides.ask;
    if (bins.now < 0) this.unseen += 1;
    else bins.fills[bins.now] = (bins.fills[bins.now] ?? 0) + 1;
  }

  /** Bins in which a quote ever stood. */
  bins(): ExposureBin[] {
    return SIDES.flatMap((side) => {
      const { seconds, distanceSeconds, predicted, fills } = this.sides[side];
      return [...seconds].flatMap((stood, i) =>
        stood === 0 && fills[i] === 0
          ? []
          : [
              {
                side,
                from: i * BIN_BPS,
                seconds: stood,
                distance: stood > 0 ? (distanceSeconds[i] ?? 0) / stood : (i + 0.5) * BIN_BPS,
                predicted: predicted[i] ?? 0,
                fills: fills[i] ?? 0,
              },
            ],
      );
    });
  }

  /** The bins since the last call, as a short text for a note; empty when nothing stood. They begin anew. */
  takeText(): string {
    const rows = this.bins().map(({ side, from, seconds, distance, predicted, fills }) => [
      ...[SIDES.indexOf(side), from / BIN_BPS, rounded(seconds), rounded(distance)],
      ...[rounded(predicted), fills],
    ]);
    for (const side of SIDES) this.sides[side].empty();
    return rows.length === 0 ? '' : JSON.stringify(rows);
  }
}

/** Four digits: a minute of samples knows no more. */
const rounded = (value: number): number => Number(value.toPrecision(4));

/** The notes of a run as one set of bins; a note that is none of ours is passed over. */
export function exposureOfNotes(texts: Iterable<string>): ExposureBin[] {
  const bins = new Map<string, ExposureBin>();
  for (const text of texts) {
    for (const row of parseRows(text, 6)) {
      const [which = 0, index = 0, seconds = 0, distance = 0, predicted = 0, fills = 0] = row;
      const side = SIDES[which] ?? 'bid';
      const had = bins.get(`${which} ${index}`);
      const stood = seconds + (had?.seconds ?? 0);
      bins.set(`${which} ${index}`, {
        ...{ side, from: index * BIN_BPS, seconds: stood },
        distance:
          stood > 0
            ? (seconds * distance + (had?.seconds ?? 0) * (had?.distance ?? 0)) / stood
            : distance,
        predicted: predicted + (had?.predicted ?? 0),
        fills: fills + (had?.fills ?? 0),
      });
    }
  }
  return [...bins.values()];
}

/** A note that is a list of rows of so many numbers; rows that are not are left out. */
export function parseRows(text: string, columns: number): readonly (readonly number[])[] {
  try {
    const found = JSON.parse(text) as unknown;
    if (!Array.isArray(found)) return [];
    return found.filter(
      (row: unknown): row is number[] =>
        Array.isArray(row) &&
        row.length === columns &&
        row.every((value) => Number.isFinite(value)),
    );
  } catch {
    return [];
  }
}
