// Serves a venue's face on 127.0.0.1: market (tape, synthetic or relayed), seeded faults, latency. What `mm venue` and
// the child of a paper run are made of. Accounts and their orders live in memory and end with the process.
import { realNetwork } from '#clients/net/network';
import { loopback } from '#clients/paradex/endpoints';
import type { Environment } from '#clients/paradex/endpoints';
import { StartProblem } from '#config/problem';
import { Instrument } from '#core/instrument';
import type { InstrumentSpec } from '#core/instrument';
import { rateFromFraction } from '#core/money';
import type { Clock } from '#core/outside';
import type { RowSource } from '#core/rows';
import type { Micros, Money, Rate, Seconds, SpanMicros } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { LEAST_BLOCK, SyntheticMarket } from '#sim/market/market';
import { PRESET_NAMES } from '#sim/market/presets';
import type { PresetName } from '#sim/market/presets';
import type { Face } from '#sim/venues/face';
import { FaultyFace } from '#sim/venues/faults';
import type { FaultCounts } from '#sim/venues/faults';
import { FAULT_PROFILES, FAULT_PROFILE_NAMES } from '#sim/venues/fault-profiles';
import type { FaultProfileName } from '#sim/venues/fault-profiles';
import type { Feed } from '#sim/venues/feed';
import { MarketPlayer } from '#sim/venues/feed';
import { delayed } from '#sim/venues/lanes';
import { operated } from '#sim/venues/operator';
import { RelayFeed } from '#sim/venues/paradex/relay';
import { serve } from '#sim/venues/server';
import { TapeSource, readInfo } from '#tape/read';
import { WallClock } from './clock.js';
import { paradexMarket } from './paradex-markets.js';
import { HOUSES } from './venue-houses.js';
import { minuteOf } from './venue-process.js';
import type { VenueJob } from './venue-process.js';

export interface ServedVenue {
  readonly port: number;
  readonly origin: string;
  readonly market: string;
  /** Null without faults. */
  readonly faults: FaultCounts | null;
  close(): Promise<void>;
}

export interface ServeHooks {
  /** One line worth showing. */
  readonly note: (text: string) => void;
  /** The last row has been played. */
  readonly onEnd: () => void;
}

/** Throws StartProblem for a job that cannot be done. */
export async function serveVenue(job: VenueJob, hooks: ServeHooks): Promise<ServedVenue> {
  const profile = profileOf(job.faults);
  const clock = new WallClock();
  const { instrument, feed, useQuotes } = await marketOf(job, clock, hooks);
  const venue = HOUSES[job.venue].face({
    ...{ clock, instrument, feed, seed: job.seed, useQuotes },
    ...(job.switches === undefined ? {} : { switches: job.switches }),
    ...(job.deposit === undefined ? {} : { deposit: job.deposit as Money }),
    ...(job.leverage === undefined ? {} : { leverage: job.leverage }),
    ...(job.bots === undefined ? {} : { bots: job.bots }),
  });
  let face: Face = venue;
  const { delays } = job;
  if (delays !== undefined) {
    const { order, reply, feed: late } = delays;
    const spans = { order: order as SpanMicros, reply: reply as SpanMicros };
    face = delayed(face, clock, { ...spans, feed: late as SpanMicros });
  }
  const faulty = profile === null ? null : new FaultyFace(face, clock, profile, job.seed);
  const server = await listen(operated(faulty ?? face, venue), job.port);
  const { port, origin } = server;
  const close = (): Promise<void> => server.close();
  const { symbol } = instrument.spec;
  return { port, origin, market: symbol, faults: faulty?.counts ?? null, close };
}

async function listen(face: Face, port: number) {
  try {
    return await serve(face, port);
  } catch (error) {
    face.close();
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new StartProblem(`--port ${port} cannot be used (${code}); choose another, or 0 for any`);
  }
}

function profileOf(name: string | null) {
  if (name === null) return null;
  if (Object.hasOwn(FAULT_PROFILES, name)) return FAULT_PROFILES[name as FaultProfileName];
  throw new StartProblem(`--faults "${name}" must be one of ${FAULT_PROFILE_NAMES.join(', ')}`);
}

interface ServedMarket {
  readonly instrument: Instrument;
  readonly feed: Feed;
  readonly useQuotes: boolean;
}

