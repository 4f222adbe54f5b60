// What a tape file looks like: magic, JSON header (what the market is), blocks of columns each with a CRC, JSON
// footer (what was found) with an index of the blocks, and a trailer. README.md draws it. Little-endian throughout.
// A tape without its trailer is torn: its writer did not finish. Nothing here reads or writes files.
import type { InstrumentSpec } from '#core/instrument';
import type { RowKind } from '#core/rows';

export const TAPE_VERSION = 1;
export const HEAD_MAGIC = 'PERPTAPE';
export const TAIL_MAGIC = 'PERPTEND';
/** Magic, version, length of the JSON. */
export const HEAD_BYTES = 16;
/** Length of the JSON, its CRC, magic. */
export const TAIL_BYTES = 16;

/** Names of the row kinds, as `info` and the footer use them; the index is the RowKind. */
export const KIND_NAMES = [
  '', 'clear', 'book', 'trade', 'quote', 'mark', 'funding', 'gap', 'link', 'drain', 'timer',
] as const; // prettier-ignore
export type KindName = Exclude<(typeof KIND_NAMES)[number], ''>;
export type KindCounts = Readonly<Record<KindName, number>>;

export const kindName = (kind: RowKind): KindName => KIND_NAMES[kind] as KindName;

/** What a tape knows of its market: decimals as strings; what the source did not say is absent. */
export interface TapeInstrument extends Pick<
  InstrumentSpec,
  'venue' | 'symbol' | 'tickSize' | 'lotSize'
> {
  readonly minSize?: string;
  readonly minNotional?: string;
  readonly kind?: InstrumentSpec['kind'];
  readonly multiplier?: string;
  readonly settle?: string;
}

/** Written first. */
export interface TapeHeader {
  readonly instrument: TapeInstrument;
  /** What wrote it, e.g. "import" or a run id. */
  readonly writtenBy: string;
}

/** One file that a tape was made from. */
export interface TapeOrigin {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

/** Where a block lies, and what it spans by the recorder's clock. */
export interface BlockEntry {
  readonly offset: number;
  readonly bytes: number;
  readonly rows: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly crc: number;
}

/** Written last. Times are whole microseconds; 0 on an empty tape. */
export interface TapeFooter {
  readonly rows: number;
  readonly kinds: KindCounts;
  /** Recorder's clock: the order of the tape. */
  readonly firstUs: number;
  readonly lastUs: number;
  /** Venue's clock, least and greatest, gap rows left out. */
  readonly venueFirstUs: number;
  readonly venueLastUs: number;
  /** Rows whose local time went backwards and was raised to that of the row before. */
  readonly raised: number;
  /** Sum of the gaps by the recorder's clock. */
  readonly gapUs: number;
  readonly notes: readonly string[];
  readonly origins: readonly TapeOrigin[];
  readonly index: readonly BlockEntry[];
}

/** All that is known without reading the rows. */
export interface TapeInfo extends TapeHeader, TapeFooter {
  readonly file: string;
  readonly bytes: number;
  readonly version: number;
  /** The footer was missing and has been worked out again from the blocks that are whole. */
  readonly torn: boolean;
  /** SHA-256 over header and block CRCs: two tapes with the same rows of the same market have the same. */
  readonly identity: string;
  readonly hasBook: boolean;
  readonly hasTrades: boolean;
  readonly hasQuotes: boolean;
  readonly hasMark: boolean;
  readonly hasFunding: boolean;
}

export const noCounts = (): Record<KindName, number> => ({
  clear: 0, book: 0, trade: 0, quote: 0, mark: 0, funding: 0, gap: 0, link: 0, drain: 0, timer: 0,
}); // prettier-ignore
