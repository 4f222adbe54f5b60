// Versions: a new file, an old one, one from the future, somebody else's, and a migration that
// fails half-way.
import { writeFileSync } from 'node:fs';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import { Connection } from '#ledger/connection';
import { LedgerProblem } from '#ledger/problem';
import { LedgerReader } from '#ledger/reader';
import { MIGRATIONS, SEQUENCED, migrate, versionOf, type Migration } from '#ledger/schema';
import { Ledger } from '#ledger/writer';
import { closeQuietly, ledgerFile, place, running, start, T0 } from './fixtures.js';

const TWO: Migration = {
  version: 2,
  sql: `ALTER TABLE notes ADD COLUMN weight INTEGER NOT NULL DEFAULT 7;`,
};
const THREE: Migration = { version: 3, sql: `CREATE TABLE extra (a INTEGER) STRICT;` };
const BROKEN: Migration = {
  version: 3,
  sql: `CREATE TABLE extra (a INTEGER); INSERT INTO nowhere VALUES (1);`,
};

const caught = (act: () => unknown): LedgerProblem => {
  try {
    act();
  } catch (error) {
    if (error instanceof LedgerProblem) return error;
  }
  throw new Error('no LedgerProblem');
};

describe('migrations', () => {
  test('the released ones are numbered 1, 2, 3 ...', () => {
    expect(MIGRATIONS.map((m) => m.version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
  });

  test('every table with ids of the sequence exists and is asked for the highest', () => {
    const path = ledgerFile();
    running(path).close();
    const db = Connection.reader(path);
    for (const table of SEQUENCED) expect(db.pragma(`table_info(${table})`)).toBe(0);
    db.close();
  });

  test('a file of version 1 with rows comes up to date and keeps them', () => {
    const path = ledgerFile();
    const ledger = running(path);
    ledger.note(T0, 'venue', 'old');
    ledger.recordIntents(T0, [place(1)]);
    ledger.close();
    const db = Connection.writer(path);
    expect(migrate(db, [...MIGRATIONS, THREE, TWO])).toBe(1);
    expect(versionOf(db)).toBe(3);
    expect(db.prepare('SELECT text, weight FROM notes').all([])).toEqual([
      { text: 'old', weight: 7 },
    ]);
    expect(migrate(db, [...MIGRATIONS, TWO, THREE])).toBe(3);
    db.close();
    const again = Ledger.open(path, { durable: true, migrations: [...MIGRATIONS, TWO, THREE] });
    again.beginRun(start({ runId: 'run2' }));
    closeQuietly(again);
  });

  test('one that fails leaves the version before it, whole', () => {
    const path = ledgerFile();
    running(path).close();
    const db = Connection.writer(path);
    expect(() => migrate(db, [...MIGRATIONS, TWO, BROKEN])).toThrow(LedgerProblem);
    expect(versionOf(db)).toBe(2);
    expect(
      db.prepare(`SELECT count(*) AS n FROM sqlite_schema WHERE name = 'extra'`).get([]),
    ).toMatchObject({ n: 0 });
    migrate(db, [...MIGRATIONS, TWO, THREE]);
    expect(versionOf(db)).toBe(3);
    db.close();
  });

  test('a file from the future is refused by writer and reader, with the remedy', () => {
    const path = ledgerFile();
    running(path).close();
    const db = Connection.writer(path);
    migrate(db, [...MIGRATIONS, TWO]);
    db.close();
    for (const act of [() => Ledger.open(path, { durable: true }), () => LedgerReader.open(path)]) {
      const problem = caught(act);
      expect(problem.code).toBe('newer');
      expect(problem.message).toMatch(/schema 2, this one knows 1\): update perp-mm/);
    }
  });
});

describe('what is no ledger', () => {
  test('a text file', () => {
    const path = ledgerFile();
    writeFileSync(path, 'not a database, but long enough to be looked at. '.repeat(100));
    expect(caught(() => Ledger.open(path, { durable: true })).code).toBe('not-a-ledger');
    expect(caught(() => LedgerReader.open(path)).code).toBe('not-a-ledger');
  });

  test("another program's database", () => {
    const path = ledgerFile();
    const db = new Database(path);
    db.exec('CREATE TABLE theirs (a)');
    db.close();
    const problem = caught(() => Ledger.open(path, { durable: true }));
    expect(problem.code).toBe('not-a-ledger');
    expect(problem.message).toMatch(/not a ledger: move that file away/);
    expect(caught(() => LedgerReader.open(path)).code).toBe('not-a-ledger');
  });

  test('nothing at all, for a reader', () => {
    const path = ledgerFile();
    expect(caught(() => LedgerReader.open(path)).message).toMatch(
      /no such ledger: start a run first/,
    );
    writeFileSync(path, '');
    expect(caught(() => LedgerReader.open(path)).code).toBe('missing');
  });
});
