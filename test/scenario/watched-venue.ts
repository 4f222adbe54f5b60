// A loopback venue in the test's own process, so that its book can be looked at without asking it. Its orders travel up
// to a second while everything else arrives at once: what was sent before a kill lands after the first cancel. Nothing
// there cancels for a bot that is gone: cancel-on-disconnect is confirmed and comes an hour later.
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import { ApexFace } from '#sim/venues/apex/apex-face';
import { loopbackCredentials } from '#sim/venues/apex/credentials';
import { apexSymbol } from '#sim/venues/apex/symbols';
import { isRefusal } from '#sim/venues/face';
import { NO_FAULTS } from '#sim/venues/fault-profiles';
import type { FaultProfile } from '#sim/venues/fault-profiles';
import { FaultyFace } from '#sim/venues/faults';
import type { Face, FaceLink } from '#sim/venues/face';
import { MarketPlayer } from '#sim/venues/feed';
import { serve } from '#sim/venues/server';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { LEAST_BLOCK, SyntheticMarket } from '#sim/market/market';
import { realNetwork } from '#clients/net/network';
import { readLayers } from '#config/layers';
import { Instrument } from '#core/instrument';
import { Random } from '#core/random';
import { WallClock } from '#run/clock';
import { onboard, paradexEnvironment, paradexIdentity } from '#run/paradex-account';

/** Less than the 2 s between the two looks of a watchdog, and than the receive window of the venue. */
const LONGEST_WAY_MS = 1_000;
const LEAST_WAY_MS = 200;
const AFTER_MS = 50;
const AN_HOUR_US = 3_600e6;

export interface WatchedVenue {
  readonly origin: string;
  /** Settings that lead a bot here. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Client ids of what is open now. */
  open(): string[];
  /** When the newest order left a bot, on performance.now(). */
  sentMs: number;
  /** Called when an order has left a bot and is still on its way. */
  onSent: () => void;
  /** Orders that are on their way now. */
  underway: number;
  /** What goes wrong on the way; off until it is enabled. */
  readonly faults: FaultyFace;
  close(): Promise<void>;
}

interface Ways {
  sentMs: number;
  onSent: () => void;
  underway: number;
}

/** Orders are held back, one after the other; nothing else is. */
class SlowOrders implements Face {
  private freeMs = 0;

  constructor(
    private readonly face: Face,
    private readonly ways: Ways,
    private readonly random: Random,
  ) {}

  request(...[request, reply]: Parameters<Face['request']>): void {
    if (request.method !== 'POST' || !/\/v[13]\/orders?$/.test(request.target))
      this.face.request(request, reply);
    else this.later(() => this.face.request(request, reply));
  }

  connect(
    ...[target, headers, ip, peer]: Parameters<Face['connect']>
  ): ReturnType<Face['connect']> {
    const link = this.face.connect(target, headers, ip, peer);
    return isRefusal(link) ? link : this.slow(link);
  }

  close(): void {
    this.face.close();
  }

  private slow(link: FaceLink): FaceLink {
    return {
      text: (text) => {
        if (text.includes('"order.create')) this.later(() => link.text(text));
        else link.text(text);
      },
      pong: () => link.pong(),
      // What was sent before is there before the end of the connection is.
      closed: (code) => {
        const wait = this.freeMs + AFTER_MS - performance.now();
        setTimeout(() => link.closed(code), Math.max(0, wait));
      },
    };
  }

  private later(arrive: () => void): void {
    const { ways } = this;
    const now = performance.now();
    ways.sentMs = now;
    ways.underway += 1;
    this.freeMs = Math.max(
      this.freeMs,
      now + LEAST_WAY_MS + this.random.int(LONGEST_WAY_MS - LEAST_WAY_MS),
    );
    setTimeout(() => {
      ways.underway -= 1;
      arrive();
    }, this.freeMs - now);
    ways.onSent();
  }
}

interface Parts {
  readonly clock: WallClock;
  readonly feed: MarketPlayer;
  readonly seed: number;
}

const marketOf = (clock: WallClock, seed: number): MarketPlayer => {
  const startUs = clock.nowUs();
  const source = new SyntheticMarket({ preset: 'fast', seed, startUs, blockRows: LEAST_BLOCK });
  return new MarketPlayer({ clock, source, speed: 1, onEnd: () => undefined });
};

interface Accounts {
  readonly all: ReadonlyMap<
    unknown,
    { readonly openOrders: Iterable<{ readonly facts: { readonly clientId: string } }> }
  >;
}

async function served(
  make: (parts: Parts) => Face & { readonly accounts: Accounts },
  seed: number,
  profile: FaultProfile = NO_FAULTS,
): Promise<Ways & Pick<WatchedVenue, 'origin' | 'open' | 'faults' | 'close'>> {
  const clock = new WallClock();
  const face = make({ clock, seed, feed: marketOf(clock, seed) });
  const ways: Ways = { sentMs: 0, onSent: () => undefined, underway: 0 };
  const faulty = new FaultyFace(new SlowOrders(face, ways, new Random(seed)), clock, profile, seed);
  faulty.enabled = false;
  const server = await serve(faulty, 0);
  const open = (): string[] =>
    [...face.accounts.all.values()].flatMap(({ openOrders }) =>
      [...openOrders].map(({ facts }) => facts.clientId),
    );
  const close = (): Promise<void> => server.close();
  return Object.assign(ways, { origin: server.origin, open, faults: faulty, close });
}

export async function watchedParadex(seed: number, profile?: FaultProfile): Promise<WatchedVenue> {
  const instrument = new Instrument({ ...SYNTHETIC_INSTRUMENT, venue: 'paradex' });
  const quirks = { disconnectDelayUs: AN_HOUR_US };
  const venue = await served(
    (parts) => new ParadexFace({ ...parts, instrument, quirks }),
    seed,
    profile,
  );
  const { origin } = venue;
  const key = `0x1${'c0ffee5eed'.repeat(5)}${(0x1000_0000 + seed).toString(16)}`;
  const env = { MM_PARADEX_PRIVATE_KEY: key };
  const { values } = readLayers({ flags: {}, env, dotenvPath: null, configPath: null });
  const network = realNetwork(new WallClock());
  const environment = paradexEnvironment('testnet', origin);
  await onboard(network, await paradexIdentity(network, environment, values, () => undefined));
  const args = [
    ...['--venue', 'paradex', '--network', 'testnet', '--paradex-url', origin],
    ...['--paradex-switches', 'amend=replace'], // every requote is an order on its way
  ];
  return Object.assign(venue, { args, env });
}

export async function watchedApex(seed: number, profile?: FaultProfile): Promise<WatchedVenue> {
  const symbol = apexSymbol(SYNTHETIC_INSTRUMENT.symbol);
  const instrument = new Instrument({
    ...{ ...SYNTHETIC_INSTRUMENT, venue: 'apex', symbol, settle: 'USDT', minNotional: '0' },
  });
  const venue = await served((parts) => new ApexFace({ ...parts, instrument }), seed, profile);
  const { key, secret, passphrase, seed: zk } = loopbackCredentials(`watched-${seed}`);
  const env = {
    ...{ MM_APEX_KEY: key, MM_APEX_SECRET: secret, MM_APEX_PASSPHRASE: passphrase },
    MM_APEX_SEED: zk,
  };
  const args = ['--venue', 'apex', '--network', 'testnet', '--apex-url', venue.origin];
  return Object.assign(venue, { args, env });
}
