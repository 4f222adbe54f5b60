// Real recordings, where the machine has them (../shared/data): five minutes ahead, how often would
// a quote at 1, 2 and 3 bp be reached within 1 s and 5 s (spec.md section 3, Proof)? And sigma
// against what the whole recording shows. MM_TABLES=1 prints the tables; MM_LONG=1 adds other
// bands.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MarketEstimates } from '#core/analyzer';
import type { Bps, BpsPerRootSecond, Micros, PerBp, PerSecond, Seconds } from '#core/units';
import { OrderBookAnalyzer } from '#analyzers/order-book-analyzer';
import { boundedDriftOffset, chanceOfReach, driftOffset } from '#analyzers/reach-chance';
import { importTape } from '#tape/import';
import { TapeSource } from '#tape/read';
import { MidSeries, ReachObserver, replay } from '../support/recording.js';
import { DEFAULT_MARKET } from '../support/taker-world.js';
import { table } from '../support/world-study.js';

const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const here = existsSync(DATA);
const FIVE_MINUTES_US = 300_000_000;
const DISTANCES = [1, 2, 3] as const;
const WINDOWS = [1, 5] as const;
const LONG = process.env['MM_LONG'] === '1';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mm-analyzers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function tapeOf(set: string): Promise<string> {
  const out = join(folder, `${set}.tape`);
  if (existsSync(out)) return out;
  const kinds = /_(incremental_book_L2|trades)\.csv\.gz$/;
  const names = readdirSync(DATA).filter((name) => name.startsWith(set) && kinds.test(name));
  await importTape({ files: names.map((name) => DATA + name), out });
  return out;
}

/** What was known at one moment, and what became of it in the five minutes after. */
interface Block {
  /** With quote ages of 1 s and 5 s. */
  readonly known: readonly MarketEstimates[];
  readonly trials: readonly number[];
  readonly hits: readonly (readonly number[])[];
}

function rolling(file: string, from: number): Block[] {
  const analyzers = WINDOWS.map(
    (seconds) =>
      new OrderBookAnalyzer({
        market: DEFAULT_MARKET,
        bandFrom: from as Bps,
        quoteAge: seconds as Seconds,
      }),
  );
  const observer = new ReachObserver(WINDOWS, DISTANCES);
  const blocks: Block[] = [];
  let known: readonly MarketEstimates[] | null = null;
  let nextUs = 0;
  replay(new TapeSource(file), [...analyzers, observer], (us) => {
    if (nextUs === 0) nextUs = us + FIVE_MINUTES_US;
    for (; us >= nextUs; nextUs += FIVE_MINUTES_US) {
      if (known !== null) {
        const trials = observer.reached.map((reached) => reached.trials);
        blocks.push({ known, trials, hits: observer.reached.map(({ hits }) => [...hits]) });
      }
      known = analyzers.map((analyzer) => analyzer.estimates(nextUs as Micros));
      observer.reset();
    }
  });
  return blocks;
}

type Predictor = (known: readonly MarketEstimates[], window: number, distance: number) => number;

const withOffset =
  (share: boolean, offset: typeof driftOffset | null): Predictor =>
  (known, window, distance) => {
    const e = known[0] as MarketEstimates;
    const kappa = e.kappa.both.value as PerBp;
    const seconds = WINDOWS[window] as Seconds;
    const factor = offset?.(kappa, e.sigma.value as BpsPerRootSecond, seconds) ?? 1;
    const alpha = e.alpha.both.value * (share ? e.hitShare : 1) * factor;
    return chanceOfReach({ alpha: alpha as PerSecond, kappa }, distance as Bps, seconds);
  };

/** The fit to windows as long as the quote is to rest. */
const resting: Predictor = (known, window, distance) => {
  const fit = known[window]?.resting;
  if (!fit) return 0;
  const at = { alpha: fit.alpha as PerSecond, kappa: fit.kappa as PerBp };
  return chanceOfReach(at, distance as Bps, WINDOWS[window] as Seconds);
};

/** Predicted over observed, pooled over `blocks`: 1 s at 1, 2, 3 bp, then 5 s. */
function ratios(blocks: readonly Block[], predict: Predictor, frozen?: Block): number[] {
  return WINDOWS.flatMap((_, window) =>
    DISTANCES.map((distance, d) => {
      let predicted = 0;
      let observed = 0;
      for (const block of blocks) {
        const { known } = frozen ?? block;
        predicted += predict(known, window, distance) * (block.trials[window] as number);
        observed += block.hits[window]?.[d] ?? 0;
      }
      return predicted / observed;
    }),
  );
}

