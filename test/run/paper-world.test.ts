// The engine in the paper's own world through the whole backtest path reproduces the exact-Poisson columns of
// theory.md A3 (200,000 paths there, s.e. of profit up to 0.03) within 4 standard errors. A few paths by
// default; the campaign: MM_PATHS=20000 npx vitest run test/run/paper-world.test.ts
import { expect, test } from 'vitest';
import { runPaperWorld } from '../support/paper-world.js';

const PATHS = Number(process.env['MM_PATHS'] ?? 60);
/** Standard error of the published profits, and of their standard deviations. */
const THEIRS = 0.03;

const ROWS: [number, 'inv' | 'sym', number, number | null, number | null][] = [
  [0.1, 'inv', 57.15, 6.36, 2.99],
  [0.1, 'sym', 60.94, 12.86, 8.06],
  [0.01, 'inv', 60.31, 9.04, null],
  [0.01, 'sym', 60.58, 13.05, null],
  [1, 'inv', 28.24, 4.6, null],
  [1, 'sym', 42.11, 10.54, null],
  [0.5, 'inv', 42.88, null, null],
  [0.5, 'sym', 55.87, null, null],
];

/** Fewer rows by default: the others differ in a number only. */
const chosen = PATHS >= 2_000 ? ROWS : ([ROWS[0], ROWS[5]] as typeof ROWS);

test.each(chosen)('gamma %d, %s', { timeout: 1_200_000 }, (gamma, strategy, profit, std, stdQ) => {
  const result = runPaperWorld({ gamma, strategy, paths: PATHS, seed: 20_261_121 });
  const error = result.stdProfit / Math.sqrt(PATHS);
  const off = (result.profit - profit) / Math.hypot(error, THEIRS);
  const text = `profit ${result.profit.toFixed(3)} for ${profit} (${off.toFixed(1)} s.e.), std ${result.stdProfit.toFixed(2)} for ${std}, std(q) ${result.stdQ.toFixed(3)} for ${stdQ}, ${result.fills.toFixed(1)} fills`;
  if (PATHS >= 2_000) console.log(`gamma ${gamma} ${strategy}: ${text}`);
  expect(Math.abs(off), text).toBeLessThan(4);
  // Of a standard deviation: 1/sqrt(2 n) for a normal; profits and inventories are near enough.
  const spread = 4 * Math.hypot(1 / Math.sqrt(2 * PATHS), 0.003);
  if (std !== null) expect(Math.abs(result.stdProfit / std - 1), text).toBeLessThan(spread);
  if (stdQ !== null) expect(Math.abs(result.stdQ / stdQ - 1), text).toBeLessThan(spread);
});

test('the same seed gives the same figures', () => {
  const world = { gamma: 0.1, strategy: 'inv', paths: 3, seed: 1 } as const;
  expect(runPaperWorld(world)).toEqual(runPaperWorld(world));
  expect(runPaperWorld({ ...world, seed: 2 })).not.toEqual(runPaperWorld(world));
});
