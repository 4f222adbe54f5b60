// What a restart finds: position, baselines, latch, open orders; in the units of the market as it
// is now.
import { describe, expect, test } from 'vitest';
import type { BreakerSnapshot } from '#core/guard';
import { Instrument } from '#core/instrument';
import { Position } from '#core/position';
import { ASK, BID, type Rate } from '#core/units';
import { Connection } from '#ledger/connection';
import { leaveOrder } from '#ledger/inbox';
import { LedgerProblem } from '#ledger/problem';
import { LedgerReader } from '#ledger/reader';
import { restoreAccount } from '#ledger/restore';
import { verifyLedger } from '#ledger/verify';
import { Ledger } from '#ledger/writer';
import {
  BTC, SPEC, T0, closeQuietly, fill, ledgerFile, lots, money, place, price, running, start, ticks, us,
} from './fixtures.js'; // prettier-ignore

const BREAKER: BreakerSnapshot = {
  latched: null, paused: [], operatorPaused: true, dayStartEquity: money(3), day: 20_778, peakEquity: money(4),
}; // prettier-ignore
const restore = (path: string, instrument = BTC): ReturnType<typeof restoreAccount> => {
  const reader = LedgerReader.open(path);
  try {
    return restoreAccount(reader, 'test', instrument);
  } finally {
    reader.close();
  }
};

describe('a start', () => {
  test('on an account that never ran finds nothing', () => {
    const path = ledgerFile();
    closeQuietly(Ledger.open(path, { durable: true }));
    const found = restore(path);
    expect(found.position).toEqual(new Position(BTC).snapshot());
    expect(found).toMatchObject({ pnlAtReset: 0, breaker: null, lastRun: null, unaccounted: [] });
  });

  test('knows the newest time that any row carries: a clock that starts there never runs backwards', () => {
    const path = ledgerFile();
    const ledger = running(path);
    expect(restore(path).newestUs).toBe(T0);
    ledger.equity({ us: us(T0 + 10), mark: price(600_000), accrued: money(0), equity: money(0) });
    ledger.recordIntents(us(T0 + 20), [place(1)]);
    expect(restore(path).newestUs).toBe(T0 + 20);
    ledger.event({
      kind: 'closed',
      us: us(T0 + 30),
      ordinal: 1,
      reason: 'cancelled',
      filledLots: lots(0),
    });
    ledger.breaker(us(T0 + 40), BREAKER);
    ledger.commit();
    expect(restore(path).newestUs).toBe(T0 + 40);
    ledger.note(us(T0 + 50), 'engine', 'odd');
    ledger.commit();
    expect(restore(path).newestUs).toBe(T0 + 50);
  });

  test('after a run finds its position and what it left open; on a simulated venue beginRun closes that', () => {
    const path = ledgerFile();
    const ledger = running(path);
    ledger.recordIntents(T0, [place(1), place(2, { side: ASK })]);
    ledger.event(fill('t1', 1, BID, 600_000, 4));
    ledger.breaker(T0, BREAKER);
    ledger.commit();
    const found = restore(path);
    expect(found.position).toEqual(ledger.position);
    expect(found.breaker).toEqual(BREAKER);
    expect(found.unaccounted.map((o) => [o.runId, o.ordinal, o.filled])).toEqual([
      ['run1', 1, 4],
      ['run1', 2, 0],
    ]);
    const next = Ledger.open(path, { durable: true });
    expect(next.beginRun(start({ runId: 'run2', startedUs: us(T0 + 99) }))).toEqual({
      runs: ['run1'],
      orders: 2,
    });
    next.close();
    const reader = LedgerReader.open(path);
    expect([...reader.orders(1)]).toMatchObject([
      { state: 'closed', reason: 'restart', closedUs: T0 + 99, filled: 4, venueFilled: 4 },
      { state: 'closed', reason: 'restart' },
    ]);
    expect(reader.run('run1')).toMatchObject({ endReason: 'killed', endedUs: T0 + 1_000 });
    expect(restore(path)).toMatchObject({ unaccounted: [], position: found.position });
  });

  test('on a real venue they stay, until what the venue says is entered for the run that placed them', () => {
    const path = ledgerFile();
    const first = running(path);
    first.recordIntents(T0, [place(1), place(2)]);
    first.close();
    const ledger = running(path, { runId: 'run2', deadOrders: 'keep' });
    expect(restore(path).unaccounted.map((o) => o.ordinal)).toEqual([1, 2]);
    ledger.event(
      { kind: 'closed', us: us(T0 + 5), ordinal: 1, reason: 'cancelled', filledLots: lots(0) },
      'run1',
    );
    ledger.event(fill('t1', 2, BID, 600_000, 10), 'run1');
    ledger.event(
      { kind: 'closed', us: us(T0 + 5), ordinal: 7, reason: 'venue', filledLots: lots(0) },
      'nobody',
    );
    ledger.commit();
    expect(restore(path).unaccounted).toEqual([]);
    const reader = LedgerReader.open(path);
    const fills = [...reader.rows('fills', null)];
    expect(fills).toMatchObject([
      { run: ledgerRun(reader, 'run2'), orderRun: ledgerRun(reader, 'run1') },
    ]);
    expect(verifyLedger(reader).problems).toEqual([]);
  });
});

