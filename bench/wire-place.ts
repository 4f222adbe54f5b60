// The place that bench/wire.ts trades on: the loopback Paradex in a child process, as in a paper run, and the real client
// over real sockets with a stop-watch around them: from the first frame that a turn has not seen to the order that the
// turn sends. Without a watchdog process.
import { realNetwork } from '#clients/net/network';
import { ParadexClient } from '#clients/paradex/client';
import { ParadexEmergency } from '#clients/paradex/client-emergency';
import type { ParameterValues } from '#config/parameters';
import type { Network, SocketHandlers } from '#core/outside';
import { WallClock } from '#run/clock';
import { onboard, paradexEnvironment, paradexIdentity } from '#run/paradex-account';
import { startPaperVenue } from '#run/paper-venue';
import type { TradingNetwork, VenuePlace } from '#run/venue-place';
import { apartFrom } from './apart.js';

const KEY = '0x543b6cf6c91817a87174aaea4fb370ac1c694e864d7740d728f8344d53e815';
const ORDER = /"method":"order\.(create|create_batch|modify)"/;
const SEED = 7;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/** One frame with an order or a batch of them on the socket. */
export interface Timed {
  /** Milliseconds since the frame that began the turn. */
  readonly ms: number;
  /** The part of them in which this process ran: a busy machine and the disk make the rest. */
  readonly cpuMs: number;
  /** Nothing was sent before it in its turn. */
  readonly first: boolean;
}

export class StopWatch {
  readonly timed: Timed[] = [];
  /** The venue has a processor of its own. */
  apart = false;
  frames = 0;
  sent = 0;
  private first = true;
  private heardMs: number | null = null;
  private heardCpu = 0;

  around(network: Network): Network {
    return {
      request: (request, done) => network.request(request, done),
      connect: (url, handlers) => {
        const socket = network.connect(url, this.listening(handlers));
        return { ...socket, send: (text) => this.sending(text, (t) => socket.send(t)) };
      },
    };
  }

  /** Everything that lies in one turn of the event loop is drained together: the first of it counts. */
  private heard(): void {
    this.frames += 1;
    if (this.heardMs !== null) return;
    this.first = true;
    this.heardMs = performance.now();
    this.heardCpu = cpuMs();
  }

  /** Behind the turn of the host, which the frame itself has asked for. */
  private over(): void {
    setImmediate(() => (this.heardMs = null));
  }

  private sending(text: string, send: (text: string) => boolean): boolean {
    const done = send(text);
    this.sent += 1;
    if (this.heardMs === null || !ORDER.test(text)) return done;
    const ms = performance.now() - this.heardMs;
    this.timed.push({ ms, cpuMs: cpuMs() - this.heardCpu, first: this.first });
    this.first = false;
    return done;
  }

  private listening(handlers: SocketHandlers): SocketHandlers {
    return {
      onOpen: () => handlers.onOpen(),
      onClose: (code, reason) => handlers.onClose(code, reason),
      onPong: () => handlers.onPong?.(),
      onText: (text) => {
        this.heard();
        handlers.onText(text);
        this.over();
      },
      onBinary: (bytes) => {
        this.heard();
        handlers.onBinary(bytes);
        this.over();
      },
    };
  }
}

/** `network`: what the run takes it for. `speed`: market time per second, so that there is more to react to. */
export async function wirePlace(
  values: ParameterValues,
  network: TradingNetwork,
  speed: number,
  watch: StopWatch,
): Promise<VenuePlace> {
  const paper = await startPaperVenue({
    ...{ venue: 'paradex', port: 0, tape: null, synthetic: 'fast', relay: null, faults: null },
    ...{ seed: SEED, speed, deposit: values.capital, leverage: 5 },
  });
  watch.apart = apartFrom(paper.pid);
  const clock = new WallClock();
  const net = realNetwork(clock);
  const environment = paradexEnvironment('paper', paper.origin);
  const keys = { ...values, paradexPrivateKey: KEY, paradexAccount: null };
  const identity = await paradexIdentity(net, environment, keys, () => undefined);
  await onboard(net, identity);
  const { market, origin: url } = paper;
  const { signer } = identity;
  const common = { environment, market, signer, seed: SEED };
  return {
    ...{ venue: 'paradex', network, market, name: 'paradex, bench' },
    identity: signer.account,
    reach: { venue: 'paradex', network, market, url, paperKey: null },
    client: (runId, inbox, own) =>
      Promise.resolve(
        new ParadexClient({ ...common, network: watch.around(net), clock: own, runId, inbox }),
      ),
    emergency: () => Promise.resolve(new ParadexEmergency({ ...common, network: net, clock })),
    watch: () =>
      Promise.resolve({
        turn: () => null,
        goodbye: () => Promise.resolve(),
        leave: () => undefined,
      }),
    close: () => {
      clock.release();
      return paper.close();
    },
  };
}
