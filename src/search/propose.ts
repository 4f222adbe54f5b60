// Which points to try: a grid, seeded chance, or a search that learns. The last draws on a small Gaussian process and
// takes the point of greatest expected improvement (Jones et al. 1998). It works in generations of eight, so that what
// is tried depends on the seed alone and not on how many workers there are. Pure.
import { assert } from '#core/assert';
import type { Random } from '#core/random';
import { GaussianProcess } from './gaussian.js';
import { momentsOf } from './moments.js';
import { normalBelow, normalDensity } from './normal.js';
import type { Cube, Dimension } from './space.js';

/** Points of one generation; the learning search looks at what came out after each. */
export const GENERATION = 8;
/** Tried by chance before anything is learnt. */
const CHANCE_FIRST = 2 * GENERATION;
const CANDIDATES = 256;
/** Of the candidates, those drawn near the best points so far, and how near. */
const NEAR_SHARE = 0.5;
const NEAR = 0.08;
/** The process is cubic: it learns from the best and the latest so many. */
const MOST_TRIALS = 160;

export interface Trial {
  readonly cube: Cube;
  /** Larger is better; NaN (no trades, a refusal) is worst. */
  readonly score: number;
}

/** Every combination of steps and choices, the last dimension running fastest. */
export function gridOf(space: readonly Dimension[]): Cube[] {
  return space.reduce<Cube[]>(
    (cubes, dimension) => {
      const stops = stopsOf(dimension);
      return cubes.flatMap((cube) => stops.map((stop) => [...cube, stop]));
    },
    [[]],
  );
}

function stopsOf(dimension: Dimension): number[] {
  if (dimension.kind === 'range') {
    return Array.from({ length: dimension.steps }, (_, i) => i / (dimension.steps - 1));
  }
  return dimension.values.map((_, i) => (i + 0.5) / dimension.values.length);
}

/** Uniform in the cube; the same for the same state of `random`. */
export const randomCube = (space: readonly Dimension[], random: Random): Cube =>
  space.map(() => random.next());

/** The next generation. By chance until there is something to learn from. */
export function proposeNext(
  space: readonly Dimension[],
  trials: readonly Trial[],
  random: Random,
  count: number,
): Cube[] {
  assert(count > 0, 'a generation of no points');
  const by = (trial: Trial): number =>
    Number.isFinite(trial.score) ? trial.score : -Number.MAX_VALUE;
  const ranked = [...trials].sort((a, b) => by(b) - by(a));
  const known = ranked.filter(({ score }) => Number.isFinite(score));
  if (known.length < Math.max(CHANCE_FIRST, 2 * space.length)) {
    return Array.from({ length: count }, () => randomCube(space, random));
  }
  const used = known.length <= MOST_TRIALS ? known : [...known.slice(0, MOST_TRIALS)];
  const scores = standardised(used, ranked.length - known.length, trials);
  let belief = new GaussianProcess(space, scores.cubes, scores.values);
  const best = belief.at((used[0] as Trial).cube).mean;
  return Array.from({ length: count }, () => {
    const cube = greatest(candidatesOf(space, used, random), belief, best);
    // Believed to come out as expected, so that a generation does not try one place eight times.
    belief = belief.withBelieved(cube);
    return cube;
  });
}

/** Scores with mean 0 and variance 1; what came to nothing counts as bad as the worst that is known. */
function standardised(
  used: readonly Trial[],
  failures: number,
  trials: readonly Trial[],
): { readonly cubes: Cube[]; readonly values: number[] } {
  const worst = used.at(-1)?.score ?? 0;
  const failed = failures === 0 ? [] : trials.filter(({ score }) => !Number.isFinite(score));
  const all = [...used, ...failed.map(({ cube }) => ({ cube, score: worst }))];
  const { mean, std } = momentsOf(all.map(({ score }) => score));
  const scale = std > 0 ? std : 1;
  return {
    cubes: all.map(({ cube }) => cube),
    values: all.map(({ score }) => (score - mean) / scale),
  };
}

function candidatesOf(
  space: readonly Dimension[],
  ranked: readonly Trial[],
  random: Random,
): Cube[] {
  return Array.from({ length: CANDIDATES }, () => {
    if (!random.bool(NEAR_SHARE)) return randomCube(space, random);
    const { cube } = ranked[random.int(Math.min(4, ranked.length))] as Trial;
    return space.map(({ kind }, d) => {
      const x = cube[d] ?? 0;
      if (kind === 'choice') return random.bool(NEAR) ? random.next() : x;
      return Math.min(1, Math.max(0, x + NEAR * random.normal()));
    });
  });
}

function greatest(candidates: readonly Cube[], belief: GaussianProcess, best: number): Cube {
  let [chosen, most] = [candidates[0] as Cube, -1];
  for (const cube of candidates) {
    const { mean, std } = belief.at(cube);
    const z = (mean - best) / std;
    const improvement = (mean - best) * normalBelow(z) + std * normalDensity(z);
    if (improvement > most) [chosen, most] = [cube, improvement];
  }
  return chosen;
}
