// What the words of ApeX mean for our orders. There are no sequence numbers: what is matched never shrinks, and a
// post-only order that would cross is taken, then thrown out without having rested, which is a refusal.
import type { PlaceCommand, RejectReason } from '#core/messages';
import type { Lots, Micros } from '#core/units';
import type { Ending } from '#clients/net/order-desk';
import { OrderDesk } from '#clients/net/order-desk';
import { ApexOrder } from './client-order.js';
import type { OrderWord } from './codec/words.js';
import { closeReasonOf } from './errors.js';

const REFUSALS: Readonly<Partial<Record<Ending['reason'], RejectReason>>> = {
  'post-only': 'post-only',
  'reduce-only': 'reduce-only',
  venue: 'other',
};

export class ApexDesk extends OrderDesk<ApexOrder, OrderWord> {
  protected make(command: PlaceCommand, id: string, nowUs: Micros): ApexOrder {
    return new ApexOrder(command, id, nowUs);
  }

  protected sizeOf(_order: ApexOrder | undefined, word: OrderWord): Lots {
    return this.parts.instrument.parseSize(word.size) ?? (0 as Lots);
  }

  protected filledOf(_order: ApexOrder | undefined, word: OrderWord): Lots {
    return this.parts.instrument.parseSize(word.filled) ?? (0 as Lots);
  }

  protected endOf(order: ApexOrder, word: OrderWord): Ending {
    const reason = closeReasonOf(word.status, word.cancelReason, order.ioc);
    const lots = this.filledOf(order, word);
    return { lots, reason, refusal: REFUSALS[reason] ?? null, whole: word.status === 'FILLED' };
  }
}
