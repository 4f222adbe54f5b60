// The stamps of order signatures: milliseconds that only ever grow, for each is the nonce of its signature. In idle time
// the next stamp of each side is taken early and everything of its order but the price is hashed (paradex.md section
// 10), so that a quote that moves has half of its hashing behind it. It never sends, and never hands out a stamp twice.
import type { Instrument } from '#core/instrument';
import type { Timer } from '#core/outside';
import type { Lots } from '#core/units';
import { BID, fromMs } from '#core/units';
import type { VenueTime } from '#clients/net/venue-time';
import type { ParadexDesk } from './client-desk.js';
import type { OrderAct, UnpricedOrder } from './sign.js';
import type { ParadexSwitches } from './switches.js';

const EVERY = fromMs(50);
/** The part of the receive window that an early stamp may use up, which counts from the stamp; 400 ms of the usual 2 s. */
const SHARE = 0.2;
const OLDEST_MS = 400;
/** Below this there is no time to be early in. */
const SHORTEST_MS = 100;
const SIDES = ['BUY', 'SELL'] as const;
type WireSide = (typeof SIDES)[number];

export interface StampParts {
  readonly instrument: Instrument;
  readonly market: string;
  readonly signer: { prehash(act: OrderAct, order: UnpricedOrder): void };
  readonly time: VenueTime;
  readonly desk: ParadexDesk;
  readonly switches: ParadexSwitches;
}

interface Early {
  readonly act: OrderAct;
  readonly size: string;
  readonly stampMs: number;
}

export class OrderStamps {
  private readonly early: Record<WireSide, Early | null> = { BUY: null, SELL: null };
  /** Size of the last new order of each side; '' before there was one. */
  private readonly sizes: Record<WireSide, string> = { BUY: '', SELL: '' };
  private lastMs = 0;
  private timer: Timer | null = null;
  /** Older ones are not used, and those of half this age are made anew. */
  private readonly oldestMs: number;

  constructor(private readonly parts: StampParts) {
    this.oldestMs = Math.min(OLDEST_MS, parts.switches.recvWindowMs * SHARE);
  }

  start(): void {
    if (this.oldestMs < SHORTEST_MS) return;
    this.timer = this.parts.time.clock.after(EVERY, () => {
      for (const side of SIDES) this.prepare(side);
      this.start();
    });
  }

  close(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  /** Unix ms by the venue's clock, later than every stamp before it. */
  next(act: OrderAct, side: WireSide, size: string): number {
    if (act === 'create') this.sizes[side] = size;
    const early = this.early[side];
    const fits = this.fits(early, act, size, this.oldestMs);
    this.lastMs = fits ? early.stampMs : this.parts.time.stampMs();
    return this.lastMs;
  }

  private fits(early: Early | null, act: OrderAct, size: string, ageMs: number): early is Early {
    if (early === null || early.act !== act || early.size !== size) return false;
    return early.stampMs > this.lastMs && this.parts.time.nowMs() - early.stampMs <= ageMs;
  }

  /** What that side would most likely send next: its open order moved, or a new one of the last size. */
  private prepare(side: WireSide): void {
    const { signer, time, market, instrument } = this.parts;
    const resting = this.resting(side);
    const act = resting === null ? 'create' : 'modify';
    const size = resting === null ? this.sizes[side] : instrument.formatSize(resting);
    if (size === '' || this.fits(this.early[side], act, size, this.oldestMs / 2)) return;
    const stampMs = time.stampMs();
    this.early[side] = { act, size, stampMs };
    signer.prehash(act, { timestampMs: stampMs, market, side, type: 'LIMIT', size });
  }

  /** Size of an order of that side that could be moved; null when there is none. */
  private resting(side: WireSide): Lots | null {
    if (this.parts.switches.amend !== 'modify') return null;
    for (const order of this.parts.desk.open) {
      const mine = (order.side === BID) === (side === 'BUY');
      if (mine && order.phase === 'open' && order.filledLots === 0) return order.lots;
    }
    return null;
  }
}
