// Guard: our fills lose money to those who trade with us. Mean net 30 s markout of the last 50 maker fills below
// -1 bp by two standard errors: pause 15 min, then start afresh. onSettle is hot path (one comparison while idle).
// Must not count what we did on purpose (taker orders) or did not do (liquidations, manual trades).
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW } from '#core/guard';
import type { Instrument } from '#core/instrument';
import { MarkoutTracker, markoutOf } from '#core/markout';
import type { Fill } from '#core/messages';
import type { RiskParams } from '#core/params';
import type { Micros, Side, TickPrice } from '#core/units';

export const BLEED_FILLS = 50;
export const BLEED_HORIZON_S = 30;
export const BLEED_BPS = -1;
export const BLEED_PAUSE_US = 900_000_000;

export class Bleed implements Guard {
  readonly name = 'bleed';
  /** The newest markouts in bp after fees, as a ring. */
  private readonly window = new Float64Array(BLEED_FILLS);
  private count = 0;
  private judged = 0;
  private tracker: MarkoutTracker;
  private readonly staleAfter: number;

  constructor(
    params: RiskParams,
    private readonly instrument: Instrument,
  ) {
    this.staleAfter = params.staleAfter;
    this.tracker = this.freshTracker();
  }

  /** The fee of the fill in bp of its notional travels through the tracker in place of an id. */
  onFill(fill: Fill): void {
    if (!fill.maker || fill.liquidation || fill.ordinal === null) return;
    const notional = this.instrument.notional(fill.lots, fill.ticks);
    const feeBps = notional > 0 ? (fill.fee / notional) * 10_000 : 0;
    this.tracker.add(fill.us, fill.side, fill.ticks, feeBps);
  }

  onSettle(numbers: AccountNumbers): Trip | null {
    const { nowUs, bestBid, bestAsk } = numbers;
    // A mid is only a mid while the feed lives: a markout must wait for the first one after a silence.
    const fresh =
      numbers.bookSound && numbers.publicUp && nowUs - numbers.bookUs <= this.staleAfter;
    if (!fresh || !(bestBid > 0) || !(bestAsk > 0)) return null;
    this.tracker.advance(nowUs, ((bestBid + bestAsk) / 2) as TickPrice);
    if (this.count === this.judged) return null;
    this.judged = this.count;
    return this.count >= BLEED_FILLS ? this.judge(nowUs) : null;
  }

  /** No markout is due. */
  idle(numbers: AccountNumbers): boolean {
    return numbers.nowUs < this.tracker.nextDueUs;
  }

  onDecision(): DecisionAnswer {
    return ALLOW;
  }

  private judge(nowUs: Micros): Trip | null {
    let sum = 0;
    for (let i = 0; i < BLEED_FILLS; i++) sum += this.window[i] as number;
    const mean = sum / BLEED_FILLS;
    let squares = 0;
    for (let i = 0; i < BLEED_FILLS; i++) {
      const off = (this.window[i] as number) - mean;
      squares += off * off;
    }
    const error = Math.sqrt(squares / (BLEED_FILLS - 1) / BLEED_FILLS);
    if (!(mean + 2 * error < BLEED_BPS)) return null;
    this.startAfresh();
    const reason =
      `the last ${BLEED_FILLS} fills lost ${(-mean).toFixed(2)} bp each after ${BLEED_HORIZON_S} s ` +
      `(standard error ${error.toFixed(2)}), limit ${-BLEED_BPS} bp`;
    const untilUs = (nowUs + BLEED_PAUSE_US) as Micros;
    return Object.freeze({ guard: this.name, severity: 'pause', reason, untilUs });
  }

  /** Forgets the window and what is still pending: those fills belong to the time before the pause. */
  private startAfresh(): void {
    this.count = 0;
    this.judged = 0;
    this.tracker = this.freshTracker();
  }

  private freshTracker(): MarkoutTracker {
    return new MarkoutTracker([BLEED_HORIZON_S], BLEED_FILLS, this.onResolved);
  }

  private readonly onResolved = (
    feeBps: number,
    _horizon: number,
    mid: TickPrice,
    _bridged: boolean,
    side: Side,
    ticks: TickPrice,
  ): void => {
    this.window[this.count % BLEED_FILLS] = markoutOf(side, ticks, mid) * 10_000 - feeBps;
    this.count += 1;
  };
}
