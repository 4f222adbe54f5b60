// `mm calibrate` on markets of known truth: a scripted Poisson world (does it recover the parameters within its own
// intervals?), the synthetic presets (are their documented figures found?), worlds that mislead (does it say so?),
// and what it does with files.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bandOf } from '#analyzers/liquidity-decay';
import { readLayers } from '#config/layers';
import type { ParameterValues } from '#config/parameters';
import { Instrument } from '#core/instrument';
import type { MarketParams } from '#core/params';
import { rateFromBps } from '#core/money';
import { ROW_QUOTE, RowBlock } from '#core/rows';
import type { Bps, Micros, Seconds } from '#core/units';
import { ASK, BID } from '#core/units';
import type { Calibration, Figure } from '#report/calibration';
import { parameterFile } from '#report/calibration-file';
import { calibrationText } from '#report/calibration-text';
import { warningsOf } from '#report/calibration-warnings';
import { calibrate, play } from '#run/calibrate';
import { figuresOf, otherBandsOf } from '#run/calibrate-figures';
import { CalibrationPass } from '#run/calibrate-pass';
import { windowSecondsOf } from '#run/calibrate-regimes';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { DEFAULT_MARKET, START_US, TakerWorld, marketOf } from '../support/taker-world.js';
import type { WorldOptions } from '../support/taker-world.js';
import { scriptedTape } from '../support/scripted-market.js';
import { table } from '../support/world-study.js';

const HOUR = 3_600;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mm-calibrate-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function settings(
  flags: Record<string, string>,
  configPath: string | null = null,
): ParameterValues {
  return readLayers({ flags, env: {}, dotenvPath: null, configPath }).values;
}

const PROGRESS = { step: (): void => undefined };

interface Measured extends Calibration {
  readonly world: TakerWorld;
}

/** A calibration of `seconds` of a world, leaning on `prior`. `play` runs it when it is not of one piece. */
function calibrated(
  options: WorldOptions,
  seconds: number,
  change: {
    from?: number;
    prior?: MarketParams;
    play?: (w: TakerWorld, p: CalibrationPass) => void;
  } = {},
): Measured {
  const { from = 0.5, prior = DEFAULT_MARKET, play } = change;
  const world = new TakerWorld(options);
  const band = bandOf(from as Bps, prior.kappa);
  const windowUs = windowSecondsOf(seconds) * 1e6 + 1;
  const pass = new CalibrationPass({
    startUs: START_US, windowUs, band, otherBands: otherBandsOf(band, prior.kappa), prior,
  }); // prettier-ignore
  if (play === undefined) world.run(seconds, pass);
  else play(world, pass);
  pass.finish(world.nowUs as Micros);
  const [makerFee, takerFee] = [rateFromBps(2), rateFromBps(5)];
  const instrument = new Instrument({ ...SYNTHETIC_INSTRUMENT, makerFee, takerFee });
  const endUs = world.nowUs as Micros;
  const facts = {
    pass, band, prior, instrument, source: 'a world', startUs: START_US, endUs, windowUs, rows: 0,
  }; // prettier-ignore
  const figures = figuresOf(facts);
  return { ...figures, warnings: warningsOf(figures), world };
}

const TRUTH = marketOf(0.9, 1.6, 0.3, 0.3);

const holds = ({ low, high }: Figure, truth: number): boolean => low <= truth && truth <= high;

