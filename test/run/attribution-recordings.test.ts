// On every recording at hand: what the store of backtests holds of a run adds up, part by part, to the ledger's P&L,
// and to what the run itself said. The first half hour of each with model `as`; the campaign, MM_WHOLE=1, takes all of every
// recording, three models, both modes. Skips where ../shared/data is absent.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { readLayers } from '#config/layers';
import { parseMoney } from '#core/money';
import type { Lots, Seconds, TickPrice } from '#core/units';
import { PARTS, attributionOf, attributionText } from '#report/attribution';
import { clip, contrastOf } from '#report/contrast';
import type { RunRecord } from '#report/record';
import { keptRun, prepare } from '#run/kept-run';

const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const L2 = '_incremental_book_L2.csv.gz';
const books = existsSync(DATA) ? readdirSync(DATA).filter((name) => name.endsWith(L2)) : [];
const folder = mkdtempSync(join(tmpdir(), 'mm-attribution-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const WHOLE = process.env['MM_WHOLE'] !== undefined;
/** All of a day-long recording takes minutes under test; its first part has fills enough. */
const FIRST = WHOLE ? null : (1_800 as Seconds);
const RUNS = (WHOLE ? ['as', 'glft', 'prd-f2'] : ['as']).flatMap((model) =>
  (WHOLE ? (['static', 'dynamic'] as const) : (['static'] as const)).map((mode) => ({
    ...{ model, mode },
  })),
);

async function run(book: string, model: string, mode: 'static' | 'dynamic'): Promise<RunRecord> {
  const name = book.slice(0, -L2.length);
  const data = [book, `${name}_trades.csv.gz`].map((file) => join(DATA, file));
  const { values } = readLayers({
    flags: { model, makerFee: '0.3bp', stateDir: folder },
    ...{ env: {}, dotenvPath: null, configPath: null },
  });
  const ready = await prepare(values, { data, tape: null, synthetic: null }, FIRST);
  return keptRun({
    ...{ ...ready, mode, shadow: false, duration: FIRST, fillModel: 'queue' },
    onProgress: () => undefined,
  });
}

/** What the market did to the position beyond the 30 s of each fill, worked out fill by fill. */
function inventoryByFill({ fills, instrument, levels }: RunRecord): number {
  const end = levels.at(-1)?.mark ?? 0;
  return fills.reduce((sum, fill) => {
    const later = fill.mid === 0 ? 0 : (fill.mids[2] ?? 0);
    const from = later || fill.mid || fill.ticks;
    const lots = (fill.side * fill.lots) as Lots;
    const worth = (price: number): number => instrument.worth(lots, price as TickPrice);
    return sum + worth(end) - worth(from);
  }, 0);
}

const cases = books.flatMap((book) => RUNS.map((one) => ({ book, ...one })));

describe.skipIf(books.length === 0)('every recording', () => {
  test.each(cases)('$book, $model, $mode: adds up exactly', { timeout: 600_000 }, async (one) => {
    const record = await run(one.book, one.model, one.mode);
    const { result } = record;
    const parts = attributionOf(record);
    expect(PARTS.reduce((sum, part) => sum + parts[part], 0)).toBe(parts.pnl);
    expect(parts.pnl).toBe(parseMoney(result?.pnl ?? ''));
    const { pnl, ...text } = attributionText(parts);
    expect(text).toEqual(result?.attribution);
    expect(pnl).toBe(result?.pnl);
    expect(record.fills.length).toBe(result?.fills);
    // The remainder is not a bin for errors: each fill's own share of it adds up, but for one rounding a fill.
    expect(Math.abs(inventoryByFill(record) - parts.inventory)).toBeLessThanOrEqual(
      2 * record.fills.length + 1,
    );

    // Cut in two, the halves add up to the whole, and a run differs from itself by nothing.
    const middle = (record.startUs + record.endUs) / 2;
    const halves = [clip(record, 0, middle), clip(record, middle, record.endUs)];
    expect(halves.reduce((sum, half) => sum + attributionOf(half).pnl, 0)).toBe(parts.pnl);
    const none = contrastOf(record, record);
    expect(Object.values(none?.attributionApart ?? {}).every((text) => Number(text) === 0)).toBe(
      true,
    );
    if (WHOLE) console.log(`${one.book}, ${one.model}, ${one.mode}: ${parts.pnl} of 1e-8, ${record.fills.length} fills`); // prettier-ignore
  });
});

test.runIf(books.length === 0)('no recordings', () => {
  console.log('skipped: ../shared/data is absent');
});
