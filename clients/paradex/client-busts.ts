// Trades that the chain took back: told by their channel, and asked for after a break, in which one may have been told to
// nobody. Each is told once: the engine undoes the fill, and a person looks before anything goes on. Nothing is booked here.
import type { Clock } from '#core/outside';
import type { VenueInbox } from '#clients/net/venue-client';
import { wordsOf } from './client-queries.js';
import type { ParadexRest } from './client-rest.js';
import { replyText } from './client-rest.js';
import { isRecord, textOf } from './client-words.js';
import { PATHS } from './endpoints.js';

/** As many as the venue gives in one answer. */
const MOST = 5_000;

export interface BustParts {
  readonly clock: Clock;
  readonly rest: ParadexRest;
  readonly inbox: VenueInbox;
  /** Earlier busts are in the account that the engine began with, ms of the venue's clock. */
  readonly sinceMs: () => number;
  readonly onBust: (reason: string) => void;
}

export class TradeBusts {
  private readonly told = new Set<string>();
  private missed = false;
  private armedBefore = false;

  constructor(private readonly parts: BustParts) {}

  /** A message of the channel. */
  heard(data: unknown): void {
    const id = idOf(data);
    if (id === null) this.parts.onBust('a trade was busted, and which one cannot be read');
    else this.tell(id);
  }

  /** The private link is gone, and what is said meanwhile with it. */
  broken(): void {
    this.missed = this.armedBefore;
  }

  /** The channel is heard again: whoever asked during the break asked too early. */
  armed(): void {
    this.missed = this.armedBefore;
    this.armedBefore = true;
  }

  /** Tells what a break has hidden, once after each. `done` gets '', or why it has to be asked again. */
  catchUp(done: (failure: string) => void): void {
    if (!this.missed) return done('');
    const path = `${PATHS.tradeBusts}?start_at=${this.parts.sinceMs()}&page_size=${MOST}`;
    this.missed = false;
    this.parts.rest.call({ method: 'GET', path, scope: 'reads' }, (reply) => {
      const ids = wordsOf(reply, idOf);
      for (const id of ids ?? []) this.tell(id);
      // A definite no will be one again: then the comparison of the account has to find it.
      if (ids !== null || reply.kind === 'refused') return done('');
      this.missed = true;
      done(replyText(reply));
    });
  }

  private tell(id: string): void {
    if (this.told.has(id)) return;
    this.told.add(id);
    const { inbox, clock, onBust } = this.parts;
    inbox.event(Object.freeze({ kind: 'trade-bust', tradeId: id, us: clock.nowUs() }));
    onBust(`trade ${id} was busted`);
  }
}

/** Null when it names no fill. */
const idOf = (value: unknown): string | null =>
  (isRecord(value) && textOf(value, 'busted_fill_id')) || null;
