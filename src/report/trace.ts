// What a backtest leaves for its report beside fills and equity: samples of quotes and parameters, the busiest ten
// minutes quote by quote, and how long quotes stood at which distance. The bot's view: it learns of fills and closes
// one reply latency late. Changes nothing; attached only where the run is kept.
import type { MarketEstimates } from '#core/analyzer';
import type { Command, EngineEvent } from '#core/messages';
import type { CurrentMarket, View } from '#core/strategy';
import type { Lots, Micros, Side, TickPrice, Ticks } from '#core/units';
import { Exposure } from './exposure.js';
import type { ExposureBin } from './exposure.js';
import { parameterMoment } from './parameter-path.js';
import type { ParameterMoment } from './parameter-path.js';

const LEAST_SAMPLE_US = 5e6;
const MOST_SAMPLES = 4_000;
const EXCERPT_US = 600e6;

/** Prices in ticks; our innermost resting quotes, 0 = none. */
export interface TraceSample extends ParameterMoment {
  readonly mid: TickPrice;
  readonly mark: TickPrice;
  readonly bid: number;
  readonly ask: number;
}

/** One moment of the excerpt: mid and innermost quotes in ticks, 0 = none. */
export type QuoteMoment = readonly [us: number, mid: number, bid: number, ask: number];

/** Plain JSON: how it is kept in the store. */
export interface TraceData {
  readonly samples: readonly TraceSample[];
  readonly excerpt: readonly QuoteMoment[];
  readonly exposure: readonly ExposureBin[];
}

interface Resting {
  readonly side: Side;
  ticks: Ticks;
  lots: Lots;
  open: boolean;
}

export class Trace {
  private readonly samples: TraceSample[] = [];
  private readonly orders = new Map<number, Resting>();
  private readonly exposure = new Exposure();
  private moments: QuoteMoment[] = [];
  private best: readonly QuoteMoment[] = [];
  private bestFills = 0;
  private recentFills: number[] = [];
  private market: CurrentMarket | null = null;
  private nextSampleUs = 0;
  private readonly everyUs: number;

  /** `seconds`: length of the run where it is known. `estimates`: what an analyzer measures now, if there is one. */
  constructor(
    seconds: number | null,
    private readonly estimates: (nowUs: Micros) => MarketEstimates | null,
  ) {
    this.everyUs = Math.max(LEAST_SAMPLE_US, ((seconds ?? 0) * 1e6) / MOST_SAMPLES);
  }

  onDecision(nowUs: Micros, view: View, commands: readonly Command[]): void {
    this.market = view.market;
    for (const command of commands) {
      if (command.kind === 'place' && command.tif === 'post-only') {
        const { side, ticks, lots } = command;
        this.orders.set(command.ordinal, { side, ticks, lots, open: false });
      }
    }
    this.moment(nowUs, view.mid);
  }

  onEvent(event: EngineEvent): void {
    if (!('ordinal' in event) || event.ordinal === null) return;
    const order = this.orders.get(event.ordinal);
    if (order === undefined) return;
    if (event.kind === 'accepted') order.open = true;
    else if (event.kind === 'amended') [order.ticks, order.lots] = [event.ticks, event.lots];
    else if (event.kind === 'rejected' || event.kind === 'closed')
      this.orders.delete(event.ordinal);
    else if (event.kind === 'fill') {
      order.lots = (order.lots - event.lots) as Lots;
      if (order.lots <= 0) this.orders.delete(event.ordinal);
    }
  }

  /** The venue matched one of our quotes. */
  onFill(us: Micros, side: Side, maker: boolean): void {
    if (maker) this.exposure.fill(side);
    this.recentFills.push(us);
    while ((this.recentFills[0] ?? us) < us - EXCERPT_US) this.recentFills.shift();
  }

  /** About once a second, with the venue's mid (0: none) and mark. */
  onSecond(nowUs: Micros, mid: TickPrice, mark: TickPrice): void {
    if (mid === 0) return;
    const [bid, ask] = [this.innermost(1), this.innermost(-1)];
    this.exposure.second(nowUs, mid, bid, ask, this.market);
    this.moment(nowUs, mid);
    if (nowUs < this.nextSampleUs || this.market === null) return;
    this.nextSampleUs = nowUs + this.everyUs;
    const moment = parameterMoment(nowUs, this.market, this.estimates(nowUs));
    this.samples.push({ ...moment, mid, mark, bid, ask });
  }

  data(): TraceData {
    const { samples, best, moments, exposure } = this;
    return { samples, excerpt: best.length > 0 ? best : moments, exposure: exposure.bins() };
  }

  /** Ten minutes are remembered; those with the most fills so far are kept. */
  private moment(us: Micros, mid: TickPrice): void {
    this.moments.push([us, mid, this.innermost(1), this.innermost(-1)]);
    const from = us - EXCERPT_US;
    if ((this.moments[0]?.[0] ?? us) < from - EXCERPT_US / 4) {
      if (this.recentFills.length > this.bestFills) {
        this.bestFills = this.recentFills.length;
        this.best = this.moments.filter(([at]) => at >= from);
      }
      this.moments = this.moments.filter(([at]) => at >= from);
    }
  }

  private innermost(side: Side): number {
    let best = 0;
    for (const order of this.orders.values()) {
      if (order.side !== side || !order.open) continue;
      if (best === 0 || (order.ticks - best) * side > 0) best = order.ticks;
    }
    return best;
  }
}
