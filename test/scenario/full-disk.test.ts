// Disks that fill up or cannot be written, on a tiny file system of their own (root only: it has to be mounted).
// While a run is on that is a halt: everything is cancelled and confirmed, one line says why, all within five seconds.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { demandFreshBuild } from '../support/fresh-build.js';
import { badFiles } from './bad-files.js';
import { MAIN, Place, QUOTE, sleep } from './bot.js';
import { expectSound, ledgerOf, reading } from './evidence.js';

const SLOW = { timeout: 30_000 };
const RUN = ['run', '--static', '--synthetic', 'fast', '--maker-fee', '0', '--speed', '5'];
const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;

let place: Place;
let disk = '';
beforeAll(() => demandFreshBuild());
beforeEach(() => {
  place = new Place();
  disk = join(place.folder, 'disk');
  mkdirSync(disk);
});
afterEach(async () => {
  // Lazily: a driver of SQLite may still hold a file that it was told to close.
  spawnSync('umount', ['-l', disk]);
  await place.clear();
});

/** True when this process may mount a file system; tried once. */
const mayMount = ((): boolean => {
  const probe = new Place();
  const at = join(probe.folder, 'probe');
  mkdirSync(at);
  const done = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at);
  if (done) spawnSync('umount', [at]);
  rmSync(probe.folder, { recursive: true });
  return done;
})();
const why = mayMount ? '' : ' (skipped: mounting a small file system needs root)';

