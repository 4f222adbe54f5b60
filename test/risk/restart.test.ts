// What a restart must keep, through plain JSON as the ledger keeps it, with the real guards.
import { describe, expect, test } from 'vitest';
import type { BreakerSnapshot } from '#core/guard';
import type { Lots, Micros } from '#core/units';
import { RiskBreaker } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import { DAY, dollars, healthy, INSTRUMENT, NOON, PARAMS, SECOND, trip, VENUE } from './fixture.js';

const start = (restored: BreakerSnapshot | null): RiskBreaker =>
  new RiskBreaker({ guards: makeGuards(PARAMS, INSTRUMENT, VENUE, restored), restored });
const saved = (breaker: RiskBreaker): BreakerSnapshot =>
  JSON.parse(JSON.stringify(breaker.snapshot())) as BreakerSnapshot;

function running(): RiskBreaker {
  const breaker = start(null);
  breaker.onSettle(healthy());
  expect(breaker.state).toBe('running');
  return breaker;
}

describe('restart', () => {
  test('a latch is there before the first settle, with its reason, and after it', () => {
    const breaker = running();
    breaker.onSettle(healthy({ guardEquity: dollars(3_999) }));
    const next = start(saved(breaker));
    expect([next.state, next.cause?.guard]).toEqual(['latched', 'drawdown']);
    expect(next.cause?.reason).toBe(breaker.cause?.reason);
    expect(next.onSettle(healthy())).toBe(false);
    expect(next.state).toBe('latched');
  });

  test('the peak is kept: a slow drawdown across restarts still latches', () => {
    let breaker = running();
    const states: string[] = [];
    for (const [i, equity] of [6_000, 5_400, 4_900, 4_800, 4_799].entries()) {
      breaker = start(saved(breaker));
      const nowUs = (NOON + i * DAY) as Micros;
      breaker.onSettle(healthy({ guardEquity: dollars(equity), nowUs }));
      states.push(breaker.state);
    }
    expect(states).toEqual(['running', 'running', 'running', 'running', 'latched']);
  });

  test('daily loss: paused over a restart the same day even if equity came back, free the next day', () => {
    const breaker = running();
    expect(breaker.onSettle(healthy({ guardEquity: dollars(4_700) }))).toBe(true);
    const midnight = (NOON + DAY / 2) as Micros;
    const sameDay = start(saved(breaker));
    expect(sameDay.state).toBe('paused');
    sameDay.onSettle(healthy({ nowUs: (midnight - 1) as Micros, guardEquity: dollars(4_990) }));
    expect([sameDay.state, sameDay.untilUs]).toEqual(['paused', midnight]);
    const nextDay = start(saved(sameDay));
    const numbers = healthy({ nowUs: midnight, guardEquity: dollars(4_700) });
    nextDay.onSettle(numbers);
    expect([nextDay.state, numbers.dayStartEquity]).toEqual(['running', dollars(4_700)]);
    // And the loss of the new day counts from there.
    nextDay.onSettle(healthy({ nowUs: midnight, guardEquity: dollars(4_449) }));
    expect(nextDay.state).toBe('paused');
  });

  test('a restart just before midnight and one just after: one reset', () => {
    const midnight = NOON + DAY / 2;
    const before = start(saved(running()));
    before.onSettle(healthy({ nowUs: (midnight - 1) as Micros, guardEquity: dollars(5_010) }));
    expect(before.snapshot().dayStartEquity).toBe(dollars(5_000));
    const after = start(saved(before));
    after.onSettle(healthy({ nowUs: midnight as Micros, guardEquity: dollars(5_020) }));
    const again = start(saved(after));
    again.onSettle(healthy({ nowUs: (midnight + 1) as Micros, guardEquity: dollars(5_030) }));
    expect(again.snapshot().dayStartEquity).toBe(dollars(5_020));
  });

  test('a timed pause, an endless one of an outsider, and the operator’s pause are kept', () => {
    const breaker = running();
    const numbers = healthy();
    const untilUs = (NOON + 900 * SECOND) as Micros;
    breaker.trip(trip({ guard: 'bleed', severity: 'pause', untilUs }), numbers);
    breaker.trip(trip({ guard: 'host', severity: 'pause', reason: 'log disk full' }), numbers);
    breaker.operator('pause', 'lunch', numbers);
    const next = start(saved(start(saved(breaker)))); // twice, without a settle between
    next.onSettle(healthy({ nowUs: untilUs }));
    expect([next.state, next.cause?.reason]).toEqual(['paused', 'log disk full']);
    const late = healthy({ nowUs: untilUs });
    next.operator('resume', '', late);
    next.onSettle(late);
    expect(next.state).toBe('running');
  });

  test('withdrawals of the moment are not kept: they are judged anew', () => {
    const breaker = running();
    breaker.onSettle(healthy({ bookSound: false }));
    expect([breaker.state, saved(breaker).paused]).toEqual(['withdrawn', []]);
    const next = start(saved(breaker));
    next.onSettle(healthy());
    expect(next.state).toBe('running');
  });

  test('reducing and its hysteresis are kept, also by two restarts in a row', () => {
    const at = (lots: number) => healthy({ positionLots: lots as Lots });
    const breaker = running();
    breaker.onSettle(at(21));
    expect(saved(breaker).reducing).toEqual(['position']);
    const next = start(saved(start(saved(breaker))));
    next.onSettle(at(17));
    expect(next.state).toBe('reducing');
    next.onSettle(at(16));
    expect(next.state).toBe('running');
  });

  test('a reset is kept even if the process dies before the next settle', () => {
    const breaker = running();
    const low = healthy({ guardEquity: dollars(3_999) });
    breaker.onSettle(low);
    breaker.operator('reset', 'looked at it', low);
    const next = start(saved(breaker));
    next.onSettle(low);
    expect([next.state, next.snapshot().peakEquity]).toEqual(['running', dollars(3_999)]);
  });

  test('an old snapshot without `reducing` is read', () => {
    const { reducing: _gone, ...old } = saved(running());
    const next = start(old);
    next.onSettle(healthy());
    expect(next.state).toBe('running');
  });
});
