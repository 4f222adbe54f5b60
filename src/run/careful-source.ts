// A recording that turns out to be damaged half-way ends there for a live run: its orders must be cancelled and the
// reason said, which a thrown error would prevent. (A backtest wants the error.) It changes no row.
import type { RowBlock, RowSource } from '#core/rows';
import { TapeProblem } from '#tape/problem';

export class CarefulSource implements RowSource {
  /** Why it ended before its time; null when it did not. */
  problem: TapeProblem | null = null;

  constructor(private readonly source: RowSource) {}

  get totalRows(): number | null {
    return this.source.totalRows;
  }

  next(reuse?: RowBlock): RowBlock | null {
    if (this.problem !== null) return null;
    try {
      return this.source.next(reuse);
    } catch (error) {
      if (!(error instanceof TapeProblem)) throw error;
      this.problem = error;
      return null;
    }
  }

  close(): void {
    this.source.close();
  }
}
