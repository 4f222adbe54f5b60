// Fills at Paradex beside what every venue's have: realised funding comes with them or by the payments channel, and whose
// side a fill states, as the switches say.
import { parseMoney } from '#core/money';
import type { Rate, Side, TickPrice } from '#core/units';
import type { FillParts } from '#clients/net/fill-desk';
import { FillDesk } from '#clients/net/fill-desk';
import type { FillWord } from './client-words.js';
import type { ParadexSwitches } from './switches.js';

export class ParadexFills extends FillDesk<FillWord> {
  constructor(
    parts: FillParts,
    private readonly switches: ParadexSwitches,
  ) {
    super(parts);
  }

  protected override sideOf({ side, maker }: FillWord): Side {
    return (this.switches.fillSide === 'taker' && maker ? -side : side) as Side;
  }

  protected override book(word: FillWord): boolean {
    const booked = super.book(word);
    if (booked) this.funding(word);
    return booked;
  }

  private funding(word: FillWord): void {
    if (this.switches.fundingFrom !== 'fills' || word.realizedFunding === '') return;
    const amount = parseMoney(word.realizedFunding);
    if (amount === null || amount === 0) return;
    const { inbox, nowUs } = this.parts;
    const mark = 0 as TickPrice;
    inbox.event(Object.freeze({ kind: 'funding', amount, rate: 0 as Rate, mark, us: nowUs() }));
  }
}
