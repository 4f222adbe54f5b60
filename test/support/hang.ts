// A bot that hangs: stopped by the kernel, but not in the middle of a transaction, where nobody could leave it an order
// in its ledger (mm stop then says that the file is locked, and names the process to kill).
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '#ledger/connection';

/** Sends SIGSTOP until it is met at a moment at which the ledger can be written. SIGCONT wakes it. */
export async function hang(bot: ChildProcess, ledger: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    bot.kill('SIGSTOP');
    await sleep(20);
    if (isFree(ledger)) return;
    bot.kill('SIGCONT');
    await sleep(7);
  }
  throw new Error(`${ledger} was locked every time`);
}

function isFree(ledger: string): boolean {
  const db = Connection.writer(ledger, 0);
  try {
    db.exec('BEGIN IMMEDIATE');
    db.exec('ROLLBACK');
    return true;
  } catch {
    return false;
  } finally {
    db.close();
  }
}
