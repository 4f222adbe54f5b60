// What a live run leaves of its fills and quotes: mids at and after each fill, once however often a fill is repeated, and
// distances that a report reads back as they were.
import { describe, expect, test } from 'vitest';
import type { Fill } from '#core/messages';
import type { Micros } from '#core/units';
import type { MarkoutEntry } from '#ledger/entries';
import { exposureOfNotes } from '#report/exposure';
import { FillTrace } from '#run/fill-trace';
import type { Watched } from '#run/fill-trace';

const START = 1_767_571_200_000_000;
const at = (seconds: number): Micros => (START + seconds * 1e6) as Micros;

function desk(): {
  trace: FillTrace;
  numbers: Record<string, unknown>;
  play: (from: number, to: number, bid: number) => void;
  fill: (seconds: number, tradeId: string, over?: Partial<Fill>) => void;
  rows: MarkoutEntry[];
  notes: string[];
} {
  const rows: MarkoutEntry[] = [];
  const notes: string[] = [];
  const numbers = { bookSound: true, bookUs: START, bestBid: 9_999, bestAsk: 10_001 };
  const order = (side: number, ticks: number, phase: string): unknown => ({
    ...{ side, ticks, phase, tif: 'post-only' },
  });
  const engine = {
    numbers,
    orders: [order(1, 9_990, 'open'), order(1, 9_980, 'open'), order(1, 9_999, 'pending')],
    lastView: { market: { alpha: 0.5, kappa: 1, sigma: 1, epsilon: 0 } },
  } as unknown as Watched;
  const trace = new FillTrace(engine, {
    markout: (row) => void rows.push(row),
    note: (_us, kind, text) => void (kind === 'exposure' && notes.push(text)),
  });
  const play = (from: number, to: number, bid: number): void => {
    for (let second = from; second <= to; second += 0.5) {
      Object.assign(numbers, { bookUs: at(second), bestBid: bid, bestAsk: bid + 2 });
      trace.look(at(second));
    }
  };
  const fill = (seconds: number, tradeId: string, over: Partial<Fill> = {}): void => {
    const [us, venueUs] = [at(seconds), at(seconds)];
    trace.onFill(us, {
      ...{ kind: 'fill', tradeId, ordinal: 1, side: 1, ticks: 9_990, lots: 1, fee: 0, maker: true },
      ...{ us, venueUs, liquidation: false, ...over },
    } as unknown as Fill);
  };
  return { trace, numbers, play, fill, rows, notes };
}

describe('fills of a live run', () => {
  test('leave the mid before them and those 1, 5, 30 and 60 s later', () => {
    const { trace, play, fill, rows } = desk();
    play(0, 10, 9_999);
    fill(10.1, 'a');
    play(10.5, 14, 9_989);
    play(14.5, 80, 9_979);
    expect(rows).toEqual([]); // nothing is written outside the housekeeping
    trace.save(at(80));
    expect(rows.map(({ tradeId, horizonMs, mid }) => [tradeId, horizonMs, mid])).toEqual([
      ['a', 0, 10_000],
      ['a', 1_000, 9_990],
      ['a', 5_000, 9_980],
      ['a', 30_000, 9_980],
      ['a', 60_000, 9_980],
    ]);
    trace.save(at(85));
    expect(rows).toHaveLength(5);
  });

  test('count once, and not at all when heard of late or without a fresh book', () => {
    const { trace, play, fill, rows, notes } = desk();
    play(0, 10, 9_999);
    fill(10, 'a');
    fill(10.2, 'a');
    fill(10.3, 'late', { venueUs: at(-5) });
    fill(25, 'blind');
    trace.save(at(25), true);
    expect(rows.map(({ tradeId }) => tradeId)).toEqual(['a']);
    expect(exposureOfNotes(notes).reduce((sum, { fills }) => sum + fills, 0)).toBe(1);
  });

  test('a silent book gives no mid', () => {
    const { trace, play, fill, rows, numbers } = desk();
    play(0, 10, 9_999);
    fill(10, 'a');
    for (let second = 10; second < 60; second += 1) trace.look(at(second)); // bookUs stays
    expect(numbers['bookUs']).toBe(at(10));
    trace.save(at(60));
    expect(rows.map(({ horizonMs }) => horizonMs)).toEqual([0, 1_000, 5_000]);
  });
});

describe('distances of a live run', () => {
  test('are those of the innermost open quote, second by second, and come back from the notes', () => {
    const { trace, play, fill, notes } = desk();
    for (let minute = 0; minute < 3; minute += 1) {
      play(60 * minute, 60 * minute + 59.5, 9_999);
      fill(60 * minute + 59.6, `t${minute}`);
      trace.save(at(60 * minute + 59.7));
    }
    trace.save(at(180), true);
    expect(notes.length).toBe(3); // nothing new stood after the third
    const [bin, ...others] = exposureOfNotes(notes);
    expect(others).toEqual([]);
    expect(bin?.side).toBe('bid');
    expect(bin?.from).toBe(10);
    expect(bin?.distance).toBeCloseTo(10, 6);
    expect(bin?.seconds).toBeCloseTo(179, 0);
    expect(bin?.predicted).toBeCloseTo(0.5 * Math.exp(-10) * 179, 6);
    expect(bin?.fills).toBe(3);
  });

  test('notes that are none of ours are passed over', () => {
    expect(exposureOfNotes(['', 'x', '{}', '[1]', '[[0,1,2,3]]', '[[0,2,5,1.1,0.3,null]]'])).toEqual([]); // prettier-ignore
  });
});
