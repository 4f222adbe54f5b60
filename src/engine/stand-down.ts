// What the engine does while it may not quote: cancel everything, again and again until nothing can be open, and then
// work the position down where the user asked for that. A halt does not trust our own list of orders.
import type { AccountNumbers, Breaker, BreakerStateName } from '#core/guard';
import type { EngineParams } from '#core/params';
import type { Micros } from '#core/units';
import { fromSeconds } from '#core/units';
import type { EventDesk } from './events.js';
import type { Flattener, FlattenMode } from './flatten.js';
import { FLATTEN, type OrderTable } from './orders.js';
import type { Outbox } from './outbox.js';

/** While shutting down cancel-all is repeated this often: the exit has 5 s in all. */
const SHUTDOWN_AGAIN = fromSeconds(1);

export interface StandDownParts {
  readonly params: EngineParams;
  readonly numbers: AccountNumbers;
  readonly breaker: Breaker;
  readonly desk: EventDesk;
  readonly table: OrderTable;
  readonly outbox: Outbox;
  readonly flattener: Flattener;
}

export class StandDown {
  /** Set by the user from outside; null: as --on-halt says. */
  flattenMode: FlattenMode | null = null;
  private halted = false;
  /** The state of the breaker for which cancel-all was last sent. */
  private cancelledFor: BreakerStateName | null = null;

  constructor(private readonly parts: StandDownParts) {}

  /** Quoting goes on. */
  over(): void {
    this.halted = false;
    this.cancelledFor = null;
  }

  /** One settle without quotes. `stopped`: they were allowed until now; `worse`: the breaker says cancel at once. */
  act(nowUs: Micros, stopped: boolean, worse: boolean): void {
    const { desk, table, outbox, breaker, flattener } = this.parts;
    const { state } = breaker;
    const halted = state === 'paused' || state === 'latched' || desk.shuttingDown;
    const begins = halted && !this.halted;
    // The breaker asks once more for what a trip outside its onSettle has already brought about.
    const anew = worse && state !== this.cancelledFor;
    const force = desk.purge || begins || (halted && anew);
    this.halted = halted;
    desk.purge = false;
    if (force || ((stopped || anew) && table.open > 0)) {
      this.cancelledFor = state;
      outbox.cancelAll(nowUs);
      return;
    }
    const mode = halted ? this.mode() : null;
    if (!this.cancelOpen(nowUs, mode !== null) && mode !== null) flattener.step(nowUs, mode);
  }

  /**
   * Cancel-all when an order may be open and was not cancelled, or not long enough ago. True when any is left.
   * `flattening`: the order that works the position down is meant to be there.
   */
  cancelOpen(nowUs: Micros, flattening: boolean): boolean {
    let left = 0;
    let exposed = false;
    for (const order of this.parts.table.live) {
      if (order.phase === 'closed' || (flattening && order.level === FLATTEN)) continue;
      left += 1;
      if (order.phase === 'open' && order.cancel === 'none' && !order.missing) exposed = true;
    }
    if (left > 0 && (exposed || nowUs >= this.againUs)) this.parts.outbox.cancelAll(nowUs);
    return left > 0;
  }

  /** When something is to be done next by time alone; may be past. */
  nextUs(nowUs: Micros): number {
    const { table, flattener } = this.parts;
    const again = table.open > 0 ? this.againUs : Infinity;
    const flatten = flattener.nextUs > nowUs ? flattener.nextUs : Infinity;
    return again > nowUs ? Math.min(again, flatten) : flatten;
  }

  private get againUs(): number {
    const { params, desk, outbox } = this.parts;
    const { check } = params.wake;
    return outbox.cancelAllUs + (desk.shuttingDown ? Math.min(check, SHUTDOWN_AGAIN) : check);
  }

  /** How to work the position down now; null: not at all. A shutdown has seconds, and must leave nothing open. */
  private mode(): FlattenMode | null {
    const { numbers, params, desk, breaker } = this.parts;
    if (desk.shuttingDown) return null;
    const { onHalt } = params.risk;
    const byLatch = breaker.state === 'latched' && onHalt !== 'hold' ? onHalt : null;
    const sound = numbers.bookSound && numbers.publicUp && numbers.privateUp && !desk.resync;
    return sound ? (this.flattenMode ?? byLatch) : null;
  }
}
