// Many worlds of known truth, one analyzer (or one per band) in each: bias and coverage of every
// figure.
import type { Estimate, MarketEstimates } from '#core/analyzer';
import type { MarketParams } from '#core/params';
import type { Bps, Micros } from '#core/units';
import { OrderBookAnalyzer } from '#analyzers/order-book-analyzer';
import { DEFAULT_MARKET, TakerWorld, type WorldOptions } from './taker-world.js';

/** What became of one figure over all seeds, beside its truth. */
export class Figure {
  readonly values: number[] = [];
  private covered = 0;

  constructor(
    readonly name: string,
    readonly truth: number,
  ) {}

  add(estimate: Estimate): void {
    this.values.push(estimate.value);
    if (estimate.low <= this.truth && this.truth <= estimate.high) this.covered += 1;
  }

  /** Mean over truth, less 1, of the first `n`. */
  bias(n = this.values.length): number {
    const some = this.values.slice(0, n);
    return some.reduce((sum, x) => sum + x, 0) / some.length / this.truth - 1;
  }

  /** Standard deviation over truth. */
  get noise(): number {
    const mean = (1 + this.bias()) * this.truth;
    const square = this.values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
    return Math.sqrt(square / (this.values.length - 1)) / this.truth;
  }

  /** Of 95 % intervals, as a fraction. */
  get coverage(): number {
    return this.covered / this.values.length;
  }

  /** bias, noise, coverage as a row of a table. */
  get row(): string {
    const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
    return `${this.name} | ${percent(this.bias())} | ${percent(this.noise)} | ${percent(this.coverage)}`;
  }
}

export interface Study {
  readonly name: string;
  readonly seeds: number;
  readonly hours: number;
  /** `--band-from`, one analyzer each on the same worlds. */
  readonly from: readonly number[];
  readonly truth?: MarketParams;
  readonly world?: Omit<WorldOptions, 'seed' | 'market'>;
}

const figuresOf = (truth: MarketParams): Record<string, Figure> => {
  const names = ['kappa', 'alpha', 'epsilon'] as const;
  const sided = names.flatMap((name) =>
    (['both', 'bid', 'ask'] as const).map((side) => new Figure(`${name}.${side}`, truth[name])),
  );
  const all = [...sided, new Figure('sigma', truth.sigma), new Figure('sigmaFast', truth.sigma)];
  return Object.fromEntries(all.map((figure) => [figure.name, figure]));
};

function note(figures: Record<string, Figure>, e: MarketEstimates): void {
  for (const name of ['kappa', 'alpha', 'epsilon'] as const) {
    for (const side of ['both', 'bid', 'ask'] as const) {
      figures[`${name}.${side}`]?.add(e[name][side]);
    }
  }
  figures['sigma']?.add(e.sigma);
  figures['sigmaFast']?.add(e.sigmaFast);
}

/** For each band, every figure by name. */
export function study(plan: Study): Record<string, Figure>[] {
  const truth = plan.truth ?? DEFAULT_MARKET;
  const results = plan.from.map(() => figuresOf(truth));
  for (let seed = 0; seed < plan.seeds; seed += 1) {
    const world = new TakerWorld({ ...plan.world, seed: `${plan.name}/${seed}`, market: truth });
    const analyzers = plan.from.map(
      (from) => new OrderBookAnalyzer({ market: DEFAULT_MARKET, bandFrom: from as Bps }),
    );
    world.run(plan.hours * 3600, ...analyzers);
    analyzers.forEach((analyzer, i) => {
      note(results[i] as Record<string, Figure>, analyzer.estimates(world.nowUs as Micros));
    });
  }
  return results;
}

/** Prints a table when MM_TABLES=1: README.md quotes them. */
export function table(title: string, rows: readonly string[]): void {
  if (process.env['MM_TABLES'] === '1') console.log([title, ...rows].join('\n'));
}
