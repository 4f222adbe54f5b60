// A venue that does everything a real one may do to us: requests and events travel for random times and overtake one
// another, answers get lost (and are called unknown) or repeated, fills come at any moment, cancels miss. It keeps
// the truth, so that a test can compare. The only thing it does not do is lie.
import type { Command, EngineEvent, OpenOrder } from '#core/messages';
import type { CommandSink } from '#core/ports';
import { TimeHeap } from '#core/heap';
import type { Random } from '#core/random';
import type { Lots, Micros, Money, Side, Ticks } from '#core/units';
import type { Engine } from '#engine/engine';
import { MS, SECOND } from './fixture.js';

export interface Faults {
  /** Chances: a request or its answer is lost; an event is repeated; a fill report is lost for good. */
  readonly lost: number;
  readonly repeated: number;
  readonly lostFills: number;
  /** Chance of a long journey of up to 4 s (requests) or 3 s (events). */
  readonly late: number;
  /** The venue's clock minus ours. */
  readonly skewUs: number;
}

interface VenueOrder {
  readonly ordinal: number;
  readonly side: Side;
  readonly slot: string;
  readonly tif: string;
  lots: number;
  ticks: number;
  filled: number;
  state: 'travelling' | 'open' | 'gone';
  /** Sizes asked for by amends under way. */
  asked: number[];
}

/** Answers to a request come once; what streams may come again after a reconnect. */
const REPLIES = new Set(['rejected', 'amend-rejected', 'cancel-rejected']);

type Unstamped = EngineEvent extends infer E
  ? E extends EngineEvent
    ? Omit<E, 'us'>
    : never
  : never;
type Closing = Extract<EngineEvent, { kind: 'closed' }>['reason'];

export class ModelVenue implements CommandSink {
  engine!: Engine;
  position = 0;
  now: number;
  /** All that was sent in the last settle. */
  batch: readonly Command[] = [];
  private readonly orders = new Map<number, VenueOrder>();
  private readonly requests = new TimeHeap<Command>();
  private readonly events = new TimeHeap<Unstamped>();
  private trades = 0;
  private stampUs = 0;

  constructor(
    private readonly random: Random,
    private faults: Faults,
    startUs: number,
  ) {
    this.now = startUs;
  }

  /** From now on nothing is lost, late or repeated. */
  behave(): void {
    this.faults = { ...this.faults, lost: 0, repeated: 0, lostFills: 0, late: 0 };
  }

  send(_nowUs: Micros, commands: readonly Command[]): void {
    this.batch = [...commands];
    for (const command of commands) {
      if (command.kind === 'place') this.register(command);
      if (command.kind === 'amend') this.orders.get(command.ordinal)?.asked.push(command.lots);
      if (this.random.bool(this.faults.lost)) this.lose(command);
      else this.requests.push((this.now + this.journey(4)) as Micros, command);
    }
  }

  /** Goes on to `untilUs`, with everything that happens on the way and the settles a host would call. */
  advance(untilUs: number, check: () => void): void {
    const { engine, requests, events } = this;
    for (;;) {
      const next = Math.min(requests.peekUs(), events.peekUs(), engine.nextWakeUs, untilUs);
      this.now = Math.max(this.now, next);
      while (requests.peekUs() <= this.now) this.execute(requests.pop());
      let settle = engine.nextWakeUs <= this.now || next === untilUs;
      while (events.peekUs() <= this.now) {
        engine.handle({ ...events.pop(), us: this.now as Micros } as EngineEvent);
        settle = true;
      }
      if (settle) this.settle(check);
      if (next === untilUs) return;
    }
  }

  settle(check: () => void): void {
    this.batch = [];
    this.engine.settle(this.now as Micros);
    if (!(this.engine.nextWakeUs > this.now)) throw new Error('the engine would spin');
    check();
  }

  /** Somebody trades with one of our orders. */
  tradeSomething(): void {
    const open = [...this.orders.values()].filter((o) => o.state === 'open');
    if (open.length > 0) this.match(open[this.random.int(open.length)] as VenueOrder);
  }

  /** The venue ends one of our orders without being asked. */
  throwOut(): void {
    const open = [...this.orders.values()].filter((o) => o.state === 'open');
    if (open.length > 0) this.end(open[this.random.int(open.length)] as VenueOrder, 'venue');
  }

  reportOrders(): void {
    const orders: OpenOrder[] = [];
    for (const o of this.orders.values()) {
      if (o.state !== 'open') continue;
      orders.push({
        ...{ ordinal: o.ordinal, clientId: `mm-run-${o.ordinal}`, side: o.side },
        ...{ ticks: o.ticks as Ticks, lots: o.lots as Lots, filledLots: o.filled as Lots },
      });
    }
    this.emit({ kind: 'open-orders', venueUs: this.venueUs, orders });
  }

  reportAccount(): void {
    this.emit({
      ...{ kind: 'account', venueUs: this.venueUs, positionLots: this.position as Lots },
      ...{ equity: 0 as Money, marginRatio: Infinity },
    });
  }

  get openCount(): number {
    return [...this.orders.values()].filter((o) => o.state === 'open').length;
  }

  /** The position if everything that is open or under way on one side were filled, by the venue's own books. */
  worst(side: Side): number {
    let sum = this.position;
    for (const o of this.orders.values()) {
      if (o.state === 'gone' || o.side !== side) continue;
      sum += side * Math.max(0, Math.max(o.lots, ...o.asked) - o.filled);
    }
    return sum;
  }

