// What an event says of one of our operations: done, refused, or neither; and how often five in a row were refused. It
// judges every event as it comes, because one drain may hold the fifth refusal and a success behind it. No allocation.
import { REFUSED_IN_A_ROW, type AccountNumbers } from '#core/guard';
import type { AmendRejected, Fill, OrderEvent } from '#core/messages';
import type { Order } from '#core/order';

type Told = Exclude<OrderEvent, Fill>;

export class Outcomes {
  private refusedInARow = 0;

  constructor(private readonly numbers: AccountNumbers) {}

  /** An operation was done: the order is there, moved, gone as we asked, or filled. */
  done(): void {
    this.refusedInARow = 0;
  }

  /** After a pause or a latch: what was refused in it (cancels) is not held against us again. */
  anew(): void {
    this.refusedInARow = 0;
  }

  /** Before the event changes the order. */
  told(order: Order, event: Told): void {
    if (isDone(order, event)) this.done();
    else if ('reason' in event && isFailure(event, order))
      this.refused(event.reason as AccountNumbers['lastRefusal']);
  }

  /** Every fifth of an unbroken run counts, so that a run that goes on after a pause is found again. */
  private refused(reason: AccountNumbers['lastRefusal']): void {
    const { numbers } = this;
    numbers.lastRefusal = reason;
    this.refusedInARow += 1;
    if (this.refusedInARow < REFUSED_IN_A_ROW) return;
    this.refusedInARow = 0;
    numbers.refusedRuns += 1;
  }
}

/**
 * What counts as a failed operation: no answer, or a no that says more than "the market moved". What never left us is
 * none of the venue's, and an operation fails once: a no after its silence adds nothing.
 */
export function isFailure(event: Told, order?: Order): boolean {
  switch (event.kind) {
    case 'unknown':
      return true;
    case 'rejected':
    case 'amend-rejected':
    case 'cancel-rejected':
      return isNo(event.reason) && (order === undefined || !inDoubt(order, event));
    default:
      return false;
  }
}

function isNo(reason: AmendRejected['reason']): boolean {
  switch (reason) {
    case 'post-only':
    case 'not-found':
    case 'not-sent':
    case 'journal':
      return false;
    default:
      return true;
  }
}

/** Said for the first time, and what we asked for: streams repeat themselves, and venues end orders unasked. */
function isDone(order: Order, event: Told): boolean {
  switch (event.kind) {
    case 'accepted':
      return !order.acknowledged;
    case 'amended':
      return order.amend !== 'none' && event.ticks === order.amendTicks;
    case 'closed':
      return order.phase !== 'closed' && order.cancel !== 'none' && event.reason === 'cancelled';
    default:
      return false;
  }
}

/** The operation had no answer when one was due: that it failed after all ("never arrived") is the cut's doing. */
function inDoubt(order: Order, { kind }: Told): boolean {
  if (kind === 'rejected') return order.phase !== 'pending' || order.placeUnknown;
  return (kind === 'cancel-rejected' ? order.cancel : order.amend) === 'unknown';
}
