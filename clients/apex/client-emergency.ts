// A way to an empty book that shares nothing with a running bot: REST only, no sockets, no zk seed (a cancel needs only
// the API key). For mm stop, the watchdog and doctor. It cancels; it never places, and without `foreign` it never
// touches what is not ours.
import type { Clock, Network } from '#core/outside';
import type { Instrument } from '#core/instrument';
import { CLIENT_ID_PREFIX, type OpenOrder, parseClientId } from '#core/messages';
import type { Lots, SpanMicros, Ticks } from '#core/units';
import { fromMs } from '#core/units';
import type { EmergencyClient } from '#clients/net/venue-client';
import { newCounters } from '#clients/net/venue-client';
import { VenueTime } from '#clients/net/venue-time';
import { makeBudgets } from './client-budget.js';
import { wordsOf } from './client-queries.js';
import { ApexRest, replyText, type RestCall, type RestReply } from './client-rest.js';
import { readStart } from './client-start.js';
import { orderWord, type OrderWord } from './codec/words.js';
import type { ApexEnvironment } from './endpoints.js';
import { PATHS } from './endpoints.js';
import type { ApiKey } from './sign/request.js';
import { APEX_SWITCHES } from './switches.js';
import type { DashSymbol } from './wire.js';

export interface ApexEmergencyOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly api: ApiKey;
  readonly environment: ApexEnvironment;
  readonly symbol: DashSymbol;
  /** What must be said aloud: a ban, above all. */
  readonly note?: (text: string) => void;
}

const TRIES = 4;
const AGAIN = fromMs(500);

export class ApexEmergency implements EmergencyClient {
  private readonly rest: ApexRest;
  private readonly time: VenueTime;
  private instrument: Instrument | null = null;

  constructor(private readonly options: ApexEmergencyOptions) {
    const { network, clock, api, environment, note } = options;
    this.time = new VenueTime(clock);
    this.rest = new ApexRest({
      ...{ network, time: this.time, api, origin: environment.origin, counters: newCounters() },
      budgets: makeBudgets(clock.nowUs()),
      inbox: { note: (_level, text) => note?.(text) },
    });
  }

  /** Throws an Error when the venue refuses or does not answer four times. */
  async cancelAll(foreign = false): Promise<void> {
    const { symbol } = this.options;
    const listed: readonly OrderWord[] = foreign ? [] : await this.list();
    if (listed.every(isOurs)) {
      const path = PATHS.deleteOpenOrders;
      await this.must({ method: 'POST', path, fields: { symbol }, urgent: true });
      return;
    }
    for (const { id } of listed.filter(isOurs)) {
      const fields = { id };
      const reply = await this.tries({ method: 'POST', path: PATHS.deleteOrder, fields, urgent: true }); // prettier-ignore
      const gone = reply.kind === 'refused' && reply.failure.kind === 'not-found';
      if (reply.kind !== 'ok' && !gone) throw new Error(`ApeX: ${replyText(reply)}`);
    }
  }

  async openOrders(): Promise<readonly OpenOrder[]> {
    const words = await this.list();
    if (words.length === 0) return [];
    const instrument = await this.grid();
    return words.map((word) => ({
      ordinal: parseClientId(word.clientId)?.ordinal ?? null,
      ...{ clientId: word.clientId, side: word.side },
      ticks: instrument.parsePrice(word.price) ?? (0 as Ticks),
      lots: instrument.parseSize(word.size) ?? (0 as Lots),
      filledLots: instrument.parseSize(word.filled) ?? (0 as Lots),
    }));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async list(): Promise<readonly OrderWord[]> {
    const { symbol } = this.options;
    const reply = await this.must({ method: 'GET', path: PATHS.openOrders, urgent: true });
    const words = reply.kind === 'ok' ? wordsOf(reply.data, orderWord) : null;
    if (words === null) throw new Error('the list of open orders could not be read');
    return words.filter((word) => word.market === symbol && word.state !== 'done');
  }

  private async must(call: RestCall): Promise<RestReply> {
    const reply = await this.tries(call);
    if (reply.kind !== 'ok') throw new Error(`ApeX: ${replyText(reply)}`);
    return reply;
  }

  /** Reads and cancels may be repeated: both say the same thing twice. A definite refusal is not. */
  private async tries(call: RestCall): Promise<RestReply> {
    for (let left = TRIES; ; left -= 1) {
      const reply = await new Promise<RestReply>((resolve) => this.rest.call(call, resolve));
      const final = reply.kind === 'ok' || (reply.kind === 'refused' && reply.failure.kind !== 'rate-limit'); // prettier-ignore
      if (final || left === 1) return reply;
      await new Promise<void>((resolve) => this.options.clock.after(AGAIN as SpanMicros, resolve));
    }
  }

  private async grid(): Promise<Instrument> {
    const { environment, symbol } = this.options;
    const { rest, time } = this;
    const parts = { environment, symbol, rest, time, switches: APEX_SWITCHES, l2Key: null };
    this.instrument ??= (await readStart(parts)).instrument;
    return this.instrument;
  }
}

const isOurs = (word: OrderWord): boolean => word.clientId.startsWith(CLIENT_ID_PREFIX);
