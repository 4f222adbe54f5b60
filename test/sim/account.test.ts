// The venue-side account: fees, funding, accrued funding, margin, liquidation, restart; linear and inverse.
import { describe, expect, test } from 'vitest';
import { moneyFromNumber, rateFromFraction } from '#core/money';
import { ASK, BID } from '#core/units';
import { INVERSE, SPEC, World, us } from './harness.js';
import type { Setup } from './harness.js';

const HOUR = 3_600e6;
const DAY = 86_400e6;
const ONE_BP = rateFromFraction(0.0001);

/** Holds `lots` bought (or sold) at once at 1000 ticks = 100 USD; the fee paid. */
function holding(lots: number, setup: Setup = {}): World {
  const world = new World('queue', setup).at(DAY).bid(1000, 1e6).ask(1000, 1e6);
  world.place(lots > 0 ? BID : ASK, 1000, Math.abs(lots), { tif: 'ioc' });
  world.told();
  return world;
}

describe('fees', () => {
  test('maker and taker, and a rebate', () => {
    const spec = { ...SPEC, makerFee: rateFromFraction(-0.0001) };
    const world = holding(2000, { spec }); // 200 USD x 5 bp = 0.10 USD
    expect(world.exchange.account.position.fees).toBe(moneyFromNumber(0.1));
    world.bid(1000, 0).bid(999, 1).ask(1000, 0).ask(1001, 1);
    world.place(ASK, 1001, 1000);
    world.print(1, 1002, 1);
    expect(world.fills.map((fill) => fill.fee)).toEqual([moneyFromNumber(-0.01001)]);
  });
});

describe('funding', () => {
  test('the long pays a positive rate, the short receives it, a negative one turns it round', () => {
    for (const [lots, rate, amount] of [
      [2000, ONE_BP, -0.02],
      [-2000, ONE_BP, 0.02],
      [2000, -ONE_BP, 0.02],
    ] as const) {
      // prettier-ignore
      const world = holding(lots).mark(1000).at(DAY + 8 * HOUR);
      const cash = world.cash;
      world.funding(rate, true);
      expect(world.events).toEqual([
        { kind: 'funding', us: DAY + 8 * HOUR, amount: moneyFromNumber(amount), rate, mark: 1000 },
      ]);
      expect(world.cash - cash).toBe(moneyFromNumber(amount));
    }
  });

  test('flat: nothing is paid; no rows: nothing accrues', () => {
    const world = new World('queue').at(DAY).book().mark(100).funding(ONE_BP, true);
    expect(world.events).toEqual([]);
    const held = holding(2000).mark(1000);
    expect(held.exchange.account.accrued(us(DAY + HOUR), held.exchange.markPrice)).toBe(0);
  });

  test('accrues linearly from the last payment, and belongs to equity', () => {
    const world = holding(2000).mark(1000).funding(ONE_BP, false);
    const { exchange } = world;
    const accrued = (time: number): number =>
      exchange.account.accrued(us(time), exchange.markPrice);
    expect(accrued(DAY)).toBe(0); // a day is three whole periods
    expect(accrued(DAY + 2 * HOUR)).toBe(moneyFromNumber(-0.005));
    expect(accrued(DAY + 8 * HOUR - 1)).toBeGreaterThan(moneyFromNumber(-0.02));
    world.at(DAY + 2 * HOUR);
    const { position } = exchange.account;
    const settled = position.cash() + 200 * 1e8;
    expect(exchange.equity()).toBe(settled + moneyFromNumber(-0.005));
    expect(exchange.report(us(DAY + 2 * HOUR)).equity).toBe(exchange.equity());
    world.at(DAY + 9 * HOUR).funding(ONE_BP, true);
    expect(accrued(DAY + 9 * HOUR)).toBe(0);
    expect(accrued(DAY + 10 * HOUR)).toBe(moneyFromNumber(-0.0025));
    expect(accrued(DAY + 90 * HOUR)).toBe(moneyFromNumber(-0.02)); // never more than one payment
  });
});

test('an account that could not afford its position may still take it back', () => {
  const account = { deposit: moneyFromNumber(21), leverage: 10 };
  const world = holding(2000, { account }).bid(1000, 0).bid(940, 1).ask(1000, 0).ask(960, 1);
  world.mark(950); // 10.9 USD x 10 carry 109 USD, the position is 190 USD
  const back = world.place(ASK, 960, 100);
  const more = world.place(BID, 940, 1);
  expect(world.told()).toEqual([`${back} accepted`, `${more} rejected margin`]);
});

