// The place that bench/apex-wire.ts trades on: the real ApeX client over real sockets, with stop-watches around its orders
// and around the signer. The null signer signs nothing: it is made here, and no command can reach it.
import { ApexClient } from '#clients/apex/client';
import { ApexEmergency } from '#clients/apex/client-emergency';
import { loopback } from '#clients/apex/endpoints';
import type { ApexEnvironment } from '#clients/apex/endpoints';
import { parseSeed } from '#clients/apex/sign/keys';
import type { ApexSigner } from '#clients/apex/signer';
import { inThreadSigner, workerSigner } from '#clients/apex/signer';
import type { DashSymbol } from '#clients/apex/wire';
import { realNetwork } from '#clients/net/network';
import type { VenueClient, VenueInbox } from '#clients/net/venue-client';
import type { Command, EngineEvent } from '#core/messages';
import type { Clock } from '#core/outside';
import type { Micros } from '#core/units';
import { WallClock } from '#run/clock';
import type { VenuePlace } from '#run/venue-place';
import type { WireInbox } from '#run/wire-inbox';
import { loopbackCredentials } from '#sim/venues/apex/credentials';
import { MARKET } from './apex-venue.js';

const API = loopbackCredentials('bench');
const SEED = parseSeed(API.seed) as Uint8Array;

/** From the decision, which is the moment that commands are handed over, to the venue's word that the order rests. */
export class PlaceWatch {
  /** Milliseconds, one for each order. */
  readonly placed: number[] = [];
  /** Milliseconds of the main thread in each call of the signer. */
  readonly slices: number[] = [];
  private readonly sent = new Map<number, number>();

  client(client: VenueClient): VenueClient {
    const send = (nowUs: Micros, commands: readonly Command[]): void => {
      const at = performance.now();
      for (const command of commands)
        if (command.kind === 'place') this.sent.set(command.ordinal, at);
      client.send(nowUs, commands);
    };
    return new Proxy(client, {
      get: (target, name) => {
        const value: unknown = name === 'send' ? send : Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  inbox(inbox: VenueInbox): VenueInbox {
    return {
      row: (kind, side, us, price, size) => inbox.row(kind, side, us, price, size),
      note: (level, text) => inbox.note(level, text),
      event: (event) => {
        this.heard(event);
        inbox.event(event);
      },
    };
  }

  signer(signer: ApexSigner): ApexSigner {
    return {
      l2Key: signer.l2Key,
      close: () => signer.close(),
      sign: (order, terms, done) => {
        const from = performance.now();
        signer.sign(order, terms, done);
        this.slices.push(performance.now() - from);
      },
    };
  }

  private heard(event: EngineEvent): void {
    if (event.kind !== 'accepted') return;
    const from = this.sent.get(event.ordinal);
    this.sent.delete(event.ordinal);
    if (from !== undefined) this.placed.push(performance.now() - from);
  }
}

/** As many digits as a signature has, at once: for a venue that does not look. */
function nullSigner(): ApexSigner {
  const { l2Key } = inThreadSigner(SEED);
  const signature = '0'.repeat(192);
  return {
    l2Key,
    sign: (_order, _terms, done) => void setImmediate(() => done({ kind: 'signature', signature })),
    close: () => Promise.resolve(),
  };
}

export async function benchClient(
  origin: string,
  signs: boolean,
  watch: PlaceWatch,
  parts: { readonly clock: Clock; readonly inbox: VenueInbox; readonly runId: string },
): Promise<VenueClient> {
  const signer = signs ? await workerSigner(SEED) : nullSigner();
  const client = new ApexClient({
    ...{ clock: parts.clock, runId: parts.runId, network: realNetwork(parts.clock), seed: 7 },
    ...{ api: API, environment: loopback(origin) as ApexEnvironment, symbol: MARKET as DashSymbol },
    ...{ signer: watch.signer(signer), inbox: watch.inbox(parts.inbox) },
  });
  return watch.client(client);
}

export function benchPlace(origin: string, signs: boolean, watch: PlaceWatch): VenuePlace {
  const clock = new WallClock();
  const environment = loopback(origin) as ApexEnvironment;
  const common = { api: API, environment, symbol: MARKET as DashSymbol };
  const reach = { market: MARKET, url: origin, paperKey: API.key };
  return {
    ...{ venue: 'apex', network: 'paper', market: MARKET, name: 'apex, bench', identity: API.key },
    reach: { venue: 'apex', network: 'paper', ...reach },
    client: (runId: string, inbox: WireInbox, own: WallClock) =>
      benchClient(origin, signs, watch, { clock: own, inbox, runId }),
    emergency: () =>
      Promise.resolve(new ApexEmergency({ ...common, clock, network: realNetwork(clock) })),
    watch: () =>
      Promise.resolve({
        turn: () => null,
        goodbye: () => Promise.resolve(),
        leave: () => undefined,
      }),
    close: () => {
      clock.release();
      return Promise.resolve();
    },
  };
}
