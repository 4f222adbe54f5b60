// Watches the two runs of `mm ab`: what each began with, where they stand, and by how much they came apart in each block
// of market time. It reads them and changes nothing.
import type { Instrument } from '#core/instrument';
import { moneyToNumber } from '#core/money';
import { Position } from '#core/position';
import type { PositionSnapshot } from '#core/position';
import type { Micros, Money, TickPrice } from '#core/units';
import { BLOCK_SECONDS, weigh } from '#report/ab-evidence';
import type { AbEvidence } from '#report/ab-evidence';
import type { AbKept } from '#report/ab-kept';
import type { AbSide, AbStanding, AbStart, Parting } from '#report/ab-text';
import type { LiveRun } from './live-run.js';

const BLOCK_US = BLOCK_SECONDS * 1e6;

export interface Watched {
  readonly run: LiveRun;
  readonly mode: string;
  readonly start: AbStart;
  /** What its ledger says, asked once it is closed; null when it cannot be read. */
  readonly kept: () => AbKept | null;
}

/** What the account has before the first row; an open position is worth what the first mid says. */
export function startOf(
  instrument: Instrument,
  snapshot: PositionSnapshot,
  mid: TickPrice,
): AbStart {
  const position = Position.restore(instrument, snapshot);
  return {
    equity: moneyToNumber(position.equity(mid, 0 as Money)),
    fees: moneyToNumber(position.fees),
    funding: moneyToNumber(position.funding),
    volume: moneyToNumber(position.volume),
    fills: position.fills,
  };
}

export class AbWatch {
  /** By how much the difference grew in each whole block while both traded. */
  private readonly blocks: number[] = [];
  private blockUs: number;
  private atBlock = 0;
  private nowUs: number;
  private difference: number | null = null;
  private parting: Parting | null = null;

  constructor(
    private readonly market: string,
    private readonly fixed: Watched,
    private readonly measured: Watched,
    private readonly startUs: Micros,
  ) {
    this.nowUs = startUs;
    this.blockUs = startUs + BLOCK_US;
  }

  /** Both have been played to `us`. */
  played(us: number): void {
    this.nowUs = us;
    if (this.parting !== null) return;
    const [a, b] = [this.pnl(this.fixed), this.pnl(this.measured)];
    if (a !== null && b !== null) this.difference = b - a;
    this.part(us);
    if (us < this.blockUs || this.difference === null) return;
    this.blockUs += BLOCK_US;
    this.blocks.push(this.difference - this.atBlock);
    this.atBlock = this.difference;
  }

  get standing(): AbStanding {
    const { market, nowUs, startUs, parting, difference } = this;
    const seconds = (nowUs - startUs) / 1e6;
    const [fixed, measured] = [sideOf(this.fixed), sideOf(this.measured)];
    return { market, seconds, fixed, measured, parting, difference };
  }

  /** The same with what the ledgers say, which is too much to read while anything quotes. */
  get final(): AbStanding {
    const { standing, fixed, measured } = this;
    return {
      ...standing,
      fixed: { ...standing.fixed, kept: fixed.kept() },
      measured: { ...standing.measured, kept: measured.kept() },
    };
  }

  evidence(capital: number): AbEvidence {
    return weigh(this.blocks, capital);
  }

  private pnl({ run, start }: Watched): number | null {
    const { equity } = run;
    return equity === null ? null : moneyToNumber(equity) - start.equity;
  }

  /** Ends together are no parting: the end of the data, of the duration, or a signal reaches both. */
  private part(us: number): void {
    const [a, b] = [this.fixed, this.measured];
    const [aOut, bOut] = [isOut(a.run), isOut(b.run)];
    if (!aOut && !bOut) return;
    const { run, mode } = aOut ? a : b;
    const why = run.latchedBy ?? run.reason;
    const seconds = (us - this.startUs) / 1e6;
    this.parting = { mode: aOut && bOut ? 'both' : mode, seconds, why };
  }
}

/** Trades no more, while the other may. */
const isOut = (run: LiveRun): boolean =>
  run.latchedBy !== null || (run.exitCode !== null && !run.shuttingDown);

function sideOf({ run, start }: Watched): AbSide {
  const { exitCode } = run;
  const end = exitCode === null ? null : { code: exitCode, reason: run.reason };
  return { now: run.status(), start, end, kept: null };
}
