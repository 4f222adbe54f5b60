// A venue in memory behind the seam of clients/net/venue-client.ts: a book of a few levels that shows our own quotes too,
// answers on the event loop, and the misbehaviour that a test asks for. No wire, no signature, no protocol.
import type { EmergencyClient, VenueClient, VenueFacts } from '#clients/net/venue-client';
import { Instrument } from '#core/instrument';
import { clientId } from '#core/messages';
import type { Command, EngineEvent, FundingPaid, OpenOrder, PlaceCommand } from '#core/messages';
import { ROW_CLEAR, ROW_LEVEL, ROW_MARK } from '#core/rows';
import { BID } from '#core/units';
import type { Lots, Micros, Money, Side, TickPrice, Ticks } from '#core/units';
import type { WallClock } from '#run/clock';
import type { VenuePlace } from '#run/venue-place';
import type { WireInbox } from '#run/wire-inbox';

export const FAKE_SPEC = {
  venue: 'paradex',
  symbol: 'BTC-USD-PERP',
  tickSize: '0.1',
  lotSize: '0.00001',
  minNotional: '10',
  kind: 'linear',
  multiplier: '1',
  settle: 'USDC',
  makerFee: 300_000 as never,
  takerFee: 4_500_000 as never,
  fundingPeriod: 28_800 as never,
  maintenanceMargin: 0.01,
} as const;
const INSTRUMENT = new Instrument(FAKE_SPEC);
export const MID = 900_000;

export class FakeVenue {
  readonly open = new Map<string, OpenOrder>();
  readonly placed: PlaceCommand[] = [];
  readonly calls: string[] = [];
  readonly payments: FundingPaid[] = [];
  position = 0;
  equity = 5_000e8;
  /** Cancels are swallowed without an answer. */
  deaf = false;
  /** Its book never has a bid. */
  oneSided = false;
  clients = 0;
  /** What its runs said to their watchdogs. */
  readonly watchdog: string[] = [];
  /** What its watchdog has to say against quotes. */
  unwatched: string | null = null;
  /** Of the newest client. */
  inbox: WireInbox | null = null;
  onPlace: (place: PlaceCommand) => void = () => undefined;

  report(us: number): EngineEvent {
    const equity = this.equity as Money;
    const positionLots = this.position as Lots;
    const times = { us: us as Micros, venueUs: us as Micros };
    return { kind: 'account', ...times, positionLots, equity, marginRatio: Infinity };
  }

  place(): VenuePlace {
    return {
      venue: 'paradex',
      network: 'testnet',
      identity: '0x1',
      market: FAKE_SPEC.symbol,
      name: 'a venue in memory',
      reach: { venue: 'paradex', network: 'testnet', market: 'x', url: null, paperKey: null },
      client: (runId, inbox, clock) => Promise.resolve(new FakeClient(this, runId, inbox, clock)),
      emergency: () => Promise.resolve(this.emergency()),
      watch: () => {
        const said = (word: string): void => void this.watchdog.push(word);
        said('begins');
        return Promise.resolve({
          turn: () => this.unwatched,
          goodbye: () => Promise.resolve(said('goodbye')),
          leave: () => said('leave'),
        });
      },
      close: () => Promise.resolve(),
    };
  }

  emergency(): EmergencyClient {
    return {
      cancelAll: () => {
        this.calls.push('emergency cancel-all');
        for (const [id] of this.open) if (id.startsWith('mm-')) this.open.delete(id);
        return Promise.resolve();
      },
      openOrders: () => Promise.resolve([...this.open.values()]),
      close: () => Promise.resolve(),
    };
  }
}

