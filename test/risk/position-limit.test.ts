// The position guard: exact boundaries, hysteresis, and what it leaves of a decision.
import { describe, expect, test } from 'vitest';
import type { AccountNumbers, DecisionAnswer } from '#core/guard';
import { ALLOW } from '#core/guard';
import type { Decision } from '#core/strategy';
import type { Lots, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { PositionLimit } from '#risk/position-limit';
import {
  bothSides, decision, healthy, INSTRUMENT, lotsOf, MARK, quote, VIEW,
} from './fixture.js'; // prettier-ignore

const at = (lots: number, changes: Partial<AccountNumbers> = {}): AccountNumbers =>
  healthy({ positionLots: lots as Lots, ...changes });

describe('settle', () => {
  test.each([
    [0, null],
    [20, null],
    [-20, null],
    [21, 'reduce'],
    [-21, 'reduce'],
    [30, 'reduce'],
    [-30, 'reduce'],
    [31, 'latch'],
    [-31, 'latch'],
  ])('a position of %d lots (limit 20, hard 30): %s', (lots, severity) => {
    const answer = new PositionLimit(INSTRUMENT).onSettle(at(lots));
    expect(answer?.severity ?? null).toBe(severity);
    if (answer !== null) expect(answer.untilUs).toBe(0);
  });

  test('back at 80 % of the limit, not before, and not again until beyond the limit', () => {
    const guard = new PositionLimit(INSTRUMENT);
    const seen = [21, 20, 17, -17, 16, 17, 20, -21, -17, -16].map(
      (lots) => guard.onSettle(at(lots)) !== null,
    );
    expect(seen).toEqual([true, true, true, true, false, false, false, true, true, false]);
  });

  test('the limit moves with the mark: the same position may come to be too large', () => {
    const guard = new PositionLimit(INSTRUMENT);
    expect(guard.onSettle(at(20))).toBeNull();
    const reason = guard.onSettle(at(20, { limitLots: 19 as Lots }))?.reason;
    expect(reason).toBe('position 0.02 is beyond the soft limit of 0.019');
  });

  test('reducing is remembered across a restart', () => {
    expect(new PositionLimit(INSTRUMENT, true).onSettle(at(17))?.severity).toBe('reduce');
    expect(new PositionLimit(INSTRUMENT, false).onSettle(at(17))).toBeNull();
  });

  test('while it trips it is one trip, not one a settle', () => {
    const guard = new PositionLimit(INSTRUMENT);
    expect(guard.onSettle(at(25))).toBe(guard.onSettle(at(24)));
  });

  test('without a mark the limit is unknown: no judgement', () => {
    const unknown = { mark: 0 as TickPrice, limitLots: 0 as Lots, hardLimitLots: 0 as Lots };
    expect(new PositionLimit(INSTRUMENT).onSettle(at(5, unknown))).toBeNull();
  });

  test.each(['positionLots', 'limitLots', 'hardLimitLots'] as const)('NaN in %s trips', (field) => {
    const answer = new PositionLimit(INSTRUMENT).onSettle(healthy({ [field]: NaN as Lots }));
    expect(answer).not.toBeNull();
  });
});

const ask = (lots: number, wanted: Decision, changes: Partial<AccountNumbers> = {}) =>
  new PositionLimit(INSTRUMENT).onDecision(VIEW, wanted, at(lots, changes));
const trimmed = (answer: DecisionAnswer): Decision => {
  if (answer.kind !== 'trim') throw new Error(`expected a trim, got ${answer.kind}`);
  return answer.decision;
};

describe('decision', () => {
  test('nothing to trim gives the shared ALLOW', () => {
    expect(ask(0, bothSides(4))).toBe(ALLOW);
    expect(ask(19, bothSides(4))).toBe(ALLOW);
    expect(ask(-19, bothSides(4))).toBe(ALLOW);
    expect(ask(20, decision([], [quote(0, MARK + 2, 4)]))).toBe(ALLOW);
  });

  test('at the soft limit nothing is added, the other side stays', () => {
    const long = trimmed(ask(20, bothSides(4)));
    expect([lotsOf(long.bids), lotsOf(long.asks)]).toEqual([[], [4]]);
    const short = trimmed(ask(-20, bothSides(4)));
    expect([lotsOf(short.bids), lotsOf(short.asks)]).toEqual([[4], []]);
    expect(short.reason.clamps).toEqual([{ name: 'position-limit', from: 4, to: 0 }]);
  });

  test('all bids together stay within the hard limit, innermost first, the last one cut', () => {
    const wanted = decision([quote(0, 499_999, 6), quote(1, 499_998, 6), quote(2, 499_997, 6)], []);
    expect(ask(12, wanted)).toBe(ALLOW);
    expect(lotsOf(trimmed(ask(13, wanted)).bids)).toEqual([6, 6, 5]);
    expect(lotsOf(trimmed(ask(19, wanted)).bids)).toEqual([6, 5]);
    expect(wanted.bids).toHaveLength(3);
  });

  test('asks alike, with the sign turned', () => {
    const wanted = decision([], [quote(0, 500_002, 8), quote(1, 500_003, 8)]);
    expect(lotsOf(trimmed(ask(-15, wanted)).asks)).toEqual([8, 7]);
    expect(ask(-14, wanted)).toBe(ALLOW);
  });

  test('a cut below the smallest order is a drop', () => {
    const wanted = decision([quote(0, 499_999, 6), quote(1, 499_998, 6)], []);
    expect(lotsOf(trimmed(ask(19, wanted, { hardLimitLots: 25 as Lots })).bids)).toEqual([6]);
  });

  test('no mark, or a limit below one lot: nothing at all', () => {
    for (const changes of [{ mark: 0 as TickPrice }, { limitLots: 0 as Lots }]) {
      const left = trimmed(ask(0, bothSides(1), changes));
      expect([left.bids, left.asks]).toEqual([[], []]);
    }
  });

  test('an immediate order only towards zero and never past it', () => {
    const with_ = (side: typeof BID | typeof ASK, lots: number): Decision =>
      decision([], [], {
        immediate: { side, limitTicks: MARK as Ticks, lots: lots as Lots },
      });
    expect(ask(5, with_(ASK, 5))).toBe(ALLOW);
    expect(trimmed(ask(5, with_(ASK, 6))).immediate?.lots).toBe(5);
    expect(trimmed(ask(5, with_(BID, 1))).immediate).toBeNull();
    expect(trimmed(ask(0, with_(BID, 1))).immediate).toBeNull();
    expect(trimmed(ask(-5, with_(BID, 9))).immediate?.lots).toBe(5);
  });
});
