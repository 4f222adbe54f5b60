// Infers a step (tick or lot) from numbers seen, and counts numbers in steps, exactly: decimals never pass through
// binary fractions. A step too coarse is found out by `steps` giving a fraction; `add` then refines it.

const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const power = (n: number): number => POWERS[n] ?? Infinity;
/** Below this many numbers a common divisor proves little: the step is then one unit of the last decimal. */
const ENOUGH = 1_000;

function gcd(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

export class Grid {
  /** Numbers seen. */
  seen = 0;
  private decimals = 0;
  private divisor = 0;

  /** A step given as a decimal string, e.g. "0.1"; null when it is no positive decimal. */
  static of(text: string): Grid | null {
    const match = /^(\d{1,9})(?:\.(\d{1,12}))?$/.exec(text.trim());
    if (match === null) return null;
    const fraction = (match[2] ?? '').replace(/0+$/, '');
    const grid = new Grid();
    grid.divisor = Number((match[1] ?? '') + fraction);
    grid.decimals = fraction.length;
    grid.seen = ENOUGH;
    return grid.divisor > 0 ? grid : null;
  }

  /** Takes in the number digits / 10^decimals; 0 says nothing. Returns false when it is too fine to be exact. */
  add(digits: number, decimals: number): boolean {
    if (digits === 0) return true;
    this.seen += 1;
    let value = digits;
    let places = decimals;
    while (places > this.decimals && value % 10 === 0) {
      value /= 10;
      places -= 1;
    }
    if (places > this.decimals) {
      this.divisor *= power(places - this.decimals);
      this.decimals = places;
    }
    value *= power(this.decimals - places);
    if (value > Number.MAX_SAFE_INTEGER || this.divisor > Number.MAX_SAFE_INTEGER) return false;
    if (this.divisor === 0 || value % this.divisor !== 0) this.divisor = gcd(value, this.divisor);
    return true;
  }

  /** The step as a decimal string: the roundest number (1, 2, 2.5 or 5 times a power of ten) that divides all. */
  get text(): string {
    const { step, decimals } = this;
    const digits = String(step).padStart(decimals + 1, '0');
    const whole = digits.slice(0, digits.length - decimals);
    const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
    return fraction === '' ? whole : `${whole}.${fraction}`;
  }

  /** The step in units of the last decimal. */
  private get step(): number {
    if (this.seen < ENOUGH || this.divisor === 0) return 1;
    for (let n = 15; n > 0; n--) {
      for (const round of [5 * power(n), 25 * power(n - 1), 2 * power(n), power(n)]) {
        if (round <= this.divisor && this.divisor % round === 0) return round;
      }
    }
    return [5, 2].find((round) => this.divisor % round === 0) ?? 1;
  }

  /** A function that counts digits / 10^decimals in steps; a fraction when it lies between two. */
  counter(): (digits: number, decimals: number) => number {
    const { step, decimals: own } = this;
    return (digits, decimals) => {
      const more = own - decimals;
      return more >= 0 ? (digits * power(more)) / step : digits / (power(-more) * step);
    };
  }
}