const ledgerRun = (reader: LedgerReader, id: string): number => reader.run(id)?.id ?? -1;

describe('guard equity', () => {
  test('counts from the last reset, across restarts, to the unit', () => {
    const path = ledgerFile();
    const shadow = new Position(BTC);
    let base = 0;
    for (let k = 1; k <= 5; k += 1) {
      const ledger = running(path, { runId: `run${k}` });
      expect(restore(path)).toMatchObject({ position: shadow.snapshot(), pnlAtReset: base });
      ledger.event(fill(`a${k}`, null, k % 2 ? BID : ASK, 600_000 + 77 * k, 3 + k));
      shadow.fill(k % 2 ? BID : ASK, ticks(600_000 + 77 * k), lots(3 + k), money(12_345), true);
      ledger.event({
        kind: 'funding',
        us: T0,
        amount: money(-13),
        rate: 1 as Rate,
        mark: price(1),
      });
      shadow.applyFunding(money(-13));
      ledger.event({ kind: 'transfer', us: T0, amount: money(1e10) });
      shadow.transfer(money(1e10));
      if (k === 3) {
        ledger.reset({ us: T0, reason: 'checked', mark: price(600_123.5) });
        base = shadow.pnl(price(600_123.5));
      }
      ledger.close();
    }
    const found = restore(path);
    const mark = price(601_000);
    const position = Position.restore(BTC, found.position);
    expect(position.pnl(mark) - found.pnlAtReset).toBe(shadow.pnl(mark) - base);
    expect(base).not.toBe(0);
  });

  test('the operator resets a latch while no run is on; the next start sees it', () => {
    const path = ledgerFile();
    running(path).close();
    const desk = Ledger.open(path, { durable: true });
    desk.attach('sim', 'test', SPEC.symbol);
    desk.reset({ us: T0, reason: 'all clear', mark: price(0) });
    desk.breaker(T0, BREAKER);
    desk.halt({ us: T0, from: 'latched', to: 'running', cause: null });
    desk.commit();
    desk.event(fill('x', null, BID, 600_000, 1));
    expect(() => desk.commit()).toThrow(/call beginRun first/);
    expect(() => desk.attach('sim', 'test', 'ETH')).toThrow(/nothing ever ran on sim ETH as test/);
    desk.close();
    expect(restore(path).breaker).toEqual(BREAKER);
    const reader = LedgerReader.open(path);
    expect([...reader.rows('resets', null)]).toMatchObject([
      { reason: 'all clear', run: null, pnl: 0 },
    ]);
  });
});

