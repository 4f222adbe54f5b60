// Fills at ApeX beside what every venue's have: one that the venue takes back later becomes a trade bust.
import { FillDesk } from '#clients/net/fill-desk';
import type { FillWord } from './codec/words.js';

export class ApexFills extends FillDesk<FillWord> {
  private readonly busted = new Set<string>();

  override heard(word: FillWord): boolean {
    if (!word.failed) return super.heard(word);
    if (word.market !== this.parts.market || this.timeOf(word.id) === undefined) return false;
    if (this.busted.has(word.id)) return false;
    this.busted.add(word.id);
    const { inbox, nowUs } = this.parts;
    inbox.note('warn', `the venue took fill ${word.id} back`);
    inbox.event(Object.freeze({ kind: 'trade-bust', tradeId: word.id, us: nowUs() }));
    return false;
  }

  override heardAgain(word: FillWord): void {
    if (word.failed) this.heard(word);
    else super.heardAgain(word);
  }
}
