// How the private side becomes fit to trade, at the start and after every break: orders, fills and account are read and
// told to the engine, then the link is told `up`, then the account that ends its resync. Nothing is quoted before that,
// and an answer that belongs to an older connection counts for nothing.
import type { Clock } from '#core/outside';
import type { AccountQuestion } from './account.js';
import type { Doubts } from './doubts.js';
import type { OpenList } from './open-list.js';
import type { OrderDesk } from './order-desk.js';
import type { OwnOrder } from './own-order.js';
import type { VenueInbox } from './venue-client.js';
import type { FillWord, OrderWord } from './words.js';

/** The private link as far as the reconciliation knows it. */
export interface Armed {
  /** Identifies the present connection. */
  readonly number: number;
  readonly phase: string;
  /** False when the connection that was armed is gone. */
  markReady(): boolean;
}

export interface RecoveryParts<Order extends OwnOrder, OWord extends OrderWord> {
  readonly clock: Clock;
  readonly inbox: VenueInbox;
  readonly link: Armed;
  readonly desk: OrderDesk<Order, OWord>;
  readonly list: OpenList<Order, OWord>;
  readonly doubts: Doubts<Order, OWord, FillWord>;
  readonly account: AccountQuestion;
  /** The venue does not answer: begin anew. */
  readonly onFailed: (detail: string) => void;
  /** The link is up and the account told: whatever else a break may have hidden can be asked for. */
  readonly onReady?: () => void;
}

export class Recovery<Order extends OwnOrder, OWord extends OrderWord> {
  constructor(private readonly parts: RecoveryParts<Order, OWord>) {}

  /** The link is armed: reconcile, and open the gate. */
  run(): void {
    const { link, list } = this.parts;
    const mine = link.number;
    list.ask((first) => {
      if (!this.still(mine)) return;
      if (first === null) return this.parts.onFailed('open orders could not be read');
      this.askAbsent(mine, new Set(first.words.map((word) => word.clientId)));
    });
  }

  /** What became of every order that we believe open and the venue does not list? */
  private askAbsent(mine: number, listed: ReadonlySet<string>): void {
    const { desk, doubts } = this.parts;
    const absent = [...desk.open].filter((o) => o.phase !== 'closed' && !listed.has(o.clientId));
    let left = absent.length + 1;
    const next = (): void => {
      left -= 1;
      // One that cannot be answered now stays in doubt: it counts as risk, and is asked for again.
      if (left === 0) this.askFills(mine);
    };
    for (const order of absent) doubts.ask(order, next);
    next();
  }

  private askFills(mine: number): void {
    const { doubts, list, account, onFailed, inbox } = this.parts;
    if (!this.still(mine)) return;
    doubts.askFills((complete) => {
      if (!this.still(mine)) return;
      if (!complete) return onFailed('fills could not be read');
      list.ask((state) => {
        if (!this.still(mine)) return;
        if (state === null) return onFailed('open orders could not be read');
        account.ask((now) => {
          if (!this.still(mine)) return;
          if (now === null) return onFailed('the account could not be read');
          list.tell(state);
          this.up();
          inbox.event(now.report);
          this.parts.onReady?.();
        });
      });
    });
  }

  private up(): void {
    const { link, inbox, clock } = this.parts;
    if (!link.markReady()) return;
    const us = clock.nowUs();
    const detail = 'logged in and reconciled';
    inbox.event(Object.freeze({ kind: 'link', channel: 'private', state: 'up', detail, us }));
  }

  private still(mine: number): boolean {
    const { link } = this.parts;
    return link.number === mine && link.phase === 'armed';
  }
}
