// A market that does exactly what a test says: rows from a function of time. Each instant names the touch, the mark
// and the prints; what is left out does not happen, so a feed can fall silent, lose a side or jump as told.
import { RowBlock, ROW_CLEAR, ROW_FUNDING, ROW_LEVEL, ROW_MARK, ROW_TRADE } from '#core/rows';
import type { RowSource } from '#core/rows';
import type { Aggressor, Side } from '#core/units';
import { ASK, BID } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { TapeWriter } from '#tape/write';

export interface ScriptedPrint {
  /** Who took: BID a buyer, ASK a seller. */
  readonly aggressor: Aggressor;
  readonly ticks: number;
  readonly lots: number;
}

export interface Instant {
  /** The touch in ticks, 0 = that side is empty; null = no row of the book: the feed is silent. */
  readonly book: { readonly bid: number; readonly ask: number } | null;
  readonly mark?: number;
  /** Happen before the book of the same instant moves. */
  readonly prints?: readonly ScriptedPrint[];
  /** A funding rate in 1e-10 of the notional that is paid now. */
  readonly funding?: number;
}

/** What happens `second` seconds after the start; asked once per step, in order. */
export type Script = (second: number) => Instant;

export interface ScriptedMarketOptions {
  readonly script: Script;
  readonly startUs: number;
  readonly seconds: number;
  readonly stepUs?: number;
  /** Rows a block of a tape made from it. */
  readonly blockRows?: number;
}

const STEP_US = 100_000;
/** Levels a side, so far apart, so large. */
const DEPTH = 4;
const LEVEL_TICKS = 20;
const LEVEL_LOTS = 500;
const INSTANTS_PER_BLOCK = 64;
const BLOCK = 4096;

export class ScriptedMarket implements RowSource {
  readonly totalRows = null;
  private step = 0;
  private shown: Record<'bid' | 'ask', number> = { bid: 0, ask: 0 };
  private readonly stepUs: number;

  constructor(private readonly options: ScriptedMarketOptions) {
    this.stepUs = options.stepUs ?? STEP_US;
  }

  next(reuse?: RowBlock): RowBlock | null {
    const block = reuse ?? new RowBlock(BLOCK);
    block.count = 0;
    const last = (this.options.seconds * 1e6) / this.stepUs;
    for (let n = 0; n < INSTANTS_PER_BLOCK && this.step <= last; n += 1, this.step += 1) {
      this.instant(block, this.step * this.stepUs);
    }
    return block.count === 0 && this.step > last ? null : block;
  }

  close(): void {}

  private instant(block: RowBlock, sinceUs: number): void {
    const us = this.options.startUs + sinceUs;
    const { book, mark, prints, funding } = this.options.script(sinceUs / 1e6);
    if (sinceUs === 0) block.push(ROW_CLEAR, 0, us, us, 0, 0);
    for (const { aggressor, ticks, lots } of prints ?? []) {
      block.push(ROW_TRADE, aggressor, us, us, ticks, lots);
    }
    if (book !== null) {
      this.side(block, us, 'bid', BID, book.bid);
      this.side(block, us, 'ask', ASK, book.ask);
      // Levels go before they come, and one is always said again: a frame at every instant that has a book.
      this.show(block, us, 'bid', BID, book.bid);
      this.show(block, us, 'ask', ASK, book.ask);
    }
    if (mark !== undefined) block.push(ROW_MARK, 0, us, us, mark, 0);
    if (funding !== undefined) block.push(ROW_FUNDING, 0, us, us, funding, 1);
  }

  private side(block: RowBlock, us: number, name: 'bid' | 'ask', side: Side, best: number): void {
    const old = this.shown[name];
    if (old === best || old === 0) return;
    for (let i = 0; i < DEPTH; i += 1) {
      block.push(ROW_LEVEL, side, us, us, old - side * i * LEVEL_TICKS, 0);
    }
  }

  private show(block: RowBlock, us: number, name: 'bid' | 'ask', side: Side, best: number): void {
    const depth = this.shown[name] === best ? 1 : DEPTH;
    this.shown[name] = best;
    if (best === 0) return;
    for (let i = 0; i < depth; i += 1) {
      block.push(ROW_LEVEL, side, us, us, best - side * i * LEVEL_TICKS, LEVEL_LOTS);
    }
  }
}

/** The same market as a tape file, of the synthetic market's instrument. */
export function scriptedTape(path: string, options: ScriptedMarketOptions): string {
  const { venue, symbol, tickSize, lotSize, minNotional } = SYNTHETIC_INSTRUMENT;
  const instrument = { venue, symbol, tickSize, lotSize, minNotional };
  const { blockRows } = options;
  const more = blockRows === undefined ? {} : { blockRows };
  const writer = new TapeWriter(path, { instrument, writtenBy: 'test' }, more);
  writer.append(new ScriptedMarket(options));
  writer.finish();
  return path;
}
