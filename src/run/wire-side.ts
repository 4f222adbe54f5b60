// Hot path: a venue on the wire as a live run drives it. Whatever waits in the inbox is applied in its order and settled
// once; engine timers settle when their time has come; account and open orders are asked for on schedule, and at once
// when the engine is in doubt. It never waits for anything and never sends an order of its own.
import type { VenueClient } from '#clients/net/venue-client';
import { CLIENT_ID_PREFIX } from '#core/messages';
import type { AccountReport, EngineEvent, Fill, OpenOrdersReport } from '#core/messages';
import type { Clock } from '#core/outside';
import type { Micros, Money, SpanMicros, TickPrice } from '#core/units';
import { fromMs, fromSeconds } from '#core/units';
import type { Engine } from '#engine/engine';
import type { Ledger } from '#ledger/writer';
import { EquityCheck } from './equity-check.js';
import type { MarketSide } from './market-side.js';
import { STOOD_STILL_MS } from './watchdog-words.js';
import type { WireInbox } from './wire-inbox.js';
import type { WireInput } from './wire-input.js';

/** Asked again this soon while orders or the account are in doubt, or an empty book is to be confirmed. */
const IN_DOUBT = fromSeconds(1);
const CONFIRM_EVERY = fromSeconds(0.25);
/** A process that stood still this long (suspended, swapped out) has a past in its sockets, not the present. */
const STALL = fromMs(STOOD_STILL_MS);
const AFTER_STALL = fromSeconds(5);
/** Said anew this often while there is no watchdog. */
const UNWATCHED_EVERY = fromSeconds(4);

export interface WireParts {
  readonly engine: Engine;
  readonly input: WireInput;
  readonly inbox: WireInbox;
  readonly client: Pick<VenueClient, 'requestAccount' | 'requestOpenOrders'>;
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'knowsTrade'>;
  readonly reportEvery: { readonly account: SpanMicros; readonly openOrders: SpanMicros };
  /** Cancels everything of ours past the engine, over a way of its own. */
  readonly cancelAll: () => void;
  /** Asked in every turn: why nothing may be quoted for want of a watchdog; null while one watches. */
  readonly unwatched: () => string | null;
  readonly warn: (text: string) => void;
  readonly close: () => void;
}

export class WireSide implements MarketSide {
  nowUs = 0 as Micros;
  readonly exhausted = false;
  readonly problem = null;
  private readonly equity = new EquityCheck();
  private accountUs: number;
  private ordersUs: number;
  private turnUs: number;
  /** When an empty book was first asked for; 0 = it was not. */
  private emptyAskedUs = 0;
  private confirmed = false;
  private lastAskUs = -Infinity;
  private unwatchedUs = -Infinity;
  private unpaid = 0 as Money;

  constructor(private readonly parts: WireParts) {
    const now = parts.clock.nowUs();
    this.turnUs = now;
    this.accountUs = now + parts.reportEvery.account;
    this.ordersUs = now + parts.reportEvery.openOrders;
  }

  get nextUs(): number {
    return Math.min(this.parts.engine.nextWakeUs, this.accountUs);
  }

  advanceTo(): Micros {
    const { inbox, engine, input, clock } = this.parts;
    const now = clock.nowUs();
    this.nowUs = now;
    if (now - this.turnUs > STALL) this.stalled(now);
    this.turnUs = now;
    const unwatched = this.parts.unwatched();
    const withdrawn = unwatched !== null && this.withdraw(now, unwatched);
    const due = engine.nextWakeUs <= now || withdrawn;
    if (!inbox.empty) this.drain();
    else if (!due) return this.asked(now);
    input.settle(now);
    return this.asked(now);
  }

  /** By the venue's last word. */
  accrued(_mark: TickPrice): Money {
    return this.unpaid;
  }

  confirmEmpty(): boolean {
    if (this.confirmed) return true;
    const now = this.parts.clock.nowUs();
    if (now - this.lastAskUs < CONFIRM_EVERY) return false;
    this.lastAskUs = now;
    if (this.emptyAskedUs === 0) this.emptyAskedUs = now;
    this.parts.client.requestOpenOrders();
    return false;
  }

