// The wire driver with a clock of the test's own: what one drain does, when the venue is asked, and what its word on money,
// and a process that stood still, lead to.
import { describe, expect, test } from 'vitest';
import type { AccountReport, EngineEvent } from '#core/messages';
import { ROW_LEVEL } from '#core/rows';
import type { Lots, Micros, Money, TickPrice } from '#core/units';
import { EquityCheck } from '#run/equity-check';
import { WireInbox } from '#run/wire-inbox';
import { WireSide } from '#run/wire-side';

const SECOND = 1e6;

function rig() {
  const at = { us: 1e15 };
  const clock = { nowUs: () => at.us as Micros, after: () => ({ cancel: () => undefined }) };
  const calls: string[] = [];
  const engine = {
    nextWakeUs: Infinity,
    needsResync: false,
    unresolved: [] as number[],
    numbers: { mark: 100 as TickPrice, exposure: 0 as Money },
    position: { lots: 0 as Lots, equity: () => 5_000e8 as Money },
  };
  const input = {
    rows: (_block: unknown, from: number, to: number) => {
      if (to > from) calls.push(`rows ${from}..${to}`);
    },
    handle: (event: EngineEvent) => calls.push(event.kind),
    settle: () => calls.push('settle'),
    withdraw: (_until: number, reason: string) => calls.push(`withdraw: ${reason}`),
  };
  const client = {
    requestAccount: () => calls.push('ask account'),
    requestOpenOrders: () => calls.push('ask orders'),
  };
  const inbox = new WireInbox(clock);
  const side = new WireSide({
    ...{ engine, input, client, inbox, clock, ledger: { knowsTrade: () => true } },
    reportEvery: { account: 5 * SECOND, openOrders: 60 * SECOND },
    ...{
      unwatched: () => null,
      cancelAll: () => undefined,
      warn: () => undefined,
      close: () => undefined,
    },
  } as never);
  const turn = (seconds: number): string[] => {
    at.us += seconds * SECOND;
    side.advanceTo();
    return calls.splice(0);
  };
  const report = (equity: number): void => {
    const base = { kind: 'account', us: at.us as Micros, venueUs: at.us as Micros } as const;
    inbox.event({ ...base, positionLots: 0 as Lots, equity: equity as Money, marginRatio: 9 });
  };
  const orders = (...ids: string[]): void => {
    const list = ids.map((clientId) => ({ clientId, ordinal: null })) as never;
    inbox.event({
      kind: 'open-orders',
      us: at.us as Micros,
      venueUs: at.us as Micros,
      orders: list,
    });
  };
  const row = (): void => inbox.row(ROW_LEVEL, 1, 0, 5, 5);
  return { at, engine, inbox, side, turn, report, orders, row, calls };
}

describe('one drain', () => {
  test('applies rows and events in the order of hearing and settles once', () => {
    const { inbox, row, orders, turn } = rig();
    let told = 0;
    inbox.onArrival = () => (told += 1);
    row();
    row();
    orders();
    row();
    expect(told).toBe(1);
    expect(turn(0.001)).toEqual(['rows 0..2', 'open-orders', 'rows 2..3', 'settle']);
    expect(turn(0.001)).toEqual([]);
    row();
    expect(told).toBe(2);
  });

  test('a timer alone settles; nothing at all does not', () => {
    const { engine, at, turn } = rig();
    engine.nextWakeUs = at.us + 0.5 * SECOND;
    expect(turn(0.4)).toEqual([]);
    expect(turn(0.2)).toEqual(['settle']);
  });

  test('a fill of an earlier run that the ledger knows is not booked again', () => {
    const { inbox, turn } = rig();
    inbox.event({ kind: 'fill', ordinal: null, tradeId: 't', side: 1 } as never);
    expect(turn(0.1)).toEqual(['settle']);
  });

  test('more rows than there is room for: the room grows, nothing is lost', () => {
    const { row, turn } = rig();
    for (let i = 0; i < 10_000; i += 1) row();
    expect(turn(0.1)).toEqual(['rows 0..10000', 'settle']);
  });
});

describe('what the venue is asked', () => {
  test('the account every 5 s, the orders every 60 s, both every second while in doubt', () => {
    const { turn, engine } = rig();
    const asked: string[] = [];
    for (let i = 0; i < 61; i += 1) asked.push(...turn(1));
    expect(asked.filter((call) => call === 'ask account')).toHaveLength(12);
    expect(asked.filter((call) => call === 'ask orders')).toHaveLength(1);
    engine.needsResync = true;
    expect(turn(1)).toEqual(['ask account', 'ask orders']);
    expect(turn(0.5)).toEqual([]);
    expect(turn(0.6)).toEqual(['ask account', 'ask orders']);
  });

  test('an empty book is confirmed only by a list that was asked for after', () => {
    const { side, orders, turn } = rig();
    expect(side.confirmEmpty()).toBe(false);
    orders('mm-a-1');
    turn(0.3);
    expect(side.confirmEmpty()).toBe(false);
    orders('somebody else');
    turn(0.1);
    expect(side.confirmEmpty()).toBe(true);
  });

  test('a list from before the question confirms nothing', () => {
    const { side, orders, turn, at } = rig();
    orders();
    at.us += SECOND;
    expect(side.confirmEmpty()).toBe(false);
    turn(0.01);
    expect(side.confirmEmpty()).toBe(false);
  });
});

describe('money and time', () => {
  test('a difference: once nothing, twice withdraws and asks, three times a transfer', () => {
    const { report, turn } = rig();
    report(5_100e8);
    expect(turn(0.1)).toEqual(['account', 'settle']);
    report(5_100e8);
    const twice = turn(0.1);
    expect(twice[1]).toMatch(/withdraw: .*100.00 more/);
    expect(twice).toEqual(expect.arrayContaining(['ask account', 'ask orders']));
    report(5_100e8);
    expect(turn(0.1)).toEqual(['account', 'transfer', 'settle']);
  });

  test('rounding is no difference, and one that goes away is forgotten', () => {
    const check = new EquityCheck();
    const own = { lots: 0 as Lots, mark: 1 as TickPrice, equity: 0 as Money, exposure: 0 as Money };
    const says = (equity: number, lots = 0): string =>
      check.compare({ equity, positionLots: lots } as AccountReport, own);
    expect([says(1e7), says(9e8), says(0), says(9e8)]).toEqual([
      'agrees',
      'differs',
      'agrees',
      'differs',
    ]);
    expect(says(9e8, 5)).toBe('differs'); // another position: says nothing about money
    expect(says(9e8)).toBe('withdraw');
  });

  test('a process that stood still withdraws before it believes its sockets', () => {
    const { row, turn } = rig();
    turn(0.1);
    row();
    const calls = turn(3);
    expect(calls[0]).toMatch(/withdraw: the process stood still for 3.0 s/);
    expect(calls).toContain('settle');
  });
});
