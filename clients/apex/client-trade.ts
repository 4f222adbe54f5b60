// Hot path: orders out. Signs (possibly on a worker) and posts; nothing here waits for anything else. No order leaves
// unless the private stream is ready at that moment; every order that did not leave is refused at once, every one whose
// answer is lost becomes `unknown`, and none is ever sent twice. There is no amend at ApeX.
import type { Instrument } from '#core/instrument';
import type { AmendCommand, PlaceCommand } from '#core/messages';
import { BID } from '#core/units';
import type { VenueInbox } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import type { ApexDesk } from './client-desk.js';
import type { ApexOrder } from './client-order.js';
import type { PrivateLink } from './client-private.js';
import type { ApexRest, RestReply } from './client-rest.js';
import { orderWord } from './codec/words.js';
import { PATHS, REQUEST_LIMITS } from './endpoints.js';
import type { Failure } from './errors.js';
import type { OrderTerms, SignableOrder } from './sign/order.js';
import { limitFee } from './sign/order.js';
import type { FormFields } from './sign/request.js';
import type { ApexSigner } from './signer.js';
import type { ApexSwitches } from './switches.js';
import { expirationOf } from './switches.js';

/** What an order needs beside itself; the fee rates may change while we run. */
export interface TradeTerms extends OrderTerms {
  /** The rate behind limitFee, e.g. "0.0005". */
  readonly takerRate: string;
}

export interface TradeParts {
  readonly instrument: Instrument;
  readonly symbol: string;
  readonly signer: ApexSigner;
  readonly time: VenueTime;
  readonly desk: ApexDesk;
  readonly link: PrivateLink;
  readonly rest: ApexRest;
  readonly inbox: VenueInbox;
  readonly switches: ApexSwitches;
  readonly terms: () => TradeTerms;
  /** Why no order may leave although the stream is ready; '' when one may. */
  readonly barred: () => string;
  /** A refusal that says more than "this order". */
  readonly onTrouble: (failure: Failure) => void;
}

export class TradeDesk {
  constructor(private readonly parts: TradeParts) {}

  place(commands: readonly PlaceCommand[]): void {
    for (const command of commands) this.placeOne(command);
  }

  /** The profile says that there is no amend; whoever asks all the same is told so. */
  amend({ ordinal }: AmendCommand): void {
    const { inbox, time } = this.parts;
    const us = time.clock.nowUs();
    inbox.event(Object.freeze({ kind: 'amend-rejected', ordinal, reason: 'other', us }));
  }

  private placeOne(command: PlaceCommand): void {
    const { desk, signer, instrument } = this.parts;
    const order = desk.placing(command);
    const why = this.whyNot();
    if (why !== '') return desk.refused(order, 'not-sent', why);
    if (desk.open.size > REQUEST_LIMITS.openOrders)
      return desk.refused(order, 'not-sent', '200 orders are open already');
    const wanted: SignableOrder = {
      ...{ clientId: order.clientId, side: order.side === BID ? 'BUY' : 'SELL' },
      size: instrument.formatSize(order.lots),
      price: instrument.formatPrice(order.ticks),
    };
    const terms = this.parts.terms();
    signer.sign(wanted, terms, (answer) => {
      if (order.phase === 'closed') return;
      // The world may have changed while it was signed.
      const late = order.cancelSent ? 'it was cancelled first' : this.whyNot();
      if (answer.kind === 'failed') desk.refused(order, 'other', `not signed: ${answer.detail}`);
      else if (late !== '') desk.refused(order, 'not-sent', late);
      else this.post(order, wanted, terms, answer.signature);
    });
  }

  private whyNot(): string {
    const { link, barred } = this.parts;
    return link.ready ? barred() : 'the private stream is not ready';
  }

  private post(
    order: ApexOrder,
    wanted: SignableOrder,
    terms: TradeTerms,
    signature: string,
  ): void {
    const { rest } = this.parts;
    order.left = true;
    const fields = this.fieldsOf(order, wanted, terms, signature);
    rest.call({ method: 'POST', path: PATHS.order, fields }, (reply) =>
      this.answered(order, reply),
    );
  }

  private fieldsOf(
    order: ApexOrder,
    { clientId, side, size, price }: SignableOrder,
    terms: TradeTerms,
    signature: string,
  ): FormFields {
    const { symbol, switches, time } = this.parts;
    return {
      ...{ symbol, side, type: 'LIMIT', size, price, clientId },
      ...(switches.clientIdFields === 'both' ? { clientOrderId: clientId } : {}),
      limitFee: limitFee(price, size, terms.takerRate),
      expiration: expirationOf(switches, time.nowMs()),
      timeInForce: order.ioc ? 'IMMEDIATE_OR_CANCEL' : 'POST_ONLY',
      reduceOnly: order.reduceOnly,
      signature: `${switches.signaturePrefix}${signature}`,
    };
  }

  private answered(order: ApexOrder, reply: RestReply): void {
    const { desk, onTrouble } = this.parts;
    if (reply.kind === 'ok') {
      const word = orderWord(reply.data);
      if (word === null || word.clientId !== order.clientId) desk.placeLost(order);
      else desk.heard(word);
    } else if (reply.kind === 'refused') {
      const { failure } = reply;
      // Our id is there already: some earlier attempt did arrive. Only a question tells what became of it.
      if (failure.reason === 'duplicate-id') desk.placeLost(order);
      else desk.refused(order, failure.reason, failure.detail);
      onTrouble(failure);
    } else if (reply.kind === 'unsent') {
      order.left = false;
      const held = reply.detail.includes('budget') || reply.detail.includes('403');
      desk.refused(order, held ? 'not-sent' : 'other', `not sent: ${reply.detail}`);
    } else desk.placeLost(order);
  }
}
