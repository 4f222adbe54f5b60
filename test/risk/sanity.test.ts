// The guard against impossible numbers and decisions, alone and with everybody else behind it.
import { describe, expect, test } from 'vitest';
import type { AccountNumbers } from '#core/guard';
import { ALLOW } from '#core/guard';
import type { Decision } from '#core/strategy';
import type { Lots, Ticks } from '#core/units';
import { ASK } from '#core/units';
import { RiskBreaker } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import { Sanity } from '#risk/sanity';
import {
  bothSides, decision, healthy, INSTRUMENT, MARK, NOON, PARAMS, quote, VENUE, VIEW,
} from './fixture.js'; // prettier-ignore

type Field = keyof AccountNumbers;
const fields = Object.keys(healthy()).filter(
  (name) => typeof healthy()[name as Field] === 'number',
) as Field[];
const poisoned = (field: Field, value: number): AccountNumbers => ({
  ...healthy({ positionLots: 5 as Lots }),
  [field]: value,
});
const breaker = (): RiskBreaker =>
  new RiskBreaker({ guards: makeGuards(PARAMS, INSTRUMENT, VENUE) });

describe('numbers', () => {
  test('all numeric fields are tried', () => expect(fields).toHaveLength(19));

  test.each(fields)('NaN in %s latches', (field) => {
    const trip = new Sanity().onSettle(poisoned(field, NaN));
    expect(trip).toMatchObject({ guard: 'host', severity: 'latch' });
    expect(trip?.reason).toContain(`${field} = NaN`);
  });

  test.each(fields.filter((f) => f !== 'marginRatio'))('so does an infinite %s', (field) => {
    expect(new Sanity().onSettle(poisoned(field, Infinity))).not.toBeNull();
    expect(new Sanity().onSettle(poisoned(field, -Infinity))).not.toBeNull();
  });

  test('a negative mark latches; an unknown margin ratio and possible numbers do not', () => {
    expect(new Sanity().onSettle(poisoned('mark', -1))?.reason).toContain('mark = -1');
    expect(new Sanity().onSettle(poisoned('marginRatio', Infinity))).toBeNull();
  });

  test.each(fields)('a NaN in %s stops the whole machine, and cancels', (field) => {
    const whole = breaker();
    expect(whole.onSettle(healthy())).toBe(false);
    expect(whole.state).toBe('running');
    const worse = whole.onSettle(poisoned(field, NaN));
    // The baselines are the breaker's own: it writes them, whatever stood there.
    if (field === 'dayStartEquity' || field === 'peakEquity') {
      expect([worse, whole.state]).toEqual([false, 'running']);
      return;
    }
    expect([worse, whole.state]).toEqual([true, 'latched']);
    expect(whole.onDecision(VIEW, bothSides(1), healthy())).toBeNull();
    whole.onSettle(healthy());
    expect(whole.state).toBe('latched');
    const { day, dayStartEquity, peakEquity } = whole.snapshot();
    expect([day, dayStartEquity, peakEquity].every(Number.isFinite)).toBe(true);
  });

  test.each(fields)('without it, no other guard throws on a NaN in %s', (field) => {
    for (const guard of makeGuards(PARAMS, INSTRUMENT, VENUE).slice(1)) {
      expect(() => guard.onSettle(poisoned(field, NaN))).not.toThrow();
      expect(() => guard.onDecision(VIEW, bothSides(1), poisoned(field, NaN))).not.toThrow();
    }
  });
});

const BAD: readonly (readonly [string, Decision])[] = [
  ['a price of NaN', decision([quote(0, NaN, 1)], [])],
  ['a fractional price', decision([], [quote(0, 500_000.5, 1)])],
  ['a price of 0', decision([quote(0, 0, 1)], [])],
  ['a size of NaN', decision([], [quote(0, MARK, NaN)])],
  ['a size of 0', decision([quote(0, MARK, 0)], [])],
  ['a negative size', decision([quote(0, MARK, -1)], [])],
  ['an infinite size', decision([quote(0, MARK, Infinity)], [])],
  ['level -1', decision([quote(-1, MARK, 1)], [])],
  [
    'an immediate order without a limit',
    decision([], [], { immediate: { side: ASK, limitTicks: NaN as Ticks, lots: 1 as Lots } }),
  ],
];

describe('decisions', () => {
  test('what is possible passes', () => {
    expect(new Sanity().onDecision(VIEW, bothSides(3))).toBe(ALLOW);
    expect(new Sanity().onDecision(VIEW, decision([], []))).toBe(ALLOW);
  });

  test.each(BAD)('%s is our mistake: latched, nothing sent', (_name, bad) => {
    const told: string[] = [];
    const whole = new RiskBreaker({
      guards: makeGuards(PARAMS, INSTRUMENT, VENUE),
      onGuard: (us, trip, text) => told.push(`${us === NOON} ${trip?.severity} ${text}`),
    });
    const numbers = healthy({ positionLots: 5 as Lots });
    whole.onSettle(numbers);
    expect(whole.onDecision(VIEW, bad, numbers)).toBeNull();
    expect([whole.state, whole.cause?.guard]).toEqual(['latched', 'host']);
    expect(told[0]).toContain('true latch veto: impossible decision');
    expect(whole.onSettle(numbers)).toBe(true); // and the next settle still asks for the cancel
  });
});
