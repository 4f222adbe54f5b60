// The clock of the formulae, at the edges of a session.
import { expect, test } from 'vitest';
import type { Seconds } from '#core/units';
import { horizonAt, horizonAtStart, remaining, timeFactor } from '#strategies/avellaneda/session';
import { strategyParams } from '../support/strategy-fixtures.js';

const at = (seconds: number): Seconds => seconds as Seconds;
const day = strategyParams({ session: at(86_400) });
const none = strategyParams();

test('without a session the horizon is constant and the factor is 1', () => {
  for (const elapsed of [0, 1, 1e9]) {
    expect(horizonAt(none, at(elapsed))).toBe(300);
    expect(timeFactor(none, at(elapsed))).toBe(1);
  }
  expect(horizonAtStart(none)).toBe(300);
});

test('with a session what is left of it counts, and is never 0', () => {
  expect(horizonAtStart(day)).toBe(86_400);
  expect(horizonAt(day, at(0))).toBe(86_400);
  expect(horizonAt(day, at(86_399))).toBe(1);
  expect(horizonAt(day, at(86_400))).toBe(86_400);
  expect(remaining(at(100), at(250))).toBe(50);
  expect(timeFactor(day, at(43_200))).toBe(0.5);
  expect(timeFactor(day, at(86_400 * 3))).toBe(1);
});
