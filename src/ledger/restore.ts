// What a start needs from the ledger: the position, the baselines and latch of the guards, and what
// the runs before left open. The stored position must equal the one worked out from the rows since
// the last run began; a ledger that contradicts itself is refused, never guessed about.
import type { BreakerSnapshot } from '#core/guard';
import type { Instrument } from '#core/instrument';
import type { PositionSnapshot } from '#core/position';
import type { Micros, Money } from '#core/units';
import { carryPosition, emptyPosition } from './account.js';
import { LedgerProblem } from './problem.js';
import type { LedgerReader } from './reader.js';
import { difference, rebuild } from './replay.js';
import type { EquityRow, OrderRow, RunRow } from './rows.js';

export interface RestoredAccount {
  /** In the units of the instrument that was asked for. */
  readonly position: PositionSnapshot;
  /** Guard equity = capital + P&L of the position at the mark - this. 0 when never reset. */
  readonly pnlAtReset: Money;
  readonly breaker: BreakerSnapshot | null;
  readonly lastRun: RunRow | null;
  readonly lastEquity: EquityRow | null;
  /** Newest time in the ledger; 0 in an empty one. */
  readonly newestUs: Micros;
  /**
   * Orders of earlier runs that may be open at the venue, or lack fills. On a simulated venue
   * beginRun closes them (deadOrders: 'restart'); on a real one the host asks the venue and enters
   * what it learns with their run id.
   */
  readonly unaccounted: readonly OrderRow[];
}

const NOTHING = { pnlAtReset: 0 as Money, breaker: null, lastRun: null, lastEquity: null };

/**
 * What the ledger knows of this account and market. Throws LedgerProblem ('disagreement', 'corrupt'
 * ...).
 */
export function restoreAccount(
  reader: LedgerReader,
  account: string,
  instrument: Instrument,
): RestoredAccount {
  return reader.moment(() => restore(reader, account, instrument));
}

function restore(reader: LedgerReader, account: string, instrument: Instrument): RestoredAccount {
  const { spec } = instrument;
  const row = reader.account(spec.venue, account, spec.symbol);
  const newestUs = reader.newestUs();
  if (row === null) {
    return { ...NOTHING, position: emptyPosition(instrument), newestUs, unaccounted: [] };
  }
  const runs = reader.runs({ venue: spec.venue, account, market: spec.symbol });
  const lastRun = runs[0] ?? null;
  if (lastRun !== null && lastRun.account === row.id) {
    const rebuilt = rebuild(reader, row, lastRun.startPosition, lastRun.id);
    const wrong = difference(rebuilt, row.position);
    if (wrong !== null) {
      throw new LedgerProblem(
        'disagreement',
        `${reader.path}: the position of ${spec.symbol} contradicts its fills (${wrong})`,
        'run mm doctor on it, and restore a backup or use another --account',
      );
    }
  }
  return {
    position: carryPosition(row.spec, spec, row.position),
    pnlAtReset: row.pnlAtReset,
    breaker: (reader.state(row.id, 'breaker')?.value ?? null) as BreakerSnapshot | null,
    lastRun,
    lastEquity: reader.lastEquity(row.id),
    newestUs,
    unaccounted: reader.unaccounted(runs.map((run) => run.id)),
  };
}
