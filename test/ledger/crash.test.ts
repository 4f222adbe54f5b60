// Killed at random moments, and what a damaged write-ahead log looks like at the next start.
// Nothing that was acknowledged may be missing, and nothing may go missing without a word.
import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { LedgerProblem } from '#ledger/problem';
import { accountPaths } from '#ledger/paths';
import { LedgerReader } from '#ledger/reader';
import { restoreAccount } from '#ledger/restore';
import { verifyLedger } from '#ledger/verify';
import { Ledger } from '#ledger/writer';
import { child, demandFreshBuild, kill } from './child.js';
import { BTC, closeQuietly, folder, start } from './fixtures.js';

/** How often the writer is killed; a campaign sets hundreds. */
const KILLS = Number(process.env['MM_SIGKILLS'] ?? 12);
const SEED = Number(process.env['MM_SEED'] ?? Date.now() % 1_000_000);
let seed = SEED;
const random = (): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x7fffffff;
};
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

beforeAll(demandFreshBuild);

test(
  `SIGKILL ${KILLS} times at random moments (seed ${SEED}): every acknowledged row is there`,
  async () => {
    const state = folder();
    const paths = accountPaths(state, 'sim', 'test');
    let acknowledged = 0;
    let orders = 0;
    for (let k = 1; k <= KILLS; k += 1) {
      const writer = child('write', state, `run${k}`);
      await writer.said('ack 1 ');
      await pause(random() * 100);
      await kill(writer);
      const last = Number((writer.lines.at(-1) ?? '').split(' ')[1]);

      const reader = LedgerReader.open(paths.ledger);
      const run = reader.run(`run${k}`);
      const fills = [...reader.rows('fills', run?.id ?? 0)].map((f) => f.tradeId);
      // Commit n carries the fill of n; one commit may have finished without being acknowledged.
      const expected = Array.from({ length: last - 1 }, (_, i) => `run${k}-${i + 2}`);
      expect(fills.slice(0, last - 1)).toEqual(expected);
      expect(fills.length).toBeLessThanOrEqual(last);
      const placed = [...reader.orders(run?.id ?? 0)].map((o) => o.ordinal);
      expect(placed.length).toBe(2 * (fills.length + 1));
      const count = reader.state(run?.account ?? 0, 'count')?.value;
      if (last > 1) expect(count).toEqual({ runId: `run${k}`, n: fills.length + 1 });
      // The position is the sum of its rows, and nothing of the runs before is open.
      const restored = restoreAccount(reader, 'test', BTC);
      expect(restored.unaccounted.every((o) => o.runId === `run${k}`)).toBe(true);
      acknowledged += last;
      orders += placed.length;
      if (k % 10 === 0 || k === KILLS) expect(verifyLedger(reader).problems).toEqual([]);
      reader.close();
    }
    const ledger = Ledger.open(paths.ledger, { durable: true });
    const dead = ledger.beginRun(start({ runId: 'last' }));
    expect(dead.runs).toEqual([`run${KILLS}`]);
    ledger.close();
    const reader = LedgerReader.open(paths.ledger);
    expect(reader.unaccounted(reader.runs().map((r) => r.id))).toEqual([]);
    expect(reader.runs().filter((r) => r.endReason === 'killed')).toHaveLength(KILLS);
    reader.close();
    process.stdout.write(
      `    ${KILLS} kills, ${acknowledged} commits acknowledged, ${orders} orders\n`,
    );
  },
  60_000 + KILLS * 2_000,
);

describe('a write-ahead log that was damaged', () => {
  /**
   * The files of a writer that was killed after 40 commits, copied so that each test has its own.
   */
  async function wreck(): Promise<string> {
    const state = folder();
    const writer = child('burst', state, 'run1', 40);
    await writer.ended;
    expect(writer.lines.at(-1)).toBe('ack 40 80');
    return accountPaths(state, 'sim', 'test').ledger;
  }
  function copy(path: string): string {
    const to = join(folder(), 'sim-test.ledger');
    for (const suffix of ['', '-wal', '.seen']) copyFileSync(path + suffix, to + suffix);
    return to;
  }
  /** 'fine' when every row is there, else the code of the refusal. */
  function opening(path: string): string {
    try {
      const ledger = Ledger.open(path, { durable: true });
      closeQuietly(ledger);
    } catch (error) {
      if (error instanceof LedgerProblem) return error.code;
      throw error;
    }
    const reader = LedgerReader.open(path);
    expect([...reader.orders(1)]).toHaveLength(80);
    expect(verifyLedger(reader).problems).toEqual([]);
    reader.close();
    return 'fine';
  }

  test('whole, or with rubbish behind its end, it is all there', async () => {
    const path = await wreck();
    expect(opening(copy(path))).toBe('fine');
    const rubbish = copy(path);
    appendFileSync(`${rubbish}-wal`, Buffer.alloc(5_000, 0x5a));
    expect(opening(rubbish)).toBe('fine');
  });

  test('cut short or with one flipped byte, it is refused with a way out', async () => {
    const path = await wreck();
    const log = readFileSync(`${path}-wal`);
    const size = log.findLastIndex((byte) => byte !== 0); // behind it: room that no commit has used
    const answers = new Set<string>();
    for (let i = 0; i < 40; i += 1) {
      const at = Math.floor(random() * size);
      const torn = copy(path);
      if (i % 2 === 0) {
        truncateSync(`${torn}-wal`, at);
      } else {
        const bytes = readFileSync(`${torn}-wal`);
        bytes.writeUInt8((bytes[at] ?? 0) ^ 0x10, at);
        writeFileSync(`${torn}-wal`, bytes);
      }
      const answer = opening(torn); // 'fine' only with all rows
      answers.add(answer);
      expect(['fine', 'lost-rows']).toContain(answer);
      if (answer === 'fine') continue;
      // What is left is a whole number of commits: with the witness gone, it is accepted.
      rmSync(`${torn}.seen`);
      const ledger = Ledger.open(torn, { durable: true });
      closeQuietly(ledger);
      const reader = LedgerReader.open(torn);
      expect(verifyLedger(reader).problems).toEqual([]);
      const run = reader.lastRun();
      if (run) expect([...reader.orders(run.id)].length % 2).toBe(0);
      reader.close();
    }
    expect(answers).toContain('lost-rows');
  });

  test('gone with the whole ledger, it is no fresh start', async () => {
    const path = await wreck();
    const gone = copy(path);
    rmSync(gone);
    rmSync(`${gone}-wal`);
    expect(opening(gone)).toBe('lost-rows');
    writeFileSync(gone, '');
    expect(opening(gone)).toBe('lost-rows');
    const other = copy(path);
    rmSync(`${other}-wal`);
    rmSync(other);
    rmSync(`${other}.seen`);
    closeQuietly(Ledger.open(other, { durable: true }));
    copyFileSync(`${path}.seen`, `${other}.seen`);
    expect(opening(other)).toBe('lost-rows');
  });
});
