// The loopback ApeX on virtual time: a run repeats from its seed, heartbeats come when the venue's do, seeded faults reach
// its text frames, and the share of verified signatures is a share.
import { describe, expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import type { Network } from '#core/outside';
import { Random } from '#core/random';
import type { Micros } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { ApexFace } from '#sim/venues/apex/apex-face';
import { accountIdOf, isApiKey, loopbackCredentials } from '#sim/venues/apex/credentials';
import { apexSymbol } from '#sim/venues/apex/symbols';
import { zkChecks } from '#sim/venues/apex/zk-checks';
import { FAULT_PROFILES } from '#sim/venues/fault-profiles';
import { FaultyFace } from '#sim/venues/faults';
import { pipe } from '#sim/venues/pipe';
import { SteppedClock } from '#sim/venues/stepped-clock';
import { WalkFeed } from '../../scenario/walk-feed.js';

const START_US = 1_790_000_000_000_000 as Micros;
const INSTRUMENT = new Instrument({
  ...{ ...SYNTHETIC_INSTRUMENT, venue: 'apex', symbol: 'BTC-USDT', minNotional: '0' },
});
const BOOK = 'orderBook200.H.BTCUSDT';

interface Run {
  readonly texts: string[];
  /** Seconds since the start at which the connection ended; null while it lives. */
  readonly endedS: () => number | null;
  readonly faults: FaultyFace;
  readonly network: Network;
}

/** `seconds` of a public socket that subscribes to everything and, if `answers`, answers pings. */
function play(seconds: number, seed: number, faulty: boolean, answers = false): Run {
  const clock = new SteppedClock(START_US);
  const feed = new WalkFeed(clock, new Random(seed));
  const face = new ApexFace({ clock, instrument: INSTRUMENT, feed, seed });
  const faults = new FaultyFace(face, clock, FAULT_PROFILES['dirty-feed'], seed);
  faults.enabled = faulty;
  const network = pipe(faults, clock);
  const texts: string[] = [];
  let endedUs: number | null = null;
  const socket = network.connect('ws://venue/realtime_public?v=2&timestamp=1', {
    onOpen: () => {
      for (const topic of [BOOK, 'recentlyTrade.H.BTCUSDT', 'instrumentInfo.H.BTCUSDT'])
        socket.send(JSON.stringify({ op: 'subscribe', args: [topic] }));
    },
    onText: (text) => {
      texts.push(text);
      if (answers && text.includes('"op":"ping","args"') && !text.includes('success'))
        socket.send('{"op":"pong","args":["1"]}');
    },
    onBinary: () => undefined,
    onClose: () => (endedUs = clock.nowUs()),
  });
  clock.advanceTo((START_US + seconds * 1e6) as Micros);
  const endedS = (): number | null => (endedUs === null ? null : (endedUs - START_US) / 1e6);
  return { texts, endedS, faults, network };
}

const usOf = (texts: readonly string[]): number[] =>
  texts
    .filter((text) => text.includes(BOOK) && text.includes('"type"') && text.endsWith('}'))
    .flatMap((text) => {
      try {
        return [(JSON.parse(text) as { data: { u: number } }).data.u];
      } catch {
        return [];
      }
    });

describe('the loopback ApeX on virtual time', () => {
  test('a run repeats from its seed, and differs from another', () => {
    const [one, two, other] = [play(20, 1, false), play(20, 1, false), play(20, 2, false)];
    expect(one.texts.length).toBeGreaterThan(200);
    expect(one.texts).toEqual(two.texts);
    expect(one.texts).not.toEqual(other.texts);
    const us = usOf(one.texts);
    expect(us).toEqual(us.map((_, i) => (us[0] as number) + i));
  });

  test('pings come after 7 s and every 15 s; without an answer it ends after 150 s', () => {
    const deaf = play(160, 1, false);
    const pings = deaf.texts.filter((text) => text.startsWith('{"op":"ping"'));
    const at = pings.map((text) => Number(/"(\d{13})"/.exec(text)?.[1]) - START_US / 1000);
    expect(at.slice(0, 3)).toEqual([7_000, 22_000, 37_000]);
    expect(deaf.endedS()).toBeCloseTo(150, 3);
    expect(play(160, 1, false, true).endedS()).toBeNull();
  });

  test('a dirty feed loses and damages frames of text, and the counter shows it', () => {
    const { texts, faults } = play(60, 3, true, true);
    const us = usOf(texts);
    const gaps = us.filter((u, i) => i > 0 && u !== (us[i - 1] as number) + 1);
    expect(faults.counts.by.gap).toBeGreaterThan(0);
    expect(faults.counts.by.corrupt).toBeGreaterThan(0);
    expect(gaps.length).toBeGreaterThan(0);
  });

  test('a share of the signatures is verified, drawn from the seed', () => {
    const order = { clientId: 'a', side: 'BUY', size: '1', price: '1' } as const;
    const terms = { accountId: '1', pairId: 1, decimals: 18, makerBps: 2, takerBps: 5 };
    const passed = (share: number): number => {
      const checks = zkChecks(share, 5);
      let count = 0;
      for (let i = 0; i < 40; i++) if (checks.order('k', order, terms, '00')) count += 1;
      return count;
    };
    expect([passed(1), passed(0)]).toEqual([0, 40]);
    expect(passed(0.5)).toBeGreaterThan(8);
    expect(passed(0.5)).toBeLessThan(32);
  });

  test('any word is an API key with secrets of its own', () => {
    const [a, b] = [loopbackCredentials('alice'), loopbackCredentials('bob')];
    expect(a).toEqual(loopbackCredentials('alice'));
    expect(new Set([a.secret, b.secret, a.passphrase, b.passphrase, a.seed, b.seed]).size).toBe(6);
    expect(a.seed).toMatch(/^[0-9a-f]{130}$/);
    expect(accountIdOf('alice')).toMatch(/^6\d{17}$/);
    expect(['alice', 'a b', '', 'x'.repeat(65)].map(isApiKey)).toEqual([true, false, false, false]);
  });

  test('symbols of other venues are spelled as ApeX spells them', () => {
    const names = ['BTC-USDT', 'BTC-USD-PERP', 'BTCUSDT', 'XBTUSD', 'ETH-USDC', 'SOLUSDT'];
    expect(names.map(apexSymbol)).toEqual(['BTC-USDT', 'BTC-USDT', 'BTC-USDT', 'BTC-USDT', 'ETH-USDT', 'SOL-USDT']); // prettier-ignore
  });
});
