// Seeded randomness for simulations and back-off jitter: xoshiro128** (Blackman & Vigna 2018),
// bit-equal on every Node version because it uses only integer arithmetic, log, log1p, sqrt and
// exp. Never for secrets or client ids.
import { assert } from './assert.js';

/** Plain JSON: everything needed to go on exactly where a generator stood. */
export interface RandomSnapshot {
  readonly seed: string;
  readonly state: readonly [number, number, number, number];
  readonly spare: number | null;
}

const UNIT_53 = 1 / 9_007_199_254_740_992; // 2^-53

/** FNV-1a of the UTF-16 units of `text`, started at `basis` and mixed by murmur3's finaliser. */
function hash32(text: string, basis: number): number {
  let h = (basis ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h = Math.imul(h ^ (unit & 0xff), 0x01000193);
    h = Math.imul(h ^ (unit >>> 8), 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export class Random {
  private readonly seed: string;
  private readonly state = new Uint32Array(4);
  /** The second normal of a pair, NaN when it was used: a plain number needs no allocation. */
  private spare = NaN;

  /** The number 7 and the string "7" are the same seed. */
  constructor(seed: number | string) {
    this.seed = String(seed);
    for (let i = 0; i < 4; i++) this.state[i] = hash32(this.seed, Math.imul(i + 1, 0x9e3779b9));
    if (this.state.every((word) => word === 0)) this.state[0] = 1; // the one state it cannot leave
    for (let i = 0; i < 8; i++) this.bits32();
  }

  /** Uniform in [0, 1), 53 bits. */
  next(): number {
    const high = this.bits32() >>> 5;
    const low = this.bits32() >>> 6;
    return (high * 67_108_864 + low) * UNIT_53;
  }

  /** Uniform whole number in [0, n). */
  int(n: number): number {
    assert(Number.isSafeInteger(n) && n > 0, 'int() needs a positive whole number');
    return Math.floor(this.next() * n);
  }

  /** True with probability p. */
  bool(p: number): boolean {
    return this.next() < p;
  }

  /** Standard normal by Marsaglia's polar method, which needs log and sqrt only. */
  normal(): number {
    const kept = this.spare;
    if (kept === kept) {
      this.spare = NaN;
      return kept;
    }
    let u: number;
    let v: number;
    let s: number;
    do {
      u = 2 * this.next() - 1;
      v = 2 * this.next() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const scale = Math.sqrt((-2 * Math.log(s)) / s);
    this.spare = v * scale;
    return u * scale;
  }

  /** Exponential waiting time of a Poisson process with `rate` (> 0) events per unit of time. */
  exponential(rate: number): number {
    assert(rate > 0, 'exponential() needs a positive rate');
    return -Math.log1p(-this.next()) / rate;
  }

  /** exp of a normal with mean mu and standard deviation sigma. */
  lognormal(mu: number, sigma: number): number {
    return Math.exp(mu + sigma * this.normal());
  }

  /**
   * A generator of its own for one purpose. It depends on the seed and the label only, not on what
   * was drawn so far, so that one more draw in one place never changes another place. The same
   * label gives the same stream.
   */
  fork(label: string): Random {
    return new Random(`${this.seed}/${label}`);
  }

  snapshot(): RandomSnapshot {
    const [a, b, c, d] = this.state as unknown as [number, number, number, number];
    return {
      seed: this.seed,
      state: [a, b, c, d],
      spare: this.spare === this.spare ? this.spare : null,
    };
  }

  static restore(snapshot: RandomSnapshot): Random {
    const random = new Random(snapshot.seed);
    random.state.set(snapshot.state);
    random.spare = snapshot.spare ?? NaN;
    return random;
  }

  /** The next 32 bits of xoshiro128**. */
  private bits32(): number {
    const s = this.state;
    const s0 = s[0] as number;
    const s1 = s[1] as number;
    const s2 = (s[2] as number) ^ s0;
    const s3 = (s[3] as number) ^ s1;
    const scrambled = Math.imul(s1, 5);
    s[0] = s0 ^ s3;
    s[1] = s1 ^ s2;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (s3 << 11) | (s3 >>> 21);
    return Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
  }
}
