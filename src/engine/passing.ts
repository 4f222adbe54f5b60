// What a host may leave out: rows and settles at which nothing moved that the engine looks at. For a simulated venue, which
// keeps the book anyway and knows when a touch has moved. Hot path. It never says that something is quiet when in doubt.
import type { BookView } from '#core/book';
import type { Instant } from '#core/instant';
import type { Micros } from '#core/units';
import type { Measures } from './measures.js';
import type { Schedule } from './schedule.js';
import type { EngineState } from './state.js';

export class Passing {
  constructor(
    private readonly state: EngineState,
    private readonly measures: Measures,
    private readonly schedule: Schedule,
    private readonly now: Instant,
  ) {}

  /**
   * Reads the book that the host keeps instead of making one of the rows. False when somebody looks at more of it than
   * the touches, or there have been rows: then everything must be given.
   */
  follow(book: BookView): boolean {
    return this.measures.byTouch && this.state.follow(book);
  }

  /**
   * Levels and prints before this time that move no touch of a sound book need not be given, nor settled for; the host says
   * so (`passed`) before anything else. -Infinity while no book is followed.
   */
  get quietUntilUs(): number {
    return this.state.book.following ? this.schedule.quietUntilUs : -Infinity;
  }

  /** Such rows came until `now`; `bookUs`: the newest level among them (0: none). */
  passed(bookUs: Micros): void {
    this.state.passed(this.now.us, bookUs);
    this.schedule.passed();
  }
}
