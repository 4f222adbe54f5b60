// The whole machine over a synthetic market: the same input gives the same commands, one changed row gives others,
// the figures add up, and floor <= queue <= ceiling is printed side by side.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLayers } from '#config/layers';
import type { ParameterValues } from '#config/parameters';
import { parseMoney } from '#core/money';
import { ROW_LEVEL } from '#core/rows';
import type { RowBlock, RowSource } from '#core/rows';
import type { Seconds } from '#core/units';
import { simulateRun, runBacktest } from '#run/backtest';
import { openMarket } from '#run/markets';
import type { RunResult } from '#report/run-result';

const settings = (flags: Record<string, string> = {}): ParameterValues =>
  readLayers({ flags, env: {}, dotenvPath: null, configPath: null }).values;
const MINUTES = 1_800 as Seconds;

async function run(
  flags: Record<string, string> = {},
  alter?: (source: RowSource) => RowSource,
): Promise<RunResult> {
  const values = settings({ makerFee: '0', kappa: '2', ...flags });
  const market = await openMarket({ tape: null, synthetic: 'fast' }, values, MINUTES, '/nowhere');
  const source = market.open(1_767_571_200_000_000);
  const request = {
    values,
    mode: 'static' as const,
    market,
    duration: null,
    fillModel: 'queue' as const,
  };
  return simulateRun({ ...request, source: alter ? alter(source) : source });
}

/** The same rows, but the size of one level of the book a few minutes in is another. */
class OneRowChanged implements RowSource {
  readonly totalRows = null;
  private rows = 0;
  constructor(private readonly source: RowSource) {}
  next(reuse?: RowBlock): RowBlock | null {
    const block = this.source.next(reuse);
    if (block === null) return null;
    for (let i = 0; i < block.count; i += 1) {
      this.rows += 1;
      if (this.rows < 4_000 || block.kind[i] !== ROW_LEVEL) continue;
      // A bid far inside the spread's other end: the touch moves, and with it every quote that follows.
      if (block.side[i] !== 1 || block.size[i] === 0) continue;
      block.price[i] = (block.price[i] as number) - 400;
      this.rows = -1e9;
    }
    return block;
  }
  close(): void {
    this.source.close();
  }
}

describe('backtest', () => {
  it('gives the same command hash for the same tape, seed and parameters', async () => {
    const [first, second] = [await run(), await run()];
    expect(second.commandHash).toBe(first.commandHash);
    expect(second.commands).toBe(first.commands);
    expect(first.fills).toBeGreaterThan(5);
    expect({ ...second, rowsPerSecond: 0 }).toEqual({ ...first, rowsPerSecond: 0 });
  });

  it('has a command hash that is the same on every machine and Node version', async () => {
    expect((await run()).commandHash).toMatchInlineSnapshot(
      `"3bf85b2d4f39ce9954f8709a2d16234b9e8e97c258ed6dedc533ca55015cebbf"`,
    );
  });

  it('gives another hash for another seed, parameter, or a single changed row', async () => {
    const { commandHash } = await run();
    expect((await run({ seed: '2' })).commandHash).not.toBe(commandHash);
    expect((await run({ kappa: '2.1' })).commandHash).not.toBe(commandHash);
    expect((await run({}, (source) => new OneRowChanged(source))).commandHash).not.toBe(
      commandHash,
    );
  });

  it('adds up: the attribution sums to the P&L exactly', async () => {
    const result = await run({ makerFee: '0.3bp' });
    const { spreadCaptured, adverseSelection, inventory, fees, funding } = result.attribution;
    const parts = [spreadCaptured, adverseSelection, inventory, fees, funding].map(
      (text) => parseMoney(text) ?? NaN,
    );
    expect(parts.reduce((a, b) => a + b, 0)).toBe(parseMoney(result.pnl));
    expect(parseMoney(result.fees)).toBe(-(parseMoney(fees) ?? NaN));
    const shares = Object.values(result.states).reduce((a, b) => a + b, 0);
    expect(shares).toBeCloseTo(1, 6);
  });

  it('runs every model under all three fill models', async () => {
    for (const model of ['as', 'glft', 'prd-f2']) {
      const { runs } = await runBacktest({
        values: settings({ model, makerFee: '0', stateDir: join(tmpdir(), 'mm-backtest-test') }),
        mode: 'static',
        market: { tape: null, synthetic: 'normal' },
        duration: 600 as Seconds,
        progress: { step: () => undefined },
      });
      expect(runs.map((r) => r.fillModel)).toEqual(['floor', 'queue', 'ceiling']);
      for (const r of runs) {
        expect(r.rows).toBeGreaterThan(1_000);
        expect(r.commands).toBeGreaterThan(10);
        expect(r.states['latched']).toBeUndefined();
      }
    }
  });

  it('the literal clock sends far fewer commands than the tolerance', async () => {
    const literal = await run({ requoteBps: 'off', fillWake: 'off' });
    const tolerance = await run();
    expect(literal.commands).toBeLessThan(tolerance.commands / 3);
  });
});
