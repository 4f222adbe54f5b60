// The estimators in worlds whose truth is known: bias, coverage of the 95 % intervals, Hawkes flow,
// off-prior truths, gaps, unknown sides, a change of regime (spec.md section 3, Proof). MM_TABLES=1
// prints the tables.
import { describe, expect, test } from 'vitest';
import type { Bps, Micros } from '#core/units';
import { OrderBookAnalyzer } from '#analyzers/order-book-analyzer';
import { DEFAULT_MARKET, marketOf, TakerWorld } from '../support/taker-world.js';
import { type Figure, study, table } from '../support/world-study.js';

const MINUTE = 60;
const SECONDS_OF_A_TEST = 120_000; // the machine may be shared
const BANDS = [2, 0.3] as const;
const rowsOf = (figures: Record<string, Figure>): string[] =>
  Object.values(figures).map((figure) => figure.row);

describe('Poisson world, truth = prior', { timeout: SECONDS_OF_A_TEST }, () => {
  const results = study({ name: 'poisson', seeds: 400, hours: 2, from: BANDS });

  test.each(BANDS.map((from, i) => [from, i] as const))('band from %d bp', (from, i) => {
    const figures = results[i] as Record<string, Figure>;
    table(`Poisson, from ${from} bp | bias | noise | coverage`, rowsOf(figures));
    for (const figure of Object.values(figures)) {
      // 200 seeds cannot tell 5 % where one estimate is off by 60 %: epsilon far from the touch.
      const blur = (2 * figure.noise) / Math.sqrt(200);
      expect.soft(Math.abs(figure.bias(200)), figure.name).toBeLessThan(Math.max(0.05, blur));
      expect.soft(Math.abs(figure.bias()), figure.name).toBeLessThan(0.05);
      expect.soft(figure.coverage, figure.name).toBeGreaterThanOrEqual(0.92);
      expect.soft(figure.coverage, figure.name).toBeLessThanOrEqual(0.98);
    }
  });

  test('the bar can fail: an analyzer told half the truth is caught', () => {
    const truth = marketOf(0.71, 2.4, 0.2, 0.2);
    const [figures] = study({ name: 'caught', seeds: 50, hours: 2, from: [2], truth });
    expect(Math.abs(figures?.['kappa.both']?.bias() ?? 0)).toBeGreaterThan(0.1);
    expect(figures?.['kappa.both']?.coverage).toBeLessThan(0.92);
  });
});

describe('Hawkes worlds: the interval of alpha covers', { timeout: SECONDS_OF_A_TEST }, () => {
  test.each([
    ['one kernel, 0.6 children within 5 s', [{ children: 0.6, decay: 0.2 }]],
    ['slow, 0.7 children within 20 s', [{ children: 0.7, decay: 0.05 }]],
    // Kernels of the synthetic market (src/sim/market/presets.ts): Fano 2 at 1 s, 8 at 60 s.
    ['bursts and swell', [{ children: 0.4, decay: 3 }, { children: 0.35, decay: 0.03 }]], // prettier-ignore
  ])('%s', (name, hawkes) => {
    const results = study({ name, seeds: 200, hours: 2, from: BANDS, world: { hawkes } });
    results.forEach((figures, i) => {
      // Orders beget orders, so that epsilon and sigma have no simple truth here.
      const rows = rowsOf(figures).filter((row) => /kappa|alpha/.test(row));
      table(`Hawkes, ${name}, from ${BANDS[i]} bp | bias | noise | coverage`, rows);
      for (const side of ['both', 'bid', 'ask']) {
        const alpha = figures[`alpha.${side}`] as Figure;
        expect.soft(alpha.coverage, `${alpha.name} from ${BANDS[i]}`).toBeGreaterThanOrEqual(0.9);
        expect.soft(Math.abs(alpha.bias())).toBeLessThan(0.05);
      }
    });
  });
});

test('off the prior: bias as a table', { timeout: SECONDS_OF_A_TEST }, () => {
  const rows: string[] = [];
  for (const kappa of [0.6, 1.2, 2.4]) {
    for (const alpha of [0.05, 0.2, 0.8]) {
      const sigma = alpha === 0.05 ? 0.36 : alpha === 0.2 ? 0.71 : 1.42;
      const truth = marketOf(sigma, kappa, alpha, 0.2);
      const name = `off/${kappa}/${alpha}`;
      const results = study({ name, seeds: 40, hours: 2, from: BANDS, truth });
      results.forEach((figures, i) => {
        const at = (figure: string): number => (figures[figure] as Figure).bias();
        const biases = ['kappa.both', 'alpha.both', 'sigma'].map(at);
        rows.push(
          `kappa ${kappa}, alpha ${alpha}, sigma ${sigma}, from ${BANDS[i]} | ` +
            biases.map((bias) => `${(100 * bias).toFixed(0)} %`).join(' | '),
        );
        // Where there are orders the data speak; where there are none the prior does, and may.
        const orders = 2 * alpha * Math.exp(-kappa * (BANDS[i] as number)) * 1298;
        if (orders < 60) return;
        expect.soft(Math.abs(biases[0] as number), rows.at(-1)).toBeLessThan(0.16);
        expect.soft(Math.abs(biases[1] as number), rows.at(-1)).toBeLessThan(0.16);
        expect.soft(Math.abs(biases[2] as number), rows.at(-1)).toBeLessThan(0.07);
      });
    }
  }
  table('off the prior | kappa | alpha | sigma', rows);
});