const tiny = (): void => {
  expect(mount('-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk)).toBe(true);
};

/** Writes until nothing more fits; returns the file to be removed. */
function fill(): string {
  const path = join(disk, 'filler');
  const fd = openSync(path, 'w');
  for (const bytes of [65_536, 4_096, 1]) {
    try {
      for (;;) writeSync(fd, Buffer.alloc(bytes));
    } catch {
      // full, to that grain
    }
  }
  closeSync(fd);
  return path;
}

function report(what: string, code: number | null, ms: number, lines: readonly string[]): void {
  if (!process.env['SCENARIO_TABLE']) return;
  console.log(
    `| ${what} | ${code} | ${Math.round(ms)} ms | ${lines.join('<br>').replaceAll(place.folder, '')} |`,
  );
}

/** Nothing lost, nothing open, and the next start trades on, once there is space again. */
async function startsAgain(state: string, env: Record<string, string>): Promise<void> {
  reading(ledgerOf(state), (reader) => expectSound(reader));
  const next = place.mm(RUN, env);
  await next.said(QUOTE);
  expect((await next.signal('SIGINT')).code).toBe(0);
  reading(ledgerOf(state), (reader) => {
    expectSound(reader);
    for (const run of reader.runs()) expect(reader.openOrders(run.id)).toEqual([]);
  });
}

describe.skipIf(!mayMount)(`a disk that fills up${why}`, () => {
  test('of the ledger, during a run: cancels, one line, exit 2 or 3', SLOW, async () => {
    tiny();
    const env = { MM_STATE_DIR: join(disk, 'state') };
    const bot = place.mm(RUN, env);
    await bot.said('fill: ');
    const filled = performance.now();
    const filler = fill();
    const { code } = await bot.ended;
    const took = performance.now() - filled;
    report('the disk of the ledger fills during a run', code, took, bot.err);
    expect(took).toBeLessThan(5_000);
    expect([2, 3]).toContain(code);
    expect(bot.has(/STOPPED by host: ledger: .*the disk is full/)).toBe(true);
    expect(bot.err.length).toBe(1);
    expect(bot.err[0]).toMatch(/^mm: .*the disk is full.*free some space and start again/);
    rmSync(filler);
    await startsAgain(env.MM_STATE_DIR, env);
  });

  test('of the logs, during a run: cancels, latches, exit 3', SLOW, async () => {
    tiny();
    const bot = place.mm(RUN, { MM_LOG_DIR: join(disk, 'logs') });
    await bot.said('fill: ');
    const filled = performance.now();
    const filler = fill();
    const { code } = await bot.ended;
    const took = performance.now() - filled;
    const line = bot.out.filter((text) => text.includes('STOPPED')).map((text) => text.slice(13));
    report('the disk of the logs fills during a run', code, took, line);
    expect(took).toBeLessThan(5_000);
    expect(code).toBe(3);
    expect(bot.has(/STOPPED by host: log: ENOSPC/)).toBe(true);
    expect(bot.err).toEqual([]);
    reading(ledgerOf(place.state), (reader) => {
      expect(reader.openOrders(reader.lastRun()?.id ?? 0)).toEqual([]);
    });
    rmSync(filler);
    expect((await place.mm(['reset', '--reason', 'made space']).ended).code).toBe(0);
    await startsAgain(place.state, {});
  });

  test('of the file that the console goes to: an orderly end', SLOW, async () => {
    tiny();
    const command = `exec "${process.execPath}" "${MAIN}" ${RUN.join(' ')} > "${join(disk, 'out')}"`;
    const bot = place.start('sh', ['-c', command], place.folder);
    await sleep(2_000);
    const filled = performance.now();
    fill();
    const { code } = await bot.ended;
    report(
      'the disk of the console output fills during a run',
      code,
      performance.now() - filled,
      bot.err,
    );
    expect(code).toBe(0);
    expect(bot.err).toEqual([]);
    const run = reading(ledgerOf(place.state), (reader) => {
      expectSound(reader);
      expect(reader.openOrders(reader.lastRun()?.id ?? 0)).toEqual([]);
      return reader.lastRun();
    });
    expect(run?.endReason).toMatch(/the output is gone/);
  });

  test('before the start: one line, exit 2, for ledger, logs and tapes alike', SLOW, async () => {
    tiny();
    const state = { MM_STATE_DIR: join(disk, 'state') };
    const logs = { MM_LOG_DIR: join(disk, 'logs') };
    mkdirSync(state.MM_STATE_DIR);
    mkdirSync(logs.MM_LOG_DIR);
    const inputs = join(place.folder, 'inputs');
    mkdirSync(inputs);
    const { good } = badFiles(inputs);
    fill();
    const backtest = ['backtest', '--static', '--data', good as string];
    for (const [what, args, env] of [
      ['full before the start: ledger', RUN, state],
      ['full before the start: imported tape', backtest, state],
      ['full before the start: logs', RUN, logs],
      [
        'full before the start: tape import',
        ['tape', 'import', good as string, '--out', join(disk, 'x.tape')],
        {},
      ],
    ] as const) {
      const bot = place.mm(args, env);
      const { code, ms } = await bot.ended;
      report(what, code, ms, bot.err);
      expect(bot.err.length, bot.err.join('\n')).toBe(1);
      expect(bot.err[0]).toMatch(/^mm: .*(full|space)/);
      expect(code).toBe(2);
    }
    const left = readdirSync(disk, { recursive: true, encoding: 'utf8' });
    expect(
      left.filter((name) => /\.part|\.tape/.test(name)),
      'no half-made tape',
    ).toEqual([]);
  });

  test('a state folder that cannot be written: one line, exit 2', SLOW, async () => {
    expect(mount('-t', 'tmpfs', '-o', 'size=64k,ro', 'tmpfs', disk)).toBe(true);
    const bot = place.mm(RUN, { MM_STATE_DIR: join(disk, 'state') });
    const { code, ms } = await bot.ended;
    report('a read-only state folder', code, ms, bot.err);
    expect(code).toBe(2);
    expect(bot.err.length).toBe(1);
    expect(bot.err[0]).toMatch(/^mm: .*it cannot be written \(EROFS.*, or set MM_STATE_DIR/);
    const there = place.mm(RUN, { MM_STATE_DIR: disk });
    const end = await there.ended;
    report('a read-only state folder that is there', end.code, end.ms, there.err);
    expect(end.code).toBe(2);
    expect(there.err.length).toBe(1);
    expect(there.err[0]).toMatch(
      /^mm: .*(cannot be written|cannot be opened).*or set MM_STATE_DIR/,
    );
  });
});
