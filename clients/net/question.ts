// A question to a venue that several may have at once: asked once for all of them, repeated when it is not answered, and
// asked anew for whoever came while it was under way: an answer may be too old for him. It never gives a stale answer.
import type { Clock } from '#core/outside';
import type { SpanMicros } from '#core/units';
import type { VenueInbox } from './venue-client.js';

const TRIES = 4;

export interface QuestionParts<Answer extends object> {
  readonly clock: Clock;
  readonly inbox: Pick<VenueInbox, 'note'>;
  /** "open orders": for the log. */
  readonly what: string;
  /** Before the next try. */
  readonly retryIn: () => SpanMicros;
  /** Asks the venue: the answer, or in a few words why there is none. */
  readonly read: (done: (answer: Answer | string) => void) => void;
}

export class Question<Answer extends object> {
  private waiting: ((answer: Answer | null) => void)[] = [];
  private next: ((answer: Answer | null) => void)[] = [];

  constructor(private readonly parts: QuestionParts<Answer>) {}

  /** An answer to a question that leaves after this call; null when the venue does not give one. */
  ask(done: (answer: Answer | null) => void): void {
    this.next.push(done);
    if (this.waiting.length === 0) this.begin();
  }

  private begin(): void {
    this.waiting = this.next;
    this.next = [];
    this.query(TRIES);
  }

  private query(triesLeft: number): void {
    const { clock, inbox, what, retryIn, read } = this.parts;
    read((answer) => {
      if (typeof answer !== 'string') return this.finish(answer);
      if (triesLeft > 1) {
        clock.after(retryIn(), () => this.query(triesLeft - 1));
        return;
      }
      inbox.note('warn', `${what} not read: ${answer}`);
      this.finish(null);
    });
  }

  private finish(answer: Answer | null): void {
    const { waiting } = this;
    // Whoever asks from within the answer comes after those who wait already.
    for (const done of waiting) done(answer);
    this.waiting = [];
    if (this.next.length > 0) this.begin();
  }
}
