// `mm export csv`: which ledger and which tables it takes, and that its progress reaches the end.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXPORT_TABLES } from '#ledger/export-tables';
import { exportLedger } from '#run/export';
import type { ExportAnswer, ExportRequest } from '#run/export';
import { T0, folder, us } from '../ledger/fixtures.js';
import { ran } from './accounts.js';

function run(
  stateDir: string,
  change: Partial<ExportRequest> = {},
): ExportAnswer & { steps: number[] } {
  const steps: number[] = [];
  const progress = { step: (_: string, fraction: number): number => steps.push(fraction) };
  const request = {
    stateDir,
    venue: null,
    account: null,
    runId: null,
    tables: null,
    out: folder(),
    progress,
  };
  return { ...exportLedger({ ...request, ...change }), steps };
}

describe('export', () => {
  test('all tables of the only account, with progress to the end', () => {
    const state = folder();
    ran(state, { holding: 'marked' });
    const { files, steps, account, folder: out } = run(state);
    expect(account).toBe('test');
    expect(files.map(({ table }) => table)).toEqual([...EXPORT_TABLES]);
    expect(files.find(({ table }) => table === 'fills')?.rows).toBe(1);
    expect(readFileSync(join(out, 'fills.csv'), 'utf8').split('\r\n')[1]).toContain(
      'bid,60000,0.01',
    );
    expect(steps.at(-1)).toBe(1);
    expect([...steps].sort((a, b) => a - b)).toEqual(steps);
  });

  test('of one run: only its rows, and its progress is measured by them', () => {
    const state = folder();
    ran(state, { runId: 'first', holding: 'unmarked' });
    ran(state, { runId: 'second', startedUs: us(T0 + 9e6) });
    const { files, steps } = run(state, { runId: 'first', tables: ['fills', 'runs', 'fills'] });
    expect(files.map(({ table, rows }) => [table, rows])).toEqual([
      ['fills', 1],
      ['runs', 1],
    ]);
    expect(steps.at(-1)).toBe(1);
    expect(run(state, { runId: 'second', tables: ['fills'] }).files[0]?.rows).toBe(0);
  });

  test('two accounts: the one named, or the one that has the run, or a question', () => {
    const state = folder();
    ran(state, { account: 'a', runId: 'ra' });
    ran(state, { account: 'b', runId: 'rb' });
    expect(() => run(state)).toThrow(
      /2 accounts have a ledger in .*: .*a.*; say which with --account/,
    );
    expect(run(state, { account: 'b' }).account).toBe('b');
    expect(run(state, { runId: 'ra' }).account).toBe('a');
    expect(() => run(state, { runId: 'rx' })).toThrow(/no run rx in /);
    expect(() => run(state, { account: 'c' })).toThrow(
      /no account c in .*; --account is one of a, b/,
    );
  });

  test('an unknown table, no table, an impossible folder: a line each', () => {
    const state = folder();
    const paths = ran(state);
    expect(() => run(state, { tables: ['fils'] })).toThrow(
      /no table "fils" \(did you mean fills\?\); they are runs,orders/,
    );
    expect(() => run(state, { tables: [] })).toThrow(/--tables names no table; they are/);
    expect(() => run(state, { out: paths.ledger })).toThrow(
      /a folder or a special file is in its place/,
    );
    expect(() => run(folder())).toThrow(/nothing has run yet/);
  });
});
