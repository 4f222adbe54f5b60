// Tapes for the twin: a made-up market with a hole in it (quotes must go, and come back), and a part of a recording of the
// data folder where that is present. Written to a folder of the test's own.
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowBlock, RowKind, RowSource } from '#core/rows';
import { ROW_GAP, ROW_LEVEL, ROW_QUOTE, ROW_TRADE } from '#core/rows';
import type { Aggressor } from '#core/units';
import { importedTape } from '#run/markets';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { SyntheticMarket } from '#sim/market/market';
import type { PresetName } from '#sim/market/presets';
import type { TapeInstrument } from '#tape/format';
import { TapeSource, readInfo } from '#tape/read';
import { TapeWriter } from '#tape/write';

const START_US = Date.UTC(2026, 0, 5, 3) * 1000;
/** Longer than a book may be silent (2 s), shorter than the client waits with a new subscription (10 s). */
const HOLE = { fromUs: START_US + 60e6, toUs: START_US + 63.5e6 };

export const scratch = (): string => mkdtempSync(join(tmpdir(), 'twin-'));

function copy(
  path: string,
  instrument: TapeInstrument,
  source: RowSource,
  wanted: (block: RowBlock, i: number) => boolean,
): string {
  const writer = new TapeWriter(path, { instrument, writtenBy: 'twin' });
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
  return path;
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
  const name = join(folder, `${preset}-${seed}.tape`);
  return copy(name, instrument, source, ({ localUs }, i) => {
    const us = localUs[i] as number;
    return us < HOLE.fromUs || us > HOLE.toUs;
  });
}

/** Null when the recording is not there. `whole`: false ends it at its first hole. */
export async function recordedTape(
  folder: string,
  files: readonly string[],
  minutes: number,
  whole: boolean,
): Promise<string | null> {
  const paths = files.map((file) => join('..', 'shared', 'data', file));
  if (!paths.every((path) => existsSync(path))) return null;
  const tape = await importedTape(paths, folder, () => undefined);
  const { instrument, firstUs } = readInfo(tape);
  const endUs = firstUs + minutes * 60e6;
  let levels = false;
  let over = false;
  return copy(join(folder, 'part.tape'), instrument, new TapeSource(tape), (block, i) => {
    over ||= !whole && block.kind[i] === ROW_GAP;
    levels ||= block.kind[i] === ROW_LEVEL;
    // Touches from before the first level: the engine of a backtest takes them for a book, a venue has none yet.
    if (block.kind[i] === ROW_QUOTE && !levels) return false;
    // No venue prints off its own grid, and the client refuses what does; two thirds of StandX's prints are so.
    if (block.kind[i] === ROW_TRADE && !Number.isSafeInteger(block.price[i])) return false;
    return !over && (block.localUs[i] as number) <= endUs;
  });
}