  cancelAll(): void {
    this.parts.cancelAll();
  }

  close(): void {
    this.parts.close();
  }

  /** Rows and events in the order in which they came. */
  private drain(): void {
    const { inbox, input } = this.parts;
    const { rows, events, before } = inbox;
    let done = 0;
    for (let i = 0; i < events.length; i += 1) {
      const upTo = before[i] as number;
      input.rows(rows, done, upTo);
      done = upTo;
      this.event(events[i] as EngineEvent);
    }
    input.rows(rows, done, rows.count);
    inbox.clear();
  }

  private event(event: EngineEvent): void {
    if (event.kind === 'fill' && this.isOld(event)) return;
    if (event.kind === 'open-orders') this.listed(event);
    this.parts.input.handle(event);
    // Paid by a fill: what was open of it is in our cash now.
    if (event.kind === 'funding') this.unpaid = 0 as Money;
    if (event.kind === 'account') this.compare(event);
  }

  /** A fill of an earlier run, told once more after a reconnect: it is in the position that we began with. */
  private isOld({ ordinal, tradeId, side }: Fill): boolean {
    return ordinal === null && this.parts.ledger.knowsTrade(tradeId, side);
  }

  private listed({ us, orders }: OpenOrdersReport): void {
    if (this.emptyAskedUs === 0 || us < this.emptyAskedUs) return;
    this.confirmed = !orders.some(({ clientId }) => clientId.startsWith(CLIENT_ID_PREFIX));
    if (!this.confirmed) this.emptyAskedUs = 0;
  }

  private compare(report: AccountReport): void {
    const { engine, input, client, warn } = this.parts;
    this.unpaid = report.accrued ?? (0 as Money);
    const { mark, exposure } = engine.numbers;
    const { lots } = engine.position;
    const equity = engine.position.equity(mark, this.accrued(mark));
    const answer = this.equity.compare(report, { lots, mark, equity, exposure });
    if (answer !== 'withdraw' && answer !== 'book') return;
    const off = (this.equity.difference / 1e8).toFixed(2);
    const reason = `the venue's equity is $${off} more than ours`;
    if (answer === 'withdraw') {
      input.withdraw((report.us + AFTER_STALL) as Micros, reason);
      client.requestAccount();
      client.requestOpenOrders();
      return;
    }
    warn(`${reason}: booked as a transfer`);
    input.handle({ kind: 'transfer', us: report.us, amount: this.equity.difference });
  }

  private stalled(now: Micros): void {
    const seconds = ((now - this.turnUs) / 1e6).toFixed(1);
    const reason = `the process stood still for ${seconds} s`;
    this.parts.warn(reason);
    this.parts.input.withdraw((now + AFTER_STALL) as Micros, reason);
    this.parts.client.requestAccount();
    this.parts.client.requestOpenOrders();
  }

  /** Nobody would cancel for us: quotes go now and stay away. False when that has just been said. */
  private withdraw(now: Micros, reason: string): boolean {
    if (now - this.unwatchedUs < UNWATCHED_EVERY) return false;
    this.unwatchedUs = now;
    this.parts.input.withdraw((now + AFTER_STALL) as Micros, reason);
    return true;
  }

  /** Asks the venue what is due or in doubt; returns `now`. */
  private asked(now: Micros): Micros {
    const { engine, client, reportEvery } = this.parts;
    const doubt = engine.needsResync || engine.unresolved.length > 0;
    const again = doubt && now - this.lastAskUs >= IN_DOUBT;
    if (again) this.lastAskUs = now;
    if (now >= this.accountUs || again) {
      this.accountUs = now + reportEvery.account;
      client.requestAccount();
    }
    if (now >= this.ordersUs || again) {
      this.ordersUs = now + reportEvery.openOrders;
      client.requestOpenOrders();
    }
    return now;
  }
}
