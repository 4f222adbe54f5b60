// What the log is told of the market: each change of trust once, a fall back as a warning where it is quoted on, a
// line a minute with the state saved, and silence after a failure.
import { describe, expect, test } from 'vitest';
import type { Analyzer, MarketEstimates } from '#core/analyzer';
import type { Micros } from '#core/units';
import { MarketWatch } from '#run/market-watch';

const estimate = { value: 1, standardError: 0.1, low: 1, high: 1, effectiveCount: 1, age: 0 };
const sided = { bid: estimate, ask: estimate, both: estimate };
const used = { sigma: 1, kappa: 1, alpha: 1, epsilon: 0, source: 'dynamic' };

function watched(mode: 'static' | 'dynamic'): {
  look: (second: number, state: string) => string[];
  said: string[];
  saved: [number, string, unknown][];
  watch: MarketWatch;
  engine: { measuring: boolean };
  analyzer: { fails: boolean; refuses: string | null };
} {
  const control = { state: '', fails: false, refuses: null as string | null };
  const analyzer = {
    estimates: () => {
      if (control.fails) throw new Error('broken estimates');
      const figures = { sigma: estimate, sigmaFast: estimate, kappa: sided, alpha: sided };
      return { ...figures, epsilon: sided, used, state: control.state, limited: [], jumps: 0 };
    },
    save: () => ({ learnt: true }),
    restore: () => control.refuses,
  } as unknown as Analyzer & { estimates: () => MarketEstimates };
  const said: string[] = [];
  const tell =
    (level: string) =>
    (...args: unknown[]): void =>
      void said.push(`${level} ${String(args.at(-1))}`);
  const log = { debug: () => undefined, info: tell('info'), warn: tell('warn') } as never;
  const saved: [number, string, unknown][] = [];
  const ledger = {
    state: (us: number, key: string, value: unknown) => void saved.push([us, key, value]),
    note: () => undefined,
  };
  const engine = { measuring: true };
  const watch = new MarketWatch({ analyzer, engine, mode, ledger, log });
  const look = (second: number, state: string): string[] => {
    control.state = state;
    said.length = 0;
    watch.look((second * 1e6) as Micros);
    return [...said];
  };
  return { look, said, saved, watch, engine, analyzer: control };
}

const changes = (lines: readonly string[]): string[] =>
  lines.filter((line) => !line.includes('quot'));

describe('the log of the market', () => {
  test('says each change of trust once; falling back is a warning in dynamic mode', () => {
    const { look } = watched('dynamic');
    expect(changes(look(1, 'static: watched for 1 s of 60 s'))).toHaveLength(1);
    expect(look(6, 'static: watched for 6 s of 60 s')).toEqual([]); // the words are the same
    expect(look(61, 'ready')).toContain('info market: ready, sliding to the measured values');
    expect(look(66, 'ready')).toEqual([]);
    const partly = 'sigma measured, the rest static: no taker order for 15 min';
    expect(look(70, partly)).toEqual([`warn market: ${partly}, sliding back to the static values`]);
    const fallen = 'static: no sound book for 61 s';
    expect(look(75, fallen)).toEqual([`warn market: ${fallen}, sliding back to the static values`]);
    expect(look(80, 'ready')).toEqual(['info market: ready, sliding to the measured values']);
  });

  test('in static mode it is the shadow that falls back, which is only news', () => {
    const { look } = watched('static');
    look(1, 'ready');
    const lines = look(6, 'static: no sound book for 61 s');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^info market \(shadow\): static/);
  });

  test('a line and a saved state every minute of market time', () => {
    const { look, saved } = watched('dynamic');
    const lines = [0, 30, 59, 60, 90, 120].map((second) => look(1_000 + second, 'ready'));
    const minutes = lines.map((said) => said.filter((line) => line.includes('quoting on')).length);
    expect(minutes).toEqual([1, 0, 0, 1, 0, 1]);
    expect(saved).toEqual(
      [1_000, 1_060, 1_120].map((second) => [second * 1e6, 'analyzer', { learnt: true }]),
    );
  });

  test('says why what an earlier run had learnt is not used', () => {
    const { watch, analyzer, said } = watched('dynamic');
    watch.restore(null);
    watch.restore({ some: 'thing' });
    analyzer.refuses = 'not used: volatility';
    watch.restore({ some: 'thing' });
    expect(said.map((line) => line.split(' ')[0])).toEqual(['info', 'info', 'warn']);
    expect(said[2]).toContain('not used: volatility');
  });

  test('a failure is said once; nothing is saved or shown after it', () => {
    for (const how of ['estimates', 'engine'] as const) {
      const { look, saved, watch, engine, analyzer } = watched('dynamic');
      if (how === 'engine') engine.measuring = false;
      else analyzer.fails = true;
      const lines = look(1_000, 'ready');
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^warn market: no longer measured/);
      expect(look(2_000, 'ready')).toEqual([]);
      watch.save(3e9 as Micros);
      expect(saved).toEqual([]);
      expect(watch.estimates(3e9 as Micros)).toBeNull();
    }
  });
});
