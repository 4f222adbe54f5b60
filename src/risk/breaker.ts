// The breaker: running | reducing | withdrawn | paused | latched. The only way to stop and the only way back.
// onSettle is hot path: allocation-free while nothing trips. A latch ends by reset alone, a timed pause by time alone.
import type {
  AccountNumbers, Breaker, BreakerSnapshot, BreakerStateName, CheckedDecision, Guard, GuardName, Trip,
} from '#core/guard'; // prettier-ignore
import { BY_NUMBERS } from '#core/guard';
import type { Fill } from '#core/messages';
import type { EngineObserver } from '#core/ports';
import type { Decision, View } from '#core/strategy';
import type { Micros } from '#core/units';
import { Baselines } from './equity.js';
import { RANK, Slot } from './slot.js';
import { keepReducing } from './trim.js';

/** States from mild to final; a state's index is its rank (slot.ts). */
export const STATES: readonly BreakerStateName[] = [
  'running', 'reducing', 'withdrawn', 'paused', 'latched',
]; // prettier-ignore
const WITHDRAWN = RANK.withdraw;

const endlessTrip = (guard: GuardName, severity: 'latch' | 'withdraw', reason: string): Trip =>
  Object.freeze({ guard, severity, reason, untilUs: 0 as Micros });

/** Before the first settle nothing is known, so nothing may be quoted. */
const STARTING = endlessTrip('host', 'withdraw', 'starting: nothing is known yet');

type Idle = NonNullable<Guard['idle']>;

/** How to ask the guards that time alone may change; null when one of them all does not say. */
function timedOf(guards: readonly Guard[]): readonly { readonly idle: Idle }[] | null {
  const timed: { readonly idle: Idle }[] = [];
  for (const guard of guards) {
    if (guard.idle === undefined) return null;
    if (guard.idle !== BY_NUMBERS) timed.push(guard as { readonly idle: Idle });
  }
  return timed;
}

export interface RiskBreakerOptions {
  /** In the order in which they are asked; see makeGuards. */
  readonly guards: readonly Guard[];
  /** What an earlier run left; null or absent at the very first start. Throws AssertionFailure when damaged. */
  readonly restored?: BreakerSnapshot | null;
  /** After every change of state; `cause` null = running. Must not call back. */
  readonly onTransition?: EngineObserver['onTransition'];
  /** A trim, a veto, or a trip that did not change the state. Must not call back. */
  readonly onGuard?: EngineObserver['onGuard'];
}

export class RiskBreaker implements Breaker {
  state: BreakerStateName = 'withdrawn';
  cause: Trip | null = null;
  untilUs = 0 as Micros;
  private readonly guards: readonly Guard[];
  private readonly timed: ReturnType<typeof timedOf>;
  /** One per guard, in the same order; then one per name that tripped from outside or was restored. */
  private readonly slots: Slot[];
  private readonly baselines: Baselines;
  private latch: Trip | null;
  private operatorPause: Trip | null = null;
  private starting = true;
  private rank = WITHDRAWN;
  /** The rank that the last onSettle left behind: what is worse now makes it ask for a cancel. */
  private settledRank: number;

  constructor(private readonly options: RiskBreakerOptions) {
    const restored = options.restored ?? null;
    this.guards = options.guards;
    this.timed = timedOf(options.guards);
    this.slots = options.guards.map((guard) => new Slot(guard.name, true));
    this.baselines = new Baselines(restored);
    this.latch = restored?.latched ?? null;
    if (restored?.operatorPaused)
      this.operatorPause = endlessTrip('operator', 'withdraw', 'paused before the restart');
    for (const trip of restored?.paused ?? []) this.outside(trip.guard).offer(trip);
    this.refresh();
    this.settledRank = this.rank;
  }

  /** True also when an order of the operator or a trip since the last settle made it worse. */
  onSettle(numbers: AccountNumbers): boolean {
    this.baselines.settle(numbers);
    const { guards, slots } = this;
    const { nowUs } = numbers;
    const count = guards.length;
    let changed = this.starting;
    this.starting = false;
    for (let i = 0; i < count; i++) {
      const answer = (guards[i] as Guard).onSettle(numbers);
      if (answer !== null && answer.severity === 'latch') {
        if (this.latch === null) changed = true;
        this.latch ??= answer;
        break; // nothing is worse, and the numbers may be such that the others must not see them
      }
      if ((slots[i] as Slot).settle(answer, nowUs)) {
        changed = true;
        this.tell(nowUs, answer);
      }
    }
    for (let i = count; i < slots.length; i++) {
      if ((slots[i] as Slot).expire(nowUs)) changed = true;
    }
    if (changed) this.update(nowUs);
    const worse = this.rank >= WITHDRAWN && this.rank > this.settledRank;
    this.settledRank = this.rank;
    return worse;
  }

