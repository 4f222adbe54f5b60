// Hot path: when taker orders come, from which side and how large. A Hawkes process with a fast and a slow kernel
// (orders beget orders), thinned by Ogata's method; sizes are lognormal; sides lean towards the hidden value.
import type { Random } from '#core/random';
import type { Side } from '#core/units';
import { ASK, BID, MICROS_PER_SECOND } from '#core/units';
import type { MarketPreset } from './presets.js';

export class TakerFlow {
  /** When the next candidate comes, in whole microseconds. */
  nextUs = 0;
  private burst = 0;
  private swell = 0;
  private base: number;
  private ceiling = 0;
  private atUs: number;

  constructor(
    private readonly preset: MarketPreset,
    private readonly random: Random,
    startUs: number,
  ) {
    this.base = preset.baseRate;
    this.atUs = startUs;
    // In the middle of life: the slow kernel at its mean.
    const { burst, swell } = preset;
    this.swell = (preset.baseRate * swell.children) / (1 - burst.children - swell.children);
    this.schedule();
  }

  /** At `nextUs`: does an order come? Schedules the next candidate either way. */
  arrives(): boolean {
    const ceiling = this.ceiling;
    this.decayTo(this.nextUs);
    const real = this.random.next() * ceiling < this.rate;
    if (real) this.excite();
    else this.schedule();
    return real;
  }

  /** An order came (of this process, or a sniper): others follow. */
  excite(): void {
    const { burst, swell } = this.preset;
    this.burst += burst.children * burst.decay;
    this.swell += swell.children * swell.decay;
    this.schedule();
  }

  /** An order that came from elsewhere at `nowUs` excites too. */
  exciteAt(nowUs: number): void {
    this.decayTo(nowUs);
    this.excite();
  }

  /** Once a second: base rate follows volatility, as the square root of it. */
  breathe(nowUs: number, ratio: number): void {
    this.base = this.preset.baseRate * Math.sqrt(ratio);
    if (this.base + this.burst + this.swell <= this.ceiling) return;
    this.decayTo(nowUs);
    this.schedule();
  }

  /** `edge`: hidden value less the middle of the quotes, in bp. */
  side(edge: number): Side {
    const { tilt, tiltScale } = this.preset;
    const x = edge / tiltScale;
    const lean = x / (1 + Math.abs(x));
    return this.random.next() * 2 < 1 + tilt * lean ? BID : ASK;
  }

  /** Whole lots, at least 1. */
  lots(): number {
    const { sizeMedian, sizeSpread } = this.preset;
    return Math.ceil(sizeMedian * Math.exp(sizeSpread * this.random.normal()));
  }

  private get rate(): number {
    return this.base + this.burst + this.swell;
  }

  private decayTo(nowUs: number): void {
    const seconds = (nowUs - this.atUs) / MICROS_PER_SECOND;
    this.burst *= Math.exp(-this.preset.burst.decay * seconds);
    this.swell *= Math.exp(-this.preset.swell.decay * seconds);
    this.atUs = nowUs;
  }

  private schedule(): void {
    this.ceiling = this.rate;
    const wait = this.random.exponential(this.ceiling) * MICROS_PER_SECOND;
    this.nextUs = this.atUs + Math.ceil(wait);
  }
}
