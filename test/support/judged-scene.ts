// A client under damaged words, judged by what it tells the engine: no event carries what cannot be, no order fills more
// than it has, and what moves the position is counted, so that a fuzz test can hold it against a second reading of the bytes.
import type { EngineEvent } from '#core/messages';
import { ASK, BID } from '#core/units';
import type { Side } from '#core/units';
import type { Heard } from './scripted-venue.js';

export interface Bounds {
  /** Of every order of the test. */
  readonly lots: number;
  /** A quarter and four times of the mark, in ticks. */
  readonly low: number;
  readonly high: number;
}

export const whole = (...values: number[]): boolean =>
  values.every((value) => Number.isSafeInteger(value));

/** No event may carry what cannot be. */
function sound(event: EngineEvent, { low, high }: Bounds): boolean {
  switch (event.kind) {
    case 'fill':
      return (
        whole(event.ticks, event.lots, event.fee, event.venueUs) &&
        event.lots > 0 && event.venueUs >= 0 && event.ticks >= low && event.ticks <= high
      ); // prettier-ignore
    case 'closed':
      return whole(event.filledLots) && event.filledLots >= 0;
    case 'account':
      return whole(event.positionLots, event.equity, event.venueUs) && event.marginRatio >= -1e9;
    case 'open-orders':
      return event.orders.every(({ ticks, lots, filledLots }) => whole(ticks, lots, filledLots));
    case 'funding':
      return whole(event.amount);
    default:
      return !('ordinal' in event) || event.ordinal === null || whole(event.ordinal);
  }
}

export abstract class JudgedScene {
  /** Of the newest order. */
  ordinal = 0;
  private readonly filled = new Map<number, number>();
  /** What each fill moved. */
  private readonly told = new Map<string, number>();
  /** The last word on the private link. */
  private link = '';

  protected constructor(
    private readonly heard: Heard,
    private readonly bounds: Bounds,
  ) {}

  get isUp(): boolean {
    return this.link === 'up';
  }

  side(ordinal: number): Side {
    return ordinal % 2 === 0 ? BID : ASK;
  }

  /** Judges every event since the last call; by how many lots the position has moved. */
  judge(): number {
    let moved = 0;
    for (const event of this.heard.events.splice(0)) {
      if (!sound(event, this.bounds))
        throw new Error(`an event that cannot be: ${JSON.stringify(event)}`);
      if (event.kind === 'fill') {
        const ordinal = event.ordinal ?? 0;
        this.filled.set(ordinal, (this.filled.get(ordinal) ?? 0) + event.lots);
        this.told.set(event.tradeId, event.side * event.lots);
        moved += event.side * event.lots;
      }
      if (event.kind === 'trade-bust') moved -= this.told.get(event.tradeId) ?? 0;
      if (event.kind === 'closed') {
        const most = Math.max(this.bounds.lots, this.filled.get(event.ordinal) ?? 0);
        if (event.filledLots > most) throw new Error(`more than it had: ${JSON.stringify(event)}`);
      }
      if (event.kind === 'link' && event.channel === 'private') this.link = event.state;
    }
    this.heard.notes.length = 0;
    this.heard.rows.length = 0;
    return moved;
  }
}
