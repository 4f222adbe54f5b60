// Rows of a recording into analyzers as the engine feeds them: prints as they come, one onBook for
// all book rows of one local timestamp, gaps as gaps. And an observer of what was really reached,
// which knows nothing of the analyzers.
import type { Instant } from '#core/instant';
import type { Analyzer } from '#core/analyzer';
import { L2Book } from '#core/book';
import type { RowSource } from '#core/rows';
import { ROW_CLEAR, ROW_GAP, ROW_LEVEL, ROW_TRADE, RowBlock } from '#core/rows';
import type { Aggressor, Lots, Micros, Side, TickPrice, Ticks } from '#core/units';
import { at } from './instant.js';

/** Called before the rows of a new timestamp are applied. */
export type Tick = (us: number) => void;

/** Returns the time of the last row. */
export function replay(
  source: RowSource,
  analyzers: readonly Analyzer[],
  tick: Tick = () => undefined,
): number {
  const book = new L2Book();
  const block = new RowBlock();
  let nowUs = 0;
  let dirty = false;
  const settle = (): void => {
    if (dirty) for (const analyzer of analyzers) analyzer.onBook(at(nowUs), book);
    dirty = false;
  };
  for (let b = source.next(block); b !== null; b = source.next(block)) {
    for (let i = 0; i < b.count; i += 1) {
      const us = b.localUs[i] as number;
      if (us !== nowUs) {
        settle();
        tick(us);
        nowUs = us;
      }
      const kind = b.kind[i] as number;
      const price = b.price[i] as number;
      const size = b.size[i] as number;
      if (kind === ROW_LEVEL) {
        book.apply(b.side[i] as Side, price as Ticks, size as Lots);
        dirty = true;
      } else if (kind === ROW_CLEAR) {
        book.clear();
        dirty = true;
      } else if (kind === ROW_GAP) {
        for (const analyzer of analyzers) analyzer.onGap(us as Micros);
      } else if (kind === ROW_TRADE) {
        const side = b.side[i] as Aggressor;
        const now = at(us, b.exchangeUs[i] as number);
        for (const a of analyzers) {
          a.onTrade(now, side, price as TickPrice, size as Lots, book);
        }
      }
    }
  }
  settle();
  return nowUs;
}

/** Hits and trials, both sides counted, of windows of one length, by distance. */
export interface Reached {
  readonly seconds: number;
  trials: number;
  readonly hits: Float64Array;
}

/**
 * Was a side reached within `windows` seconds, at each of `distances` bp from the mid at their
 * start?
 */
export class ReachObserver implements Analyzer {
  readonly reached: readonly Reached[];
  private readonly starts: { us: number; mid: number; up: number; down: number }[];
  private mid = 0;
  private midUs = 0;

  constructor(
    readonly windows: readonly number[],
    private readonly distances: readonly number[],
  ) {
    this.reached = windows.map((seconds) => ({
      seconds,
      trials: 0,
      hits: new Float64Array(distances.length),
    }));
    this.starts = windows.map(() => ({ us: 0, mid: 0, up: 0, down: 0 }));
  }

  /** Forgets the counts; the windows in hand go on. */
  reset(): void {
    for (const reached of this.reached) {
      reached.trials = 0;
      reached.hits.fill(0);
    }
  }

  onBook({ us }: Instant, book: L2Book): void {
    this.roll(us);
    this.mid = book.sound ? book.mid : 0;
    this.midUs = us;
    for (const start of this.starts) if (start.mid === 0) this.begin(start, us);
  }

  onTrade({ us }: Instant, side: Aggressor, ticks: TickPrice): void {
    this.roll(us);
    for (const start of this.starts) {
      if (start.mid === 0) continue;
      const away = ((ticks - start.mid) / start.mid) * 1e4;
      if (side >= 0) start.up = Math.max(start.up, away);
      if (side <= 0) start.down = Math.max(start.down, -away);
    }
  }

  onGap(): void {
    this.mid = 0;
    for (const start of this.starts) start.mid = 0;
  }

  market(): never {
    throw new Error('an observer has no market');
  }

  private begin(start: { us: number; mid: number; up: number; down: number }, us: number): void {
    Object.assign(start, { us, mid: this.mid, up: -Infinity, down: -Infinity });
  }

  private roll(us: number): void {
    this.starts.forEach((start, w) => {
      const span = (this.windows[w] as number) * 1e6;
      if (start.mid !== 0 && us - this.midUs > 4e6) start.mid = 0;
      while (start.mid !== 0 && us >= start.us + span) {
        const reached = this.reached[w] as Reached;
        reached.trials += 2;
        this.distances.forEach((d, i) => {
          const hits = (start.up >= d ? 1 : 0) + (start.down >= d ? 1 : 0);
          reached.hits[i] = (reached.hits[i] as number) + hits;
        });
        this.begin(start, start.us + span);
      }
    });
  }
}

/** The mid at the end of every second, and the volatility of its overlapping returns. */
export class MidSeries implements Analyzer {
  private readonly mids: number[] = [];
  private startUs = 0;
  private lastUs = 0;
  private mid = NaN;

  onBook({ us }: Instant, book: L2Book): void {
    if (this.startUs === 0) this.startUs = us;
    const known = us - this.lastUs <= 10e6 ? this.mid : NaN;
    while (this.startUs + this.mids.length * 1e6 < us) this.mids.push(known);
    this.mid = book.sound ? book.mid : NaN;
    this.lastUs = us;
  }

  onTrade(): void {}

  onGap(): void {}

  market(): never {
    throw new Error('a series has no market');
  }

  /**
   * Root mean square of returns over h seconds, in bp per root second; returns into a hole are
   * left out.
   */
  sigma(h: number): number {
    let sum = 0;
    let n = 0;
    for (let s = h; s < this.mids.length; s += 1) {
      const r = Math.log((this.mids[s] as number) / (this.mids[s - h] as number)) * 1e4;
      if (Number.isNaN(r)) continue;
      sum += r * r;
      n += 1;
    }
    return Math.sqrt(sum / n / h);
  }
}
