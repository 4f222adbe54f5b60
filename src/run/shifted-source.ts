// A source moved in time: a recording played as if it happened now.
import type { RowBlock, RowSource } from '#core/rows';

export class ShiftedSource implements RowSource {
  constructor(
    private readonly source: RowSource,
    private readonly shiftUs: number,
  ) {}

  get totalRows(): number | null {
    return this.source.totalRows;
  }

  next(reuse?: RowBlock): RowBlock | null {
    const block = this.source.next(reuse);
    if (block === null) return null;
    const { exchangeUs, localUs, count } = block;
    for (let i = 0; i < count; i += 1) {
      exchangeUs[i] = (exchangeUs[i] as number) + this.shiftUs;
      localUs[i] = (localUs[i] as number) + this.shiftUs;
    }
    return block;
  }

  close(): void {
    this.source.close();
  }
}
