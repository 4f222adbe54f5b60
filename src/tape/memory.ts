// Rows held in memory as a source: for tests and small made-up markets.
import { BLOCK_ROWS, RowBlock } from '#core/rows';
import type { RowKind, RowSource } from '#core/rows';
import type { Aggressor } from '#core/units';

/** One row, spelt out. */
export interface Row {
  readonly kind: RowKind;
  readonly side: Aggressor;
  readonly exchangeUs: number;
  readonly localUs: number;
  readonly price: number;
  readonly size: number;
}

export class MemorySource implements RowSource {
  readonly totalRows: number;
  private at = 0;

  /** `blockRows`: the most rows that `next` gives at once. */
  constructor(
    private readonly rows: readonly Row[],
    private readonly blockRows: number = BLOCK_ROWS,
  ) {
    this.totalRows = rows.length;
  }

  next(reuse?: RowBlock): RowBlock | null {
    const count = Math.min(this.rows.length - this.at, this.blockRows, reuse?.capacity ?? Infinity);
    if (count <= 0) return null;
    const block = reuse ?? new RowBlock(count);
    block.count = 0;
    for (const row of this.rows.slice(this.at, this.at + count)) {
      block.push(row.kind, row.side, row.exchangeUs, row.localUs, row.price, row.size);
    }
    this.at += count;
    return block;
  }

  close(): void {
    this.at = this.rows.length;
  }
}

/** Everything a source has, as rows: for tests and small sources only. Closes it. */
export function readAll(source: RowSource): Row[] {
  const rows: Row[] = [];
  for (let block = source.next(); block !== null; block = source.next()) {
    for (let i = 0; i < block.count; i++) {
      rows.push({
        kind: block.kind[i] as RowKind,
        side: block.side[i] as Aggressor,
        exchangeUs: block.exchangeUs[i] as number,
        localUs: block.localUs[i] as number,
        price: block.price[i] as number,
        size: block.size[i] as number,
      });
    }
  }
  source.close();
  return rows;
}
