// Guard: how large the position may become. Soft limit: reduce only; hard limit (150 %): no decision whose fills
// could pass it; past it all the same: latch. onSettle is hot path. Never judges without a mark (limits unknown).
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW, BY_NUMBERS } from '#core/guard';
import type { Instrument } from '#core/instrument';
import type { Decision, View } from '#core/strategy';
import type { Lots, Micros } from '#core/units';
import { fitRoom, reducingImmediate, withSides } from './trim.js';
import { sizeText } from './wording.js';

export class PositionLimit implements Guard {
  readonly name = 'position';
  readonly idle = BY_NUMBERS;
  private tripped: Trip | null = null;
  private breached: Trip | null = null;

  /** `reducing`: it was, when the process ended; the position must still come back to 80 %. */
  constructor(
    private readonly instrument: Instrument,
    private reducing = false,
  ) {}

  onSettle(numbers: AccountNumbers): Trip | null {
    if (numbers.mark <= 0) return this.tripped;
    const size = Math.abs(numbers.positionLots);
    // Written so that a NaN on either side trips.
    if (!(size <= numbers.hardLimitLots)) return this.breach(numbers);
    this.breached = null;
    if (size <= numbers.limitLots && (!this.reducing || size * 5 <= numbers.limitLots * 4)) {
      this.reducing = false;
      this.tripped = null;
      return null;
    }
    this.reducing = true;
    this.tripped ??= this.trip('reduce', 'soft', numbers.positionLots, numbers.limitLots);
    return this.tripped;
  }

  /**
   * The decision as a whole: position plus every wanted bid (ask) stays within the hard limit, nothing is added at
   * or beyond the soft one. Order by order, what still rests or is in flight is the reconciler's to count.
   */
  onDecision(_view: View, decision: Decision, numbers: AccountNumbers): DecisionAnswer {
    const { positionLots: position, limitLots: limit, hardLimitLots: hard } = numbers;
    const immediate = reducingImmediate(decision.immediate, position);
    // What the immediate order takes may come on top of the quotes of its side.
    const taken = immediate === null ? 0 : immediate.side * immediate.lots;
    const known = numbers.mark > 0;
    const bidRoom = known && position < limit ? hard - position - Math.max(0, taken) : 0;
    const askRoom = known && position > -limit ? hard + position - Math.max(0, -taken) : 0;
    const bids = fitRoom(decision.bids, bidRoom, this.instrument);
    const asks = fitRoom(decision.asks, askRoom, this.instrument);
    const sides = withSides(decision, bids, asks, 'position-limit');
    if (sides === decision && immediate === decision.immediate) return ALLOW;
    const reason = `position ${this.size(position)}, soft limit ${this.size(limit)}, hard ${this.size(hard)}`;
    return { kind: 'trim', decision: { ...sides, immediate }, guard: this.name, reason };
  }

  private breach(numbers: AccountNumbers): Trip {
    this.reducing = true;
    this.breached ??= this.trip('latch', 'hard', numbers.positionLots, numbers.hardLimitLots);
    return this.breached;
  }

  private trip(severity: 'reduce' | 'latch', which: string, position: Lots, limit: Lots): Trip {
    const reason = `position ${this.size(position)} is beyond the ${which} limit of ${this.size(limit)}`;
    return Object.freeze({ guard: this.name, severity, reason, untilUs: 0 as Micros });
  }

  private size(lots: Lots): string {
    return sizeText(this.instrument, lots);
  }
}