export class FakeClient implements VenueClient {
  readonly counters = {
    ...{ connects: 1, cuts: 0, gaps: 0, requests: 0, failures: 0, unknowns: 0, unreadable: 0 },
    ...{ duplicateFills: 0, messages: 0 },
  };
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly venue: FakeVenue,
    private readonly runId: string,
    private readonly inbox: WireInbox,
    private readonly clock: WallClock,
  ) {
    venue.clients += 1;
    venue.inbox = inbox;
  }

  start(): Promise<VenueFacts> {
    return Promise.resolve({
      instrument: INSTRUMENT,
      feesFrom: 'account',
      profile: { amend: false, ordersPerSecond: 100, orderBurst: 100 },
      account: this.venue.report(this.clock.nowUs()) as VenueFacts['account'],
      averageEntry: MID as TickPrice,
      openOrders: [...this.venue.open.values()],
      warnings: [],
    });
  }

  fundingSince(us: Micros): Promise<readonly FundingPaid[]> {
    return Promise.resolve(this.venue.payments.filter((paid) => paid.us >= us));
  }

  open(): void {
    const us = this.clock.nowUs();
    this.inbox.event({ kind: 'link', us, channel: 'public', state: 'up', detail: 'fake' });
    this.inbox.event({ kind: 'link', us, channel: 'private', state: 'up', detail: 'fake' });
    this.inbox.row(ROW_CLEAR, 0, us, 0, 0);
    this.inbox.row(ROW_MARK, 0, us, MID, 0);
    this.book();
    this.timer = setInterval(() => this.book(), 100);
  }

  /** Two outer levels of others, and our own quotes on top of what is there. */
  private book(): void {
    const us = this.clock.nowUs();
    for (const side of [1, -1] as const) {
      if (this.venue.oneSided && side === BID) continue;
      for (const step of [5, 40, 80]) this.level(side, MID - side * step, 50_000, us);
    }
    for (const order of this.venue.open.values()) {
      this.level(order.side, order.ticks, order.lots, us);
    }
  }

  private level(side: Side, ticks: number, lots: number, us: number): void {
    this.inbox.row(ROW_LEVEL, side, us, ticks, lots);
  }

  send(_nowUs: Micros, commands: readonly Command[]): void {
    for (const command of commands) setImmediate(() => this.answer(command));
  }

  private answer(command: Command): void {
    const us = this.clock.nowUs();
    if (command.kind === 'place') {
      const { ordinal, side, ticks, lots } = command;
      const id = clientId(this.runId, ordinal);
      this.venue.open.set(id, { ordinal, clientId: id, side, ticks, lots, filledLots: 0 as Lots });
      this.venue.placed.push(command);
      this.inbox.event({ kind: 'accepted', us, ordinal });
      this.venue.onPlace(command);
      return;
    }
    this.venue.calls.push(command.kind);
    if (this.venue.deaf) return;
    if (command.kind === 'cancel') this.gone(command.ordinal, us);
    if (command.kind !== 'cancel-all') return;
    for (const { ordinal } of [...this.venue.open.values()])
      if (ordinal !== null) this.gone(ordinal, us);
    this.inbox.event({ kind: 'all-cancelled', us, venueUs: us });
  }

  private gone(ordinal: number, us: Micros): void {
    const id = clientId(this.runId, ordinal);
    const order = this.venue.open.get(id);
    if (order === undefined) return;
    this.venue.open.delete(id);
    this.level(order.side, order.ticks, 0, us);
    const filledLots = 0 as Lots;
    this.inbox.event({ kind: 'closed', us, ordinal, reason: 'cancelled', filledLots });
  }

  requestAccount(): void {
    this.venue.calls.push('account');
    setImmediate(() => this.inbox.event(this.venue.report(this.clock.nowUs())));
  }

  requestOpenOrders(): void {
    this.venue.calls.push('open-orders');
    setImmediate(() => {
      const us = this.clock.nowUs();
      const orders = [...this.venue.open.values()];
      this.inbox.event({ kind: 'open-orders', us, venueUs: us, orders });
    });
  }

  close(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    return Promise.resolve();
  }
}

/** An order at the venue that nobody here placed. */
export const stranger = (id: string): OpenOrder => ({
  ordinal: null,
  clientId: id,
  side: BID,
  ticks: (MID - 500) as Ticks,
  lots: 100 as Lots,
  filledLots: 0 as Lots,
});