  /** Nothing holds, so every guard's last answer was null; the few that look at the time are asked whether it still is. */
  idle(numbers: AccountNumbers): boolean {
    const { timed } = this;
    if (this.rank !== 0 || this.settledRank !== 0 || this.starting || timed === null) return false;
    if (!this.baselines.idle(numbers)) return false;
    for (let i = 0; i < timed.length; i++) {
      if (!(timed[i] as { readonly idle: Idle }).idle(numbers)) return false;
    }
    return true;
  }

  onDecision(view: View, decision: Decision, numbers: AccountNumbers): CheckedDecision | null {
    if (this.rank >= WITHDRAWN) return null;
    let checked = decision;
    for (let i = 0; i < this.guards.length; i++) {
      const answer = (this.guards[i] as Guard).onDecision(view, checked, numbers);
      if (answer.kind === 'veto') {
        this.options.onGuard?.(numbers.nowUs, answer.trip, `veto: ${answer.trip.reason}`);
        this.take(answer.trip, this.slots[i] as Slot, numbers.nowUs);
        return null;
      }
      if (answer.kind === 'trim') {
        checked = answer.decision;
        this.options.onGuard?.(numbers.nowUs, null, `${answer.guard} trimmed: ${answer.reason}`);
      }
    }
    // Whatever made us reduce, and however old the view is.
    if (this.rank === RANK.reduce) checked = keepReducing(checked, numbers.positionLots);
    return checked as CheckedDecision;
  }

  onFill(fill: Fill, numbers: AccountNumbers): void {
    for (const guard of this.guards) guard.onFill?.(fill, numbers);
  }

  /** `resume` also ends what came from outside without an end (a host fault); it never shortens a timed pause. */
  operator(
    order: 'stop' | 'pause' | 'resume' | 'reset',
    reason: string,
    numbers: AccountNumbers,
  ): void {
    if (order === 'stop') {
      this.latch ??= endlessTrip('operator', 'latch', reason);
    } else if (order === 'pause') {
      this.operatorPause ??= endlessTrip('operator', 'withdraw', reason);
    } else if (order === 'resume') {
      this.operatorPause = null;
      for (const slot of this.slots) slot.resume();
    } else {
      this.latch = null;
      this.baselines.restart();
    }
    this.update(numbers.nowUs);
  }

  /** Ends at its untilUs; without one, by the operator's resume (a latch: by reset). */
  trip(trip: Trip, numbers: AccountNumbers): void {
    this.take(trip, this.outside(trip.guard), numbers.nowUs);
  }

  snapshot(): BreakerSnapshot {
    const { baselines, slots } = this;
    const reducing = slots.filter((slot) => slot.held?.severity === 'reduce');
    return {
      latched: this.latch,
      paused: slots.flatMap((slot) => slot.lasting ?? []),
      operatorPaused: this.operatorPause !== null,
      dayStartEquity: baselines.dayStart,
      day: baselines.day,
      peakEquity: baselines.peak,
      reducing: this.starting
        ? (this.options.restored?.reducing ?? [])
        : reducing.map((slot) => slot.name),
    };
  }

  private take(trip: Trip, slot: Slot, nowUs: Micros): void {
    if (trip.severity === 'latch') this.latch ??= trip;
    else if (!slot.offer(trip)) return;
    else this.tell(nowUs, trip);
    this.update(nowUs);
  }

  private outside(name: GuardName): Slot {
    for (let i = this.guards.length; i < this.slots.length; i++) {
      const slot = this.slots[i] as Slot;
      if (slot.name === name) return slot;
    }
    const slot = new Slot(name, false);
    this.slots.push(slot);
    return slot;
  }

  /** A new trip that the state will not show, because what holds already is as bad or worse. */
  private tell(nowUs: Micros, trip: Trip | null): void {
    if (trip === null || RANK[trip.severity] > this.rank) return;
    this.options.onGuard?.(nowUs, trip, `${trip.guard}, while ${this.state}: ${trip.reason}`);
  }

  private update(nowUs: Micros): void {
    const from = this.state;
    this.refresh();
    if (from !== this.state) this.options.onTransition?.(nowUs, from, this.state, this.cause);
  }

  /** State, cause and end from all that holds: the worst wins; of equals the one that was the cause already. */
  private refresh(): void {
    const holding = [this.latch, this.operatorPause, ...this.slots.map((slot) => slot.held)];
    if (this.starting) holding.push(STARTING);
    const trips = holding.filter((trip) => trip !== null);
    this.rank = trips.reduce((worst, trip) => Math.max(worst, RANK[trip.severity]), 0);
    const worst = trips.filter((trip) => RANK[trip.severity] === this.rank);
    const before = this.cause;
    this.cause = worst.find((trip) => trip === before) ?? worst[0] ?? null;
    const timed = worst.every((trip) => trip.untilUs > 0);
    this.untilUs = (timed ? Math.max(0, ...worst.map((trip) => trip.untilUs)) : 0) as Micros;
    this.state = STATES[this.rank] as BreakerStateName;
  }
}
