// `mm explain`'s text and object, and the registry.
import { describe, expect, test } from 'vitest';
import type { View } from '#core/strategy';
import type { Bps, TickPrice, Ticks } from '#core/units';
import { explain, explainLines, type Explanation } from '#strategies/avellaneda/explain';
import { Avellaneda } from '#strategies/avellaneda/strategy';
import { STRATEGIES, findStrategy, strategyNames } from '#strategies/registry';
import { START, strategyParams, viewAt } from '../support/strategy-fixtures.js';

function explained(
  units: number,
  over: Parameters<typeof strategyParams>[0] = {},
  view: Partial<View> = {},
): Explanation {
  const at = viewAt(units, view);
  const decision = new Avellaneda(strategyParams(over), START).decide(at);
  return explain(decision, { instrument: at.instrument, fair: at.fair });
}

describe('a decision explained', () => {
  test('as an object: distances add up, prices are strings', () => {
    const e = explained(4);
    expect(e).toMatchObject({ model: 'as', fair: '60000.05', inventoryUnits: 4, withdrawn: null });
    expect(e.bidBps).toBe(e.halfBps - e.shiftBps);
    expect(e.askBps).toBe(e.halfBps + e.shiftBps);
    expect(e.bids[0]?.wantedBps).toBe(e.bidBps);
    expect(e.bids[0]?.restsBps).toBeGreaterThanOrEqual(e.bidBps);
    expect(e.bids[0]?.price).toBe('59979');
    expect(e.asks[0]?.size).toBe('0.001');
    expect(JSON.parse(JSON.stringify(e))).toEqual(e);
  });

  test('as lines: every term, the sum, both quotes', () => {
    const text = explainLines(explained(4)).join('\n');
    expect(text).toMatch(/volatility +0\.052 bp/);
    expect(text).toMatch(/liquidity +0\.833 bp/);
    expect(text).toMatch(/fee +2\.000 bp/);
    expect(text).toMatch(/adverse selection +0\.200 bp/);
    expect(text).toMatch(/inventory shift +-0\.417 bp/);
    expect(text).toMatch(/half-width +3\.085 bp/);
    expect(text).toMatch(/bid below fair by +3\.502 bp/);
    expect(text).toContain('placement behind');
    expect(text).toMatch(/bid 0: 0\.001 at 59979 \(wanted 3\.502 bp, rests 3\.508 bp\)/);
  });

  test('every clamp, with its unit', () => {
    const wide = { bidTicks: 599_700 as Ticks, askTicks: 600_301 as Ticks };
    const text = explainLines(explained(9.5, {}, wide)).join('\n');
    expect(text).toContain('clamp placement-bid: 4.075 -> 5.025 bp');
    expect(text).toContain('clamp position-limit: 100 -> 50 lots');
  });

  test('withdrawn, and nothing to do', () => {
    const out = explainLines(explained(0, { maxSpread: 2 as Bps })).join('\n');
    expect(out).toContain('no quotes: width 6.170 bp is beyond max-spread 2 bp');
    expect(out).not.toContain('placement');
    const idle = explainLines(explained(0, {}, { reducing: true })).join('\n');
    expect(idle).toContain('no quotes: nothing may be added');
  });

  test('reduce-only is said; terms of 0 are left out', () => {
    const lines = explainLines(explained(12, { model: 'prd-f2' }, { reducing: true }));
    expect(lines.join('\n')).toContain('reduce-only');
    expect(lines.some((line) => line.includes('adverse selection'))).toBe(false);
  });
});

describe('the registry', () => {
  test('makes the strategy of a name, once the first book is there', () => {
    expect(strategyNames()).toEqual(['avellaneda']);
    const made = findStrategy('avellaneda')?.(strategyParams({ model: 'glft' }))(START);
    expect(made?.name).toBe('glft-exact');
    const mid = 600_000 as TickPrice;
    const closed = STRATEGIES['avellaneda']?.(
      strategyParams({ model: 'glft', glftSolution: 'closed' }),
    )({ ...START, mid });
    expect(closed?.name).toBe('glft-closed');
  });

  test('an unknown name, also one that every object has, is null', () => {
    expect(findStrategy('no-such')).toBeNull();
    expect(findStrategy('toString')).toBeNull();
  });
});
