// Orders of the operator while nothing runs: what the ledger says afterwards, and that a live breaker would have done
// the same to itself.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccountNumbers, BreakerSnapshot, Trip } from '#core/guard';
import type { Micros, Money } from '#core/units';
import { leaveOrder } from '#ledger/inbox';
import { AccountHeld, AccountLock } from '#ledger/lock';
import { RiskBreaker } from '#risk/breaker';
import { obey, orderAtRest } from '#run/at-rest';
import type { RestOrder } from '#run/at-rest';
import { findLedgers } from '#run/ledgers';
import type { AccountLedger } from '#run/ledgers';
import { T0, folder } from '../ledger/fixtures.js';
import { HEALTHY, LATCHED, breakerOf, ran, read } from './accounts.js';
import type { History } from './accounts.js';

const MARKET = 'BTC-USD-PERP';
const order = (command: RestOrder['command'], reason = 'because'): RestOrder => ({
  command,
  reason,
});

function account(history: History = {}): AccountLedger {
  const state = folder();
  ran(state, history);
  return findLedgers(state)[0] as AccountLedger;
}

describe('what an order makes of a stored breaker', () => {
  const trip = fc.record({
    guard: fc.constantFrom<Trip['guard']>('bleed', 'daily-loss', 'host', 'error-rate'),
    severity: fc.constant<Trip['severity']>('pause'),
    reason: fc.string(),
    untilUs: fc.constantFrom(0, T0 + 1).map((n) => n as Micros),
  });
  const snapshot: fc.Arbitrary<BreakerSnapshot> = fc.record({
    latched: fc.constantFrom(null, LATCHED.latched),
    paused: fc.uniqueArray(trip, { selector: ({ guard }) => guard, maxLength: 3 }),
    operatorPaused: fc.boolean(),
    dayStartEquity: fc.constant(5_000e8 as Money),
    day: fc.constantFrom(-1, 20_000),
    peakEquity: fc.constant(5_001e8 as Money),
  });
  const commands = fc.array(fc.constantFrom('stop', 'pause', 'resume', 'reset'), { maxLength: 6 });

  test('is what RiskBreaker.operator makes of itself, whatever the order of orders', () => {
    const numbers = { nowUs: T0 } as AccountNumbers;
    fc.assert(
      fc.property(snapshot, commands, (before, orders) => {
        const live = new RiskBreaker({ guards: [], restored: before });
        let atRest = before;
        for (const command of orders) {
          live.operator(command, 'why', numbers);
          atRest = obey(atRest, { command, reason: 'why' });
        }
        const [a, b] = [
          live.snapshot(),
          new RiskBreaker({ guards: [], restored: atRest }).snapshot(),
        ];
        // Baselines that are to be taken anew have no value: a live breaker keeps the old ones, unused.
        const shown = (s: BreakerSnapshot): object =>
          s.day < 0 ? { ...s, dayStartEquity: 0, peakEquity: 0 } : s;
        expect(shown(b)).toEqual(shown(a));
      }),
      { numRuns: 500 },
    );
  });
});

describe('stop', () => {
  test('latches, with a halt row and a note; a second one keeps the first reason', () => {
    const target = account();
    const first = orderAtRest(target, MARKET, order('stop', 'news'));
    expect(first.before.latched).toBeNull();
    expect(first.after.latched).toEqual({
      guard: 'operator',
      severity: 'latch',
      reason: 'news',
      untilUs: 0,
    });
    expect(breakerOf(target.paths)).toEqual({ ...HEALTHY, latched: first.after.latched });
    orderAtRest(target, MARKET, order('stop', 'again'));
    expect(breakerOf(target.paths).latched?.reason).toBe('news');
    const [halts, notes] = read(target.paths, (r) => [
      [...r.rows('halts', null)],
      [...r.rows('notes', null)],
    ]);
    expect(halts).toHaveLength(1);
    expect(halts[0]).toMatchObject({
      fromState: 'withdrawn',
      toState: 'latched',
      guard: 'operator',
      reason: 'news',
      run: null,
    });
    expect(notes.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'operator stop: news',
      'operator stop: again',
    ]);
  });

  test('keeps the latch of a guard: what it says is worth more', () => {
    const target = account({ breaker: LATCHED });
    orderAtRest(target, MARKET, order('stop'));
    expect(breakerOf(target.paths).latched).toEqual(LATCHED.latched);
  });

  test('names the orders that a killed run left', () => {
    const rest = orderAtRest(account({ killed: true }), MARKET, order('stop'));
    expect(rest.orders).toEqual(['mm-run1-2', 'mm-run1-3']);
  });

  test('on an account whose last run stored no breaker', () => {
    const target = account({ breaker: null });
    orderAtRest(target, MARKET, order('stop'));
    expect(breakerOf(target.paths)).toMatchObject({ latched: { guard: 'operator' }, day: -1 });
  });
});

