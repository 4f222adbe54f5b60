// How the private side becomes fit to trade, at the start and after every break: orders, fills and account are read
// by REST and told to the engine, then the link is told `up`, then the account that ends its resync. Nothing is quoted
// before that, and an answer that belongs to an older connection counts for nothing.
import type { Clock } from '#core/outside';
import type { VenueInbox } from '#clients/net/venue-client';
import type { AccountDesk } from './client-account.js';
import type { OrderDesk } from './client-desk.js';
import type { Doubts } from './client-doubts.js';
import type { OpenList } from './client-list.js';
import type { PrivateLink } from './client-private.js';

export interface RecoveryParts {
  readonly clock: Clock;
  readonly inbox: VenueInbox;
  readonly link: PrivateLink;
  readonly desk: OrderDesk;
  readonly list: OpenList;
  readonly doubts: Doubts;
  readonly account: AccountDesk;
}

export class Recovery {
  constructor(private readonly parts: RecoveryParts) {}

  /** The socket is armed: reconcile, and open the gate. */
  run(): void {
    const { link, list } = this.parts;
    const mine = link.number;
    list.ask((first) => {
      if (!this.still(mine)) return;
      if (first === null) return link.restart('open orders could not be read');
      const listed = new Set(first.words.map((word) => word.clientId));
      this.askAbsent(mine, listed);
    });
  }

  /** What became of every order that we believe open and the venue does not list? */
  private askAbsent(mine: number, listed: ReadonlySet<string>): void {
    const { desk, doubts } = this.parts;
    const absent = [...desk.open].filter(
      (order) => order.phase !== 'closed' && !listed.has(order.clientId),
    );
    let left = absent.length;
    const next = (): void => {
      left -= 1;
      // One that cannot be answered now stays in doubt: it counts as risk, and is asked for again.
      if (left <= 0) this.askFills(mine);
    };
    if (left === 0) this.askFills(mine);
    for (const order of absent) doubts.ask(order, next);
  }

  private askFills(mine: number): void {
    const { link, doubts, account, list } = this.parts;
    if (!this.still(mine)) return;
    doubts.askFills((complete) => {
      if (!this.still(mine)) return;
      if (!complete) return link.restart('fills could not be read');
      list.ask((state) => {
        if (!this.still(mine)) return;
        if (state === null) return link.restart('open orders could not be read');
        account.ask((now) => {
          if (!this.still(mine)) return;
          if (now === null) return link.restart('the account could not be read');
          list.tell(state);
          this.up();
          this.parts.inbox.event(now.report);
        });
      });
    });
  }

  private up(): void {
    const { link, inbox, clock } = this.parts;
    if (!link.markReady()) return;
    const us = clock.nowUs();
    const detail = 'authenticated, armed, reconciled';
    inbox.event(Object.freeze({ kind: 'link', channel: 'private', state: 'up', detail, us }));
  }

  private still(mine: number): boolean {
    const { link } = this.parts;
    return link.number === mine && link.phase === 'armed';
  }
}
