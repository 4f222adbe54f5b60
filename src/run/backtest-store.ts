// Backtests keep what happened in a store of their own, beside the ledgers of real accounts: the same tables, written in
// one batch after the run, not synced. Each run is an account of its own, so that none starts with another's position.
import { join } from 'node:path';
import { PARAMETERS, PARAMETER_KEYS } from '#config/parameters';
import type { ParameterValues } from '#config/parameters';
import type { Instrument } from '#core/instrument';
import { MARKOUT_HORIZONS } from '#core/markout';
import type { FundingPaid } from '#core/messages';
import { Position } from '#core/position';
import type { Micros, Money, TickPrice } from '#core/units';
import { makeStateFolder } from '#ledger/paths';
import { LedgerProblem } from '#ledger/problem';
import { Ledger } from '#ledger/writer';
import type { Collector, FillRecord } from '#report/collector';
import type { RunResult } from '#report/run-result';
import { newRunId } from './run-id.js';

export const STORE_NAME = 'backtests.store';
/** Keys of the state kept with a run: what its report draws, its summary, what it rests on (report/record.ts). */
export const TRACE_KEY = 'trace';
export const RESULT_KEY = 'result';
export const ASSUMPTIONS_KEY = 'assumptions';

export interface StoredRun {
  readonly collector: Collector;
  readonly instrument: Instrument;
  readonly result: RunResult;
  readonly capital: Money;
  /** Effective settings, plain JSON; kept without the secrets among them. */
  readonly params: ParameterValues;
  readonly assumptions: string;
}

/** Writes one run; returns its id, or why it could not be kept (a full disk does not spoil a backtest). */
export function storeBacktest(
  stateDir: string,
  run: StoredRun,
): { runId: string } | { problem: string } {
  try {
    makeStateFolder(stateDir);
    const path = join(stateDir, STORE_NAME);
    const ledger = Ledger.open(path, { durable: false });
    try {
      return { runId: write(ledger, run) };
    } finally {
      ledger.close();
    }
  } catch (error) {
    if (error instanceof LedgerProblem) return { problem: error.message };
    throw error;
  }
}

const withoutSecrets = (values: ParameterValues): unknown =>
  Object.fromEntries(
    PARAMETER_KEYS.map((key) => [key, PARAMETERS[key].secret ? null : values[key]]),
  );

function write(ledger: Ledger, run: StoredRun): string {
  const { collector, instrument, result, capital, params, assumptions } = run;
  const { startUs, endUs } = collector;
  const runId = newRunId();
  ledger.beginRun({
    runId,
    account: `backtest-${runId}`,
    instrument,
    kind: `backtest-${result.fillModel}`,
    mode: result.mode,
    version: 'backtest',
    pid: process.pid,
    capital,
    params: withoutSecrets(params),
    startedUs: startUs,
    deadOrders: 'keep',
  });
  ledger.event({ kind: 'transfer', us: startUs, amount: capital });
  const position = new Position(instrument);
  position.transfer(capital);
  for (const fact of inOrder(collector)) {
    if ('rate' in fact) {
      position.applyFunding(fact.amount);
      ledger.event(fact);
    } else if ('lots' in fact) enterFill(ledger, position, fact, collector.fills.indexOf(fact));
    else enterMark(ledger, position, fact);
  }
  const trace = collector.trace?.data();
  if (trace !== undefined) ledger.state(endUs, TRACE_KEY, trace);
  ledger.state(endUs, RESULT_KEY, result);
  ledger.state(endUs, ASSUMPTIONS_KEY, assumptions);
  const { commandHash } = result;
  ledger.endRun({ us: endUs, exitCode: 0, reason: 'the data has ended', commandHash });
  return runId;
}

interface Marked {
  readonly us: Micros;
  readonly mark: TickPrice;
}

/** Fills, funding and marks as they came; the last mark is that of the run's P&L. */
function inOrder(collector: Collector): (FillRecord | FundingPaid | Marked)[] {
  const { fills, funding, trace, endUs, lastMark } = collector;
  const marks: Marked[] = trace?.data().samples.map(({ us, mark }) => ({ us, mark })) ?? [];
  if (lastMark > 0) marks.push({ us: endUs, mark: lastMark });
  return [...fills, ...funding, ...marks].sort((a, b) => a.us - b.us);
}

function enterMark(ledger: Ledger, position: Position, { us, mark }: Marked): void {
  const accrued = 0 as Money;
  ledger.equity({ us, mark, accrued, equity: position.equity(mark, accrued) });
}

function enterFill(ledger: Ledger, position: Position, fill: FillRecord, index: number): void {
  const { us, side, ticks, lots, fee, maker, mid } = fill;
  const tradeId = `t${index + 1}`;
  position.fill(side, ticks, lots, fee, maker);
  const known = { us, venueUs: us, side, ticks, lots, fee, maker, gap: fill.gap };
  ledger.event({ kind: 'fill', tradeId, ordinal: null, liquidation: false, ...known });
  MARKOUT_HORIZONS.forEach((seconds, i) => {
    const later = fill.mids[i] as TickPrice;
    const horizonMs = seconds * 1_000;
    if (later > 0)
      ledger.markout({ tradeId, horizonMs, mid: later, bridged: fill.bridged[i] === 1 });
  });
  if (mid === 0) return;
  ledger.markout({ tradeId, horizonMs: 0, mid, bridged: false });
  enterMark(ledger, position, { us, mark: mid });
}
