// What a host may leave out: rows and settles at which nothing moved that the engine looks at. For a simulated venue, which
// keeps the book anyway and knows when a touch has moved. Hot path. It never says that something is quiet when in doubt.
import type { BookView } from '#core/book';
import type { Instant } from '#core/instant';
import type { EngineObserver } from '#core/ports';
import type { Micros } from '#core/units';
import type { Measures } from './measures.js';
import type { Schedule } from './schedule.js';
import type { Standing } from './standing.js';
import type { EngineState } from './state.js';
import type { Throttle } from './throttle.js';
import type { Wake } from './wake.js';

export interface PassingParts {
  readonly state: EngineState;
  readonly measures: Measures;
  readonly schedule: Schedule;
  readonly standing: Standing;
  readonly wake: Wake;
  readonly throttle: Throttle;
  readonly now: Instant;
  readonly observer: EngineObserver | undefined;
}

export class Passing {
  /** Somebody wants to be told of every decision, so that every look must be taken. */
  private readonly heard: boolean;

  constructor(private readonly parts: PassingParts) {
    const { observer } = parts;
    this.heard = observer?.onDecision !== undefined && observer.onStood === undefined;
  }

  /**
   * Reads the book that the host keeps instead of making one of the rows. False when somebody looks at more of it than
   * the touches, or there have been rows: then everything must be given.
   */
  follow(book: BookView): boolean {
    return this.parts.measures.byTouch && this.parts.state.follow(book);
  }

  /**
   * Levels and prints before this time that move no touch of a sound book need not be given, nor settled for, and no wake
   * be kept; the host says so (`passed`, `look`) before anything else. -Infinity while no book is followed.
   */
  get quietUntilUs(): number {
    const { state, schedule, standing } = this.parts;
    return state.book.following ? schedule.quietUntil(!this.heard && standing.lasts) : -Infinity;
  }

  /** Such rows came until `now`; `bookUs`: the newest level among them (0: none). */
  passed(bookUs: Micros): void {
    const { state, schedule, now } = this.parts;
    state.passed(now.us, bookUs);
    schedule.passed();
  }

  /** After `passed`: takes every look that was due before, and finds what it found: the decision stands. */
  look(beforeUs: Micros): void {
    const { schedule, now, state, observer } = this.parts;
    const seenUs = now.us;
    let looks = 0;
    while (schedule.nextWakeUs < beforeUs) {
      now.us = schedule.nextWakeUs;
      state.numbers.nowUs = now.us;
      this.again();
      looks += 1;
    }
    if (looks > 0) observer?.onStood?.(now.us, looks);
    if (now.us >= seenUs) return;
    now.us = seenUs;
    state.numbers.nowUs = seenUs;
  }

  /** The decision stands at this look: the age of the quotes begins again. */
  again(): void {
    const { standing, now, wake, throttle, schedule } = this.parts;
    standing.renew(now, wake.maxAge);
    wake.begin(now.us);
    wake.stretch = throttle.stretch(now.us);
    schedule.plan(true);
  }
}
