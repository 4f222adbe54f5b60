// The fingerprint of a run: SHA-256 over its ordered commands (engine time, kind, ordinal, side, ticks, lots).
// Run id and client ids stay out, so the same tape, seed and parameters give the same hash everywhere.
import { createHash } from 'node:crypto';
import type { Command } from '#core/messages';
import type { CommandSink } from '#core/ports';
import type { Micros } from '#core/units';

const KINDS = { place: 1, amend: 2, cancel: 3, 'cancel-all': 4 } as const;
const FIELDS = 6;
const BATCH = 512;

/** Passes commands on and hashes them on the way. Allocation-free per command. */
export class HashingSink implements CommandSink {
  count = 0;
  private readonly hash = createHash('sha256');
  private readonly numbers = new Float64Array(FIELDS * BATCH);
  private readonly bytes = Buffer.from(this.numbers.buffer);
  private filled = 0;

  constructor(private readonly next: CommandSink) {}

  send(nowUs: Micros, commands: readonly Command[]): void {
    for (let i = 0; i < commands.length; i += 1) this.add(nowUs, commands[i] as Command);
    this.next.send(nowUs, commands);
  }

  /** The hash so far, as 64 hex digits. */
  digest(): string {
    const bytes = this.bytes.subarray(0, this.filled * FIELDS * 8);
    return this.hash.copy().update(bytes).digest('hex');
  }

  private add(nowUs: number, command: Command): void {
    const { numbers } = this;
    const at = this.filled * FIELDS;
    numbers[at] = nowUs;
    numbers[at + 1] = KINDS[command.kind];
    numbers[at + 2] = command.kind === 'cancel-all' ? 0 : command.ordinal;
    const priced = command.kind === 'place' || command.kind === 'amend';
    numbers[at + 3] = priced ? command.side : 0;
    numbers[at + 4] = priced ? command.ticks : 0;
    numbers[at + 5] = priced ? command.lots : 0;
    this.count += 1;
    this.filled += 1;
    if (this.filled < BATCH) return;
    this.hash.update(this.bytes);
    this.filled = 0;
  }
}
