// Tapes for the twin: a made-up market with a hole in it (quotes must go, and come back), and a part of a recording of the
// data folder where that is present. Written to a folder of the test's own.
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { L2Book } from '#core/book';
import type { RowBlock, RowKind, RowSource } from '#core/rows';
import { ROW_CLEAR, ROW_GAP, ROW_LEVEL, ROW_TRADE } from '#core/rows';
import type { Aggressor, Lots, Side, Ticks } from '#core/units';
import { ASK, BID, NO_PRICE } from '#core/units';
import { importedTape } from '#run/markets';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { SyntheticMarket } from '#sim/market/market';
import type { PresetName } from '#sim/market/presets';
import type { TapeInstrument } from '#tape/format';
import { TapeSource, readInfo } from '#tape/read';
import { TapeWriter } from '#tape/write';

/** A minute before a full hour, when funding may be due. */
const START_US = Date.UTC(2026, 0, 5, 2, 59) * 1000;
/** Longer than a book may be silent (2 s), shorter than a client waits with a new subscription (10 s). */
const HOLE = { fromUs: START_US + 30e6, toUs: START_US + 33.5e6 };

export const scratch = (): string => mkdtempSync(join(tmpdir(), 'twin-'));

type Wanted = (block: RowBlock, i: number) => boolean;

class Copy {
  readonly writer: TapeWriter;

  constructor(
    readonly path: string,
    instrument: TapeInstrument,
  ) {
    this.writer = new TapeWriter(path, { instrument, writtenBy: 'twin' });
  }

  of(source: RowSource, wanted: Wanted): string {
    const { writer } = this;
    for (let block = source.next(); block !== null; block = source.next(block)) {
      for (let i = 0; i < block.count; i += 1) {
        if (!wanted(block, i)) continue;
        const [kind, side] = [block.kind[i] as RowKind, block.side[i] as Aggressor];
        const [exchangeUs, localUs] = [block.exchangeUs[i] as number, block.localUs[i] as number];
        writer.push(kind, side, exchangeUs, localUs, block.price[i] as number, block.size[i] as number); // prettier-ignore
      }
    }
    source.close();
    writer.finish();
    return this.path;
  }
}

/** The rows that reopen the book after a hole, as recorders write them: the hole, then the whole book. */
function reopen(writer: TapeWriter, book: L2Book, us: number): void {
  writer.push(ROW_GAP, 0, HOLE.fromUs, us, 0, 0);
  writer.push(ROW_CLEAR, 0, us, us, 0, 0);
  for (const side of [BID, ASK] as const) {
    let ticks = side === BID ? book.bidTicks : book.askTicks;
    for (; ticks !== NO_PRICE; ticks = book.next(side, ticks))
      writer.push(ROW_LEVEL, side, us, us, ticks, book.lotsAt(side, ticks));
  }
}

export function syntheticTape(
  folder: string,
  preset: PresetName,
  seed: number,
  minutes: number,
): string {
  const { venue, symbol, tickSize, lotSize, minNotional = '0' } = SYNTHETIC_INSTRUMENT;
  const instrument = { venue, symbol, tickSize, lotSize, minNotional };
  const source = new SyntheticMarket({
    ...{ preset, seed, startUs: START_US, durationUs: minutes * 60e6 },
  });
  const name = `${preset}-${seed}.tape`;
  const copy = new Copy(join(folder, name), instrument);
  const book = new L2Book();
  let open = true;
  return copy.of(source, (block, i) => {
    const us = block.localUs[i] as number;
    const [side, kind] = [block.side[i] as Side, block.kind[i]];
    const inside = us >= HOLE.fromUs && us <= HOLE.toUs;
    if (!inside && !open) reopen(copy.writer, book, us);
    open = !inside;
    if (kind === ROW_CLEAR) book.clear();
    if (kind === ROW_LEVEL) book.apply(side, block.price[i] as Ticks, block.size[i] as Lots);
    return open;
  });
}

/** Null when the recording is not there. `whole`: false ends it at its first hole. */
export async function recordedTape(
  folder: string,
  name: string,
  kinds: readonly string[],
  minutes: number,
  whole: boolean,
): Promise<string | null> {
  const paths = kinds.map((kind) => join('..', 'shared', 'data', `${name}_${kind}.csv.gz`));
  if (!paths.every((path) => existsSync(path))) return null;
  const tape = await importedTape(paths, folder, () => undefined);
  const { instrument, firstUs } = readInfo(tape);
  const endUs = firstUs + minutes * 60e6;
  let over = false;
  const part = whole ? `${name}.tape` : `${name}-part.tape`;
  const copy = new Copy(join(folder, part), instrument);
  return copy.of(new TapeSource(tape), (block, i) => {
    over ||= !whole && block.kind[i] === ROW_GAP;
    // No venue prints off its own grid, and the clients refuse what does; two thirds of StandX's prints are so.
    if (block.kind[i] === ROW_TRADE && !Number.isSafeInteger(block.price[i])) return false;
    return !over && (block.localUs[i] as number) <= endUs;
  });
}