describe('a Poisson world of known parameters', () => {
  test('is recovered, within the intervals that it prints', { timeout: 60_000 }, () => {
    const seeds = 60;
    const sum = { sigma: 0, kappa: 0, alpha: 0, epsilon: 0 };
    const held = { sigma: 0, kappa: 0, alpha: 0, epsilon: 0, bid: 0, ask: 0 };
    for (let seed = 1; seed <= seeds; seed += 1) {
      const c = calibrated({ seed: `poisson ${seed}`, market: TRUTH }, 2 * HOUR);
      const figures = {
        sigma: c.sigma,
        kappa: c.kappa.both,
        alpha: c.alpha.both,
        epsilon: c.epsilon.both,
      };
      for (const name of ['sigma', 'kappa', 'alpha', 'epsilon'] as const) {
        sum[name] += figures[name].value / TRUTH[name] / seeds;
        held[name] += Number(holds(figures[name], TRUTH[name]));
      }
      held.bid += Number(holds(c.kappa.bid, TRUTH.kappa));
      held.ask += Number(holds(c.kappa.ask, TRUTH.kappa));
    }
    table('calibration of a Poisson world', [
      `mean over truth ${JSON.stringify(sum)}`,
      `intervals that hold, of ${seeds}: ${JSON.stringify(held)}`,
    ]);
    // The prior (0.71, 1.2, 0.2, 0.2) is elsewhere: what it pulls is part of the 5 %.
    for (const ratio of Object.values(sum)) expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
    // 95 % of 60 is 57; 51 or fewer has a chance of 1 in 200.
    for (const count of Object.values(held)) expect(count).toBeGreaterThan(51);
  });

  test('tells more from a longer tape: errors fall as the root of its length', () => {
    const short = calibrated({ seed: 'length', market: TRUTH }, HOUR);
    const long = calibrated({ seed: 'length', market: TRUTH }, 4 * HOUR);
    for (const pick of [(c: Calibration) => c.kappa.both, (c: Calibration) => c.sigma]) {
      expect(pick(short).standardError / pick(long).standardError).toBeCloseTo(2, 0);
      expect(pick(long).effectiveCount / pick(short).effectiveCount).toBeCloseTo(4, 0);
    }
  });

  test('without sides: kappa and A of either side, and no epsilon', () => {
    const c = calibrated({ seed: 'sideless', market: TRUTH, sides: false }, 2 * HOUR);
    expect(holds(c.kappa.both, TRUTH.kappa)).toBe(true);
    expect(holds(c.alpha.both, TRUTH.alpha)).toBe(true);
    // Half of the orders each, not all of them.
    for (const side of [c.alpha.bid, c.alpha.ask]) expect(holds(side, TRUTH.alpha)).toBe(true);
    const file = JSON.parse(parameterFile(c)) as Record<string, unknown>;
    expect(Object.keys(file).filter((key) => !key.startsWith('$'))).toEqual([
      ...['sigma', 'kappa', 'alpha', 'band-from'],
    ]);
    expect(c.epsilon.both).toMatchObject({ value: DEFAULT_MARKET.epsilon, effectiveCount: 0 });
    expect(c.warnings.join()).toMatch(/100% of the orders do not tell their side/);
    expect(calibrationText(c)).toContain('(not measured)');
  });

  test('across holes: rates are per watched second', () => {
    const gaps = { every: 37, length: 7 };
    const c = calibrated({ seed: 'holes', market: TRUTH, gaps }, 4 * HOUR);
    expect(c.usable).toBeGreaterThan(0.75);
    expect(c.usable).toBeLessThan(0.9);
    expect(c.gaps.count).toBeGreaterThan(300);
    expect(holds(c.alpha.both, TRUTH.alpha)).toBe(true);
    expect(Math.abs(c.sigma.value / TRUTH.sigma - 1)).toBeLessThan(0.06);
    expect(c.warnings.join()).toMatch(/of the time is missing/);
    // No return of 1 s ends in a hole.
    const seconds = c.signature.find((point) => point.seconds === 1)?.returns as number;
    expect(seconds).toBeGreaterThan(0.9 * c.watchedSeconds);
    expect(seconds).toBeLessThanOrEqual(1.01 * c.watchedSeconds);
  });

  test('from any distance: it is exponential all the way', () => {
    const c = calibrated({ seed: 'bands', market: TRUTH }, 6 * HOUR);
    expect(c.otherBands.map(({ from }) => from)).toEqual([0, 1, 2]);
    for (const { kappa, alpha } of c.otherBands) {
      expect(Math.abs(kappa.value - TRUTH.kappa)).toBeLessThan(3 * kappa.standardError);
      expect(Math.abs(alpha.value - TRUTH.alpha)).toBeLessThan(3 * alpha.standardError);
    }
    // Returns of 30 s every 5 s: 146 / 36 of them are worth one.
    expect(c.sigma.effectiveCount / ((6 * HOUR * 36) / 5 / 146)).toBeCloseTo(1, 1);
  });

  test('its own goodness of fit, reach, markouts and Fano factor', () => {
    const c = calibrated({ seed: 'fit', market: TRUTH }, 6 * HOUR);
    expect(c.fit.ks).toBeLessThan(0.03);
    expect(c.fit.r2).toBeGreaterThan(0.99);
    for (const { seen, fitted } of c.fillCurve.filter((p) => p.orders > 200)) {
      expect(Math.abs(seen / fitted - 1)).toBeLessThan(0.2);
    }
    const second = c.reach.filter(({ seconds }) => seconds === 1);
    expect(second.map(({ distance }) => distance)).toEqual([0.5, 1, 2, 3]);
    for (const { seen, fitted } of second)
      expect(Math.abs((seen as number) / fitted - 1)).toBeLessThan(0.35);
    for (const { bps, standardError } of c.markouts.all) {
      expect(Math.abs((bps as number) - TRUTH.epsilon)).toBeLessThan(3 * (standardError as number));
    }
    expect(c.orders.perSecond).toBeCloseTo(2 * TRUTH.alpha, 1);
    expect(c.orders.fano1).toBeCloseTo(1, 1);
    expect(c.orders.fano60).toBeGreaterThan(0.7);
    expect(c.orders.fano60).toBeLessThan(1.3);
    expect(c.signature.find(({ seconds }) => seconds === 60)?.sigma).toBeCloseTo(TRUTH.sigma, 1);
  });
});

