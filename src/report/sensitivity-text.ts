// What a backtest on bars hangs on: its P&L under other adverse selection in the market, quotes unchanged. Always
// printed with such a backtest, and marked as coarse.
import { dollars, figure, table } from './table.js';

export interface SensitivityRow {
  readonly mode: string;
  /** Adverse selection of the market, bp. */
  readonly epsilonBps: number;
  readonly pnl: string;
  readonly netEdgeBps: number | null;
  readonly fills: number;
}

/** Empty for a market that is not made of bars. */
export function sensitivityText(rows: readonly SensitivityRow[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => [
    row.mode,
    figure(row.epsilonBps, 2),
    dollars(row.pnl),
    figure(row.netEdgeBps, 3),
    String(row.fills),
  ]);
  const head = ['mode', 'epsilon bp', 'P&L', 'net edge bp', 'fills'];
  return `\nCOARSE (1-minute bars): queue model, by the adverse selection assumed in the market\n${table([head, ...cells])}\n`;
}
