// A source played several times over, each pass shifted to begin `pauseUs` after the last one ended: long tapes
// from short ones, for the bench. The seam is a gap and a cleared book, because the price jumps there.
import { assert } from '#core/assert';
import type { RowSource } from '#core/rows';
import { ROW_CLEAR, ROW_GAP, RowBlock } from '#core/rows';

export class RepeatedSource implements RowSource {
  readonly totalRows: number | null;
  private source: RowSource;
  private pass = 0;
  private shiftUs = 0;
  private firstUs = NaN;
  private lastUs = NaN;

  /** `open` opens the same source anew for each pass; `times` >= 1. */
  constructor(
    private readonly open: () => RowSource,
    private readonly times: number,
    private readonly pauseUs = 1_000_000,
  ) {
    assert(Number.isSafeInteger(times) && times >= 1, `a source repeated ${times} times`);
    this.source = open();
    const rows = this.source.totalRows;
    this.totalRows = rows === null ? null : rows === 0 ? 0 : rows * times + 2 * (times - 1);
  }

  next(reuse?: RowBlock): RowBlock | null {
    const block = this.source.next(reuse);
    if (block === null) return this.seam(reuse);
    const { count, exchangeUs, localUs } = block;
    if (count === 0) return block;
    if (this.pass === 0) {
      if (Number.isNaN(this.firstUs)) this.firstUs = localUs[0] as number;
      this.lastUs = localUs[count - 1] as number;
      return block;
    }
    const shift = this.shiftUs;
    for (let i = 0; i < count; i++) {
      exchangeUs[i] = (exchangeUs[i] as number) + shift;
      localUs[i] = (localUs[i] as number) + shift;
    }
    return block;
  }

  close(): void {
    this.source.close();
    this.pass = this.times;
  }

  /** Goes on to the next pass: a gap row and a clear row, or null after the last pass. */
  private seam(reuse: RowBlock | undefined): RowBlock | null {
    if (this.pass + 1 >= this.times || Number.isNaN(this.firstUs)) return null;
    const endUs = this.lastUs + this.shiftUs;
    this.pass += 1;
    this.shiftUs += this.lastUs - this.firstUs + this.pauseUs;
    this.source.close();
    this.source = this.open();
    const beginUs = this.firstUs + this.shiftUs;
    const block = reuse ?? new RowBlock(); // of full size: it may come back for many rows
    block.count = 0;
    block.push(ROW_GAP, 0, endUs, beginUs, 0, 0);
    block.push(ROW_CLEAR, 0, beginUs, beginUs, 0, 0);
    return block;
  }
}
