// Golden scenarios of the wake rules: when the engine decides, what it then moves, and when it asks to be woken.
// At MID a basis point is 20 ticks: near = 8 ticks, far = 25 ticks, and quotes lie 40 ticks from the mid.
import { describe, expect, test } from 'vitest';
import type { WakeParams } from '#core/params';
import type { Bps, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { outside } from '#engine/wake';
import { MID, MS, PARAMS, Rig, SECOND, START } from './fixture.js';

const withWake = (wake: Partial<WakeParams>): Rig =>
  new Rig({ params: { ...PARAMS, wake: { ...PARAMS.wake, ...wake } } });
const decisions = (rig: Rig): number => rig.strategy.views.length;

describe('the tolerance', () => {
  const requote = { near: 0.4 as Bps, far: 1.25 as Bps };
  const at = (side: 1 | -1, ticks: number): boolean =>
    outside(requote, side, ticks as Ticks, 199_960 as Ticks, MID as TickPrice);

  test('more than near closer, or more than far farther; exactly there is inside', () => {
    expect([at(BID, 199_968), at(BID, 199_969)]).toEqual([false, true]);
    expect([at(BID, 199_935), at(BID, 199_934)]).toEqual([false, true]);
    expect([at(ASK, 199_952), at(ASK, 199_951)]).toEqual([false, true]);
    expect([at(ASK, 199_985), at(ASK, 199_986)]).toEqual([false, true]);
  });

  test('never less than two ticks', () => {
    const coarse = (ticks: number): boolean =>
      outside(requote, BID, ticks as Ticks, 100 as Ticks, 101 as TickPrice);
    expect([coarse(102), coarse(103), coarse(98), coarse(97)]).toEqual([false, true, false, true]);
  });
});

describe('first decision', () => {
  test('comes with the first sound two-sided book and both links up, once', () => {
    const rig = new Rig().book(MID - 0.5, MID + 0.5);
    expect(decisions(rig)).toBe(0);
    rig.event({ kind: 'link', channel: 'public', state: 'up', detail: '' }).settle();
    expect(decisions(rig)).toBe(0);
    rig.event({ kind: 'link', channel: 'private', state: 'up', detail: '' }).settle();
    expect(decisions(rig)).toBe(1);
    expect(rig.said).toEqual(['place 1 bid 5 @ 199960', 'place 2 ask 5 @ 200040']);
    rig.settle();
    expect(decisions(rig)).toBe(1);
  });

  test('the strategy is made once, from the first mid', () => {
    const starts: unknown[] = [];
    const rig: Rig = new Rig({
      parts: {
        makeStrategy: (start) => {
          starts.push(start);
          return rig.strategy;
        },
      },
    });
    rig
      .quoted()
      .mid(60)
      .wait(6 * SECOND);
    expect(starts).toEqual([{ mid: MID, unitLots: 5, limitLots: 50 }]);
    expect(decisions(rig)).toBeGreaterThan(1);
  });
});

describe('by time', () => {
  test('check: 5 s after the last decision, and the engine asks for it', () => {
    const rig = new Rig().quoted();
    // The links, the answers awaited (2 s) and the silence of the book (2 s) come first.
    rig.toWake();
    expect(decisions(rig)).toBe(1);
    while (decisions(rig) === 1) rig.toWake();
    expect(rig.now - START).toBe(5 * SECOND);
    expect(rig.batch).toEqual([]);
    rig.toWake();
    expect(rig.engine.nextWakeUs).toBeGreaterThan(rig.now);
  });

  test('refresh: at 60 s the quote is put exactly right, not before', () => {
    const rig = new Rig().quoted().mid(6);
    for (let i = 0; i < 11; i += 1) rig.wait(5 * SECOND);
    expect(rig.sent).toHaveLength(2);
    rig.wait(5 * SECOND);
    expect(rig.said).toEqual(['cancel 1', 'cancel 2']);
    rig.closed(1).closed(2).settle();
    expect(rig.said).toEqual(['place 3 bid 5 @ 199965', 'place 4 ask 5 @ 200047']);
  });

  test('refresh: a quote that is right already keeps its place in the queue and its age starts again', () => {
    const rig = new Rig().quoted();
    for (let i = 0; i < 13; i += 1) rig.wait(5 * SECOND);
    expect(rig.sent).toHaveLength(2);
    rig.mid(6);
    for (let i = 0; i < 10; i += 1) rig.wait(5 * SECOND);
    expect(rig.sent).toHaveLength(2);
    rig.wait(5 * SECOND);
    expect(rig.said).toEqual(['cancel 1', 'cancel 2']);
  });

  test('a host that settles at every wake never spins', () => {
    const rig = new Rig().quoted().mid(12);
    for (let i = 0; i < 200; i += 1) {
      const before = rig.now;
      rig.toWake();
      expect(rig.now).toBeGreaterThan(i === 0 ? before - 1 : before);
    }
  });
});

describe('by the book', () => {
  test('inside the tolerance nothing moves; near and far are judged per side', () => {
    const rig = new Rig().quoted();
    // Mid up 7: the ask, rounded up, rests 8 ticks too close (near is 8), the bid 6 too far (far is 25).
    rig.wait(SECOND).mid(7);
    expect(rig.batch).toEqual([]);
    expect(decisions(rig)).toBe(1);
    rig.mid(8);
    expect(decisions(rig)).toBe(2);
    expect(rig.said).toEqual(['cancel 2']);
    rig.closed(2).settle();
    expect(rig.said).toEqual(['place 3 ask 5 @ 200049']);
    rig.acceptAll().wait(SECOND).mid(27);
    expect(rig.said).toEqual(['cancel 1', 'cancel 3']);
  });

  test('at most every 250 ms a side; a side that waits wakes the engine when it may move', () => {
    const rig = new Rig().quoted();
    rig.wait(SECOND).mid(9);
    const moved = rig.now;
    rig.closed(2).settle().acceptAll().settle();
    rig.wait(50 * MS).mid(20);
    expect(rig.batch).toEqual([]);
    expect(rig.engine.nextWakeUs).toBe(moved + 250 * MS);
    rig.toWake();
    expect(rig.said).toEqual(['cancel 3']);
  });

  test('a quote that came to lie at the touch is pulled behind it', () => {
    const rig = new Rig().quoted();
    // The bid falls to 199,950 while our bid rests at 199,960: behind would be 199,949.
    rig.wait(SECOND).book(199_950, 200_050);
    expect(rig.said).toEqual(['cancel 1', 'cancel 2']);
  });

  test('what placement does to the target is not taken for a drift', () => {
    const rig = new Rig();
    rig.strategy.bps = 0.1; // 2 ticks from the mid
    rig.event({ kind: 'link', channel: 'public', state: 'up', detail: '' });
    rig.event({ kind: 'link', channel: 'private', state: 'up', detail: '' });
    rig.book(199_950, 200_050); // wanted 199,998, but behind the touch is 199,949
    expect(rig.said).toEqual(['place 1 bid 5 @ 199949', 'place 2 ask 5 @ 200051']);
    rig.acceptAll().settle();
    rig.wait(SECOND).book(199_951, 200_051);
    expect(decisions(rig)).toBe(1);
  });

  test('`off`: the literal clock moves nothing for 60 s, however far the market goes', () => {
    const rig = withWake({ requote: null, fillWake: false }).quoted();
    for (let i = 0; i < 11; i += 1) rig.wait(5 * SECOND).mid(-10 * i);
    expect(rig.sent).toHaveLength(2);
    rig.wait(5 * SECOND);
    expect(rig.said).toEqual(['cancel 1', 'cancel 2']);
  });
});

describe('by fills and states', () => {
  test('a fill wakes it: the side is quoted anew at once, both sides exactly', () => {
    const rig = new Rig().quoted();
    rig.strategy.skew = 0.1; // 2 ticks a unit
    rig.wait(SECOND).fill(1, BID, 199_960, 5).settle();
    expect(decisions(rig)).toBe(2);
    expect(rig.said).toEqual(['cancel 2', 'place 3 bid 5 @ 199958']);
    rig.closed(2).settle();
    expect(rig.said).toEqual(['place 4 ask 5 @ 200038']);
  });

  test('without fill-wake the slot stays empty until the check', () => {
    const rig = withWake({ fillWake: false }).quoted();
    rig.wait(SECOND).fill(1, BID, 199_960, 5).settle();
    expect([decisions(rig), rig.batch]).toEqual([1, []]);
    rig.wait(4 * SECOND);
    expect(rig.said).toEqual(['place 3 bid 5 @ 199960']);
  });

  test('a change of the breaker wakes it', () => {
    const rig = new Rig().quoted();
    rig.fill(1, BID, 199_960, 5).settle().acceptAll().settle();
    const before = decisions(rig);
    rig.breaker.state = 'reducing';
    rig.wait(SECOND);
    expect(decisions(rig)).toBe(before + 1);
    expect(rig.strategy.views.at(-1)?.reducing).toBe(true);
  });

  test('the end of a withdrawal wakes it, and the engine asks for that time', () => {
    const rig = new Rig().quoted();
    rig.breaker.next = 'withdrawn';
    rig.breaker.untilUs = (rig.now + 3 * SECOND) as never;
    rig.settle();
    expect(rig.said).toEqual(['cancel-all']);
    rig.closed(1).closed(2).settle();
    const wakes = [];
    while (rig.now < START + 3 * SECOND) wakes.push(rig.toWake().now - START);
    expect(wakes).toContain(3 * SECOND);
    expect(rig.said).toEqual(['place 3 bid 5 @ 199960', 'place 4 ask 5 @ 200040']);
  });

  test('staleness: woken just past the deadline', () => {
    const rig = new Rig().quoted();
    const deadline = START + 2 * SECOND + 1;
    const wakes = [rig.toWake().now, rig.toWake().now];
    expect(wakes).toContain(deadline);
  });

  test('a level said once more is news of the book: its age starts again, nothing else happens', () => {
    const rig = new Rig().quoted();
    const said = rig.said.length;
    rig.wait(1.5 * SECOND);
    expect(rig.engine.numbers.nowUs - rig.engine.numbers.bookUs).toBe(1.5 * SECOND);
    const { bestBid, bestAsk } = rig.engine.numbers;
    rig.engine.level(BID, bestBid as Ticks, rig.engine.book.lotsAt(BID, bestBid as Ticks));
    rig.settle();
    expect(rig.engine.numbers.nowUs - rig.engine.numbers.bookUs).toBe(0);
    expect([rig.engine.numbers.bestBid, rig.engine.numbers.bestAsk]).toEqual([bestBid, bestAsk]);
    expect(rig.said).toHaveLength(said);
  });
});
