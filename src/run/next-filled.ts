// The next block of a source that has rows.
import type { RowBlock, RowSource } from '#core/rows';

/** Null at the end. */
export function nextFilled(source: RowSource, reuse: RowBlock | undefined): RowBlock | null {
  let block = source.next(reuse);
  while (block !== null && block.count === 0) block = source.next(block);
  return block;
}