describe('the mark', () => {
  test('is the venue mark, else the mid, else the last print', () => {
    const world = new World('queue').at(1);
    expect(world.exchange.markPrice).toBe(0);
    expect(world.print(0, 97.3, 1).exchange.markPrice).toBe(Math.round(97.3 * 256) / 256);
    expect(world.bid(99, 1).ask(102, 1).exchange.markPrice).toBe(100.5);
    expect(world.clear().exchange.markPrice).toBe(100.5); // while a snapshot is being read
    expect(world.mark(100.25).exchange.markPrice).toBe(100.25);
    expect(world.mark(NaN).mark(-1).exchange.markPrice).toBe(100.25);
  });
});

describe('liquidation', () => {
  // 2000 lots = 200 USD on 21 USD less the fee of 0.10: maintenance 1 %.
  const account = { deposit: moneyFromNumber(21), leverage: 10 };

  test.each([
    [2000, 905, 904], // 200 - 20.9 = 179.1 owed; 181 x 0.99 = 179.19, 180.8 x 0.99 = 178.992
    [-2000, 1093, 1094], // 220.9 had; 218.6 x 1.01 = 220.786, 218.8 x 1.01 = 220.988
  ])('%d lots: not at %d, at %d', (lots, safe, lost) => {
    const world = holding(lots, { account });
    const resting = world.place(BID, 900, 10);
    world.told();
    world.mark(safe);
    expect(world.told()).toEqual([]);
    const { marginRatio } = world.exchange.report(us(DAY));
    expect(marginRatio).toBeGreaterThan(1);
    expect(marginRatio).toBeLessThan(1.1);
    world.mark(lost);
    expect(world.events).toMatchObject([
      { kind: 'closed', ordinal: resting, reason: 'liquidation' },
      {
        kind: 'fill',
        ordinal: null,
        side: -Math.sign(lots),
        lots: 2000,
        liquidation: true,
        maker: false,
      },
    ]);
    expect(world.lots).toBe(0);
    expect(world.exchange.report(us(DAY)).marginRatio).toBe(Infinity);
  });

  test('what the book cannot take stays and is tried again', () => {
    const world = holding(2000, { account }).bid(1000, 0).bid(890, 500).mark(904);
    expect(world.lots).toBe(1500);
    world.mark(903);
    expect(world.lots).toBe(1000);
    expect(world.bid(890, 9999).mark(902).lots).toBe(0);
  });

  test('without mark rows, prints are when the mid is looked at', () => {
    const world = holding(2000, { account }).bid(1000, 0).ask(1000, 0).bid(903, 1e6).ask(905, 1e6);
    expect(world.lots).toBe(2000);
    expect(world.print(-1, 903, 1).lots).toBe(0);
  });

  test('inverse: a long is liquidated on the way down, a covered short never', () => {
    // 10 contracts of 100 USD at 500 USD = 2 BTC.
    const deposit = moneyFromNumber(0.5);
    const long = holding(10, { spec: INVERSE, account: { deposit, leverage: 10 } });
    // 2.499 - 1000/m = 10/m: m = 404.16 USD = 808.3 ticks.
    expect(long.mark(809).lots).toBe(10);
    expect(long.mark(808).lots).toBe(0);
    const short = holding(-10, {
      spec: INVERSE,
      account: { deposit: moneyFromNumber(3), leverage: 10 },
    });
    expect(short.mark(1_000_000).lots).toBe(-10);
    const bare = holding(-10, { spec: INVERSE, account: { deposit, leverage: 10 } });
    // -1.501 + 1000/m = 10/m: m = 659.56 USD = 1319.1 ticks.
    expect(bare.mark(1319).lots).toBe(-10);
    expect(bare.mark(1320).lots).toBe(0);
  });
});

test('a restart goes on from the position, the cash and the trade numbers', () => {
  const first = holding(2000).mark(1010);
  const { exchange } = first;
  const second = new World('queue', {
    account: {
      deposit: moneyFromNumber(0),
      leverage: 10,
      position: exchange.account.position.snapshot(),
    },
    firstTrade: exchange.nextTrade,
  });
  second.at(DAY).mark(1010);
  expect(second.exchange.equity()).toBe(exchange.equity());
  expect(second.exchange.openOrders()).toEqual([]);
  second.bid(1010, 5000);
  second.place(ASK, 1010, 2000, { tif: 'ioc', reduceOnly: true });
  expect(second.lots).toBe(0);
  expect(second.fills[0]?.tradeId).toBe('t2');
});

test('a restored position is worth its cost until a mark is known, and is still watched', () => {
  const { position } = holding(2000, { account: { deposit: moneyFromNumber(21), leverage: 10 } }).exchange
    .account; // prettier-ignore
  const account = { deposit: moneyFromNumber(0), leverage: 10, position: position.snapshot() };
  const world = new World('queue', { account }).at(1);
  expect(world.exchange.equity()).toBe(moneyFromNumber(20.9));
  world.bid(900, 5000).mark(900);
  expect(world.lots).toBe(0);
});
