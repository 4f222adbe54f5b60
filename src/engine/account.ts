// Our position against the venue's word on it. Books fills once, undoes busts, and when the venue's position differs
// in two reports running adopts it: the missing lots are booked at the mark, and swapped for the true fills if they
// turn up late. The venue is never argued with and never believed on a single report.
import type { AccountReport, Fill } from '#core/messages';
import type { Position } from '#core/position';
import type { Lots, Micros, Money, Side, SpanMicros, TickPrice, Ticks } from '#core/units';
import { ASK, BID, fromSeconds } from '#core/units';
import { TradeLog } from './trades.js';

export type Adopted = (side: Side, ticks: Ticks, lots: Lots, reason: string) => void;
export type FillOutcome = 'booked' | 'duplicate' | 'nonsense' | 'explained';
export type ReportOutcome = 'agrees' | 'differs' | 'unclear' | 'adopted' | 'stale';

/**
 * One report may agree by chance: a lost fill and another one still on its way can cancel out. Reports that agree
 * over this long, which is longer than an event travels, prove that nothing from before them is missing.
 */
export const AGREEMENT = fromSeconds(5);

/** Venue stamps may be this coarse: which came first, a report or a fill this close to it, cannot be told. */
const STAMP = 1_000 as SpanMicros;

export class Account {
  readonly trades = new TradeLog();
  /** Venue position minus ours in the last report that was compared. */
  difference = 0 as Lots;
  /** Orders closed before this time of the venue's clock owe us no fills. */
  settledUs = -Infinity;
  private mismatched = false;
  /** Where the present run of reports that agree began, or began again. */
  private agreedUs = Infinity;
  private reportUs = -Infinity;
  /** Fills that the venue matched up to this moment are in the position, seen or not. */
  private adoptedUs = -Infinity;
  private adoptedTicks = 0 as Ticks;

  constructor(
    readonly position: Position,
    /** Told of every move that is no trade of ours; busts excepted, which are events. */
    private readonly adopted: Adopted = () => undefined,
  ) {}

  /** Books one fill unless it is a repeat. `explained`: it was part of a position adopted before; lots stay. */
  fill(fill: Fill): FillOutcome {
    const { lots, ticks, fee } = fill;
    if (!(Number.isSafeInteger(lots) && lots > 0 && Number.isSafeInteger(ticks) && ticks > 0))
      return 'nonsense';
    if (!Number.isSafeInteger(fee)) return 'nonsense';
    if (!this.trades.add(fill)) return 'duplicate';
    this.position.fill(fill.side, ticks, lots, fee, fill.maker);
    if (fill.venueUs > this.adoptedUs) return 'booked';
    this.adjust(-fill.side as Side, this.adoptedTicks, lots);
    const reason = `trade ${fill.tradeId} was in the position adopted before`;
    this.adopted(-fill.side as Side, this.adoptedTicks, lots, reason);
    return 'explained';
  }

  /** Takes back a busted trade at its own price and fee. False when we do not remember it. */
  bust(tradeId: string): boolean {
    const fills = this.trades.bust(tradeId);
    for (const { side, ticks, lots, fee } of fills) {
      this.adjust(-side as Side, ticks, lots);
      this.position.fees = (this.position.fees - fee) as Money;
    }
    return fills.length > 0;
  }

  /** Compares the venue's position with ours at the same moment of its clock; adopts it the second time it differs. */
  compare(report: AccountReport, mark: TickPrice): ReportOutcome {
    if (report.venueUs <= this.reportUs || !Number.isSafeInteger(report.positionLots))
      return 'stale';
    this.reportUs = report.venueUs;
    this.difference = this.differenceAt(report, -STAMP);
    if (this.difference !== this.differenceAt(report, STAMP)) return 'unclear';
    if (this.difference === 0) {
      this.mismatched = false;
      this.agreedUs = Math.min(this.agreedUs, report.venueUs);
      if (report.venueUs - this.agreedUs >= AGREEMENT) {
        this.settledUs = this.agreedUs;
        this.agreedUs = report.venueUs;
      }
      return 'agrees';
    }
    this.agreedUs = Infinity;
    if (!this.mismatched || !(mark > 0)) {
      this.mismatched = true;
      return 'differs';
    }
    this.mismatched = false;
    this.adoptedUs = report.venueUs;
    this.settledUs = report.venueUs;
    this.adoptedTicks = Math.max(1, Math.round(mark)) as Ticks;
    const lots = Math.abs(this.difference) as Lots;
    const side = this.difference > 0 ? BID : ASK;
    this.adjust(side, this.adoptedTicks, lots);
    this.adopted(side, this.adoptedTicks, lots, "the venue's position was adopted at the mark");
    return 'adopted';
  }

  /** Venue position minus ours at the time of the report, moved by `shift`. */
  private differenceAt(report: AccountReport, shift: number): Lots {
    const after = this.trades.netAfter((report.venueUs + shift) as Micros);
    return (report.positionLots - this.position.lots + after) as Lots;
  }

  /** A change of position that is no trade of ours: no fee, no volume, no fill counted. */
  private adjust(side: Side, ticks: Ticks, lots: Lots): void {
    const { position } = this;
    const { volume, makerVolume, fills } = position;
    position.fill(side, ticks, lots, 0 as Money, false);
    position.volume = volume;
    position.makerVolume = makerVolume;
    position.fills = fills;
  }
}
