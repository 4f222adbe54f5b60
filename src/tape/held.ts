// Rows read, checked and decoded once and then held in memory, for whoever goes over them several times. Costs 34 bytes
// a row. The blocks are handed out as they are: whoever changes a row of a block must not be given these.
import type { RowSource } from '#core/rows';
import { RowBlock } from '#core/rows';

export class HeldRows {
  readonly rows: number;
  private readonly blocks: RowBlock[] = [];

  /** Reads the whole source. Closes it. */
  constructor(source: RowSource) {
    for (let block = source.next(); block !== null; block = source.next()) this.blocks.push(block);
    source.close();
    this.rows = this.blocks.reduce((sum, block) => sum + block.count, 0);
  }

  /** A source of them from the beginning; what it is given for reuse it leaves alone. */
  open(): RowSource {
    let next = 0;
    return {
      totalRows: this.rows,
      next: () => this.blocks[next++] ?? null,
      close: () => {
        next = this.blocks.length;
      },
    };
  }
}
