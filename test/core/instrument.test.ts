// What a market's numbers mean: decimals on and off the grid, safe rounding, and worth against
// exact fractions.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instrument } from '#core/instrument';
import { MARK_GRID } from '#core/instrument';
import { formatMoney, parseMoney } from '#core/money';
import type { Lots, Money, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { ALL, BTC, CONTRACT, INVERSE, TINY, makeInstrument } from '../support/core-instruments.js';

const l = (n: number): Lots => n as Lots;
const t = (n: number): Ticks => n as Ticks;
const named = ALL.map((instrument) => [instrument.spec.symbol, instrument] as const);

/** A decimal string as the exact fraction [up, down]. */
function fraction(text: string): [bigint, bigint] {
  const [whole = '', places = ''] = text.split('.');
  return [BigInt(whole + places), BigInt(`1${'0'.repeat(places.length)}`)];
}

/** Worth in exact integers, straight from the definition, rounded once half away from zero. */
function exactWorth(instrument: Instrument, lots: number, gridPrice: number): bigint {
  const { tickSize, lotSize, multiplier } = instrument.spec;
  const [tickUp, tickDown] = fraction(tickSize);
  const [lotUp, lotDown] = fraction(lotSize);
  const [multUp, multDown] = fraction(multiplier);
  const size = BigInt(lots) * lotUp * multUp * 100_000_000n;
  const sizeDown = lotDown * multDown;
  const priceUp = BigInt(gridPrice) * tickUp;
  const priceDown = tickDown * BigInt(MARK_GRID);
  const up = instrument.inverse ? -size * priceDown : size * priceUp;
  const down = instrument.inverse ? sizeDown * priceUp : sizeDown * priceDown;
  const magnitude = up < 0n ? -up : up;
  const rounded = (magnitude * 2n + down) / (down * 2n);
  return up < 0n ? -rounded : rounded;
}

describe('worth', () => {
  const lots = fc.oneof(
    fc.integer({ min: -2_000, max: 2_000 }),
    fc.integer({ min: -9e8, max: 9e8 }),
  );
  const grid = fc.oneof(
    fc.integer({ min: 1, max: 100_000 }),
    fc.integer({ min: 1, max: 1_000_000 * MARK_GRID }),
  );

  test.each(named)(
    '%s: equals the exact fraction rounded once, or does not fit',
    (_, instrument) => {
      fc.assert(
        fc.property(lots, grid, (n, gridPrice) => {
          const exact = exactWorth(instrument, n, gridPrice);
          const price = (gridPrice / MARK_GRID) as TickPrice;
          const size = exact < 0n ? -exact : exact;
          if (size > BigInt(Number.MAX_SAFE_INTEGER)) {
            expect(() => instrument.worth(l(n), price)).toThrow(/2\^53/);
            return;
          }
          const worth = instrument.worth(l(n), price);
          expect(BigInt(worth)).toBe(exact);
          expect(Object.is(worth, -0)).toBe(false);
          expect(instrument.notional(l(n), price)).toBe(Math.abs(worth));
        }),
        { numRuns: 3_000 },
      );
    },
  );

  test('by hand', () => {
    expect(formatMoney(BTC.worth(l(20), t(500_000)))).toBe('1000');
    expect(formatMoney(BTC.worth(l(-20), t(500_000)))).toBe('-1000');
    expect(formatMoney(BTC.worth(l(1), 500_000.5 as TickPrice))).toBe('50.00005');
    expect(formatMoney(CONTRACT.worth(l(3), t(100_000)))).toBe('15');
    expect(formatMoney(INVERSE.worth(l(100), t(100_000)))).toBe('-0.2');
    expect(formatMoney(TINY.worth(l(1_000_000), t(3)))).toBe('0.0063');
  });

  test('a price off the mark grid counts to the nearest point of it', () => {
    const off = (500_000 + 0.3 / MARK_GRID) as TickPrice;
    expect(BTC.worth(l(7), off)).toBe(BTC.worth(l(7), t(500_000)));
  });

  test('no price, no size: our mistake, said as such', () => {
    for (const bad of [NaN, Infinity, -1]) {
      expect(() => BTC.worth(l(1), bad as TickPrice)).toThrow(/no price or no size/);
      expect(() => INVERSE.worth(l(1), bad as TickPrice)).toThrow(/no price or no size/);
    }
    for (const bad of [NaN, 0.5, Infinity])
      expect(() => BTC.worth(bad as Lots, t(1))).toThrow(/no price or no size/);
    expect(() => INVERSE.worth(l(1), t(0))).toThrow(/price 0/);
    expect(BTC.worth(l(5), t(0))).toBe(0);
  });

  test.each(named)('%s: priceOfWorth undoes it', (_, instrument) => {
    const side = fc.constantFrom(-1, 1);
    fc.assert(
      fc.property(
        side,
        fc.integer({ min: 1_000, max: 9_000 }),
        fc.integer({ min: 1e4, max: 1e6 }),
        (s, n, p) => {
          const back = instrument.priceOfWorth(l(s * n), instrument.worth(l(s * n), t(p)));
          expect(Math.abs(back / p - 1)).toBeLessThan(1e-2 / Math.sqrt(n));
        },
      ),
    );
  });
});

describe('money into lots', () => {
  test.each(named)('%s: lotsWithin is the most that fits, to the lot', (_, instrument) => {
    const notional = fc.integer({ min: 0, max: 1e14 });
    fc.assert(
      fc.property(notional, fc.integer({ min: 100, max: 1_000_000 }), (amount, price) => {
        const lots = instrument.lotsWithin(amount as Money, t(price));
        expect(Number.isSafeInteger(lots) && lots >= 0).toBe(true);
        if (lots > 0) expect(instrument.notional(lots, t(price))).toBeLessThanOrEqual(amount);
        expect(instrument.notional(l(lots + 1), t(price))).toBeGreaterThan(amount);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a limit that is met exactly is within', () => {
    const hundred = parseMoney('100') as Money;
    expect(BTC.lotsWithin(hundred, t(500_000))).toBe(2);
    expect(BTC.lotsWithin((hundred - 1) as Money, t(500_000))).toBe(1);
    expect(BTC.lotsWithin(-5 as Money, t(500_000))).toBe(0);
    expect(INVERSE.lotsWithin(parseMoney('0.2') as Money, t(100_000))).toBe(100);
    expect(() => BTC.lotsWithin(hundred, t(0))).toThrow(/no price/);
  });

  test('smallestLots meets both minima, and one lot less does not', () => {
    const market = makeInstrument({ minNotional: '10', minSize: '0.002' });
    expect(market.minLots).toBe(2);
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 2_000_000 }), (price) => {
        const lots = market.smallestLots(t(price));
        const enough = (n: number): boolean =>
          n >= 2 && market.notional(l(n), t(price)) >= market.minNotional;
        expect([enough(lots), enough(lots - 1)]).toEqual([true, false]);
      }),
    );
  });

  test('a minimum size between two lots needs the upper one', () => {
    expect(makeInstrument({ minSize: '0.0015' }).minLots).toBe(2);
    expect(makeInstrument({ minSize: '0.0001' }).minLots).toBe(1);
    expect(makeInstrument().minLots).toBe(1);
  });
});