describe('regimes', () => {
  const CALM = marketOf(0.3, 2, 0.1, 0.1);
  const FAST = marketOf(1.5, 0.9, 0.4, 0.6);

  test('are told apart, each with its own parameters', () => {
    const play = (world: TakerWorld, pass: CalibrationPass): void => {
      for (const market of [CALM, DEFAULT_MARKET, FAST]) {
        world.market = market;
        world.run(2 * HOUR, pass);
      }
    };
    const c = calibrated({ seed: 'regimes', market: CALM }, 6 * HOUR, { play });
    const { classes, windowSeconds } = c.regimes;
    expect(windowSeconds).toBeCloseTo(900, 3);
    expect(classes.map(({ name, windows }) => [name, windows])).toEqual([
      ['calm', 8],
      ['normal', 8],
      ['fast', 8],
    ]);
    for (const [i, truth] of [CALM, DEFAULT_MARKET, FAST].entries()) {
      const regime = classes[i] as (typeof classes)[number];
      expect(Math.abs(regime.sigma.value / truth.sigma - 1)).toBeLessThan(0.12);
      expect(Math.abs(regime.kappa.value / truth.kappa - 1)).toBeLessThan(0.15);
      expect(Math.abs(regime.alpha.value / truth.alpha - 1)).toBeLessThan(0.2);
      expect(Math.abs(regime.epsilon.value - truth.epsilon)).toBeLessThan(0.2);
    }
    // Spells of volatility, not single returns, are what sigma is uncertain by.
    expect(c.sigma.standardError / c.sigma.value).toBeGreaterThan(0.1);
    expect(c.warnings.join()).toMatch(/fast third has \d.\d times the sigma/);
  });

  test('of a short tape: eight windows, none shorter than a minute', () => {
    expect(windowSecondsOf(86_400)).toBe(900);
    expect(windowSecondsOf(2_400)).toBe(300);
    expect(windowSecondsOf(120)).toBe(60);
    const c = calibrated({ seed: 'short', market: TRUTH }, 2_400);
    expect(c.regimes.classes.reduce((sum, { windows }) => sum + windows, 0)).toBe(8);
  });
});

describe('worlds that mislead are named', () => {
  const mind = (c: Calibration): string => c.warnings.join('\n');

  test('an honest, long, full one has nothing to say', () => {
    expect(mind(calibrated({ seed: 'honest', market: TRUTH }, 6 * HOUR))).toBe('');
  });

  test('the mid bounces by half a tick', () => {
    const world = { seed: 'bounce', market: marketOf(0.3, 1.2, 0.3, 0), bounceBps: 1 };
    const c = calibrated(world, 4 * HOUR);
    expect(mind(c)).toMatch(/the mid bounces/);
    expect(c.sigma.value).toBeLessThan(0.4); // 30 s returns do not see it
  });

  test('too few orders: what is left is what was given', () => {
    const c = calibrated({ seed: 'few', market: TRUTH }, 2 * HOUR, { from: 4 });
    expect(mind(c)).toMatch(/too few orders from 4.00 bp on/);
    expect(c.kappa.both.effectiveCount).toBeLessThan(100);
  });

  test('none at all', () => {
    const dead = marketOf(0.9, 1.6, 1e-9, 0);
    const c = calibrated({ seed: 'dead', market: dead }, HOUR);
    expect(mind(c)).toMatch(/no taker orders/);
    expect(c.orders).toMatchObject({ count: 0, fano1: null });
    expect(JSON.stringify(c)).not.toContain('NaN');
    expect(calibrationText(c)).not.toContain('NaN');
  });

  test('too short', () => {
    expect(mind(calibrated({ seed: 'brief', market: TRUTH }, 300))).toMatch(/only 5 min/);
  });

  test('jumps, which sigma leaves out', () => {
    const jumps = { perHour: 1, bps: 80 };
    const c = calibrated({ seed: 'jumps', market: TRUTH, jumps }, 6 * HOUR);
    expect(mind(c)).toMatch(/single moves beyond 6 sigma are cut: with them sigma at 30 s is \d/);
    expect(c.sigma.value).toBeLessThan(1.3 * TRUTH.sigma);
  });

  test('bursts', () => {
    const hawkes = [{ children: 0.8, decay: 5 }];
    const c = calibrated({ seed: 'bursts', market: TRUTH, hawkes }, 4 * HOUR);
    expect(mind(c)).toMatch(/orders come in bursts/);
    expect(c.orders.fano60).toBeGreaterThan(5);
  });
});

