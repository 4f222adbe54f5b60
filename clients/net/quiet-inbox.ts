// The host's inbox, behind which repeated notes are counted instead of said: while a venue is away the same few things
// fail several times a second. The first of each is said at once, then one in thirty seconds with the number of those left
// out, and the rest of that number when a link is back. Rows and events pass untouched.
import type { Clock } from '#core/outside';
import type { EngineEvent } from '#core/messages';
import type { RowKind } from '#core/rows';
import type { Aggressor } from '#core/units';
import { fromSeconds } from '#core/units';
import type { VenueInbox } from './venue-client.js';

const AGAIN = fromSeconds(30);

interface Said {
  saidUs: number;
  leftOut: number;
}

export class QuietInbox implements VenueInbox {
  private readonly said = new Map<string, Said>();

  constructor(
    private readonly inner: VenueInbox,
    private readonly clock: Clock,
  ) {}

  row(kind: RowKind, side: Aggressor, exchangeUs: number, price: number, size: number): void {
    this.inner.row(kind, side, exchangeUs, price, size);
  }

  event(event: EngineEvent): void {
    this.inner.event(event);
    if (event.kind === 'link' && event.state === 'up') this.settle();
  }

  note(level: 'debug' | 'info' | 'warn', text: string): void {
    const nowUs = this.clock.nowUs();
    const known = this.said.get(text);
    if (known !== undefined && nowUs - known.saidUs < AGAIN) {
      known.leftOut += 1;
      return;
    }
    const more =
      known !== undefined && known.leftOut > 0 ? ` (${known.leftOut} times more since)` : '';
    this.forget(nowUs);
    this.said.set(text, { saidUs: nowUs, leftOut: 0 });
    this.inner.note(level, `${text}${more}`);
  }

  /** A link is back: what was left out is told in one line, and the next failure is a new one. */
  private settle(): void {
    const left = [...this.said].filter(([, { leftOut }]) => leftOut > 0);
    this.said.clear();
    if (left.length === 0) return;
    const parts = left.map(([text, { leftOut }]) => `${leftOut} times "${text}"`);
    this.inner.note('info', `left out of the log meanwhile: ${parts.join(', ')}`);
  }

  private forget(nowUs: number): void {
    for (const [text, { saidUs, leftOut }] of this.said)
      if (nowUs - saidUs >= AGAIN && leftOut === 0) this.said.delete(text);
  }
}
