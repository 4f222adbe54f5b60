// The parts of the codec one by one: long integers in JSON, the exact grid, the book's sequence rule, text and binary
// saying the same, the words on orders and fills among it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson, quoteLongIntegers, tryParseJson } from '#clients/net/long-json';
import {
  accountWord, fillOfFact, fillWord, orderOfFact, orderWord, positionWord,
} from '#clients/paradex/client-words'; // prettier-ignore
import { MantissaGrid } from '#clients/paradex/codec/grid';
import { ParadexFeed } from '#clients/paradex/codec/feed';
import { readFrame } from '#clients/paradex/codec/frame';
import {
  accountFrame, bboFrame, bookFrame, fillFrame, fundingFrame, orderFrame, positionFrame, summaryFrame, tradeFrame,
} from '#clients/paradex/codec/from-wire'; // prettier-ignore
import type { AccountFact, FillFact, OrderFact } from '#clients/paradex/codec/private';
import { factOfFrame } from '#clients/paradex/codec/private';
import { BookSequence } from '#clients/paradex/codec/sequence';
import type { SbeVersion } from '#clients/paradex/endpoints';
import { DecimalStep } from '#core/decimal';
import { Random } from '#core/random';
import {
  ACCOUNT_STATE, FILL, INSTRUMENT, MARKET, ORDER, POSITION, bboWire, fundingWire, makeBook, summaryWire, tradeWire,
} from '../../support/paradex-mutants.js'; // prettier-ignore

describe('JSON with long integers', () => {
  test('only whole numbers beyond 2^53, outside strings', () => {
    expect(parseJson('{"a":1763683200123456789,"b":-9007199254740992}')).toEqual({
      a: '1763683200123456789',
      b: '-9007199254740992',
    });
    expect(parseJson('[9007199254740991,-9007199254740991,1e30,1.2345678901234567890]')).toEqual([
      9007199254740991, -9007199254740991, 1e30, 1.2345678901234568,
    ]);
    const tricky = String.raw`{"x":"a\"12345678901234567890\\","12345678901234567890":12345678901234567890}`;
    expect(parseJson(tricky)).toEqual({
      x: 'a"12345678901234567890\\',
      '12345678901234567890': '12345678901234567890',
    });
    expect(parseJson(' 12345678901234567890 ')).toBe('12345678901234567890');
    expect(tryParseJson('{"a":')).toBeUndefined();
    for (const bad of [
      '012345678901234567890',
      '{12345678901234567890 :1}',
      '[1 12345678901234567890]',
    ])
      expect(tryParseJson(bad)).toBeUndefined();
    expect(quoteLongIntegers('{"a":1}')).toBe('{"a":1}');
  });

  test('any value: the same as JSON.parse but for long integers, which keep every digit', () => {
    const long = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    const check = fc.property(fc.json(), long, fc.string(), (json, n, s) => {
      const text = `{${JSON.stringify(s)}:[${n}, ${json}],"s":${JSON.stringify(`${s}${n}`)}}`;
      const parsed = parseJson(text) as Record<string, unknown>;
      const safe = n <= 9007199254740991n && n >= -9007199254740991n;
      const first = (parsed[s] as unknown[])[0];
      if (s !== 's') expect(first).toEqual(safe ? Number(n) : String(n));
      expect(parsed['s']).toBe(`${s}${n}`);
      // What JSON.parse reads without loss is read alike.
      const plain: unknown = JSON.parse(json);
      if (!/\d{16}/.test(json)) expect(parseJson(json)).toEqual(plain);
    });
    fc.assert(check, { numRuns: 300 });
  });
});

describe('the exact grid', () => {
  const words = (n: bigint): [number, number] => [
    Number(BigInt.asUintN(32, n)),
    Number(BigInt.asIntN(32, n >> 32n)),
  ];
  test.each(['0.1', '0.00001', '0.001', '1', '10', '0.5', '0.00000001', '0.0000000001', '0.025'])(
    'step %s: as exact as bigints, for every size of number',
    (step) => {
      const grid = new MantissaGrid('step', step);
      const { mantissa, denominator } = new DecimalStep('step', step);
      const check = (n: bigint): void => {
        const up = n * denominator;
        const down = BigInt(mantissa) * 100_000_000n;
        const exact = n >= 0n && up % down === 0n && up / down < 1n << 53n;
        expect(grid.steps(...words(n)), `${n}`).toBe(exact ? Number(up / down) : -1);
      };
      const any = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
      const small = fc.bigInt({ min: 0n, max: 1n << 54n });
      const onGrid = fc
        .maxSafeNat()
        .map((k) => (BigInt(k) * BigInt(mantissa) * 100_000_000n) / denominator)
        .filter((n) => n < 1n << 63n);
      fc.assert(fc.property(fc.oneof(any, small, onGrid), check), { numRuns: 150 });
      [0n, 1n, (1n << 53n) - 1n, 1n << 53n, (1n << 63n) - 1n, -(1n << 63n)].forEach(check);
    },
  );
});

