// Hot path: the hidden value of the market and what of it is public. A martingale with stochastic volatility, small
// news and rare shocks; a share of every move reaches the public price late. Nothing of the book is known here.
import type { Random } from '#core/random';
import { MICROS_PER_SECOND } from '#core/units';
import type { MarketPreset } from './presets.js';

const HOUR = 3_600;
const LN2 = 0.6931471805599453;
const BPS = 10_000;
/** Volatility by UTC hour over its mean: BTC 1-minute returns, May and June 2025 (portrait.md section 6). */
const BY_HOUR = [
  1.2, 1.1, 0.94, 0.81, 0.75, 0.67, 0.73, 0.86, 0.83, 0.79, 0.73, 0.75, 0.92, 1.24, 1.4, 1.22, 1.14,
  1.14, 1.12, 1.06, 1.04, 1.18, 1.1, 1.06,
];

export class HiddenValue {
  /** What the asset is worth, in ticks. */
  ticks: number;
  /** Volatility now over the preset's own. */
  ratio = 1;
  /** Ticks in a basis point, at the value of the last `breathe`. */
  bpTicks: number;
  /** The newest jump, in ticks; what `news` returned. */
  private hidden = 0;
  private sigmaTicks = 0;
  private logVol = 0;
  private readonly volDecay: number;
  private readonly volNoise: number;

  constructor(
    private readonly preset: MarketPreset,
    private readonly random: Random,
    startTicks: number,
    startUs: number,
  ) {
    this.ticks = startTicks;
    this.bpTicks = startTicks / BPS;
    this.volDecay = Math.exp(-LN2 / preset.volHalfLife);
    this.volNoise = preset.volSpread * Math.sqrt(1 - this.volDecay * this.volDecay);
    this.logVol = preset.volSpread * random.normal();
    this.breathe(startUs, 0);
  }

  /** What everybody can see: the value but for what has not come out yet. */
  get publicTicks(): number {
    return this.ticks - this.hidden;
  }

  /** Diffusion over `seconds`. */
  advance(seconds: number): void {
    this.hidden *= Math.exp(-seconds / this.preset.hiddenSeconds);
    this.move(this.sigmaTicks * Math.sqrt(seconds) * this.random.normal());
  }

  /** A piece of news; returns the jump in ticks. */
  news(): number {
    const size = this.random.exponential(1) * this.preset.newsSize * this.ratio;
    return this.jump(size);
  }

  /** A shock; returns the jump in ticks. */
  shock(): number {
    const { shockFloor } = this.preset;
    return this.jump(shockFloor * (1 + this.random.exponential(1)));
  }

  /** Once a second: volatility moves on. */
  breathe(nowUs: number, seconds: number): void {
    if (seconds > 0)
      this.logVol = this.logVol * this.volDecay + this.volNoise * this.random.normal();
    const hours = nowUs / MICROS_PER_SECOND / HOUR;
    const hour = Math.floor(hours);
    const now = BY_HOUR[hour % 24] as number;
    const next = BY_HOUR[(hour + 1) % 24] as number;
    const daily = now + (next - now) * (hours - hour);
    const { volSpread, sigma } = this.preset;
    // E exp(2x) = exp(2 s^2): keeps the mean square where the preset puts it.
    this.ratio = daily * Math.exp(this.logVol - volSpread * volSpread);
    this.bpTicks = this.ticks / BPS;
    this.sigmaTicks = sigma * this.ratio * this.bpTicks;
  }

  private jump(bps: number): number {
    const move = this.random.bool(0.5) ? bps * this.bpTicks : -bps * this.bpTicks;
    this.move(move);
    return move;
  }

  private move(ticks: number): void {
    this.ticks += ticks;
    this.hidden += ticks * this.preset.hiddenShare;
  }
}
