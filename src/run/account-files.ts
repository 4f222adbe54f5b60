// Opens what belongs to one account, in the order that lets nothing be lost: folder, lock, what the ledger knows, the
// ledger itself. Gives it back in the opposite order.
import { existsSync } from 'node:fs';
import type { Instrument } from '#core/instrument';
import type { Micros } from '#core/units';
import { AccountLock } from '#ledger/lock';
import { accountPaths, makeStateFolder } from '#ledger/paths';
import type { AccountPaths } from '#ledger/paths';
import { LedgerReader } from '#ledger/reader';
import { restoreAccount } from '#ledger/restore';
import type { RestoredAccount } from '#ledger/restore';
import { Ledger } from '#ledger/writer';
import { LedgerProblem } from '#ledger/problem';
import { ANALYZER_KEY } from './market-watch.js';
import type { DayMark } from './status.js';

export interface OpenAccount {
  readonly paths: AccountPaths;
  readonly ledger: Ledger;
  readonly restored: RestoredAccount;
  /** Volume at the last midnight, as an earlier run stored it. */
  readonly day: DayMark | null;
  /** What the analyzer of an earlier run had learnt; null when none left anything. */
  readonly learnt: unknown;
  close(): void;
}

/**
 * `synced`: each commit is to survive a power cut (see Ledger). Throws AccountHeld when another process trades it,
 * LedgerProblem for everything else.
 */
export function openAccount(
  stateDir: string,
  account: string,
  instrument: Instrument,
  runId: string,
  nowUs: Micros,
  synced: boolean,
): OpenAccount {
  const { venue, symbol } = instrument.spec;
  makeStateFolder(stateDir);
  const paths = accountPaths(stateDir, venue, account);
  const holder = { pid: process.pid, runId, market: symbol, sinceUs: nowUs };
  const lock = AccountLock.acquire(paths, holder);
  try {
    const ledger = Ledger.open(paths.ledger, { durable: true, synced });
    try {
      const { restored, day, learnt } = readBack(paths.ledger, account, instrument);
      return {
        paths,
        ledger,
        restored,
        day,
        learnt,
        close() {
          try {
            ledger.close();
          } finally {
            lock.release();
          }
        },
      };
    } catch (error) {
      ledger.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

function readBack(
  path: string,
  account: string,
  instrument: Instrument,
): Pick<OpenAccount, 'restored' | 'day' | 'learnt'> {
  if (!existsSync(path)) throw new LedgerProblem('missing', `${path}: vanished`, 'start again');
  const reader = LedgerReader.open(path);
  try {
    const restored = restoreAccount(reader, account, instrument);
    const { venue, symbol } = instrument.spec;
    const row = reader.account(venue, account, symbol);
    const day = row === null ? null : reader.state(row.id, 'day');
    const learnt = row === null ? null : reader.state(row.id, ANALYZER_KEY);
    return {
      restored,
      day: (day?.value ?? null) as DayMark | null,
      learnt: learnt?.value ?? null,
    };
  } finally {
    reader.close();
  }
}
