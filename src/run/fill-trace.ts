// What a live run leaves for its report beside orders and fills: where the mid was at each fill and 1 to 60 s later, and
// where quotes stood, how long at which distance. The bot's own view, looked at after each turn; written with the
// housekeeping every 5 s, so that no order waits for it. It decides nothing.
import { MARKOUT_HORIZONS, MarkoutTracker } from '#core/markout';
import type { Fill } from '#core/messages';
import type { Order } from '#core/order';
import type { AccountNumbers } from '#core/guard';
import type { View } from '#core/strategy';
import type { Micros, Side, TickPrice } from '#core/units';
import { ASK, BID } from '#core/units';
import type { MarkoutEntry } from '#ledger/entries';
import type { Ledger } from '#ledger/writer';
import { EXPOSURE_NOTE, Exposure } from '#report/exposure';
import { QUOTES_NOTE, QuotePath } from '#report/quote-path';

const SAMPLE_US = 1e6;
const NOTE_US = 60e6;
/** A mid older than this is none, and so is one for a fill that we heard of later. */
const FRESH_US = 10e6;
/** Trade ids remembered: a stream that begins again repeats the last few. */
const MOST_IDS = 256;

/** The part of an engine that it looks at. */
export interface Watched {
  readonly numbers: Readonly<AccountNumbers>;
  readonly orders: readonly Order[];
  readonly lastView: View | null;
}

export class FillTrace {
  private readonly exposure = new Exposure();
  private readonly quotes = new QuotePath();
  private readonly markouts: MarkoutTracker;
  private resolved: MarkoutEntry[] = [];
  /** Trade ids by the number that the tracker knows their fills by. */
  private readonly waiting = new Map<number, string>();
  private readonly seen = new Set<string>();
  private count = 0;
  private mid = 0 as TickPrice;
  private midUs = 0;
  private nextSampleUs = 0;
  private nextNoteUs = 0;

  constructor(
    private readonly engine: Watched,
    private readonly ledger: Pick<Ledger, 'markout' | 'note'>,
  ) {
    const last = MARKOUT_HORIZONS.length - 1;
    this.markouts = new MarkoutTracker(MARKOUT_HORIZONS, 16, (id, at, mid, bridged) => {
      const tradeId = this.waiting.get(id);
      const horizonMs = (MARKOUT_HORIZONS[at] ?? 0) * 1_000;
      if (tradeId !== undefined) this.resolved.push({ tradeId, horizonMs, mid, bridged });
      if (at === last) this.waiting.delete(id);
    });
  }

  /** A fill was reported, perhaps again, perhaps late. Its mid is that before the drain that brought it. */
  onFill(nowUs: Micros, { tradeId, venueUs, side, ticks, maker }: Fill): void {
    if (this.seen.has(tradeId)) return;
    this.seen.add(tradeId);
    if (this.seen.size > MOST_IDS) this.seen.delete(this.seen.values().next().value ?? '');
    if (nowUs - this.midUs > FRESH_US || nowUs - venueUs > FRESH_US) return;
    if (maker) this.exposure.fill(side);
    this.count += 1;
    this.waiting.set(this.count, tradeId);
    this.resolved.push({ tradeId, horizonMs: 0, mid: this.mid, bridged: false });
    this.markouts.add(nowUs, side, ticks, this.count);
  }

  /** After every turn. */
  look(nowUs: Micros): void {
    const { bookSound, bookUs, bestBid, bestAsk } = this.engine.numbers;
    if (!bookSound || nowUs - bookUs > FRESH_US) return;
    this.mid = ((bestBid + bestAsk) / 2) as TickPrice;
    this.midUs = nowUs;
    this.markouts.advance(nowUs, this.mid);
    if (nowUs < this.nextSampleUs) return;
    this.nextSampleUs = nowUs + SAMPLE_US;
    const market = this.engine.lastView?.market ?? null;
    const [bid, ask] = [this.innermost(BID), this.innermost(ASK)];
    this.exposure.second(nowUs, this.mid, bid, ask, market);
    this.quotes.add(nowUs, this.mid, bid, ask);
  }

  /** Every few seconds. `whole`: at the end, all there is. */
  save(nowUs: Micros, whole = false): void {
    for (const row of this.resolved) this.ledger.markout(row);
    this.resolved = [];
    if (this.markouts.pending === 0) this.waiting.clear();
    if (nowUs < this.nextNoteUs && !whole) return;
    this.nextNoteUs = nowUs + NOTE_US;
    const stood = this.exposure.takeText();
    if (stood !== '') this.ledger.note(nowUs, EXPOSURE_NOTE, stood);
    const path = this.quotes.takeText(nowUs);
    if (path !== '') this.ledger.note(nowUs, QUOTES_NOTE, path);
  }

  /** Price of our innermost resting quote; 0 = none. */
  private innermost(side: Side): number {
    let best = 0;
    for (const order of this.engine.orders) {
      if (order.side !== side || order.phase !== 'open' || order.tif !== 'post-only') continue;
      if (best === 0 || (order.ticks - best) * side > 0) best = order.ticks;
    }
    return best;
  }
}