describe('strings', () => {
  test('prices: whole ticks or null, at every price that a market has', () => {
    expect(BTC.parsePrice('60000.1')).toBe(600_001); // 6e16 of 1e-12: must not overflow on the way
    expect(BTC.parsePrice('1234567.8')).toBe(12_345_678);
    for (const text of ['60000.15', '0', '-1', '', 'x', '1e999'])
      expect(BTC.parsePrice(text), text).toBeNull();
    expect(BTC.formatPrice(t(600_001))).toBe('60000.1');
    expect(BTC.formatPrice(t(600_000))).toBe('60000');
    expect(TINY.formatPrice(t(3))).toBe('0.0000021');
  });

  test('fractional prices are shown in plain notation', () => {
    expect(BTC.formatPrice(600_000.5 as TickPrice)).toBe('60000.05');
    expect(TINY.formatPrice(0.5 as TickPrice)).toBe('0.00000035');
  });

  test('sizes: whole lots or null, zero and large ones too', () => {
    expect([BTC.parseSize('0'), BTC.parseSize('0.001'), BTC.parseSize('250000')]).toEqual([
      0, 1, 250_000_000,
    ]);
    for (const text of ['0.0005', '-1', 'x']) expect(BTC.parseSize(text), text).toBeNull();
    expect(BTC.formatSize(l(1_500))).toBe('1.5');
    expect(BTC.formatSize(l(-1))).toBe('-0.001');
  });

  test.each(named)('%s: there and back', (_, instrument) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9e15 }), (n) => {
        expect(instrument.parsePrice(instrument.formatPrice(t(n)))).toBe(n);
        expect(instrument.parseSize(instrument.formatSize(l(n)))).toBe(n);
      }),
    );
  });

  test('a specification that cannot be exact is refused by name', () => {
    for (const [key, value] of [
      ['tickSize', '0'],
      ['lotSize', 'x'],
      ['multiplier', '-1'],
      ['minSize', ''],
      ['minNotional', '-3'],
    ] as const)
      expect(() => makeInstrument({ [key]: value }), key).toThrow(new RegExp(key));
    expect(() => makeInstrument({ tickSize: '0.000000000001', lotSize: '0.000000000001' })).toThrow(
      /too many digits/,
    );
  });
});

describe('rounding', () => {
  test('a quote rounds away from the touch, unless it lies on the grid but for 1e-9', () => {
    expect(BTC.roundQuote(BID, 100.9)).toBe(100);
    expect(BTC.roundQuote(ASK, 100.1)).toBe(101);
    expect(BTC.roundQuote(BID, 101 - 1e-12)).toBe(101);
    expect(BTC.roundQuote(ASK, 100 + 1e-12)).toBe(100);
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e7, noNaN: true }), (price) => {
        expect(BTC.roundQuote(BID, price)).toBeLessThanOrEqual(price + 1e-9);
        expect(BTC.roundQuote(BID, price)).toBeGreaterThan(price - 1);
        expect(BTC.roundQuote(ASK, price)).toBeGreaterThanOrEqual(price - 1e-9);
        expect(BTC.roundQuote(ASK, price)).toBeLessThan(price + 1);
      }),
    );
  });

  test('a mark goes to the nearest 1/256 tick', () => {
    expect(BTC.mark(50_000.05)).toBe(500_000.5);
    expect(BTC.mark(50_000)).toBe(500_000);
    expect((BTC.mark(50_000.012345) * MARK_GRID) % 1).toBe(0);
  });
});
