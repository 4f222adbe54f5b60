// Which market a simulation runs on: a tape, CSV files (imported to a tape once), or the synthetic generator; and the
// facts of its instrument, with the fees that were asked for.
import { createHash } from 'node:crypto';
import { existsSync, renameSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { L2Book } from '#core/book';
import { Instrument } from '#core/instrument';
import type { InstrumentSpec } from '#core/instrument';
import type { RowSource } from '#core/rows';
import { ROW_CLEAR, ROW_LEVEL, ROW_QUOTE } from '#core/rows';
import type { Lots, Seconds, Side, SpanMicros, TickPrice, Ticks } from '#core/units';
import { fromSeconds } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { makeFolder } from '#ledger/paths';
import { SyntheticMarket } from '#sim/market/market';
import { PRESET_NAMES } from '#sim/market/presets';
import type { PresetName } from '#sim/market/presets';
import { TAPE_VERSION } from '#tape/format';
import type { TapeInstrument } from '#tape/format';
import { importFiles } from '#tape/import-files';
import { TapeSource, readInfo } from '#tape/read';
import { barMarket } from './bars.js';

/** What the user asked for: exactly one of the four is set. */
export interface MarketChoice {
  readonly data?: readonly string[];
  /** 1-minute bars. */
  readonly klines?: string | null;
  readonly tape: string | null;
  readonly synthetic: string | null;
}

export interface Market {
  readonly name: string;
  readonly instrument: Instrument;
  /** A fresh source from the beginning. `startUs` places a synthetic market in time. */
  open(startUs: number, blockRows?: number): RowSource;
  /** When its rows begin by their own clock; null where `open` decides. */
  readonly firstUs: number | null;
  readonly seconds: number | null;
  /** True when the tape has top-of-book rows only. */
  readonly useQuotes: boolean;
  /** On bars: in what way it is coarse, for the assumptions. */
  readonly coarse?: string;
  /** On bars: the same with other adverse selection, in bp. */
  withEpsilon?(epsilonBps: number): Market;
}

/** Midnight of a plain day: where a synthetic backtest begins. */
export const SYNTHETIC_START_US = Date.UTC(2026, 0, 5) * 1000;
const MAINTENANCE_MARGIN = 0.01;
const FUNDING_PERIOD = 28_800 as Seconds;

function specOf(tape: TapeInstrument, values: ParameterValues): InstrumentSpec {
  return {
    venue: tape.venue,
    symbol: tape.symbol,
    tickSize: tape.tickSize,
    lotSize: tape.lotSize,
    ...(tape.minSize === undefined ? {} : { minSize: tape.minSize }),
    minNotional: tape.minNotional ?? '0',
    kind: tape.kind ?? 'linear',
    multiplier: tape.multiplier ?? '1',
    settle: tape.settle ?? 'USD',
    makerFee: values.makerFee,
    takerFee: values.takerFee,
    fundingPeriod: FUNDING_PERIOD,
    maintenanceMargin: MAINTENANCE_MARGIN,
  };
}

export function syntheticInstrument(values: ParameterValues): Instrument {
  const { makerFee, takerFee } = values;
  return new Instrument({ ...SYNTHETIC_INSTRUMENT, makerFee, takerFee });
}

function syntheticMarket(name: string, values: ParameterValues, duration: Seconds | null): Market {
  const preset = PRESET_NAMES.find((candidate) => candidate === name) as PresetName | undefined;
  if (preset === undefined) {
    throw new StartProblem(`--synthetic "${name}" must be one of ${PRESET_NAMES.join(', ')}`);
  }
  const span = duration === null ? {} : { durationUs: fromSeconds(duration) as SpanMicros };
  return {
    name: `synthetic ${preset}, seed ${values.seed}`,
    instrument: syntheticInstrument(values),
    open: (startUs, blockRows) =>
      new SyntheticMarket({
        preset,
        seed: values.seed,
        startUs,
        ...span,
        ...(blockRows === undefined ? {} : { blockRows }),
      }),
    firstUs: null,
    seconds: duration,
    useQuotes: false,
  };
}

/** `name`: what the user called it, where that is not the path of a tape. */
function tapeMarket(path: string, values: ParameterValues, name = path): Market {
  const info = readInfo(path);
  if (!info.hasBook && !info.hasQuotes) {
    throw new StartProblem(
      `${name} has no book rows; import the order book (incremental_book_L2 or quotes) too`,
    );
  }
  return {
    name,
    instrument: new Instrument(specOf(info.instrument, values)),
    open: () => new TapeSource(path),
    firstUs: info.firstUs,
    seconds: (info.lastUs - info.firstUs) / 1e6,
    useQuotes: !info.hasBook,
  };
}

/** Imports CSV files to a tape in the state folder, once: the same files (name, size, time) are not read again. */
export async function importedTape(
  files: readonly string[],
  stateDir: string,
  onProgress: (fraction: number) => void,
): Promise<string> {
  const marks = files.map((file) => {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat) throw new StartProblem(`${file} does not exist; check the path`);
    return `${resolve(file)} ${stat.size} ${stat.mtimeMs}`;
  });
  const key = createHash('sha256')
    .update(`${TAPE_VERSION}\n${marks.sort().join('\n')}`)
    .digest('hex');
  const folder = join(stateDir, 'tapes');
  const path = join(folder, `${key.slice(0, 24)}.tape`);
  if (existsSync(path)) return path;
  makeFolder(folder);
  const draft = `${path}.${process.pid}.part`;
  await importFiles({
    files,
    out: draft,
    overwrite: true,
    onProgress: ({ fraction }) => onProgress(fraction),
  });
  renameSync(draft, path);
  return path;
}

export async function openMarket(
  choice: MarketChoice,
  values: ParameterValues,
  duration: Seconds | null,
  stateDir: string,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<Market> {
  if (choice.klines !== undefined && choice.klines !== null) {
    const bare = { venue: '', symbol: '', tickSize: '', lotSize: '' };
    return barMarket(choice.klines, values, specOf(bare, values));
  }
  const market = choice.data?.length
    ? tapeMarket(
        await importedTape(choice.data, stateDir, onProgress),
        values,
        choice.data.join(' '),
      )
    : choice.tape !== null
      ? tapeMarket(choice.tape, values)
      : syntheticMarket(choice.synthetic ?? 'normal', values, duration);
  const { symbol } = market.instrument.spec;
  if (values.market !== null && values.market !== symbol) {
    throw new StartProblem(
      `--market ${values.market}: this data is of ${symbol}; leave --market out or bring other data`,
    );
  }
  return market;
}

/** The first mid of a sound two-sided book: it decides `--size auto` and the smallest order. */
export function firstMid(market: Market, startUs: number): TickPrice {
  const source = market.open(startUs, 4096);
  const book = new L2Book();
  try {
    for (let block = source.next(); block !== null; block = source.next()) {
      for (let i = 0; i < block.count; i += 1) {
        const kind = block.kind[i];
        if (kind === ROW_CLEAR) book.clear();
        else if (kind === ROW_LEVEL || (kind === ROW_QUOTE && market.useQuotes)) {
          book.apply(block.side[i] as Side, block.price[i] as Ticks, block.size[i] as Lots);
        }
        const last = i + 1 === block.count || block.localUs[i + 1] !== block.localUs[i];
        if (last && book.sound) return book.mid;
      }
    }
  } finally {
    source.close();
  }
  throw new StartProblem(
    `${market.name} never has a bid and an ask at once; it cannot be quoted on`,
  );
}
