// A way to an empty book that shares nothing with a running bot: its own token, REST only, no sockets. For mm stop,
// the watchdog and doctor. It cancels; it never places, and without `foreign` it never touches what is not ours.
import type { Clock, Network } from '#core/outside';
import type { Instrument } from '#core/instrument';
import { CLIENT_ID_PREFIX, type OpenOrder, parseClientId } from '#core/messages';
import { Random } from '#core/random';
import type { Lots, Ticks } from '#core/units';
import { fromMs } from '#core/units';
import type { EmergencyClient } from '#clients/net/venue-client';
import { newCounters } from '#clients/net/venue-client';
import { VenueTime } from '#clients/net/venue-time';
import { makeBudgets } from './client-budget.js';
import { wordsOf } from './client-queries.js';
import { ParadexRest, replyText, type RestCall, type RestReply } from './client-rest.js';
import { readStart } from './client-start.js';
import { type AuthSigner, TokenKeeper } from './client-token.js';
import { orderWord, type OrderWord } from './client-words.js';
import type { Environment } from './endpoints.js';
import { PATHS } from './endpoints.js';

export interface EmergencyOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly seed: number | string;
  readonly signer: AuthSigner;
  readonly environment: Environment;
  readonly market: string;
}

const TRIES = 4;
const AGAIN = fromMs(300);
const FALLBACK_FEES = { maker: '0', taker: '0' };

export class ParadexEmergency implements EmergencyClient {
  private readonly rest: ParadexRest;
  private readonly time: VenueTime;
  private readonly token: TokenKeeper;
  private instrument: Instrument | null = null;

  constructor(private readonly options: EmergencyOptions) {
    const { network, clock, seed, signer, environment } = options;
    this.time = new VenueTime(clock, 1);
    const { time } = this;
    const random = new Random(`${seed}/emergency`);
    this.token = new TokenKeeper({ network, clock, time, random, signer, rest: environment.rest });
    this.rest = new ParadexRest({
      ...{ network, clock, base: environment.rest, token: this.token },
      counters: newCounters(),
      budgets: makeBudgets(clock.nowUs()),
    });
  }

  async cancelAll(foreign = false): Promise<void> {
    const { market } = this.options;
    const whole = `${PATHS.orders}?market=${encodeURIComponent(market)}`;
    const others = foreign ? [] : (await this.list()).filter((word) => !isOurs(word));
    if (others.length === 0) {
      await this.must({ method: 'DELETE', path: whole, scope: 'orders', urgent: true });
      return;
    }
    const ids = (await this.list()).filter(isOurs).map((word) => word.id);
    if (ids.length === 0) return;
    const body = { order_ids: ids };
    await this.must({ method: 'DELETE', path: PATHS.ordersBatch, body, scope: 'orders', urgent: true }); // prettier-ignore
  }

  async openOrders(): Promise<readonly OpenOrder[]> {
    const words = await this.list();
    if (words.length === 0) return [];
    const instrument = await this.grid();
    return words.map((word) => {
      const lots = instrument.parseSize(word.size) ?? (0 as Lots);
      const left = instrument.parseSize(word.remaining) ?? (0 as Lots);
      return {
        ordinal: parseClientId(word.clientId)?.ordinal ?? null,
        ...{ clientId: word.clientId, side: word.side, lots },
        ticks: instrument.parsePrice(word.price) ?? (0 as Ticks),
        filledLots: Math.max(0, lots - left) as Lots,
      };
    });
  }

  close(): Promise<void> {
    this.token.close();
    return Promise.resolve();
  }

  private async list(): Promise<readonly OrderWord[]> {
    const { market } = this.options;
    const path = `${PATHS.orders}?market=${encodeURIComponent(market)}`;
    const reply = await this.must({ method: 'GET', path, scope: 'reads' });
    const words = wordsOf(reply, orderWord);
    if (words === null) throw new Error('the list of open orders could not be read');
    return words.filter((word) => word.market === market && word.state !== 'done');
  }

  /** Reads and cancels may be repeated: both say the same thing twice. A definite no is one, though. */
  private async must(call: RestCall): Promise<RestReply> {
    let reply = await this.ask(call);
    for (let i = 1; i < TRIES && mayPass(reply); i += 1) {
      await new Promise<void>((resolve) => this.options.clock.after(AGAIN, resolve));
      reply = await this.ask(call);
    }
    if (reply.kind !== 'ok') throw new Error(`Paradex: ${replyText(reply)}`);
    return reply;
  }

  private ask(call: RestCall): Promise<RestReply> {
    return new Promise((resolve) => this.rest.call(call, resolve));
  }

  private async grid(): Promise<Instrument> {
    const { environment, market, signer } = this.options;
    const { rest, time } = this;
    const fallbackFees = FALLBACK_FEES;
    const { account } = signer;
    this.instrument ??= (
      await readStart({ environment, market, account, rest, time, fallbackFees })
    ).instrument;
    return this.instrument;
  }
}

const mayPass = (reply: RestReply): boolean =>
  reply.kind === 'unknown' ||
  reply.kind === 'unsent' ||
  (reply.kind === 'refused' && reply.status === 429);

const isOurs = (word: OrderWord): boolean => word.clientId.startsWith(CLIENT_ID_PREFIX);
