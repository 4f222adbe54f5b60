// What the strategy is given: the measured values while there are any, else the static ones, and a
// glide between them. Per wake. The only step that is free is sigma upwards when it was measured:
// risk that was seen is not held back.
import type { MarketParams } from '#core/params';
import type { CurrentMarket } from '#core/strategy';
import type { Bps, BpsPerRootSecond, PerBp, PerSecond } from '#core/units';
import { isNumbers } from './fading.js';
import { Glide } from './glide.js';
import type { Readiness } from './readiness.js';

/** A measured value beyond this multiple of the static one, or below its inverse, is cut there. */
const FARTHEST = 20;
/** epsilon moves by 25 % of this a minute at least, so that it can leave 0. */
const EPSILON_STEP_BPS = 0.1;

export class QuotedMarket {
  /** The last answer. */
  used: CurrentMarket;
  /** What the rate-of-change limit held back in it. */
  limited: readonly string[] = [];
  private readonly sigma: Glide;
  private readonly kappa: Glide;
  private readonly alpha: Glide;
  private readonly epsilon: Glide;

  constructor(private readonly fixed: MarketParams) {
    this.used = Object.freeze({ ...fixed, source: 'static' as const });
    this.sigma = new Glide(fixed.sigma, 0);
    this.kappa = new Glide(fixed.kappa, 0);
    this.alpha = new Glide(fixed.alpha, 0);
    this.epsilon = new Glide(fixed.epsilon, Math.max(fixed.epsilon, EPSILON_STEP_BPS));
  }

  step(us: number, ready: Readiness, measured: MarketParams): CurrentMarket {
    const { fixed, sigma, kappa, alpha, epsilon } = this;
    const flow = ready.flow ? measured : fixed;
    const risk = ready.sigma ? measured : fixed;
    this.used = Object.freeze({
      sigma: sigma.step(us, near(risk.sigma, fixed.sigma), ready.sigma) as BpsPerRootSecond,
      kappa: kappa.step(us, near(flow.kappa, fixed.kappa)) as PerBp,
      alpha: alpha.step(us, near(flow.alpha, fixed.alpha)) as PerSecond,
      epsilon: epsilon.step(
        us,
        Number.isFinite(flow.epsilon) ? flow.epsilon : fixed.epsilon,
      ) as Bps,
      source: ready.sigma ? 'dynamic' : 'static',
    } satisfies CurrentMarket);
    const glides = { sigma, kappa, alpha, epsilon };
    this.limited = Object.entries(glides).flatMap(([name, glide]) => (glide.limited ? [name] : []));
    return this.used;
  }

  save(): number[][] {
    return [this.sigma, this.kappa, this.alpha, this.epsilon].map((glide) => glide.save());
  }

  restore(saved: unknown): boolean {
    if (!Array.isArray(saved) || saved.length !== 4) return false;
    const sound = saved.every(
      (pair, i) => isNumbers(pair, 2) && (pair[1] as number) >= (i < 3 ? 1e-9 : 0),
    );
    if (!sound) return false;
    const [sigma, kappa, alpha, epsilon] = saved as [number[], number[], number[], number[]];
    this.sigma.restore(sigma);
    this.kappa.restore(kappa);
    this.alpha.restore(alpha);
    this.epsilon.restore(epsilon);
    return true;
  }
}

/** Within reach of the static value; that itself when it is no number. */
function near(value: number, fixed: number): number {
  if (!Number.isFinite(value)) return fixed;
  return Math.max(fixed / FARTHEST, Math.min(fixed * FARTHEST, value));
}