test('the sequence rule', () => {
  const s = new BookSequence();
  const delta = (seq: number, us = seq): string => s.onDelta(seq, us);
  const snapshot = (seq: number): string => s.onSnapshot(seq, seq);
  expect([delta(5), snapshot(10), delta(11), delta(12)]).toEqual(['ignore', 'apply', 'apply', 'apply']); // prettier-ignore
  expect([delta(14), s.state, delta(15), s.gaps]).toEqual(['gap', 'broken', 'ignore', 1]);
  expect([snapshot(30), snapshot(30), snapshot(29)]).toEqual(['apply', 'apply', 'gap']);
  s.reset();
  expect([s.state, delta(30), snapshot(3), s.seq]).toEqual(['waiting', 'ignore', 'apply', 3]); // prettier-ignore
  s.invalidate();
  expect([s.state, delta(4)]).toEqual(['broken', 'ignore']);
});

test('a repeat is dropped: the number that the book stands at, not newer; anything else is a gap', () => {
  const s = new BookSequence();
  s.onSnapshot(20, 100);
  expect([s.onDelta(20, 100), s.state, s.gaps]).toEqual(['ignore', 'live', 0]); // in the snapshot
  expect([s.onDelta(21, 101), s.onDelta(21, 101), s.onDelta(21, 99)]).toEqual(['apply', 'ignore', 'ignore']); // prettier-ignore
  expect([s.onDelta(22, 101), s.seq, s.gaps]).toEqual(['apply', 22, 0]);
  // One number, two messages: the counter cannot be trusted.
  expect([s.onDelta(22, 102), s.state]).toEqual(['gap', 'broken']);
  s.onSnapshot(30, 200);
  s.onDelta(31, 201);
  expect([s.onDelta(30, 200), s.state, s.gaps]).toEqual(['gap', 'broken', 2]); // an older one
});

describe('text and binary say the same', () => {
  test('market rows, over a random walk of messages', () => {
    const check = fc.property(fc.nat(), fc.constantFrom<SbeVersion>(0, 1, 2), (seed, version) => {
      const random = new Random(seed);
      const rows: unknown[][] = [[], []];
      const [text, binary] = rows.map(
        (to) => new ParadexFeed(INSTRUMENT, MARKET, { row: (...row) => void to.push(row) }),
      ) as [ParadexFeed, ParadexFeed];
      for (let seq = 1; seq < 12; seq++) {
        const book = makeBook(random, random.bool(0.9) ? seq : seq + 1, seq % 5 === 1);
        const bbo = bboWire(random, seq);
        const trade = tradeWire(random, seq);
        const summary = summaryWire(random, seq);
        const funding = fundingWire(random, seq);
        const pairs = [
          [`order_book.${MARKET}.deltas`, book, bookFrame(book, version)],
          [`bbo.${MARKET}`, bbo, bboFrame(bbo, version)],
          [`trades.${MARKET}`, trade, tradeFrame(trade, seq, version)],
          [`markets_summary.${MARKET}`, summary, summaryFrame(summary, version)],
          [`funding_data.${MARKET}`, funding, fundingFrame(funding, seq, version)],
        ] as const;
        for (const [channel, data, bytes] of pairs)
          expect(text.onData(channel, data)).toBe(binary.onFrame(bytes));
        expect({ ...text.sequence }).toEqual({ ...binary.sequence });
      }
      expect(rows[0]).toEqual(rows[1]);
      expect(rows[0]?.length).toBeGreaterThan(20);
    });
    fc.assert(check, { numRuns: 40 });
  });

  const factOf = (bytes: Uint8Array): unknown => {
    const frame = readFrame(bytes);
    return typeof frame === 'string' ? frame : factOfFrame(frame);
  };

  test.each([0, 1, 2] as const)('words on our orders and fills, version %i', (version) => {
    const told = version === 2 ? ORDER : { ...ORDER, request_info: undefined };
    const order = orderOfFact(factOf(orderFrame(ORDER, version)) as OrderFact);
    expect(order).toEqual(orderWord(told));
    expect(order).toMatchObject({ seq: 1763683200123456789n, side: -1, state: 'open' });
    expect(fillOfFact(factOf(fillFrame(FILL, 7, version)) as FillFact)).toEqual(fillWord(FILL));
    const { size } = positionWord(POSITION) ?? {};
    expect(factOf(positionFrame(POSITION, version))).toMatchObject({ size, market: MARKET });
    const { status, value } = factOf(accountFrame(ACCOUNT_STATE, version)) as AccountFact;
    expect(accountWord(ACCOUNT_STATE)).toMatchObject({ status, value });
  });

  test('what is no word', () => {
    for (const bad of [null, [], 'x', {}, { ...ORDER, id: '' }, { ...ORDER, side: 'ODD' }])
      expect(orderWord(bad)).toBeNull();
    expect(fillWord({ ...FILL, side: 'ODD' })).toBeNull();
    expect(orderWord({ ...ORDER, status: 'ODD', seq_no: 'x' })).toMatchObject({ state: 'pending', seq: 0n }); // prettier-ignore
  });
});
