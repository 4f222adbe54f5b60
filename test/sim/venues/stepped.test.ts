// The parts under a face, on virtual time: the stepped clock, the player of rows, latency lanes, the in-memory network,
// and the loopback Paradex behind them all.
import { describe, expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import type { HttpOutcome } from '#core/outside';
import { RowBlock } from '#core/rows';
import type { RowSource } from '#core/rows';
import type { Micros, SpanMicros } from '#core/units';
import { readFrame } from '#clients/paradex/codec/frame';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { SyntheticMarket } from '#sim/market/market';
import type { Face } from '#sim/venues/face';
import { FaultyFace } from '#sim/venues/faults';
import { FAULT_PROFILES, NO_FAULTS } from '#sim/venues/fault-profiles';
import type { FaultProfile } from '#sim/venues/fault-profiles';
import { MarketPlayer } from '#sim/venues/feed';
import { delayed } from '#sim/venues/lanes';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import { pipe } from '#sim/venues/pipe';
import { SteppedClock } from '#sim/venues/stepped-clock';

const START = 1_767_600_000_000_000 as Micros;
const after = (us: number): Micros => (START + us) as Micros;
const SBE = 'ws://venue/v1?sbeSchemaId=1&sbeSchemaVersion=1';

function world(wrap: (face: Face, clock: SteppedClock) => Face = (face) => face) {
  const clock = new SteppedClock(START);
  const source = new SyntheticMarket({ preset: 'normal', seed: 5, startUs: START });
  const feed = new MarketPlayer({ clock, source });
  const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
  const paradex = new ParadexFace({ clock, instrument, feed, seed: 5 });
  const face = wrap(paradex, clock);
  return { clock, paradex, face, network: pipe(face, clock) };
}

/** Everything that a public subscriber gets in `us`, as lines with their times. */
function listen(wrap?: (face: Face, clock: SteppedClock) => Face, us = 20_000_000): string[] {
  const { clock, network } = world(wrap);
  const lines: string[] = [];
  const socket = network.connect(SBE, {
    onOpen: () => {
      for (const [i, channel] of [
        'order_book.BTC-USD-PERP.deltas',
        'trades.ALL',
        'bbo.ALL',
      ].entries())
        socket.send(
          JSON.stringify({ jsonrpc: '2.0', id: i, method: 'subscribe', params: { channel } }),
        );
    },
    onText: (text) => lines.push(`${clock.nowUs() - START} ${text}`),
    onBinary: (bytes) =>
      lines.push(`${clock.nowUs() - START} ${Buffer.from(bytes).toString('hex')}`),
    onClose: (code) => lines.push(`${clock.nowUs() - START} closed ${code}`),
  });
  clock.advanceTo(after(us));
  return lines;
}

describe('the stepped clock', () => {
  test('fires in order of time, ties in order of setting, cancelled ones never', () => {
    const clock = new SteppedClock(START);
    const order: string[] = [];
    clock.after(20 as SpanMicros, () => order.push('c'));
    clock.after(10 as SpanMicros, () => {
      order.push('a');
      clock.after(0 as SpanMicros, () => order.push('b'));
    });
    clock.after(20 as SpanMicros, () => order.push('d'));
    clock.after(15 as SpanMicros, () => order.push('x')).cancel();
    clock.advanceTo(after(30));
    expect(order.join('')).toBe('abcd');
    expect(clock.nowUs()).toBe(START + 30);
  });
});

describe('the player', () => {
  const rows = (times: readonly number[]): RowSource => {
    const block = new RowBlock(16);
    for (const us of times) block.push(2, 1, us, us, 1_000 + us, 5);
    let given = false;
    return {
      totalRows: times.length,
      next: () => (given ? null : ((given = true), block)),
      close: () => undefined,
    };
  };
  const play = (options: { speed?: number; ownTimes?: boolean }, startUs: number) => {
    const clock = new SteppedClock(startUs as Micros);
    const seen: string[] = [];
    const player = new MarketPlayer({
      ...{ clock, source: rows([100, 100, 300, 700]), ...options },
      onEnd: () => seen.push('end'),
    });
    const nothing = (): void => undefined;
    player.start({
      begin: (us) => seen.push(`[${us - startUs}`),
      level: () => seen.push('l'),
      end: () => seen.push(']'),
      ...{
        clear: nothing,
        trade: nothing,
        quote: nothing,
        mark: nothing,
        funding: nothing,
        gap: nothing,
      },
    });
    clock.advanceTo((startUs + 10_000) as Micros);
    return seen.join('');
  };

  test('plays whole instants at their distances, shifted to now', () => {
    expect(play({}, 5_000)).toBe('[0ll][200l][600l]end');
  });
  test('faster', () => {
    expect(play({ speed: 2 }, 5_000)).toBe('[0ll][100l][300l]end');
  });
  test('at the times of the rows', () => {
    expect(play({ ownTimes: true }, 0)).toBe('[100ll][300l][700l]end');
  });
});

describe('the pipe', () => {
  test('the same seed gives the same bytes at the same times', () => {
    const first = listen();
    expect(first.length).toBeGreaterThan(50);
    expect(listen()).toEqual(first);
  });
  test('public frames have a latency of their own', () => {
    const delays = {
      order: 5_000 as SpanMicros,
      reply: 7_000 as SpanMicros,
      feed: 30_000 as SpanMicros,
    };
    const late = listen((face, clock) => delayed(face, clock, delays));
    const [plain] = listen();
    expect(plain?.startsWith('0 {')).toBe(true);
    expect(late[0]?.startsWith('12000 {')).toBe(true); // there and back
    const snapshot = late.findIndex((line) => !line.includes('{'));
    expect(late[snapshot]?.startsWith('35000 ')).toBe(true);
  });
  test('a request that nobody answers times out as unknown, once', () => {
    const silent: Face = {
      request: () => undefined,
      connect: () => ({ status: 503, headers: {}, body: '' }),
      close: () => undefined,
    };
    const clock = new SteppedClock(START);
    const outcomes: HttpOutcome[] = [];
    const request = {
      method: 'GET',
      url: 'http://venue/v1/x',
      headers: {},
      timeout: 1_000 as SpanMicros,
    } as const;
    pipe(silent, clock).request(request, (outcome) => outcomes.push(outcome));
    clock.advanceTo(after(10_000));
    expect(outcomes).toEqual([{ kind: 'unknown', detail: 'timed out' }]);
  });
  test('a socket that cannot be opened closes once', () => {
    const { clock, network } = world();
    const closes: number[] = [];
    const nothing = (): void => undefined;
    network.connect('ws://venue/v1?sbeSchemaId=7&sbeSchemaVersion=1', {
      ...{ onOpen: nothing, onText: nothing, onBinary: nothing },
      onClose: (code) => closes.push(code),
    });
    clock.advanceTo(after(1_000));
    expect(closes).toEqual([1006]);
  });
  test('the venue pings, and drops who does not answer', () => {
    const { clock, face } = world();
    const heard: string[] = [];
    const link = face.connect('/v1?sbeSchemaId=1&sbeSchemaVersion=1', {}, 'x', {
      ...{ text: () => undefined, binary: () => undefined },
      ping: () => heard.push(`ping ${(clock.nowUs() - START) / 1e6}`),
      close: (code) => heard.push(`close ${code} ${(clock.nowUs() - START) / 1e6}`),
    });
    if ('status' in link) throw new Error('refused');
    link.text('{"id":1,"method":"subscribe","params":{"channel":"bbo.ALL"}}');
    clock.advanceTo(after(58_000_000));
    link.pong();
    clock.advanceTo(after(130_000_000));
    expect(heard).toEqual(['ping 55', 'ping 110', 'close 1006 115']);
  });
});

describe('faults', () => {
  const faulty = (profile: FaultProfile, seed = 1) => {
    let made: FaultyFace | null = null;
    const lines = listen((face, clock) => (made = new FaultyFace(face, clock, profile, seed)));
    return { lines, counts: (made as FaultyFace | null)?.counts };
  };
  const clean = listen();
  const frames = (lines: readonly string[]): string[] =>
    lines.filter((line) => !line.includes('{'));

  test('none changes nothing', () => {
    expect(faulty(NO_FAULTS).lines).toEqual(clean);
  });
  test('the same seed does the same, another something else', () => {
    const heavy = FAULT_PROFILES['dirty-feed'];
    const first = faulty(heavy);
    expect(faulty(heavy)).toEqual(first);
    expect(faulty(heavy, 2).lines).not.toEqual(first.lines);
    expect(first.counts?.by.gap).toBeGreaterThan(0);
  });
  test('a gap is a frame less, a duplicate one more, damage changes bytes', () => {
    const count = frames(clean).length;
    const gaps = faulty({ ...NO_FAULTS, gap: 0.1 });
    expect(frames(gaps.lines)).toHaveLength(count - (gaps.counts?.by.gap ?? 0));
    const twice = faulty({ ...NO_FAULTS, duplicate: 1 });
    expect(frames(twice.lines)).toHaveLength(2 * count);
    const bad = faulty({ ...NO_FAULTS, corrupt: 1 });
    expect(frames(bad.lines)).toHaveLength(count);
    const whole = frames(bad.lines).filter((line) => clean.includes(line));
    expect(whole.length).toBeLessThan(count / 5);
  });
  test('a stall delays and loses nothing, nor its order', () => {
    const { lines } = faulty({ ...NO_FAULTS, delay: 0.05 });
    const content = (line: string): string => line.slice(line.indexOf(' ')).replace(/"usIn.*/, '');
    const got = frames(lines).map(content);
    expect(got).toEqual(frames(clean).map(content).slice(0, got.length));
    expect(lines).not.toEqual(clean);
  });
  test('a cut reaches both ends', () => {
    const { lines, counts } = faulty({ ...NO_FAULTS, cut: 0.05 });
    expect(lines[lines.length - 1]).toMatch(/closed 1006$/);
    expect(counts?.by.cut).toBe(1);
  });
  test('a deaf connection says nothing more, and is not closed', () => {
    const { lines, counts } = faulty({ ...NO_FAULTS, halfOpen: 0.05 });
    expect(counts?.by.halfOpen).toBe(1);
    expect(lines.length).toBeLessThan(clean.length / 2);
    expect(lines.some((line) => line.includes('closed'))).toBe(false);
  });
  test('REST: 5xx, 429, 401, a lost answer', () => {
    for (const [kind, status] of [
      ['http5xx', 503],
      ['http429', 429],
      ['dropReply', 0],
    ] as const) {
      const { clock, network } = world(
        (face, c) => new FaultyFace(face, c, { ...NO_FAULTS, [kind]: 1 }, 1),
      );
      const got: HttpOutcome[] = [];
      const request = {
        method: 'GET',
        url: 'http://venue/v1/bbo/BTC-USD-PERP',
        headers: {},
        timeout: 5e6 as SpanMicros,
      } as const;
      network.request(request, (outcome) => got.push(outcome));
      clock.advanceTo(after(40_000_000));
      expect(got).toHaveLength(1);
      expect(got[0]).toMatchObject(status === 0 ? { kind: 'unknown' } : { kind: 'reply', status });
    }
  });
});

test('each instant of the synthetic market leads to the same book on the wire', () => {
  const { clock, network, paradex } = world();
  const book = { bids: new Map<string, string>(), asks: new Map<string, string>() };
  let seq = -1;
  const socket = network.connect(SBE, {
    onOpen: () =>
      void socket.send(
        '{"id":1,"method":"subscribe","params":{"channel":"order_book.BTC-USD-PERP.deltas"}}',
      ),
    onText: () => undefined,
    onBinary: (bytes) => {
      const frame = readFrame(bytes);
      if (typeof frame === 'string') throw new Error(frame);
      if (frame.values['pkgType'] === 0) (book.bids.clear(), book.asks.clear());
      else expect(Number(frame.values['seq'])).toBe(seq + 1);
      seq = Number(frame.values['seq']);
      for (const side of ['bids', 'asks'] as const)
        for (const [price, size] of frame[side])
          if (size === '0') book[side].delete(price);
          else book[side].set(price, size);
    },
    onClose: () => undefined,
  });
  clock.advanceTo(after(60_000_000));
  const { market } = paradex;
  const levels = (of: Map<string, string>): number => of.size;
  expect([levels(book.bids), levels(book.asks)]).toEqual([
    market.book.levels(1),
    market.book.levels(-1),
  ]);
  expect(book.bids.get(market.instrument.formatPrice(market.book.bidTicks))).toBe(
    market.instrument.formatSize(market.book.bidLots),
  );
  expect(seq).toBe(market.seq);
});