test('prints of unknown side: pooled, the same alpha and kappa, epsilon static', () => {
  const world = { sides: false, prints: 3 };
  const [figures] = study({ name: 'no sides', seeds: 60, hours: 2, from: [0.3], world });
  for (const name of ['kappa.both', 'kappa.bid', 'alpha.both', 'alpha.ask']) {
    const figure = figures?.[name] as Figure;
    expect.soft(Math.abs(figure.bias()), name).toBeLessThan(0.03);
    expect.soft(figure.coverage, name).toBeGreaterThan(0.86);
  }
  for (const value of figures?.['epsilon.both']?.values ?? []) expect(value).toBeCloseTo(0.2, 12);
});

describe('feed gaps', { timeout: SECONDS_OF_A_TEST }, () => {
  test.each([
    ['6.7 s every 36.5 s, reported, as StandX', { every: 36.5, length: 6.7 }, 0.03],
    ['2 min every 5 min, reported', { every: 300, length: 120 }, 0.03],
    // Without a word 10 s of each outage count as watched: 10 of 190.
    ['2 min every 5 min, in silence', { every: 300, length: 120, silent: true }, 0.06],
  ])('%s: hardly a bias', (name, gaps, most) => {
    const results = study({ name, seeds: 60, hours: 3, from: [0.3], world: { gaps } });
    const figures = results[0] as Record<string, Figure>;
    table(`gaps, ${name} | bias | noise | coverage`, rowsOf(figures));
    for (const figure of ['kappa.both', 'alpha.both', 'sigma'].map((key) => figures[key])) {
      expect.soft(Math.abs(figure?.bias() ?? 1), figure?.name).toBeLessThan(most);
    }
  });
});

test('a change of regime: time to 90 % of the own limit', { timeout: SECONDS_OF_A_TEST }, () => {
  const calm = DEFAULT_MARKET;
  const fast = marketOf(1.42, 0.6, 0.4, 0.4);
  const names = ['kappa', 'alpha', 'sigma', 'sigmaFast', 'usedKappa', 'usedAlpha', 'usedSigma'];
  const rows: string[] = [];
  for (const [title, before, after] of [
    ['calm to fast', calm, fast],
    ['fast to calm', fast, calm],
  ] as const) {
    const steps = 480;
    const paths = names.map(() => new Float64Array(steps));
    const start = new Float64Array(names.length);
    const seeds = 24;
    for (let seed = 0; seed < seeds; seed += 1) {
      const world = new TakerWorld({ seed: `${title}/${seed}`, market: before });
      const analyzer = new OrderBookAnalyzer({ market: calm, bandFrom: 0.3 as Bps });
      const look = (): number[] => {
        const used = analyzer.market(world.nowUs as Micros);
        const e = analyzer.estimates(world.nowUs as Micros);
        const [kappa, alpha] = [e.kappa.both.value, e.alpha.both.value];
        return [kappa, alpha, e.sigma.value, e.sigmaFast.value, used.kappa, used.alpha, used.sigma];
      };
      for (let s = 0; s < 240; s += 1) {
        world.run(30, analyzer);
        analyzer.market(world.nowUs as Micros);
      }
      look().forEach((value, i) => (start[i] = (start[i] as number) + value / seeds));
      world.market = after;
      for (let s = 0; s < steps; s += 1) {
        world.run(30, analyzer);
        look().forEach((value, i) => {
          const path = paths[i] as Float64Array;
          path[s] = (path[s] as number) + value / seeds;
        });
      }
    }
    const times = paths.map((path, i) => {
      const limit = path.slice(-120).reduce((sum, x) => sum + x, 0) / 120;
      const from = start[i] as number;
      const at = path.findIndex((x) => (x - from) / (limit - from) >= 0.9);
      return ((at + 1) * 30) / MINUTE;
    });
    rows.push(`${title} | ${times.map((t) => t.toFixed(1)).join(' | ')}`);
    const [kappa, alpha, sigma, sigmaFast, usedKappa, usedAlpha, usedSigma] = times as [
      number, number, number, number, number, number, number,
    ]; // prettier-ignore
    // 15 min of half-life are 50 min to nine tenths; sooner where the new regime brings more
    // orders, later where it brings fewer.
    expect.soft(Math.max(kappa, alpha), title).toBeLessThan(90);
    expect.soft(sigma, title).toBeLessThan(130);
    expect.soft(sigmaFast, title).toBeLessThan(12);
    // The rate limit adds little: a doubling is three minutes.
    expect.soft(usedKappa - kappa, title).toBeLessThan(6);
    expect.soft(usedAlpha - alpha, title).toBeLessThan(6);
    expect.soft(usedSigma, title).toBeLessThan(title === 'calm to fast' ? 15 : 130);
  }
  table(`minutes to 90 % | ${names.join(' | ')}`, rows);
});
