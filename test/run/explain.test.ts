// `mm explain`: from parameters the same figures as golden rows, from a run its stored decision; nothing recomputed.
import { describe, expect, test } from 'vitest';
import { readLayers } from '#config/layers';
import type { Layered } from '#config/layers';
import { StartProblem } from '#config/problem';
import { Ledger } from '#ledger/writer';
import { explainParameters } from '#run/explain';
import type { ExplainAnswer, ExplainRequest } from '#run/explain';
import { explainRun } from '#run/explain-run';
import { T0, folder, start } from '../ledger/fixtures.js';
import { pathsOf, ran } from './accounts.js';

const layers = (flags: Record<string, string> = {}): Layered =>
  readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
const ask = (
  flags: Record<string, string> = {},
  change: Partial<ExplainRequest> = {},
): Promise<ExplainAnswer> =>
  explainParameters({ layered: layers(flags), mid: null, inventory: 0, tape: null, ...change });

describe('from parameters', () => {
  test('the defaults: gamma-hat 6.9, half-width 3.09 bp, w 0.104 bp a unit (spec.md section 1)', async () => {
    const { start: block, decision, book, lines } = await ask();
    expect(block?.gammaHat).toBeCloseTo(6.85, 2);
    expect(block?.skewPerUnitBps).toBeCloseTo(0.1042, 4);
    expect(decision).toMatchObject({ model: 'as', withdrawn: null, inventoryUnits: 0 });
    expect(decision.halfBps).toBeCloseTo(3.085, 3);
    expect(book).toEqual({ bid: '99999.9', ask: '100000', inventory: '0' });
    expect(block?.unit.size).toBe('0.001');
    expect(lines.join('\n')).toContain('one decision in a book of 99999.9 x 100000, holding 0:');
    expect(lines.join('\n')).toContain('fees: maker 2 bp, taker 5 bp (defaults');
  });

  test('inventory shifts the quotes by w a unit', async () => {
    const { decision, book } = await ask({}, { inventory: -4, mid: 63_000.25 });
    expect(book).toEqual({ bid: '63000.2', ask: '63000.3', inventory: '-0.006' });
    expect(decision.inventoryUnits).toBe(-4);
    expect(decision.shiftBps).toBeCloseTo(4 * 0.1042, 3);
  });

  test('beyond the soft limit only the reducing side', async () => {
    const { decision, lines } = await ask({}, { inventory: 11 });
    expect(decision).toMatchObject({ bids: [], placement: 'join' });
    expect(decision.asks[0]?.reduceOnly).toBe(true);
    expect(lines.join('\n')).toContain('beyond the soft limit');
  });

  test.each([
    ['as', {}, 3.085],
    ['glft', { makerFee: '0.3bp' }, 1.386],
    ['prd-f2', { minSpread: '1bp' }, 1.7708],
  ])('model %s', async (model, flags, half) => {
    const { decision } = await ask({ model, ...flags });
    expect(decision.model).toMatch(new RegExp(`^${model}`));
    expect(decision.halfBps).toBeCloseTo(half, 2);
  });

  test.each([
    [{}, { mid: 0.1 }, /--mid 0.1 is no price of BTC-USD-PERP; take one from 0.2/],
    [{}, { mid: 1e12 }, /--mid 1000000000000 is no price/],
    [{ size: '1' }, {}, /smallest valid one is --size 20/],
    [{ market: 'ETH' }, {}, /--market ETH: this data is of BTC-USD-PERP/],
  ])('refuses %j %j', async (flags, change, message) => {
    await expect(ask(flags, change)).rejects.toThrow(message);
    await expect(ask(flags, change)).rejects.toBeInstanceOf(StartProblem);
  });

  test('a tape that is not there', async () => {
    await expect(ask({}, { tape: '/no/such.tape' })).rejects.toThrow(
      /no such file; check the path/,
    );
  });
});

describe('from a run', () => {
  const DECISION = {
    model: 'as', fair: '60012.5', inventoryUnits: 2, terms: [{ name: 'fee', bps: 2 }], halfBps: 3.1, shiftBps: -0.2,
    bidBps: 3.3, askBps: 2.9, placement: 'behind', clamps: [{ name: 'min-spread', from: 1, to: 2 }],
    withdrawn: null, bids: [], asks: [],
  }; // prettier-ignore

  function decided(state: string, params: unknown, decision: unknown = DECISION): void {
    const ledger = Ledger.open(pathsOf(state).ledger, { durable: true });
    ledger.beginRun(start({ params }));
    ledger.decision(T0, decision);
    ledger.close();
  }

  test('its stored decision, word for word, and the block from the parameters it ran with', () => {
    const state = folder();
    decided(state, Object.fromEntries(layers({ kappa: '2' }).texts));
    for (const id of [null, 'run1']) {
      const { run, start: block, decision, lines } = explainRun(state, null, id);
      expect(run).toMatchObject({
        runId: 'run1',
        account: 'test',
        decidedAt: '2026-11-21T00:00:00.000Z',
      });
      expect(decision).toEqual(DECISION);
      expect(block?.skewPerUnitBps).toBeCloseTo(1 / (2 * 2 * 4), 6);
      expect(lines.join('\n')).toContain('clamp min-spread: 1.000 -> 2.000 bp');
      expect(lines.join('\n')).toContain('its parameters at a price of 60012.5:');
    }
  });

  test('parameters of another version: the decision without the block', () => {
    const state = folder();
    decided(state, { kappa: { text: 'one and a bit' } });
    expect(explainRun(state, null, null)).toMatchObject({ start: null, decision: DECISION });
  });

  test('nothing decided yet, no such run, nothing ever ran', () => {
    const state = folder();
    expect(() => explainRun(state, null, null)).toThrow(/nothing has run yet/);
    ran(state);
    expect(() => explainRun(state, null, null)).toThrow(/run run1 has not decided anything yet/);
    expect(() => explainRun(state, null, 'nope')).toThrow(/no run nope in .*mm explain --last/);
    expect(() => explainRun(state, 'other', null)).toThrow(/no account other .*one of test/);
  });
});