describe('a ledger that contradicts itself is refused', () => {
  const tamper = (path: string, sql: string): void => {
    const db = Connection.writer(path);
    db.transaction(() => db.exec(sql));
    db.close();
  };
  test.each([
    ['a fill', 'UPDATE fills SET lots = lots + 1 WHERE id = 3', /lots/],
    ['the position', 'UPDATE accounts SET realised = realised + 1', /realised/],
    ['a fee', 'UPDATE fills SET fee = fee - 1', /fees/],
    ['a missing fill', 'DELETE FROM fills WHERE id = 2', /lots/],
  ])('%s', (_, sql, what) => {
    const path = ledgerFile();
    const ledger = running(path);
    ledger.event(fill('a', null, BID, 600_000, 4));
    ledger.event(fill('b', null, ASK, 600_100, 1));
    ledger.close();
    expect(restore(path).position.lots).toBe(3);
    tamper(path, sql);
    expect(() => restore(path)).toThrow(LedgerProblem);
    expect(() => restore(path)).toThrow(what);
    const reader = LedgerReader.open(path);
    expect(verifyLedger(reader).problems.length).toBeGreaterThan(0);
  });

  test('verify finds what no restart looks at: a false sum, a false equity row, a false start', () => {
    const path = ledgerFile();
    const ledger = running(path);
    ledger.event(fill('a', null, BID, 600_000, 4));
    ledger.equity({ us: T0, mark: price(600_000), accrued: money(0), equity: money(-12_345) });
    ledger.close();
    running(path, { runId: 'run2' }).close();
    tamper(path, 'UPDATE fills SET fees_sum = 1');
    tamper(path, 'UPDATE equity SET fees = 0, realised = realised - 12345');
    tamper(
      path,
      `UPDATE runs SET start_position = json_set(start_position, '$.lots', 5) WHERE run = 'run2'`,
    );
    expect(verifyLedger(LedgerReader.open(path)).problems).toEqual([
      'BTC-USD-PERP: fill 2: says fees 1, the rows before it 12345',
      'BTC-USD-PERP: equity 3: says realised -12345, the rows before it 0',
      'BTC-USD-PERP: run 4: lots 5, from its rows 4',
    ]);
  });
});

describe('a market whose units changed', () => {
  const finer = new Instrument({ ...SPEC, tickSize: '0.01', lotSize: '0.0001' });
  const coarser = new Instrument({ ...SPEC, lotSize: '0.01' });

  test('keeps its money; the position is counted in the new lots', () => {
    const path = ledgerFile();
    const ledger = running(path);
    ledger.event(fill('a', null, ASK, 600_000, 4));
    ledger.reset({ us: T0, reason: 'x', mark: price(600_100) });
    ledger.breaker(T0, BREAKER);
    ledger.close();
    const before = restore(path);
    const found = restore(path, finer);
    expect(found.position).toEqual({ ...before.position, lots: -40 });
    const next = running(path, { runId: 'run2', instrument: finer });
    next.event(fill('b', null, BID, 6_000_000, 40, { fee: money(0) }));
    next.close();
    const after = restore(path, finer);
    expect(after.position).toMatchObject({ lots: 0, realised: 0, fills: 2 });
    expect(after).toMatchObject({ pnlAtReset: before.pnlAtReset, breaker: BREAKER });
    expect(verifyLedger(LedgerReader.open(path)).problems).toEqual([]);
    expect(restore(path, BTC).position.lots).toBe(0);
  });

  test('is refused when the open position is no whole number of the new lots', () => {
    const path = ledgerFile();
    const ledger = running(path);
    ledger.event(fill('a', null, BID, 600_000, 4));
    ledger.close();
    expect(() => restore(path, coarser)).toThrow(
      /other units now.*position of 0\.004: close that position/,
    );
    expect(() => running(path, { runId: 'r', instrument: coarser })).toThrow(LedgerProblem);
    const inverse = new Instrument({ ...SPEC, kind: 'inverse' });
    expect(() => restore(path, inverse)).toThrow(LedgerProblem);
  });

  test('other fees are no other units', () => {
    const path = ledgerFile();
    running(path).close();
    const cheap = new Instrument({ ...SPEC, makerFee: 0 as Rate, tickSize: '0.10' });
    running(path, { runId: 'run2', instrument: cheap }).close();
    const reader = LedgerReader.open(path);
    expect(reader.accounts().map((a) => a.spec.makerFee)).toEqual([0]);
  });
});

test('the inbox: left by one process, obeyed by another, once', () => {
  const path = ledgerFile();
  expect(() => leaveOrder(path, { us: T0, market: 'M', operation: 'stop', reason: '' })).toThrow(
    /no such ledger/,
  );
  const ledger = running(path);
  const id = leaveOrder(path, {
    us: T0,
    market: SPEC.symbol,
    operation: 'stop',
    reason: 'fire\0!',
  });
  leaveOrder(path, { us: T0, market: 'OTHER', operation: 'stop', reason: '' });
  const [order, ...more] = ledger.inbox(SPEC.symbol);
  expect(order).toEqual({ id, us: T0, market: SPEC.symbol, operation: 'stop', reason: 'fire!' });
  expect(more).toEqual([]);
  const reader = LedgerReader.open(path);
  expect(reader.takenAt(id)).toBeNull();
  ledger.taken(us(T0 + 4), id);
  ledger.commit();
  expect(ledger.inbox(SPEC.symbol)).toEqual([]);
  expect(reader.takenAt(id)).toBe(T0 + 4);
});
