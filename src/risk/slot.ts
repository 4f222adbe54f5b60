// What one guard (or one name from outside) holds against us at present, and when it lets go. Hot path.
// A milder or shorter trip never replaces a worse or longer one that still runs.
import type { GuardName, Severity, Trip } from '#core/guard';

/** From mild to final; 0 is running. */
export const RANK: Readonly<Record<Severity, number>> = {
  reduce: 1,
  withdraw: 2,
  pause: 3,
  latch: 4,
};

/** Without an end of its own. A damaged end (NaN) counts as none: it must not end by accident. */
const endless = (trip: Trip): boolean => !(trip.untilUs > 0);

/** Does `trip` say more than `held`: more severe, or as severe and longer (without an end is longest)? */
function exceeds(trip: Trip, held: Trip): boolean {
  if (trip.severity !== held.severity) return RANK[trip.severity] > RANK[held.severity];
  if (endless(held)) return false;
  return endless(trip) || trip.untilUs > held.untilUs;
}

export class Slot {
  held: Trip | null = null;

  /** `guarded`: its guard is asked at every settle and lets go of a trip without an end; else an operator must. */
  constructor(
    readonly name: GuardName,
    private readonly guarded: boolean,
  ) {}

  /** What a restart must not end: every pause that runs for a time, or that only an operator ends. */
  get lasting(): Trip | null {
    const { held } = this;
    if (held === null || held.severity !== 'pause') return null;
    return this.guarded && endless(held) ? null : held;
  }

  /** The guard's answer at this settle (never a latch). True when what is held changed. */
  settle(answer: Trip | null, nowUs: number): boolean {
    const { held } = this;
    if (answer === held) return false;
    if (held !== null && !endless(held) && !(nowUs >= held.untilUs)) {
      if (answer === null || !exceeds(answer, held)) return false;
    }
    this.held = answer;
    return true;
  }

  /** A trip at any other time. True when it is taken. */
  offer(trip: Trip): boolean {
    if (this.held !== null && !exceeds(trip, this.held)) return false;
    this.held = trip;
    return true;
  }

  /** Lets go of what has run its time. True when it did. */
  expire(nowUs: number): boolean {
    const { held } = this;
    if (held === null || endless(held) || !(nowUs >= held.untilUs)) return false;
    this.held = null;
    return true;
  }

  /** An operator's resume: ends what nothing else would end. */
  resume(): void {
    if (!this.guarded && this.held !== null && endless(this.held)) this.held = null;
  }
}