function forecast(blocks: readonly Block[], title: string): Record<string, number[]> {
  const second = blocks.slice(Math.floor(blocks.length / 2));
  const frozen = second[0] as Block;
  const result: Record<string, number[]> = {
    'alpha, kappa, plain': ratios(second, withOffset(false, null)),
    'alpha, kappa, drift offset B2.4': ratios(second, withOffset(false, driftOffset)),
    'alpha x hit share, kappa, plain': ratios(second, withOffset(true, null)),
    'alpha x hit share, kappa, offset where it holds': ratios(
      second,
      withOffset(true, boundedDriftOffset),
    ),
    'resting fit of that window': ratios(second, resting),
    'frozen at half-time: alpha, kappa, B2.4': ratios(
      second,
      withOffset(false, driftOffset),
      frozen,
    ),
    'frozen at half-time: resting fit': ratios(second, resting, frozen),
  };
  const observed = WINDOWS.flatMap((_, w) =>
    DISTANCES.map((_distance, d) => {
      const sum = (of: (block: Block) => number): number =>
        second.reduce((total, block) => total + of(block), 0);
      return sum((b) => b.hits[w]?.[d] ?? 0) / sum((b) => b.trials[w] as number);
    }),
  );
  const rows = Object.entries(result).map(
    ([name, row]) => `${name} | ${row.map((x) => x.toFixed(2)).join(' | ')}`,
  );
  rows.unshift(`observed, % | ${observed.map((x) => (100 * x).toFixed(2)).join(' | ')}`);
  table(`${title}: 1 s at 1, 2, 3 bp; 5 s at 1, 2, 3 bp`, rows);
  return result;
}

describe.skipIf(!here)(`recordings${here ? '' : ' (skipped: no ../shared/data here)'}`, () => {
  const DAY = 'standx_btcusd_perp_2026-01-06';
  const patience = { timeout: 180_000 };

  test.each(LONG ? [0.3, 0.5, 1, 2] : [1])(
    'a day ahead, band from %d bp',
    patience,
    async (from) => {
      const result = forecast(rolling(await tapeOf(DAY), from), `StandX, from ${from} bp`);
      // A quote that rests is predicted by what resting quotes met: all six within 25 %.
      for (const ratio of result['resting fit of that window'] ?? []) {
        expect.soft(ratio).toBeGreaterThan(0.75);
        expect.soft(ratio).toBeLessThan(1.25);
      }
      if (from !== 1) return;
      // One second ahead alpha and kappa do as well, once bursts count as one hit.
      const bounded = result['alpha x hit share, kappa, offset where it holds'] ?? [];
      for (const ratio of bounded.slice(0, 3)) expect.soft(Math.abs(ratio - 1)).toBeLessThan(0.25);
      // And these are the errors that they do not make (README): every order of a burst counted,
      // the offset beyond its domain, a fit that is not kept up to date.
      expect(result['alpha, kappa, plain']?.[0]).toBeGreaterThan(1.25);
      expect(result['alpha, kappa, drift offset B2.4']?.[3]).toBeGreaterThan(2);
      expect(result['frozen at half-time: resting fit']?.[0]).toBeLessThan(0.5);
    },
  );

  test.each([
    // Portrait: 0.54 over three days, of which this is one; it is 0.60.
    [DAY, 0.54],
    // Portrait: 0.70, from 69 returns that do not overlap. By where one starts they say 0.49 to
    // 0.76.
    ['hyperliquid_btc_2025-09-04', 0.7],
  ])('sigma of %s, portrait %d, within 15 per cent', patience, async (set, portrait) => {
    const analyzer = new OrderBookAnalyzer({ market: DEFAULT_MARKET, bandFrom: 1 as Bps });
    const mids = new MidSeries();
    let nextUs = 0;
    let sum = 0;
    let n = 0;
    const endUs = replay(new TapeSource(await tapeOf(set)), [analyzer, mids], (us) => {
      if (us < nextUs) return;
      nextUs = us + FIVE_MINUTES_US;
      const { value } = analyzer.estimates(us as Micros).sigma;
      sum += value * value;
      n += 1;
    });
    const e = analyzer.estimates(endUs as Micros);
    const rms = Math.sqrt(sum / n);
    const whole = mids.sigma(30);
    table(`sigma of ${set}`, [
      `measured over it ${rms.toFixed(3)}, at its end ${e.sigma.value.toFixed(3)}, whole recording ` +
        `${whole.toFixed(3)}, portrait ${portrait}; ${e.jumps} jumps, ${e.blind} orders blind`,
    ]);
    expect(Math.abs(rms / whole - 1)).toBeLessThan(0.15);
    expect(Math.abs(rms / portrait - 1)).toBeLessThan(0.15);
    expect(e.state).toBe('ready');
    expect(e.jumps).toBeLessThan(20);
  });
});
