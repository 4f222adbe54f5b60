// Hot path: what a venue's client has heard and the engine has not seen yet, in the order of hearing. Rows lie in columns,
// events beside them with the number of rows that came before each. It never decides, never throws, never calls the
// engine: it only says, once until it is emptied, that something is there.
import type { EngineEvent } from '#core/messages';
import type { Clock } from '#core/outside';
import type { RowKind } from '#core/rows';
import { RowBlock } from '#core/rows';
import type { Aggressor } from '#core/units';
import type { VenueInbox } from '#clients/net/venue-client';

const FIRST_ROWS = 4_096;
/** Beyond this the bot has stood still for minutes: what does not fit is lost, and the book says so. */
const MOST_ROWS = 1_048_576;

export type NoteTaker = (level: 'debug' | 'info' | 'warn', text: string) => void;

export class WireInbox implements VenueInbox {
  rows = new RowBlock(FIRST_ROWS);
  events: EngineEvent[] = [];
  /** How many rows came before each event. */
  before: number[] = [];
  /** Called once when the first thing arrives after a drain; starts a turn of the host, later. */
  onArrival: () => void = () => undefined;
  private told = false;
  private lost = false;
  private taker: NoteTaker | null = null;
  private readonly notes: Parameters<NoteTaker>[] = [];

  constructor(private readonly clock: Clock) {}

  get empty(): boolean {
    return this.rows.count === 0 && this.events.length === 0;
  }

  row(kind: RowKind, side: Aggressor, exchangeUs: number, price: number, size: number): void {
    if (this.rows.full && !this.grow()) return;
    this.rows.push(kind, side, exchangeUs, this.clock.nowUs(), price, size);
    if (!this.told) this.tell();
  }

  event(event: EngineEvent): void {
    this.events.push(event);
    this.before.push(this.rows.count);
    if (!this.told) this.tell();
  }

  note(level: 'debug' | 'info' | 'warn', text: string): void {
    if (this.taker !== null) this.taker(level, text);
    else this.notes.push([level, text]);
  }

  /** Where notes go from now on; those from before there was a log come first. */
  noteTo(taker: NoteTaker): void {
    this.taker = taker;
    for (const note of this.notes.splice(0)) taker(...note);
  }

  /** Everything was handed over. */
  clear(): void {
    this.rows.count = 0;
    if (this.rows.capacity > 64 * FIRST_ROWS) this.rows = new RowBlock(FIRST_ROWS);
    this.events.length = 0;
    this.before.length = 0;
    this.told = false;
    this.lost = false;
  }

  private tell(): void {
    this.told = true;
    this.onArrival();
  }

  /** Twice the room; false when there is no more to be had. */
  private grow(): boolean {
    const { rows } = this;
    if (rows.capacity * 2 > MOST_ROWS) {
      if (!this.lost) {
        const detail = 'more rows waited than there is room for';
        const us = this.clock.nowUs();
        this.event({ kind: 'link', us, channel: 'public', state: 'gap', detail });
      }
      this.lost = true;
      return false;
    }
    const larger = new RowBlock(rows.capacity * 2);
    for (const column of ['kind', 'side', 'exchangeUs', 'localUs', 'price', 'size'] as const) {
      larger[column].set(rows[column]);
    }
    larger.count = rows.count;
    this.rows = larger;
    return true;
  }
}