  /** A slot in which two orders are open or on their way, or null. */
  doubleSlot(): string | null {
    const seen = new Set<string>();
    for (const o of this.orders.values()) {
      if (o.state === 'gone') continue;
      if (seen.has(o.slot)) return o.slot;
      seen.add(o.slot);
    }
    return null;
  }

  /** No two things happen at once. */
  private get venueUs(): Micros {
    this.stampUs = Math.max(this.stampUs + 1, this.now + this.faults.skewUs);
    return this.stampUs as Micros;
  }

  private register(command: Command & { kind: 'place' }): void {
    const { ordinal, side, lots, ticks, tif } = command;
    if (this.orders.has(ordinal)) throw new Error(`ordinal ${ordinal} sent twice`);
    const level = this.engine.orders.find((o) => o.ordinal === ordinal)?.level;
    const slot = `${side}/${level}`;
    this.orders.set(ordinal, {
      ...{ ordinal, side, slot, tif, lots, ticks, filled: 0, state: 'travelling', asked: [] },
    });
  }

  private journey(longest: number): number {
    const usual = 20 * MS + this.random.int(400 * MS);
    return this.random.bool(this.faults.late) ? usual + this.random.int(longest * SECOND) : usual;
  }

  /** The request never arrives; sooner or later we hear that nobody knows what became of it. */
  private lose(command: Command): void {
    const order = command.kind === 'cancel-all' ? undefined : this.orders.get(command.ordinal);
    if (command.kind === 'place' && order !== undefined) order.state = 'gone';
    if (command.kind === 'amend' && order !== undefined) drop(order.asked, command.lots);
    this.unknown(command);
  }

  private unknown(command: Command): void {
    const ordinal = command.kind === 'cancel-all' ? null : command.ordinal;
    const us = (this.now + this.journey(3)) as Micros;
    this.events.push(us, { kind: 'unknown', ordinal, operation: command.kind });
  }

  private execute(command: Command): void {
    // The answer (but not the deed) may be lost.
    const silent = this.random.bool(this.faults.lost);
    if (silent) this.unknown(command);
    const answer = (event: Unstamped): void => (silent ? undefined : this.emit(event));
    if (command.kind === 'cancel-all') {
      for (const o of this.orders.values()) if (o.state === 'open') this.end(o, 'cancelled');
      answer({ kind: 'all-cancelled', venueUs: this.venueUs });
      return;
    }
    const order = this.orders.get(command.ordinal) as VenueOrder;
    if (command.kind === 'place') this.open(order, answer);
    else if (command.kind === 'cancel') {
      const { ordinal } = order;
      if (order.state === 'open') this.end(order, 'cancelled', answer);
      else answer({ kind: 'cancel-rejected', ordinal, reason: 'not-found' });
    } else this.amend(order, command, answer);
  }

  private open(order: VenueOrder, answer: (event: Unstamped) => void): void {
    const { ordinal } = order;
    if (this.random.bool(0.05)) {
      order.state = 'gone';
      answer({ kind: 'rejected', ordinal, reason: 'margin', detail: '' });
      return;
    }
    order.state = 'open';
    answer({ kind: 'accepted', ordinal });
    if (order.tif === 'ioc') {
      if (this.random.bool(0.7)) this.match(order);
      if ((order.state as string) === 'open') this.end(order, 'ioc');
    } else if (this.random.bool(0.05)) this.end(order, 'post-only');
  }

  private amend(
    order: VenueOrder,
    { ticks, lots }: Command & { kind: 'amend' },
    answer: (event: Unstamped) => void,
  ): void {
    const { ordinal } = order;
    drop(order.asked, lots);
    if (order.state !== 'open') {
      answer({ kind: 'amend-rejected', ordinal, reason: 'not-found' });
    } else if (this.random.bool(0.1)) {
      answer({ kind: 'amend-rejected', ordinal, reason: 'other' });
    } else if (lots <= order.filled) this.end(order, 'cancelled');
    else {
      order.ticks = ticks;
      order.lots = lots;
      answer({ kind: 'amended', ordinal, ticks, lots });
    }
  }

  private match(order: VenueOrder): void {
    const left = order.lots - order.filled;
    const lots = this.random.bool(0.4) ? left : 1 + this.random.int(left);
    order.filled += lots;
    this.position += order.side * lots;
    if (order.filled === order.lots) order.state = 'gone';
    this.trades += 1;
    if (this.random.bool(this.faults.lostFills)) return;
    this.emit({
      ...{ kind: 'fill', tradeId: `t${this.trades}`, ordinal: order.ordinal, side: order.side },
      ...{ ticks: order.ticks as Ticks, lots: lots as Lots, fee: 0 as Money, maker: true },
      ...{ venueUs: this.venueUs, liquidation: false },
    });
  }

  private end(
    order: VenueOrder,
    reason: Closing,
    answer = (event: Unstamped): void => this.emit(event),
  ): void {
    order.state = 'gone';
    const filledLots = order.filled as Lots;
    answer({ kind: 'closed', ordinal: order.ordinal, reason, filledLots });
  }

  private emit(event: Unstamped): void {
    this.events.push((this.now + this.journey(3)) as Micros, event);
    if (!REPLIES.has(event.kind) && this.random.bool(this.faults.repeated))
      this.events.push((this.now + this.journey(3) + SECOND) as Micros, event);
  }
}

function drop(list: number[], value: number): void {
  const at = list.indexOf(value);
  if (at >= 0) list.splice(at, 1);
}