async function marketOf(job: VenueJob, clock: Clock, hooks: ServeHooks): Promise<ServedMarket> {
  if (job.relay !== null) return await relayed(job, job.relay, clock, hooks);
  const house = HOUSES[job.venue];
  const fees = {
    makerFee: (job.makerFee ?? house.makerFee) as Rate,
    takerFee: (job.takerFee ?? house.takerFee) as Rate,
  };
  let source: RowSource;
  let spec: InstrumentSpec;
  let useQuotes = false;
  if (job.tape !== null) {
    const info = readInfo(job.tape);
    useQuotes = !info.hasBook;
    const { instrument: tape } = info;
    if (!info.hasBook && !info.hasQuotes)
      throw new StartProblem(`${job.tape} has no book rows; import the order book too`);
    if ((tape.kind ?? 'linear') !== 'linear')
      throw new StartProblem(
        `${job.tape} is of an inverse contract, which ${house.name} does not have`,
      );
    source = new TapeSource(job.tape);
    const { tickSize, lotSize, multiplier = '1' } = tape;
    const least = house.minNotional === null ? '0' : (tape.minNotional ?? house.minNotional);
    spec = {
      ...{ venue: job.venue, symbol: house.symbol(tape.symbol), tickSize, lotSize, multiplier },
      ...{ minNotional: least, kind: 'linear', ...house.spec, ...fees },
      ...(tape.minSize === undefined ? {} : { minSize: tape.minSize }),
    };
  } else {
    const preset = presetOf(job.synthetic ?? 'normal');
    // Its volatility follows the hour of the day: venues of one seed that begin in the same minute play the same rows.
    const startUs = (job.startUs ?? minuteOf(clock.nowUs())) as Micros;
    source = new SyntheticMarket({ preset, seed: job.seed, startUs, blockRows: LEAST_BLOCK });
    const { symbol, minNotional } = SYNTHETIC_INSTRUMENT;
    const named = { venue: job.venue, symbol: house.symbol(symbol) };
    const least = { minNotional: house.minNotional === null ? '0' : minNotional };
    spec = { ...SYNTHETIC_INSTRUMENT, ...fees, ...named, ...least };
  }
  if (job.market !== undefined && job.market !== spec.symbol)
    throw new StartProblem(
      `--market ${job.market}: this data is of ${spec.symbol}; leave --market out, or play a tape of ${job.market}`,
    );
  const feed = new MarketPlayer({ clock, source, speed: job.speed, onEnd: hooks.onEnd });
  return { instrument: new Instrument(spec), feed, useQuotes };
}

function presetOf(name: string): PresetName {
  const found = PRESET_NAMES.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  throw new StartProblem(`--synthetic "${name}" must be one of ${PRESET_NAMES.join(', ')}`);
}

async function relayed(
  job: VenueJob,
  url: string,
  clock: Clock,
  hooks: ServeHooks,
): Promise<ServedMarket> {
  if (job.venue !== 'paradex')
    throw new StartProblem(`--relay is for paradex; play a --tape or a --synthetic market`);
  const environment = environmentOf(url);
  const network = realNetwork(clock);
  const house = HOUSES.paradex;
  const market = job.market ?? 'BTC-USD-PERP';
  const wire = await paradexMarket(network, environment.rest, market, '--relay');
  const fee = (side: 'maker_fee' | 'taker_fee', otherwise: Rate): Rate => {
    const text = wire.fee_config?.api_fee[side].fee;
    return text === undefined ? otherwise : rateFromFraction(Number(text));
  };
  const margin = wire.delta1_cross_margin_params;
  const instrument = new Instrument({
    ...{ venue: 'paradex', symbol: wire.symbol, tickSize: wire.price_tick_size },
    ...{ lotSize: wire.order_size_increment, minNotional: wire.min_notional, kind: 'linear' },
    ...{ multiplier: '1', settle: 'USDC' },
    makerFee: (job.makerFee ?? fee('maker_fee', house.makerFee)) as Rate,
    takerFee: (job.takerFee ?? fee('taker_fee', house.takerFee)) as Rate,
    fundingPeriod: (Number(wire.funding_period_hours) * 3_600) as Seconds,
    maintenanceMargin:
      margin === undefined
        ? house.spec.maintenanceMargin
        : Number(margin.imf_base) * Number(margin.mmf_factor),
  });
  const { note } = hooks;
  const feed = new RelayFeed({ clock, network, environment, instrument, seed: job.seed, note });
  return { instrument, feed, useQuotes: false };
}

/** "http://127.0.0.1:4801", "https://api.prod.paradex.trade/v1": the sockets of the real venue have a host of their own. */
function environmentOf(url: string): Environment {
  const origin = url.replace(/\/v1\/?$/, '');
  const environment = loopback(origin);
  if (environment === null)
    throw new StartProblem(
      `--relay "${url}" is no address such as https://api.prod.paradex.trade/v1`,
    );
  const real = /^https:\/\/(api\.[a-z]+\.paradex\.trade)$/.exec(origin);
  return real === null ? environment : { ...environment, ws: `wss://ws.${real[1] as string}/v1` };
}
