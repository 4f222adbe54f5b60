// The identities that every account figure rests on, over random histories, linear and inverse,
// with ===; and worked examples by hand. An independent account (cash flows in exact fractions)
// checks that nothing is lost.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instrument } from '#core/instrument';
import { formatMoney, parseMoney } from '#core/money';
import { Position } from '#core/position';
import type { Lots, Money, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { ALL, BTC, INVERSE } from '../support/core-instruments.js';

const money = (text: string): Money => parseMoney(text) as Money;
const show = (amount: Money): string => formatMoney(amount);
const fill = (
  p: Position,
  side: Side,
  ticks: number,
  lots: number,
  fee = '0',
  maker = true,
): Money => p.fill(side, ticks as Ticks, lots as Lots, money(fee), maker);
const at = (ticks: number): TickPrice => ticks as TickPrice;

interface Step {
  readonly kind: 'fill' | 'funding' | 'transfer';
  readonly side: Side;
  readonly ticks: number;
  readonly lots: number;
  readonly amount: number;
  readonly mark: number;
}

const price = fc.integer({ min: 1_000, max: 900_000 });
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('fill', 'fill', 'fill', 'fill', 'funding', 'transfer'),
  side: fc.constantFrom(BID, ASK),
  ticks: price,
  lots: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3_000 })),
  amount: fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
  mark: fc.oneof(
    price,
    fc.integer({ min: 256_000, max: 256_000_000 }).map((n) => n / 256),
  ),
});
const accruedAmount = fc.integer({ min: -1_000_000, max: 1_000_000 });

function apply(position: Position, move: Step): void {
  if (move.kind === 'funding') position.applyFunding(move.amount as Money);
  else if (move.kind === 'transfer') position.transfer(move.amount as Money);
  else {
    const fee = Math.trunc(move.amount / 1_000) as Money;
    position.fill(move.side, move.ticks as Ticks, move.lots as Lots, fee, move.amount > 0);
  }
}

function holdsIdentities(instrument: Instrument, steps: readonly Step[], accrued: number): void {
  const position = new Position(instrument);
  // The account as a clerk would keep it: lots and cash only, worth rounded once a fill.
  let lots = 0;
  let cash = 0;
  let volume = 0;
  let realised = 0;
  for (const move of steps) {
    if (move.kind === 'fill') {
      const traded = instrument.worth((move.side * move.lots) as Lots, move.ticks as Ticks);
      lots += move.side * move.lots;
      cash -= traded + Math.trunc(move.amount / 1_000);
      volume += Math.abs(traded);
      const before = position.realised;
      const fee = Math.trunc(move.amount / 1_000) as Money;
      realised += position.fill(move.side, move.ticks as Ticks, move.lots as Lots, fee, true);
      expect(position.realised - before).toBe(realised - before);
    } else {
      cash += move.amount;
      apply(position, move);
    }
    const mark = move.mark as TickPrice;
    expect(position.lots).toBe(lots);
    expect(position.cash()).toBe(cash);
    const worth = instrument.worth(position.lots, mark);
    const worthOrFlat = lots === 0 ? 0 : worth;
    expect(position.equity(mark, accrued as Money)).toBe(cash + worthOrFlat + accrued);
    expect(position.equity(mark, 0 as Money) - position.transfers).toBe(position.pnl(mark));
    expect(position.pnl(mark)).toBe(
      position.realised - position.fees + position.funding + position.unrealised(mark),
    );
    if (lots === 0) {
      expect(Object.is(position.cost, 0)).toBe(true);
      expect(Object.is(position.unrealised(mark), 0)).toBe(true);
      expect(position.averageEntry()).toBe(0);
    }
  }
  expect(position.volume).toBe(volume);
  expect(position.realised).toBe(realised);
}

describe('identities', () => {
  test.each(ALL.map((instrument) => [instrument.spec.symbol, instrument] as const))(
    '%s: cash, equity and profit add up exactly after every step',
    (_, instrument) => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), accruedAmount, (steps, accrued) =>
          holdsIdentities(instrument, steps, accrued),
        ),
        { numRuns: 300 },
      );
    },
  );

  test.each(ALL.map((instrument) => [instrument.spec.symbol, instrument] as const))(
    '%s: the average entry lies between the cheapest and dearest open fill',
    (_, instrument) => {
      const same = fc.array(fc.tuple(price, fc.integer({ min: 1, max: 500 })), { minLength: 1 });
      fc.assert(
        fc.property(same, fc.constantFrom(BID, ASK), (fills, side) => {
          const position = new Position(instrument);
          for (const [ticks, lots] of fills) fill(position, side, ticks, lots);
          const prices = fills.map(([ticks]) => ticks);
          // TINY rounds each worth to 1e-8, which moves a price by as much as a lot of it is small.
          const slack = (n: number): number => n * 1e-2;
          const entry = position.averageEntry();
          expect(entry).toBeGreaterThan(Math.min(...prices) - slack(Math.min(...prices)));
          expect(entry).toBeLessThan(Math.max(...prices) + slack(Math.max(...prices)));
        }),
      );
    },
  );

  test.each(ALL.map((instrument) => [instrument.spec.symbol, instrument] as const))(
    '%s: a snapshot through JSON goes on as the original does',
    (_, instrument) => {
      fc.assert(
        fc.property(fc.array(step), fc.array(step), (before, after) => {
          const original = new Position(instrument);
          for (const move of before) apply(original, move);
          const text = JSON.stringify(original.snapshot());
          const copy = Position.restore(instrument, JSON.parse(text));
          for (const move of after) {
            apply(original, move);
            apply(copy, move);
          }
          expect(copy.snapshot()).toEqual(original.snapshot());
        }),
        { numRuns: 50 },
      );
    },
  );

  test('closing in pieces realises what closing at once does, to a unit of rounding each', () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL),
        price,
        price,
        pieces,
        (instrument, open, close, parts) => {
          const total = parts.reduce((sum, lots) => sum + lots, 0);
          const once = new Position(instrument);
          const bits = new Position(instrument);
          fill(once, BID, open, total);
          fill(bits, BID, open, total);
          fill(once, ASK, close, total);
          for (const lots of parts) fill(bits, ASK, close, lots);
          expect(bits.lots).toBe(0);
          expect(Math.abs(bits.realised - once.realised)).toBeLessThanOrEqual(parts.length);
        },
      ),
    );
  });
});

