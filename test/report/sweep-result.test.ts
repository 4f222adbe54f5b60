// Walk-forward and its words: nothing in sample without its out of sample beside it, and nothing chosen by the future.
import { describe, expect, test } from 'vitest';
import { Random } from '#core/random';
import { sweepResult } from '#report/sweep-result';
import type { SweepTrial, WindowFigures } from '#report/sweep-result';
import { sweepCsv, sweepText } from '#report/sweep-text';

const window = (edge: number, fills = 50): WindowFigures => ({
  ...{ fills, settled: fills, edge, bps: edge * 10, volume: 100 * fills, pnl: edge / 2 },
});
const blocks = { seconds: 900, settled: [], bps: [], edge: [], volume: [] };
const trial = (name: string, edges: readonly number[], fills?: number): SweepTrial => {
  const random = new Random(name);
  const returns = edges.flatMap((edge) =>
    Array.from({ length: 12 }, () => edge / 1e4 + 0.001 * random.normal()),
  );
  const windows = edges.map((edge) => window(edge, fills));
  return {
    point: { kappa: name },
    figures: { windows, returns, blocks, startUs: 0, endUs: 1, problem: null },
  };
};

describe('walk-forward', () => {
  const trials = [trial('1', [5, -1, 2]), trial('2', [1, 4, -3]), trial('3', [0, 0, 9])];

  test('each window is scored with what the one before chose', () => {
    const { folds, outOfSample } = sweepResult(trials, 'edge', 3, true);
    expect(folds.map(({ point, score }) => [point?.['kappa'], score])).toEqual([['1', 1], ['2', 2]]); // prettier-ignore
    expect(folds.map((fold) => fold.outOfSample?.edge)).toEqual([-1, -3]);
    expect(folds.map((fold) => fold.inSample?.edge)).toEqual([5, 4]);
    expect(folds.map((fold) => fold.medianOutOfSample)).toEqual([0, 2]);
    expect(outOfSample).toEqual({ edge: -4, pnl: -2, fills: 100 });
  });

  test('a window of the future changes nothing that was chosen before', () => {
    const other = trials.map(({ point, figures }) => ({
      point,
      figures: { ...figures, windows: [...figures.windows.slice(0, 2), window(100)] },
    }));
    const [a, b] = [trials, other].map((of) => sweepResult(of, 'edge', 3, true).folds);
    expect(b?.map(({ point }) => point)).toEqual(a?.map(({ point }) => point));
  });

  test('the net edge of what was chosen is judged over the blocks that scored, and not by short blocks', () => {
    const judgedWith = (seconds: number): ReturnType<typeof sweepResult> => {
      const with30 = trials.map(({ point, figures }, t) => ({
        point,
        figures: {
          ...figures,
          returns: figures.windows.flatMap(() => new Array<number>(30).fill(0)),
          blocks: {
            ...{ seconds, edge: [], volume: [], settled: new Array<number>(90).fill(2) },
            bps: Array.from({ length: 90 }, (_, i) => 2 * t + (i % 2 === 0 ? 0.1 : -0.1)),
          },
        },
      }));
      return sweepResult(with30, 'edge', 3, true);
    };
    const long = judgedWith(900);
    // Trial 1 scores window 2, trial 2 window 3: 0 and 2 over two fills a block.
    expect(long.outOfSampleEdge).toMatchObject({ blocks: 60, traded: 60, blockSeconds: 900 });
    expect(long.outOfSampleEdge?.estimate).toBeCloseTo(0.5, 9);
    expect(long.outOfSampleEdge?.interval).not.toBeNull();
    expect(sweepText(long)).toMatch(/net edge 0\.500 bp a fill \(95 % .*blocks of 900 s/);
    const short = judgedWith(60);
    expect(short.outOfSampleEdge?.interval).toBeNull();
    expect(sweepText(short)).toMatch(
      /too short for an interval, smallest visible .*blocks of 60 s/,
    );
  });

  test('a search that learnt has one fold: all but the last window', () => {
    const { folds } = sweepResult(trials, 'edge', 3, false);
    expect(folds).toHaveLength(1);
    expect(folds[0]).toMatchObject({ choose: [0, 1], score: 2, point: { kappa: '2' } });
  });

  test('too few fills are no score; refused points are counted', () => {
    const few = [trial('9', [99, 99, 99], 5), ...trials];
    const refused: SweepTrial = {
      point: { kappa: '-1' },
      figures: {
        windows: [],
        returns: [],
        blocks,
        startUs: 0,
        endUs: 0,
        problem: 'below 0, "really"',
      },
    };
    const result = sweepResult([...few, refused], 'net-edge', 3, true);
    expect(result.folds[0]?.point).toEqual({ kappa: '1' });
    expect(result).toMatchObject({ trials: 5, refused: 1 });
    expect(sweepCsv([...few, refused], 3).split('\n')[5]).toBe(
      '-1,"below 0, ""really""",,,,,,,,,,,,',
    );
  });

  test('the text has both sides of every fold, and what luck would show', () => {
    const text = sweepText(sweepResult(trials, 'edge', 3, true));
    expect(text).toMatch(/kappa=1 +1 +5\.00 .* 2 +-1\.00/);
    expect(text).toMatch(/best of all on everything \(in sample\): kappa=3/);
    expect(text).toMatch(/the best of 3 without skill would show/);
  });
});