describe('the synthetic market shows what its README says', () => {
  // Means over days; a day differs by 15 % of sigma. A and kappa: quotes that rest 1 s, 0.5 to 3 bp.
  test.each([
    ['calm', 0.28, 0.05, 1.9],
    ['normal', 0.63, 0.12, 1.7],
    ['fast', 1.37, 0.31, 1.1],
  ])('%s: sigma %d, A %d, kappa %d', { timeout: 60_000 }, async (synthetic, sigma, a, kappa) => {
    const c = await calibrate({
      values: settings({ bandFrom: '0.5bp', seed: '2' }),
      market: { tape: null, synthetic },
      duration: (24 * HOUR) as Seconds,
      out: null,
      overwrite: false,
      progress: PROGRESS,
    });
    const resting = c.resting.find(({ seconds }) => seconds === 1);
    const raw = c.signature.find(({ seconds }) => seconds === 30)?.sigma as number;
    table(`synthetic ${synthetic}`, [
      `sigma ${c.sigma.value}, raw at 30 s ${raw}, resting ${JSON.stringify(resting)}`,
      `order kappa ${c.kappa.both.value}, alpha ${c.alpha.both.value}`,
    ]);
    expect(Math.abs(raw / sigma - 1)).toBeLessThan(0.25);
    expect(Math.abs(c.sigma.value / raw - 1)).toBeLessThan(0.15);
    expect(Math.abs((resting?.kappa ?? 0) / kappa - 1)).toBeLessThan(0.3);
    expect(Math.abs((resting?.alpha ?? 0) / a - 1)).toBeLessThan(0.4);
    expect(c.usable).toBeGreaterThan(0.99);
  });
});

