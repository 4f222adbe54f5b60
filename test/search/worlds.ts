// Twins of known difference: two makers in one invented market, block by block. Their fills come in bursts, their edges
// share the moves of the market and have fat tails, volatility wanders from block to block; what sets them apart on
// average is known exactly. Shared by the bootstrap tests and their campaign.
import type { Random } from '#core/random';
import type { BlockSample } from '#search/blocks';

export interface Twins {
  readonly a: BlockSample;
  readonly b: BlockSample;
}

/** Half an hour's ln(volatility): sd 0.48, 0.70 from one to the next, as klines of 2025 have it (data portrait). */
const nextLogVol = (before: number, random: Random): number =>
  0.7 * before + 0.35 * random.normal();

/** Student's t with 6 degrees of freedom, scaled to variance 1: with such volatility a kurtosis of about 16. */
function fatTail(random: Random): number {
  let chi = 0;
  for (let i = 0; i < 6; i += 1) {
    const z = random.normal();
    chi += z * z;
  }
  return (random.normal() / Math.sqrt(chi / 6)) * Math.sqrt(4 / 6);
}

/** Net edge of fills in bp: top the sum of edges, bottom the number of fills. `apart` is B's mean less A's. */
export function edgeTwins(random: Random, blocks: number, apart: number): Twins {
  const make = (): BlockSample => ({
    top: new Float64Array(blocks),
    bottom: new Float64Array(blocks),
  });
  const twins = { a: make(), b: make() };
  let logVol = 0;
  for (let i = 0; i < blocks; i += 1) {
    logVol = nextLogVol(logVol, random);
    const vol = Math.exp(logVol);
    const shared = vol * fatTail(random);
    for (const [twin, mean] of [
      [twins.a, 0],
      [twins.b, apart],
    ] as const) {
      const fills = 2 + Math.floor(random.exponential(1 / (8 * vol)));
      let edge = 0;
      for (let f = 0; f < fills; f += 1) edge += mean + 0.5 * shared + vol * 2 * fatTail(random);
      twin.top[i] = edge;
      twin.bottom[i] = fills;
    }
  }
  return twins;
}

/** The same, but both stand aside half of the time, in spells of some two blocks: paused after losses, or out of hours. */
export function idleTwins(random: Random, blocks: number, apart: number): Twins {
  const twins = edgeTwins(random, blocks, apart);
  let idle = random.bool(0.5);
  for (let i = 0; i < blocks; i += 1) {
    if (random.bool(0.4)) idle = random.bool(0.5);
    if (!idle) continue;
    for (const { top, bottom } of [twins.a, twins.b]) {
      top[i] = 0;
      bottom[i] = 0;
    }
  }
  return twins;
}

/** Profit of each block in money: inventory times the shared move, which is most of it, and what each earns itself. */
export function profitTwins(random: Random, blocks: number, apart: number): Twins {
  const [a, b] = [new Float64Array(blocks), new Float64Array(blocks)];
  let logVol = 0;
  let [heldA, heldB] = [0, 0];
  for (let i = 0; i < blocks; i += 1) {
    logVol = nextLogVol(logVol, random);
    const move = Math.exp(logVol) * fatTail(random);
    heldA = 0.2 * heldA + random.normal();
    heldB = 0.5 * heldA + 0.2 * heldB + random.normal();
    a[i] = heldA * move + 0.3 * random.normal();
    b[i] = heldB * move + 0.3 * random.normal() + apart;
  }
  const ones = (): Float64Array => new Float64Array(blocks).fill(1);
  return { a: { top: a, bottom: ones() }, b: { top: b, bottom: ones() } };
}

/** 95 % interval (Wilson) of a share seen `hits` times in `trials`. */
export function shareInterval(hits: number, trials: number): { low: number; high: number } {
  const z = 1.96;
  const p = hits / trials;
  const centre = (p + (z * z) / (2 * trials)) / (1 + (z * z) / trials);
  const half =
    (z * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials))) /
    (1 + (z * z) / trials);
  return { low: centre - half, high: centre + half };
}
