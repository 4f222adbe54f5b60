// `mm calibrate`: one pass over a tape, its figures, and the parameter file. Here is what reads and writes; what
// measures stands in calibrate-pass.ts and analyzers/.
import { Instant } from '#core/instant';
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { bandOf } from '#analyzers/liquidity-decay';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { bandFromOf } from '#config/settings';
import { L2Book } from '#core/book';
import type { MarketParams } from '#core/params';
import { ROW_CLEAR, ROW_GAP, ROW_LEVEL, ROW_QUOTE, ROW_TRADE, RowBlock } from '#core/rows';
import type { RowSource } from '#core/rows';
import type { Aggressor, Lots, Micros, Seconds, Side, TickPrice, Ticks } from '#core/units';
import { BID } from '#core/units';
import type { Calibration } from '#report/calibration';
import { parameterFile } from '#report/calibration-file';
import { warningsOf } from '#report/calibration-warnings';
import { figuresOf, otherBandsOf } from './calibrate-figures.js';
import { CalibrationPass } from './calibrate-pass.js';
import { windowSecondsOf } from './calibrate-regimes.js';
import { SYNTHETIC_START_US, openMarket } from './markets.js';
import type { MarketChoice } from './markets.js';
import { stateDirOf } from './state-dir.js';

const DEFAULT_DURATION = 3_600 as Seconds;

export interface CalibrateRequest {
  readonly values: ParameterValues;
  readonly market: MarketChoice;
  /** Of a synthetic market (default 1 h), or the first part of a tape. */
  readonly duration: Seconds | null;
  /** The parameter file to write, or null. */
  readonly out: string | null;
  readonly overwrite: boolean;
  readonly progress: { step(label: string, fraction: number): void };
}

/** Throws StartProblem when there is nothing to measure or the file cannot be written. */
export async function calibrate(request: CalibrateRequest): Promise<Calibration> {
  const { values, out, overwrite, progress } = request;
  if (out !== null) checkOut(out, overwrite);
  const synthetic = request.market.synthetic !== null;
  const duration = request.duration ?? (synthetic ? DEFAULT_DURATION : null);
  const market = await openMarket(
    request.market,
    values,
    duration,
    stateDirOf(values),
    (fraction) => progress.step('importing', fraction),
  );
  const { sigma, kappa, alpha, epsilon } = values;
  const prior: MarketParams = { sigma, kappa, alpha, epsilon };
  const band = bandOf(bandFromOf(values), kappa);
  const startUs = market.firstUs ?? SYNTHETIC_START_US;
  const seconds = Math.min(market.seconds ?? Infinity, duration ?? Infinity);
  const windowUs = Math.ceil(windowSecondsOf(seconds) * 1e6) + 1; // the last row is in the last one
  const pass = new CalibrationPass({
    startUs, windowUs, band, otherBands: otherBandsOf(band, kappa), prior,
  }); // prettier-ignore
  const source = market.open(startUs);
  const endUs = duration === null ? Infinity : startUs + duration * 1e6;
  const played = play(source, market.useQuotes, pass, endUs, (us) =>
    progress.step('measuring', (us - startUs) / (seconds * 1e6)),
  );
  source.close();
  if (pass.touch.totalUs === 0) {
    throw new StartProblem(
      `${market.name} never has a bid and an ask at once; there is nothing to measure`,
    );
  }
  const figures = figuresOf({
    pass, band, prior, instrument: market.instrument, startUs, endUs: played.us, windowUs,
    rows: played.rows, source: request.market.data?.map((file) => basename(file)).join(', ') || market.name,
  }); // prettier-ignore
  if (figures.sigma.effectiveCount === 0) {
    throw new StartProblem(
      `${market.name} is too short: there is not one return of 30 s in it; bring more of it`,
    );
  }
  const calibration = { ...figures, warnings: warningsOf(figures) };
  if (out !== null) write(out, overwrite, parameterFile(calibration));
  return calibration;
}

/** Feeds the pass as the engine feeds an analyzer: prints as they come, one onBook for each local timestamp. */
export function play(
  source: RowSource,
  useQuotes: boolean,
  pass: CalibrationPass,
  endUs: number,
  onProgress: (us: number) => void = () => undefined,
): { readonly us: Micros; readonly rows: number } {
  const book = new L2Book();
  const reuse = new RowBlock();
  const now = new Instant();
  let dirty = false;
  let rows = 0;
  let over = false;
  for (let b = source.next(reuse); b !== null && !over; b = over ? null : source.next(reuse)) {
    for (let i = 0; i < b.count; i += 1) {
      const us = b.localUs[i] as Micros;
      if (us !== now.us) {
        if (dirty) pass.onBook(now, book);
        dirty = false;
        over = us > endUs;
        if (over) break;
        now.us = us;
      }
      rows += 1;
      const kind = b.kind[i] as number;
      const price = b.price[i] as number;
      const size = b.size[i] as number;
      if (kind === ROW_TRADE) {
        now.venueUs = b.exchangeUs[i] as Micros;
        pass.onTrade(now, b.side[i] as Aggressor, price as TickPrice, size as Lots);
      } else if (kind === ROW_GAP) {
        pass.onGap(us, b.exchangeUs[i] as number);
      } else if (kind === ROW_LEVEL) {
        book.apply(b.side[i] as Side, price as Ticks, size as Lots);
        dirty = true;
      } else if (kind === ROW_CLEAR) {
        book.clear();
        dirty = true;
      } else if (kind === ROW_QUOTE && useQuotes) {
        quote(book, b.side[i] as Side, price as Ticks, size as Lots);
        dirty = true;
      }
    }
    onProgress(now.us);
  }
  if (dirty) pass.onBook(now, book);
  pass.finish(now.us);
  return { us: now.us, rows };
}

/** Top-of-book rows replace the touch of their side. */
function quote(book: L2Book, side: Side, ticks: Ticks, lots: Lots): void {
  const before = side === BID ? book.bidTicks : book.askTicks;
  if (before > 0 && before !== ticks) book.apply(side, before, 0 as Lots);
  book.apply(side, ticks, lots > 0 ? lots : (1 as Lots));
}

function checkOut(path: string, overwrite: boolean): void {
  if (existsSync(path)) {
    if (!overwrite) {
      throw new StartProblem(`--out ${path} is there already; name another file or --overwrite it`);
    }
    if (!statSync(path).isFile()) {
      throw new StartProblem(`--out ${path} is no file; name the file to write`);
    }
  } else if (!existsSync(dirname(path))) {
    throw new StartProblem(`--out ${path}: there is no folder ${dirname(path)}; make it first`);
  }
}

/** Whole or not at all; a file that came up in the meantime is not touched without --overwrite. */
function write(path: string, overwrite: boolean, text: string): void {
  const draft = `${path}.${process.pid}.part`;
  try {
    if (overwrite) {
      writeFileSync(draft, text);
      renameSync(draft, path);
    } else {
      writeFileSync(path, text, { flag: 'wx' });
    }
  } catch (error) {
    rmSync(draft, { force: true });
    throw new StartProblem(
      `--out ${path} cannot be written (${(error as Error).message}); check the folder and its rights`,
    );
  }
}
