// A relay, tested by chaining two loopback venues: the second one's market is the first one's public feed, over the
// in-memory network, through gaps and lost connections.
import { expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import type { Micros } from '#core/units';
import { loopback } from '#clients/paradex/endpoints';
import type { Environment } from '#clients/paradex/endpoints';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { SyntheticMarket } from '#sim/market/market';
import { FaultyFace } from '#sim/venues/faults';
import { NO_FAULTS } from '#sim/venues/fault-profiles';
import type { FaultProfile } from '#sim/venues/fault-profiles';
import { MarketPlayer } from '#sim/venues/feed';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import { RelayFeed } from '#sim/venues/paradex/relay';
import { pipe } from '#sim/venues/pipe';
import { SteppedClock } from '#sim/venues/stepped-clock';

const START = 1_767_600_000_000_000 as Micros;

function chain(profile: FaultProfile) {
  const clock = new SteppedClock(START);
  const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
  const source = new SyntheticMarket({ preset: 'normal', seed: 9, startUs: START });
  const feed = new MarketPlayer({ clock, source });
  const first = new ParadexFace({ clock, instrument, feed, seed: 1 });
  const faults = new FaultyFace(first, clock, profile, 3);
  const notes: string[] = [];
  const relay = new RelayFeed({
    ...{ clock, network: pipe(faults, clock), instrument, seed: 2 },
    environment: loopback('http://127.0.0.1:1') as Environment,
    note: (text) => notes.push(text),
  });
  const second = new ParadexFace({ clock, instrument, feed: relay, seed: 2 });
  return { clock, first, second, relay, faults, notes };
}

const bookOf = ({ market }: ParadexFace): string[] => {
  const levels: string[] = [];
  for (const side of [1, -1] as const) {
    let ticks = side === 1 ? market.book.bidTicks : market.book.askTicks;
    for (; ticks !== 0; ticks = market.book.next(side, ticks))
      levels.push(`${side} ${ticks} ${market.book.lotsAt(side, ticks)}`);
  }
  return levels;
};

test('the second venue shows the market of the first', () => {
  const { clock, first, second, relay } = chain(NO_FAULTS);
  clock.advanceTo((START + 30e6) as Micros);
  expect(bookOf(second).length).toBeGreaterThan(20);
  expect(bookOf(second)).toEqual(bookOf(first));
  expect(second.market.markPrice).toBe(first.market.markPrice);
  expect(second.market.fundingRate).toBe(first.market.fundingRate);
  const prints = ({ market }: ParadexFace) => market.prints.map((p) => [p.side, p.ticks, p.lots]);
  expect(prints(second).length).toBeGreaterThan(5);
  expect(prints(first).slice(-prints(second).length)).toEqual(prints(second));
  expect(relay.counters).toMatchObject({ connects: 1, gaps: 0 });
});

test('after lost frames and lost connections it shows it again', () => {
  const world = chain({ ...NO_FAULTS, gap: 0.02, cut: 0.02, corrupt: 0.01 });
  const { clock, first, second, relay, faults, notes } = world;
  clock.advanceTo((START + 120e6) as Micros);
  expect(relay.counters.connects).toBeGreaterThan(1);
  expect(relay.counters.gaps).toBeGreaterThan(0);
  expect(notes.length).toBeGreaterThan(1);
  faults.enabled = false;
  first.dropConnections(1006); // a damaged frame can look sound: only a new snapshot is sure to mend that
  clock.advanceTo((START + 240e6) as Micros);
  expect(bookOf(second)).toEqual(bookOf(first));
});
