// The store of backtests: the same tables as a real account's ledger, its rows sound, one account a run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readLayers } from '#config/layers';
import { formatMoney } from '#core/money';
import type { Money, Seconds } from '#core/units';
import { LedgerReader } from '#ledger/reader';
import { runBacktest } from '#run/backtest';
import { STORE_NAME } from '#run/backtest-store';

const folder = mkdtempSync(join(tmpdir(), 'mm-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function backtest(stateDir: string): ReturnType<typeof runBacktest> {
  const flags = { stateDir, makerFee: '0.5bp', kappa: '2' };
  const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
  return runBacktest({
    values,
    mode: 'static',
    market: { tape: null, synthetic: 'fast' },
    duration: 4_000 as Seconds,
    progress: { step: () => undefined },
  });
}

it('keeps every fill, fee, funding payment and markout of each run, and nothing of another', async () => {
  const first = await backtest(folder);
  const second = await backtest(folder);
  expect([...first.notes, ...second.notes]).toEqual([]);
  const reader = LedgerReader.open(join(folder, STORE_NAME));
  try {
    expect(reader.damage()).toEqual([]);
    for (const result of [...first.runs, ...second.runs]) {
      const run = reader.run(result.runId ?? '');
      if (run === null) throw new Error(`run ${result.runId} is not in the store`);
      expect(run.commandHash).toBe(result.commandHash);
      const fills = [...reader.rows('fills', run.id)];
      expect(fills).toHaveLength(result.fills);
      expect(formatMoney((fills.at(-1)?.feesSum ?? 0) as Money)).toBe(result.fees);
      const paid = [...reader.rows('funding', run.id)].reduce((sum, row) => sum + row.amount, 0);
      expect(formatMoney(paid as Money)).toBe(result.funding);
      const thirty = reader.markouts(run.id).filter((row) => row.horizonMs === 30_000);
      expect(thirty).toHaveLength(result.markoutCounts.resolved);
      expect([...reader.rows('equity', run.id)].length).toBeGreaterThan(0);
    }
  } finally {
    reader.close();
  }
});

it('says in one note that it could not be kept, and gives the figures all the same', async () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  const { runs, notes } = await backtest(join(blocked, 'state'));
  expect(runs).toHaveLength(3);
  expect(runs.map((run) => run.runId)).toEqual([null, null, null]);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/not kept/);
});
