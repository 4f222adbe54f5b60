// What a live run needs before it is put together: an id, a log whose lines carry id and mode, the account with its
// lock and ledger, and no latch on it. Closed in the opposite order. Nothing is sent to a venue here.
import { EXIT, StartProblem } from '#config/problem';
import { openLog } from '#config/log';
import type { OpenLog } from '#config/log';
import type { ParameterValues } from '#config/parameters';
import { checkSize, positionLimitOf, sizeOf } from '#config/settings';
import { Instrument } from '#core/instrument';
import type { Micros } from '#core/units';
import type { OpenAccount } from './account-files.js';
import { openAccount } from './account-files.js';
import type { Mode } from './assembly.js';
import { firstMid, openMarket } from './markets.js';
import type { Market, MarketChoice } from './markets.js';
import { newRunId } from './run-id.js';
import { holdSignals } from './stop-signals.js';

export interface RunWanted {
  readonly values: ParameterValues;
  readonly stateDir: string;
  readonly account: string;
  readonly mode: Mode;
  readonly instrument: Instrument;
  /** Real orders are at stake: the ledger waits for the disk. A paper venue dies in the same power cut. */
  readonly real: boolean;
  /** Where it had to be known before; a new one without. */
  readonly runId?: string;
  /** Takes the log lines for the console. */
  readonly console: (line: string, runId: string) => void;
}

export interface OpenRun {
  readonly account: string;
  readonly mode: Mode;
  readonly runId: string;
  readonly log: OpenLog;
  readonly opened: OpenAccount;
  /** Why the log cannot be written any more; null while it can. */
  readonly failed: () => string | null;
  /** Gives the account back; a second call does nothing. */
  close(): void;
}

/**
 * The market that was asked for, as an instrument of the venue that is traded. Throws StartProblem (also for a size
 * that this market does not take) before anything is opened or written.
 */
export async function liveMarket(
  choice: MarketChoice,
  values: ParameterValues,
  stateDir: string,
): Promise<Market> {
  const found = await openMarket(choice, values, null, stateDir);
  const instrument = new Instrument({ ...found.instrument.spec, venue: values.venue });
  const mid = firstMid(found, Date.now() * 1000);
  const unitLots = instrument.lotsWithin(sizeOf(values, instrument, mid), mid);
  const limitLots = instrument.lotsWithin(positionLimitOf(values), mid);
  checkSize(instrument, { unitLots, limitLots }, mid);
  return { ...found, instrument };
}

/** Throws StartProblem (also for a latched account), LedgerProblem or AccountHeld; then nothing is left open. */
export async function openRun(wanted: RunWanted): Promise<OpenRun> {
  const { values, stateDir, account, mode, instrument, real } = wanted;
  holdSignals();
  const runId = wanted.runId ?? newRunId();
  let failure: string | null = null;
  const log = await openLog({
    directory: values.logDir,
    keepDays: values.logDays,
    nowMs: Date.now(),
    console: (line) => wanted.console(line, runId),
    base: { run: runId, mode },
    onFailure: (message) => (failure = message),
  });
  let opened: OpenAccount | null = null;
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    try {
      opened?.close();
    } finally {
      log.close();
    }
  };
  try {
    const nowUs = (Date.now() * 1000) as Micros;
    opened = openAccount(stateDir, account, instrument, runId, nowUs, real);
    refuseLatched(opened, account, log);
    return { account, mode, runId, log, opened, failed: () => failure, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A latch from an earlier run: only mm reset leads past it. */
function refuseLatched({ restored }: OpenAccount, account: string, log: OpenLog): void {
  const latch = restored.breaker?.latched ?? null;
  if (latch === null) return;
  const refusal = `not started: latched by ${latch.guard} (${latch.reason}); look into it, then mm reset --account ${account} --reason "..."`;
  log.logger.debug(refusal); // the console gets it as every other reason not to start
  throw new StartProblem(refusal, EXIT.latched);
}
