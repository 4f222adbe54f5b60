// Orders of the operator to a bot that lives: left in its inbox, then waited for. The bot marks an order as taken only
// after it has obeyed, and a stop only after the venue said that nothing is open; so what is reported here is what
// happened, not what was asked. Never waits for a bot that shows no sign of life.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BreakerSnapshot } from '#core/guard';
import { Instrument } from '#core/instrument';
import { clientId } from '#core/messages';
import type { Micros } from '#core/units';
import { leaveOrder } from '#ledger/inbox';
import { holderOf } from '#ledger/lock';
import { LedgerReader } from '#ledger/reader';
import type { AccountRow } from '#ledger/rows';
import { OPERATOR_RUN, silentSeconds } from './ledgers.js';
import type { AccountLedger } from './ledgers.js';
import { signedSize } from './signed-size.js';

const LOOK_MS = 50;
const SAY_EVERY_MS = 5_000;
/** How long a bot that has stopped quoting may take to work its position down: as long as it takes itself (live-run). */
const FLATTEN_WITHIN_MS = 310_000;
/** A bot commits at least every 5 s. */
export const SILENT_AFTER_SECONDS = 15;

export interface BotOrder {
  /** 'stop', 'stop:post-only', 'stop:ioc', 'pause', 'resume', 'reset'. */
  readonly operation: string;
  readonly reason: string;
  /** Wall milliseconds to wait for an answer. */
  readonly patienceMs: number;
  /** Told now and then while a bot that has stopped works its position down. */
  readonly onFlattening?: ((position: string) => void) | undefined;
}

/**
 * obeyed: it is done, and for a stop no order is open. gone: the bot ended without obeying, the account is free.
 * silent: no answer in time, the order stays in the inbox. flattening: stopped, but a position is left.
 */
export interface BotAnswer {
  readonly kind: 'obeyed' | 'gone' | 'silent' | 'flattening';
  /** The order's number in the inbox. */
  readonly id: number;
  readonly runId: string | null;
  readonly pid: number | null;
  readonly orders: readonly string[];
  readonly seconds: number;
}

/** Leaves the order before the first wait, so that many bots are told at once. Throws LedgerProblem. */
export async function askBot(
  target: AccountLedger,
  market: string,
  order: BotOrder,
): Promise<BotAnswer> {
  const { paths, holder } = target;
  const { operation, reason, patienceMs } = order;
  const us = (Date.now() * 1000) as Micros;
  const id = leaveOrder(paths.ledger, { us, market, operation, reason });
  const began = performance.now();
  let saidMs = -Infinity;
  const reader = LedgerReader.open(paths.ledger);
  const known = holder === null || holder === 'unknown' ? null : holder;
  const runId = known?.runId ?? target.lastRun?.run ?? null;
  const answer = (kind: BotAnswer['kind'], orders: readonly string[]): BotAnswer => {
    const seconds = (performance.now() - began) / 1000;
    return { kind, id, runId, pid: known?.pid ?? null, orders, seconds };
  };
  try {
    for (;;) {
      const gone = isGone(target); // before takenAt: what a bot did not take before it went, it never will
      const taken = reader.takenAt(id) !== null;
      const orders = openOrders(reader, runId);
      const done = taken && (orders.length === 0 || gone || !operation.startsWith('stop'));
      if (done) return answer('obeyed', orders);
      if (gone) return answer('gone', orders);
      const waited = performance.now() - began;
      if (waited > patienceMs) {
        const row = reader.account(target.venue, target.account, market);
        const flattening =
          operation.includes(':') && row !== null && isStopped(reader, target, row);
        if (!flattening) return answer('silent', orders);
        if (waited > patienceMs + FLATTEN_WITHIN_MS) return answer('flattening', orders);
        if (waited > saidMs + SAY_EVERY_MS) {
          saidMs = waited;
          order.onFlattening?.(signedSize(new Instrument(row.spec), row.position.lots));
        }
      }
      await sleep(LOOK_MS);
    }
  } finally {
    reader.close();
  }
}

function isGone({ paths }: AccountLedger): boolean {
  const holder = holderOf(paths);
  return holder === null || (holder !== 'unknown' && holder.runId === OPERATOR_RUN);
}

function openOrders(reader: LedgerReader, runId: string | null): string[] {
  const run = runId === null ? null : reader.run(runId);
  if (run === null) return [];
  return reader.openOrders(run.id).map((order) => clientId(order.runId, order.ordinal));
}

/** It lives, and its breaker is latched: it quotes no more, and what takes so long is the position. */
function isStopped(reader: LedgerReader, { paths }: AccountLedger, { id }: AccountRow): boolean {
  const breaker = reader.state(id, 'breaker')?.value as BreakerSnapshot | null | undefined;
  const silent = silentSeconds(paths) ?? Infinity;
  return (breaker?.latched ?? null) !== null && silent <= SILENT_AFTER_SECONDS;
}
