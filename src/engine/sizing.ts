// Money into lots: the unit that a side quotes and the limits on the position. The unit is fixed when the strategy is
// made and anew only while flat, so that inventory keeps its meaning; the limits follow the mark. Never rounds up.
import type { Instrument } from '#core/instrument';
import type { EngineParams } from '#core/params';
import type { Lots, Money, TickPrice } from '#core/units';

/** A limit while there is no price to divide by: nothing can be quoted then, so nothing may trip on it either. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER as Lots;

export class Sizing {
  /** Total over all levels of one side; 0 until the first price, and when the size is below one lot. */
  unitLots = 0 as Lots;
  limitLots = NO_LIMIT;
  hardLimitLots = NO_LIMIT;
  private readonly hardLimit: Money;

  constructor(
    private readonly instrument: Instrument,
    private readonly params: Pick<EngineParams, 'size' | 'risk'>,
  ) {
    const { positionLimit, hardLimitFactor } = params.risk;
    this.hardLimit = Math.floor(positionLimit * hardLimitFactor) as Money;
  }

  /** Both limits in lots at `mark` (> 0). Hot path. */
  limitAt(mark: TickPrice): void {
    this.limitLots = this.instrument.lotsWithin(this.params.risk.positionLimit, mark);
    this.hardLimitLots = this.instrument.lotsWithin(this.hardLimit, mark);
  }

  /**
   * Fixes the unit at `mid`; call it only while flat. It shrinks as soon as it would cost more than the size, grows
   * only half a lot past the boundary (so that a price at the boundary does not requote for ever), and is never 0
   * once it was not: a price that has doubled since then is no reason to lose the unit of account.
   */
  fixUnit(mid: TickPrice): void {
    const fits = this.instrument.lotsWithin(this.params.size, mid);
    const unit = this.unitLots;
    if (fits === 0 && unit > 0) return;
    if (fits < unit || unit === 0) this.unitLots = fits;
    else if (fits > unit && this.pastBoundary(fits, mid)) this.unitLots = fits;
  }

  private pastBoundary(fits: Lots, mid: TickPrice): boolean {
    const { instrument, params } = this;
    if (fits > this.unitLots + 1) return true;
    return 2 * params.size >= instrument.notional((2 * fits + 1) as number as Lots, mid);
  }
}