describe('pause and resume', () => {
  test('are stored, and touch no latch', () => {
    const target = account({ breaker: LATCHED });
    orderAtRest(target, MARKET, order('pause'));
    expect(breakerOf(target.paths)).toEqual({ ...LATCHED, operatorPaused: true });
    orderAtRest(target, MARKET, order('resume'));
    expect(breakerOf(target.paths)).toEqual(LATCHED);
  });
});

describe('reset', () => {
  test('clears the latch, takes baselines anew, and puts the P&L so far behind', () => {
    const target = account({ breaker: LATCHED, holding: 'marked' });
    const rest = orderAtRest(target, MARKET, order('reset', 'looked into it'));
    expect(breakerOf(target.paths)).toEqual({ ...LATCHED, latched: null, day: -1 });
    // 10 lots of 0.001 bought at 60,000.0, marked at 60,012.85: +0.1285, less the fee of 0.00012345.
    expect(rest.pnl).toBe(12_850_000 - 12_345);
    expect(rest).toMatchObject({ position: '0.01', flat: false });
    const [resets, halts, row] = read(target.paths, (r) => [
      [...r.rows('resets', null)],
      [...r.rows('halts', null)],
      r.account('sim', 'test', MARKET),
    ]);
    expect(resets[0]).toMatchObject({
      reason: 'looked into it',
      mark256: 600_128.5 * 256,
      pnl: rest.pnl,
      run: null,
    });
    expect(halts[0]).toMatchObject({ fromState: 'latched', toState: 'withdrawn' });
    expect(row?.pnlAtReset).toBe(rest.pnl);
    expect(orderAtRest(target, MARKET, order('reset')).pnl).toBe(0);
  });

  test('without any mark values an open position at its entry; an account that was not latched has no halt row', () => {
    const target = account({ holding: 'unmarked' });
    expect(orderAtRest(target, MARKET, order('reset')).pnl).toBe(-12_345);
    const [resets, halts] = read(target.paths, (r) => [
      [...r.rows('resets', null)],
      [...r.rows('halts', null)],
    ]);
    expect(resets[0]).toMatchObject({ mark256: 600_000 * 256, unrealised: 0 });
    expect(halts).toEqual([]);
  });
});

describe('the inbox of a bot that died', () => {
  test('is obeyed first, in its order, so that an old stop cannot come back after a reset', () => {
    const target = account();
    const { ledger } = target.paths;
    leaveOrder(ledger, { us: T0, market: MARKET, operation: 'stop:ioc', reason: 'old' });
    leaveOrder(ledger, { us: T0, market: MARKET, operation: 'dance', reason: 'unknown' });
    const rest = orderAtRest(target, MARKET, order('reset'));
    expect(rest.waiting).toEqual([{ command: 'stop', reason: 'old' }]);
    expect(rest.after.latched).toBeNull();
    expect(read(target.paths, (r) => r.all('SELECT * FROM inbox WHERE taken_us IS NULL'))).toEqual(
      [],
    );
    const states = read(target.paths, (r) => [...r.rows('halts', null)].map((h) => h.toState));
    expect(states).toEqual(['latched', 'withdrawn']);
  });

  test('holds our own order too when the bot died under it: it is obeyed once', () => {
    const target = account({ breaker: LATCHED });
    const left = leaveOrder(target.paths.ledger, {
      us: T0,
      market: MARKET,
      operation: 'reset',
      reason: 'r',
    });
    const rest = orderAtRest(target, MARKET, order('reset', 'r'), left);
    expect(rest.waiting).toEqual([]);
    expect(read(target.paths, (r) => [...r.rows('resets', null)])).toHaveLength(1);
  });
});

describe('safety', () => {
  test('a held account is not touched', () => {
    const target = account();
    const held = AccountLock.acquire(target.paths, {
      pid: 1,
      runId: 'r',
      market: MARKET,
      sinceUs: T0,
    });
    expect(() => orderAtRest(target, MARKET, order('stop'))).toThrow(AccountHeld);
    held.release();
    expect(breakerOf(target.paths)).toEqual(HEALTHY);
    orderAtRest(target, MARKET, order('stop'));
    expect(() =>
      AccountLock.acquire(target.paths, {
        pid: 1,
        runId: 'r',
        market: MARKET,
        sinceUs: T0,
      }).release(),
    ).not.toThrow();
  });

  test('another market of the account is refused in one line', () => {
    expect(() => orderAtRest(account(), 'ETH-USD-PERP', order('stop'))).toThrow(
      /nothing ever ran on sim ETH-USD-PERP as test/,
    );
  });

  test('rows never run backwards, also after a run whose clock was ahead', () => {
    const ahead = ((Date.now() + 86_400_000) * 1000) as Micros;
    const target = account({ startedUs: ahead });
    orderAtRest(target, MARKET, order('stop'));
    expect(read(target.paths, (r) => r.lastHalt(1)?.us)).toBe(ahead + 1);
  });
});
