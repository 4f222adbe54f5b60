// What a user reads when the disk or the file is bad: one line, with what to do; never a driver's
// stack.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { AssertionFailure } from '#core/assert';
import { LedgerProblem, explain } from '#ledger/problem';
import { LedgerReader } from '#ledger/reader';
import { Ledger } from '#ledger/writer';
import { demandFreshBuild } from './child.js';
import { T0, folder, ledgerFile, place, running } from './fixtures.js';

const withCode = (code: string): Error => Object.assign(new Error('text'), { code });

test.each([
  [withCode('SQLITE_FULL'), 'full'],
  [withCode('ENOSPC'), 'full'],
  [withCode('SQLITE_READONLY_DBMOVED'), 'read-only'],
  [withCode('EROFS'), 'read-only'],
  [withCode('EACCES'), 'read-only'],
  [withCode('SQLITE_NOTADB'), 'not-a-ledger'],
  [withCode('SQLITE_CORRUPT'), 'corrupt'],
  [withCode('SQLITE_BUSY_SNAPSHOT'), 'busy'],
  [withCode('SQLITE_CONSTRAINT_CHECK'), 'refused'],
  [withCode('SQLITE_IOERR_FSYNC'), 'io'],
  [withCode('UNKNOWN_SQLITE_ERROR_1544'), 'read-only'],
  [withCode('UNKNOWN_SQLITE_ERROR_9999'), 'io'],
  [withCode('ENOTDIR'), 'cannot-open'],
  [withCode('ENOENT'), 'cannot-open'],
  [
    new Error('ConnectionFailed("Unable to open connection to local database x: 14")'),
    'cannot-open',
  ],
  [new AssertionFailure('impossible'), 'refused'],
  [new SyntaxError('JSON'), 'corrupt'],
  [withCode('SOMETHING'), 'io'],
  ['a string', 'io'],
])('%s -> %s', (error, code) => {
  const problem = explain(error, '/s/x.ledger');
  expect(problem.code).toBe(code);
  expect(problem.message.startsWith('/s/x.ledger: ')).toBe(true);
  expect(problem.message).not.toContain('\n');
  expect(problem.message.endsWith(problem.remedy)).toBe(true);
  expect(explain(problem, 'other')).toBe(problem);
});

describe('opening', () => {
  const opening = (path: string): LedgerProblem => {
    try {
      Ledger.open(path, { durable: true }).close();
    } catch (error) {
      if (error instanceof LedgerProblem) return error;
      throw error;
    }
    throw new Error('opened');
  };
  test('a folder where the file should be', () => {
    const path = ledgerFile();
    mkdirSync(path);
    expect(opening(path).message).toMatch(
      /a folder or a special file is in its place.*move it away/,
    );
    expect(() => LedgerReader.open(path)).toThrow(/in its place/);
  });
  test('a folder that is not there, and a file where the folder should be', () => {
    expect(opening(join(folder(), 'no', 'x.ledger')).code).toBe('cannot-open');
    const path = ledgerFile();
    running(path).close();
    expect(opening(join(path, 'x.ledger')).code).toBe('cannot-open');
  });
  test('a file that was removed while in use is noticed in idle time', () => {
    const path = ledgerFile();
    const ledger = running(path);
    ledger.idle();
    renameSync(path, `${path}.moved`);
    expect(() => ledger.idle()).toThrow(/removed or replaced while in use/);
    rmSync(`${path}.moved`);
  });
});

/** Runs a snippet against the built ledger in a process whose limits or user can be changed. */
function elsewhere(code: string, prefix: string, path: string, uid?: number): string {
  const file = new URL('../../dist/src/ledger/writer.js', import.meta.url);
  const script = `const { Ledger } = await import(${JSON.stringify(file.href)});
    const path = ${JSON.stringify(path)};
    try { ${code} } catch (error) { console.log(error.code, error.message); }`;
  const command = `${prefix} exec "$0" --input-type=module -e "$1"`;
  const options = {
    encoding: 'utf8' as const,
    cwd: '/',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  };
  const ran = spawnSync('bash', ['-c', command, process.execPath, script], options);
  return ran.stdout + ran.stderr;
}

describe('in a process of its own', () => {
  beforeAll(demandFreshBuild);

  test('a disk that takes no more bytes: the commit fails, and an intent is never recorded after it', () => {
    const path = ledgerFile();
    const ledger = running(path);
    ledger.recordIntents(T0, [place(1)]);
    ledger.close();
    // Blocks of 1,024 bytes: the write-ahead log hits the limit.
    const said = elsewhere(
      `const ledger = Ledger.open(path, { durable: true });
       ledger.attach('sim', 'test', 'BTC-USD-PERP');
       for (let i = 0; ; i += 1) { ledger.note(i, 'x', 'y'.repeat(3000)); ledger.commit(); }`,
      'ulimit -f 300;',
      path,
    );
    expect(said).toMatch(/^(io .*the disk failed|full .*the disk is full)/);
    const reader = LedgerReader.open(path);
    const notes = [...reader.rows('notes', null)];
    expect(notes.length).toBeGreaterThan(10);
    expect(notes.map((n) => n.us)).toEqual(notes.map((_, i) => i));
    expect(reader.damage()).toEqual([]);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'a ledger that may not be written (needs root to become nobody)',
    () => {
      const path = ledgerFile();
      running(path).close();
      chmodSync(join(path, '..'), 0o755);
      chmodSync(path, 0o444);
      for (const suffix of ['-wal', '-shm', '.seen']) rmSync(path + suffix, { force: true });
      const said = elsewhere(`Ledger.open(path, { durable: true });`, '', path, 65_534);
      expect(said).toMatch(/^read-only .*it cannot be written.*MM_STATE_DIR/);
    },
  );
});
