// What keeps us from asking the venue too much: a token bucket for places and amends (cancels never wait), a count of
// operations and failures over the last minute, and a pause after refusals. All on the engine's clock. Hot path.
import type { VenueProfile } from '#core/params';
import type { Micros, Side, SpanMicros, Ticks } from '#core/units';
import { BID, MICROS_PER_MS, MICROS_PER_SECOND } from '#core/units';

/** Token bucket: `orderBurst` at once, `ordersPerSecond` for ever. */
export class Throttle {
  private tokens: number;
  private filledUs: Micros;

  constructor(
    private readonly profile: VenueProfile,
    nowUs: Micros,
  ) {
    this.tokens = profile.orderBurst;
    this.filledUs = nowUs;
  }

  /** True when one operation may be sent now. */
  ready(nowUs: Micros): boolean {
    if (nowUs > this.filledUs) {
      const { orderBurst, ordersPerSecond } = this.profile;
      const more = ((nowUs - this.filledUs) * ordersPerSecond) / MICROS_PER_SECOND;
      this.tokens = Math.min(orderBurst, this.tokens + more);
      this.filledUs = nowUs;
    }
    return this.tokens >= 1;
  }

  /** How far the requote tolerance is widened: 1 while half the burst is there, the profile's `stretch` when nothing is. */
  stretch(nowUs: Micros): number {
    const { stretch = 1, orderBurst } = this.profile;
    if (stretch === 1) return 1;
    this.ready(nowUs);
    const spent = 1 - (2 * Math.max(0, this.tokens)) / orderBurst;
    return spent > 0 ? 1 + (stretch - 1) * spent : 1;
  }

  /** Spends one; only after `ready`. */
  spend(): void {
    this.tokens -= 1;
  }

  /** Earliest time at which `ready` may be true again; later than `nowUs`. */
  readyUs(nowUs: Micros): Micros {
    const { ordersPerSecond } = this.profile;
    const wait = Math.ceil(((1 - this.tokens) / ordersPerSecond) * MICROS_PER_SECOND);
    return (nowUs + Math.max(1, wait)) as Micros;
  }
}

const BUCKETS = 60;

/** Operations and failures of the last 60 s, in one-second buckets. */
export class OperationCount {
  operations = 0;
  failures = 0;
  private readonly operationsOf = new Int32Array(BUCKETS);
  private readonly failuresOf = new Int32Array(BUCKETS);
  private slot = 0;
  /** Nothing is left to roll before this. */
  edgeUs: number;

  constructor(nowUs: Micros) {
    this.edgeUs = nowUs + MICROS_PER_SECOND;
  }

  sent(count: number): void {
    this.operations += count;
    this.operationsOf[this.slot] = (this.operationsOf[this.slot] as number) + count;
  }

  failed(): void {
    this.failures += 1;
    this.failuresOf[this.slot] = (this.failuresOf[this.slot] as number) + 1;
  }

  /** Forgets what is older than a minute. */
  roll(nowUs: Micros): void {
    if (nowUs < this.edgeUs) return;
    const seconds = Math.floor((nowUs - this.edgeUs) / MICROS_PER_SECOND) + 1;
    this.edgeUs += seconds * MICROS_PER_SECOND;
    for (let i = 0; i < seconds && i < BUCKETS; i += 1) {
      this.slot = (this.slot + 1) % BUCKETS;
      this.operations -= this.operationsOf[this.slot] as number;
      this.failures -= this.failuresOf[this.slot] as number;
      this.operationsOf[this.slot] = 0;
      this.failuresOf[this.slot] = 0;
    }
  }
}

class SideRefusals {
  inARow = 0;
  untilUs = -Infinity;
  ticks = 0 as Ticks;
  ticksUntilUs = -Infinity;
}

/** After a refusal a side waits: twice as long each time, and not at the same price before the next check. */
export class Refusals {
  private readonly bid = new SideRefusals();
  private readonly ask = new SideRefusals();

  constructor(
    private readonly least: SpanMicros,
    private readonly most: SpanMicros,
  ) {}

  /** The venue would not have it, or threw it out. Returns the time before which nothing is placed there. */
  refused(side: Side, ticks: Ticks, nowUs: Micros): Micros {
    const state = this.of(side);
    const least = Math.max(this.least, MICROS_PER_MS);
    const wait = Math.min(this.most, least * (1 << Math.min(state.inARow, 20)));
    state.inARow += 1;
    state.untilUs = nowUs + wait;
    state.ticks = ticks;
    state.ticksUntilUs = nowUs + this.most;
    return state.untilUs as Micros;
  }

  /** An order of that side lived: the count starts again. */
  lived(side: Side): void {
    this.of(side).inARow = 0;
  }

  /** When that side may be placed at `ticks`; not later than `nowUs` when it may be now. */
  freeUs(side: Side, ticks: Ticks): number {
    const state = this.of(side);
    return ticks === state.ticks ? Math.max(state.untilUs, state.ticksUntilUs) : state.untilUs;
  }

  private of(side: Side): SideRefusals {
    return side === BID ? this.bid : this.ask;
  }
}
