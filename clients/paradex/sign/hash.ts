// Pedersen hashes of felts by two window tables: x(shift + a_low P1 + a_high P2 + b_low P3 + b_high P4), low being 248
// bits. Points and definition: StarkWare, "STARK curve and Pedersen hash"; the same numbers as in every Starknet
// library. Tables are built at the first hash. Table look-ups leak timing to other processes of the same machine.
import { STARK_PRIME, WIDE, starkCurve, type AffinePoint, type StarkCurve } from './curve.js';

const SHIFT: AffinePoint = {
  x: 2089986280348253421170679821480865132823066470938446095505822317253594081284n,
  y: 1713931329540660377023406109199410414810705867260802078187082345529207694986n,
};
const FIRST_LOW: AffinePoint = {
  x: 996781205833008774514500082376783249102396023663454813447423147977397232763n,
  y: 1668503676786377725805489344771023921079126552019160156920634619255970485781n,
};
const FIRST_HIGH: AffinePoint = {
  x: 2251563274489750535117886426533222435294046428347329203627021249169616184184n,
  y: 1798716007562728905295480679789526322175868328062420237419143593021674992973n,
};
const SECOND_LOW: AffinePoint = {
  x: 2138414695194151160943305727036575959195309218611738193261179310511854807447n,
  y: 113410276730064486255102093846540133784865286929052426931474106396135072156n,
};
const SECOND_HIGH: AffinePoint = {
  x: 2379962749567351885752724891227938183011949129833673362440656643086021394946n,
  y: 776496453633298175483985398648758586525933812536653089401905292063708816422n,
};
const LOW_BITS = 248;

class PedersenHash {
  readonly #curve: StarkCurve;
  readonly #state: number;
  readonly #input: number;
  readonly #setup: number;

  constructor(curve: StarkCurve) {
    this.#curve = curve;
    [this.#state, this.#input, this.#setup] = [curve.slot(), curve.slot(), curve.slot()];
    const shift = curve.field.alloc(2);
    curve.writePoint(shift, SHIFT);
    const first = curve.room(WIDE);
    const second = curve.room(WIDE);
    curve.fill(first, FIRST_LOW, FIRST_HIGH, LOW_BITS);
    curve.fill(second, SECOND_LOW, SECOND_HIGH, LOW_BITS);
    curve.field.words.set([shift, first.offset, second.offset, WIDE], this.#setup >>> 2);
  }

  /** ped(… ped(ped(start, v0), v1) …). */
  chain(start: bigint, values: readonly bigint[]): bigint {
    const { field } = this.#curve;
    field.writePlain(this.#state, feltOf(start));
    for (const value of values) {
      field.writePlain(this.#input, feltOf(value));
      this.#curve.pedersen(this.#state, this.#state, this.#input, this.#setup);
    }
    return field.readPlain(this.#state);
  }
}

/** Throws a RangeError unless 0 <= value < p. */
function feltOf(value: bigint): bigint {
  if (value < 0n || value >= STARK_PRIME) throw new RangeError('not a felt: below 0 or too large');
  return value;
}

let shared: PedersenHash | undefined;
const pedersenHash = (): PedersenHash => (shared ??= new PedersenHash(starkCurve()));

/** Pedersen hash of two felts. Throws a RangeError when one is no felt. */
export const pedersen = (a: bigint, b: bigint): bigint => pedersenHash().chain(a, [b]);

/** Folds felts into a state: the beginning or the end of an array hash, whichever changes. */
export const chain = (start: bigint, values: readonly bigint[]): bigint =>
  pedersenHash().chain(start, values);

/** H([v0 … vk]) of Starknet: the chain from 0, closed by the number of elements. */
export const hashArray = (values: readonly bigint[]): bigint =>
  chain(0n, [...values, BigInt(values.length)]);