describe('files', () => {
  const request = (flags: Record<string, string> = {}) => ({
    values: settings({ bandFrom: '0.5bp', ...flags }),
    market: { tape: null, synthetic: 'normal' },
    duration: HOUR as Seconds,
    out: null as string | null,
    overwrite: false,
    progress: PROGRESS,
  });

  test('what it writes is what --config reads, to four digits', async () => {
    const out = join(folder(), 'btc.json');
    const c = await calibrate({ ...request(), out });
    const read = settings({}, out);
    expect(read.sigma / c.sigma.value).toBeCloseTo(1, 3);
    expect(read.kappa / c.kappa.both.value).toBeCloseTo(1, 3);
    expect(read.alpha / c.alpha.both.value).toBeCloseTo(1, 3);
    expect(read.epsilon / c.epsilon.both.value).toBeCloseTo(1, 3);
    expect(read.bandFrom).toBe(0.5);
    const written = JSON.parse(readFileSync(out, 'utf8')) as Record<string, unknown>;
    expect(written['$source']).toContain('synthetic normal, seed 1');
    expect(written['$span']).toContain('2026-01-05T00:00:00');
    expect(Object.keys(written['$standard errors'] as object)).toEqual([
      ...['sigma', 'kappa', 'alpha', 'epsilon'],
    ]);
    // And again with them as the values to lean on: the same tape says about the same.
    const again = await calibrate({ ...request(), values: settings({ bandFrom: '0.5bp' }, out) });
    expect(Math.abs(again.sigma.value / c.sigma.value - 1)).toBeLessThan(0.05);
  });

  test('takers who were wrong: epsilon is negative in the figures and 0 in the file', () => {
    const c = calibrated({ seed: 'wrong', market: marketOf(0.9, 1.6, 0.3, -0.4) }, 2 * HOUR);
    expect(c.epsilon.both.high).toBeLessThan(0);
    expect((JSON.parse(parameterFile(c)) as { epsilon: string }).epsilon).toBe('0bp');
  });

  test('the mid after an order, from just before it, at the first moment after each horizon', async () => {
    // A buyer 2 bp out every 90 s; the mid is up by 1 bp after 0.5 s, by 3 bp from 3 s to 20 s, then back.
    const script = (second: number) => {
      const since = second % 90;
      const up = since < 0.5 || since >= 20 ? 0 : since < 3 ? 100 : 300;
      const print = { aggressor: BID, ticks: 1_000_200, lots: 1 };
      const book = { bid: 999_999 + up, ask: 1_000_001 + up };
      return since === 0 && second > 0 ? { book, prints: [print] } : { book };
    };
    const tape = scriptedTape(join(folder(), 'a.tape'), { script, startUs: 1e15, seconds: 1_000 });
    const c = await calibrate({
      ...request({ bandFrom: '1bp' }),
      duration: null,
      market: { tape, synthetic: null },
    });
    for (const points of [c.markouts.all, c.markouts.inBand]) {
      expect(points.map(({ orders }) => orders)).toEqual([11, 11, 10, 10]); // the last one has no later mid
      for (const [i, bps] of [1, 3, 0, 0].entries()) expect(points[i]?.bps).toBeCloseTo(bps, 3);
    }
    expect(c.epsilon.both.value).toBeCloseTo((20 * 0.2 + 11 * 3) / 31, 3);
  });

  test('top of book alone is enough', () => {
    const block = new RowBlock(4096);
    for (let s = 0; s <= 600; s += 1) {
      const bid = 1_000_000 + 100 * (s % 7);
      const us = 1e15 + s * 1e6;
      for (const [side, ticks] of [
        [BID, bid],
        [ASK, bid + 1],
      ] as const) {
        block.push(ROW_QUOTE, side, us, us, ticks, 5);
      }
    }
    const blocks = [block];
    const source = { next: () => blocks.pop() ?? null, totalRows: null, close: () => undefined };
    const band = bandOf(1 as Bps, DEFAULT_MARKET.kappa);
    const pass = new CalibrationPass({
      startUs: 1e15, windowUs: 60e6, band, otherBands: [], prior: DEFAULT_MARKET,
    }); // prettier-ignore
    expect(play(source, true, pass, Infinity)).toEqual({ us: 1e15 + 600e6, rows: 1_202 });
    expect(pass.touch.means()).toMatchObject({ oneTick: 1, locked: 0, bidLots: 5, askLots: 5 });
    expect(pass.exposure.totalUs).toBe(600e6);
  });

  test('a file that is there stays, unless told otherwise', async () => {
    const out = join(folder(), 'mine.json');
    writeFileSync(out, 'mine');
    await expect(calibrate({ ...request(), out })).rejects.toThrow(/is there already/);
    expect(readFileSync(out, 'utf8')).toBe('mine');
    await calibrate({ ...request(), out, overwrite: true });
    expect(settings({}, out).sigma).toBeGreaterThan(0);
  });

  test('bad places and bad tapes are one explained line', async () => {
    const at = folder();
    const out = join(at, 'nowhere', 'x.json');
    await expect(calibrate({ ...request(), out })).rejects.toThrow(/there is no folder/);
    await expect(calibrate({ ...request(), out: at, overwrite: true })).rejects.toThrow(
      /is no file/,
    );
    const tape = (
      name: string,
      script: Parameters<typeof scriptedTape>[1]['script'],
      s: number,
    ) => ({
      ...request(),
      duration: null,
      market: {
        tape: scriptedTape(join(at, name), { script, startUs: 1e15, seconds: s }),
        synthetic: null,
      },
      out: join(at, 'out.json'),
    });
    const oneSided = tape('a.tape', () => ({ book: { bid: 100, ask: 0 } }), 60);
    await expect(calibrate(oneSided)).rejects.toThrow(/never has a bid and an ask at once/);
    const brief = tape('b.tape', () => ({ book: { bid: 1_000_000, ask: 1_000_001 } }), 20);
    await expect(calibrate(brief)).rejects.toThrow(/is too short/);
    expect(existsSync(brief.out)).toBe(false);
    for (const tapeless of [join(at, 'none.tape')]) {
      await expect(
        calibrate({ ...request(), duration: null, market: { tape: tapeless, synthetic: null } }),
      ).rejects.toMatchObject({ name: expect.stringMatching(/Problem$/) as string });
    }
  });

  test('--duration takes the first part of a tape', async () => {
    const at = folder();
    const script = (second: number) => {
      const bid = 1_000_000 + Math.round(30 * Math.sin(second / 7));
      return { book: { bid, ask: bid + 1 } };
    };
    const tape = scriptedTape(join(at, 'a.tape'), { script, startUs: 1e15, seconds: 600 });
    const of = (duration: Seconds | null) =>
      calibrate({ ...request(), duration, market: { tape, synthetic: null } });
    expect((await of(null)).seconds).toBeCloseTo(600, 1);
    const part = await of(200 as Seconds);
    expect(part.seconds).toBeCloseTo(200, 1);
    expect(part.rows).toBeLessThan((await of(null)).rows / 2);
  });
});
