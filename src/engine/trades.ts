// Memory of fills: which trades were booked (duplicates after a reconnect are dropped), how to undo one that the venue
// busts, and what was matched after a moment of the venue's clock. Bounded; remembers at least 16,384 trades.
import type { Fill } from '#core/messages';
import type { Lots, Micros } from '#core/units';

/** Trades remembered at least; twice as many at most. */
export const TRADES_REMEMBERED = 16_384;
/** Fills whose venue time is remembered, for comparing positions at a moment. */
const TIMES = 1024;

/** One of our sides of a trade: the same trade id appears twice when we trade with ourselves. */
const keyOf = (tradeId: string, side: number): string => `${side > 0 ? 'b' : 'a'}${tradeId}`;

export class TradeLog {
  private young = new Map<string, Fill>();
  private old = new Map<string, Fill>();
  private readonly times = new Float64Array(TIMES);
  private readonly lots = new Float64Array(TIMES);
  private next = 0;

  /** Remembers a fill; false when it is a repeat (then nothing changes). */
  add(fill: Fill): boolean {
    const key = keyOf(fill.tradeId, fill.side);
    if (this.young.has(key) || this.old.has(key)) return false;
    if (this.young.size >= TRADES_REMEMBERED) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, fill);
    this.times[this.next] = fill.venueUs;
    this.lots[this.next] = fill.side * fill.lots;
    this.next = (this.next + 1) % TIMES;
    return true;
  }

  /** The fills of a busted trade, each handed out once; the trade stays known, so that a repeat is still dropped. */
  bust(tradeId: string): readonly Fill[] {
    const found: Fill[] = [];
    for (const side of [1, -1]) {
      const key = keyOf(tradeId, side);
      const fill = this.young.get(key) ?? this.old.get(key);
      if (fill === undefined || fill.lots === 0) continue;
      found.push(fill);
      this.young.set(key, { ...fill, lots: 0 as Lots });
    }
    return found;
  }

  /** Net lots (bought - sold) of the remembered fills that the venue matched after `venueUs`. */
  netAfter(venueUs: Micros): Lots {
    let net = 0;
    for (let i = 0; i < TIMES; i += 1) {
      if ((this.times[i] as number) > venueUs) net += this.lots[i] as number;
    }
    return net as Lots;
  }
}
