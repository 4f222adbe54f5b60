// orderBook25 and orderBook200: the best levels of both sides on a grid of 100 ms. A delta has absolute sizes, what left
// the best levels is deleted, an empty one still advances `u`; a snapshot is the state of the last grid point, both sides
// rising in price (bids worst first). Each depth counts for itself.
import type { Lots, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import type { ApexMarket } from './market.js';
import { levelText } from './market-views.js';

type Told = Map<Ticks, Lots>;

export class BookTopic {
  u: number;
  private bids: Told = new Map();
  private asks: Told = new Map();

  constructor(
    private readonly market: ApexMarket,
    private readonly depth: number,
    private readonly snapshotU: 'continues' | 'one',
    firstU: number,
  ) {
    this.u = firstU;
  }

  /** Before the first subscriber hears it: the book of the moment. */
  refresh(): void {
    this.u = this.snapshotU === 'one' ? 1 : this.u + 1;
    this.bids = new Map(this.market.levels(BID, this.depth));
    this.asks = new Map(this.market.levels(ASK, this.depth));
  }

  snapshot(): unknown {
    const rising = (levels: Told): unknown[] =>
      [...levels]
        .sort(([a], [b]) => a - b)
        .map((level) => levelText(this.market.instrument, level));
    return { s: this.market.cross, b: rising(this.bids), a: rising(this.asks), u: this.u };
  }

  /** The next delta; the state moves on. */
  delta(): unknown {
    const bids = new Map(this.market.levels(BID, this.depth));
    const asks = new Map(this.market.levels(ASK, this.depth));
    const data = {
      s: this.market.cross,
      b: this.changes(this.bids, bids),
      a: this.changes(this.asks, asks),
      u: (this.u += 1),
    };
    this.bids = bids;
    this.asks = asks;
    return data;
  }

  private changes(before: Told, now: Told): [string, string][] {
    const { instrument } = this.market;
    const out: [string, string][] = [];
    for (const [ticks, lots] of now) {
      if (before.get(ticks) !== lots) out.push(levelText(instrument, [ticks, lots]));
    }
    for (const ticks of before.keys()) {
      if (!now.has(ticks)) out.push([instrument.formatPrice(ticks), '0']);
    }
    return out;
  }
}
