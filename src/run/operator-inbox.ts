// Orders that the operator left in the ledger's inbox, obeyed by the bot that lives: looked at four times a second, each
// marked as taken once it was obeyed, a stop only when nothing can be open any more (live-run.ts says when).
import type { OperatorOrder } from '#core/messages';
import type { Micros } from '#core/units';
import type { Engine } from '#engine/engine';
import type { FlattenMode } from '#engine/flatten';
import type { Ledger } from '#ledger/writer';

const LOOK_MS = 250;

export interface InboxParts {
  readonly ledger: Ledger;
  readonly symbol: string;
  readonly engine: Engine;
  readonly flatten: (mode: FlattenMode) => void;
  readonly obey: (us: Micros, order: OperatorOrder['order'], reason: string) => void;
}

export class OperatorInbox {
  private readonly stops = new Set<number>();
  private dueMs = 0;

  constructor(private readonly parts: InboxParts) {}

  /** Throws LedgerProblem. */
  read(wallMs: number, us: Micros): void {
    if (wallMs < this.dueMs) return;
    this.dueMs = wallMs + LOOK_MS;
    const { ledger, symbol, engine, flatten, obey } = this.parts;
    for (const { id, operation, reason } of ledger.inbox(symbol)) {
      if (this.stops.has(id)) continue;
      const { numbers, position } = engine;
      // A reset values the open position: it waits for the first mark.
      if (operation === 'reset' && numbers.mark === 0 && position.lots !== 0) continue;
      const [name, how] = operation.split(':') as [OperatorOrder['order'], string | undefined];
      if (how !== undefined) flatten(how === 'ioc' ? 'reduce-only-ioc' : 'post-only');
      obey(us, name, reason);
      if (name === 'stop') this.stops.add(id);
      else ledger.taken(us, id);
    }
  }

  /** Nothing is open: the stops that were obeyed are answered. */
  answerStops(us: Micros): void {
    for (const id of this.stops) this.parts.ledger.taken(us, id);
  }
}