describe('by hand, linear', () => {
  test('long, average, part closed, closed', () => {
    const position = new Position(BTC);
    position.transfer(money('5000'));
    fill(position, BID, 500_000, 10, '0.1'); // 0.010 at 50,000 = 500
    fill(position, BID, 510_000, 10, '0.1', false); // 0.010 at 51,000 = 510
    expect(show(position.cost)).toBe('1010');
    expect(position.averageEntry()).toBeCloseTo(505_000, 6);
    expect(show(position.unrealised(at(515_000)))).toBe('20');
    expect(show(fill(position, ASK, 515_000, 5, '0.2'))).toBe('5'); // 0.005 x (51,500 - 50,500)
    expect(show(position.realised)).toBe('5');
    expect(show(fill(position, ASK, 495_000, 15, '-0.05'))).toBe('-15');
    expect([position.lots, position.cost, position.averageEntry()]).toEqual([0, 0, 0]);
    expect(show(position.realised)).toBe('-10');
    expect(show(position.fees)).toBe('0.35');
    expect(show(position.cash())).toBe('4989.65');
    expect(show(position.volume)).toBe('2010');
    expect(show(position.makerVolume)).toBe('1500');
    expect(position.fills).toBe(4);
  });

  test('through zero: closes, then opens at the new price', () => {
    const position = new Position(BTC);
    fill(position, ASK, 500_000, 10);
    expect(show(position.cost)).toBe('-500');
    expect(show(position.unrealised(at(490_000)))).toBe('10');
    expect(show(fill(position, BID, 480_000, 30))).toBe('20');
    expect([position.lots, show(position.cost)]).toEqual([20, '960']);
    expect(position.averageEntry()).toBeCloseTo(480_000, 6);
    expect(show(position.pnl(at(480_000)))).toBe('20');
  });

  test('funding is profit, a transfer is not', () => {
    const position = new Position(BTC);
    position.transfer(money('100'));
    position.applyFunding(money('-0.3'));
    expect(show(position.pnl(at(1)))).toBe('-0.3');
    expect(show(position.equity(at(1), money('0.05')))).toBe('99.75');
  });

  test('a third of a cost that does not divide is rounded once and nothing is left over', () => {
    const position = new Position(BTC);
    fill(position, BID, 333_333, 1);
    fill(position, BID, 333_334, 1);
    fill(position, BID, 333_334, 1);
    for (let i = 0; i < 3; i++) fill(position, ASK, 333_334, 1);
    expect([position.lots, position.cost]).toEqual([0, 0]);
    expect(show(position.realised)).toBe('0.0001');
  });
});

describe('by hand, inverse', () => {
  test('profit is lots x multiplier x (1/entry - 1/mark)', () => {
    const position = new Position(INVERSE);
    fill(position, BID, 100_000, 100); // 10,000 USD at 50,000 = 0.2 BTC
    expect(show(position.cost)).toBe('-0.2');
    expect(position.averageEntry()).toBeCloseTo(100_000, 6);
    expect(show(position.unrealised(at(125_000)))).toBe('0.04'); // 10,000 x (1/50,000 - 1/62,500)
    expect(show(fill(position, ASK, 125_000, 50))).toBe('0.02');
    expect(show(fill(position, ASK, 80_000, 100))).toBe('-0.025'); // 5,000 x (1/50,000 - 1/40,000)
    expect([position.lots, show(position.cost)]).toEqual([-50, '0.125']);
    expect(show(position.unrealised(at(64_000)))).toBe('0.03125');
    expect(show(position.volume)).toBe('0.53');
  });

  test('flat has no worth even without a mark', () => {
    expect(new Position(INVERSE).equity(at(0), 0 as Money)).toBe(0);
  });
});

test('nonsense is our mistake', () => {
  const position = new Position(BTC);
  for (const lots of [0, -1, 0.5, NaN])
    expect(() => fill(position, BID, 100, lots)).toThrow(/size/);
  for (const ticks of [0, -1, 0.5, NaN])
    expect(() => fill(position, BID, ticks, 1)).toThrow(/price/);
  expect(() => position.fill(BID, 1 as Ticks, 1 as Lots, NaN as Money, true)).toThrow(/fee/);
  expect(() => position.applyFunding(NaN as Money)).toThrow(/funding/);
  expect(() => position.transfer(0.5 as Money)).toThrow(/transfer/);
  expect(position.fills).toBe(0);
});
