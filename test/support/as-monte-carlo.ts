// The paper's market (theory.md A3), for replication: mid steps of +-sigma sqrt(dt), at most one
// unit a side and step, filled with probability lambda dt (the paper's) or 1 - e^{-lambda dt}.
// Quotes come from the functions that quote; what is theirs about the inventory is tabulated once,
// so that 20,000 paths take a fraction of a second.
import { asHalf, asShift, liquidityHalf } from '#strategies/avellaneda/as';

export interface MonteCarloSetup {
  /** 2008: width (30). 2006: the preprint's, without the volatility term. */
  readonly version: '2008' | '2006';
  readonly gamma: number;
  /** inv: quotes around the reservation price. sym: around the mid, with the average width. */
  readonly strategy: 'inv' | 'sym';
  readonly fill: 'linear' | 'exact';
  /** Arrivals at the mid, a second; 140 in the published paper, 137.458 implied by the preprint. */
  readonly A: number;
  readonly paths: number;
  readonly seed: number;
}

export interface MonteCarloResult {
  readonly profit: number;
  readonly stdProfit: number;
  readonly meanQ: number;
  readonly stdQ: number;
  readonly fills: number;
}

const SIGMA = 2;
const K = 1.5;
const STEPS = 200;
const DT = 0.005;
/** Inventories tabulated: -MOST..MOST; far beyond what 200 steps reach in any of these worlds. */
const MOST = 200;
const SPAN = 2 * MOST + 1;

/** Half-width at `tau` of the inventory strategy. */
const halfAt = (setup: MonteCarloSetup, tau: number): number =>
  setup.version === '2008' ? asHalf(setup.gamma, SIGMA, tau, K, 0) : liquidityHalf(setup.gamma, K);

const tauAt = (step: number): number => 1 - step * DT;

function averageHalf(setup: MonteCarloSetup): number {
  let sum = 0;
  for (let i = 0; i < STEPS; i += 1) sum += halfAt(setup, tauAt(i));
  return sum / STEPS;
}

/**
 * Distance of the bid and chance of its fill, by step and inventory; the ask at q is the bid at -q.
 */
function tabulate(setup: MonteCarloSetup): { distance: Float64Array; chance: Float64Array } {
  const distance = new Float64Array(STEPS * SPAN);
  const chance = new Float64Array(STEPS * SPAN);
  const average = averageHalf(setup);
  for (let step = 0; step < STEPS; step += 1) {
    const tau = tauAt(step);
    const half = setup.strategy === 'sym' ? average : halfAt(setup, tau);
    for (let q = -MOST; q <= MOST; q += 1) {
      const shift = setup.strategy === 'sym' ? 0 : asShift(q, setup.gamma, SIGMA, tau);
      const delta = half - shift;
      const rate = setup.A * Math.exp(-K * delta) * DT;
      const at = step * SPAN + q + MOST;
      distance[at] = delta;
      chance[at] = setup.fill === 'linear' ? rate : -Math.expm1(-rate);
    }
  }
  return { distance, chance };
}

/**
 * A small fast generator (sfc32), so that the inner loop allocates and calls as little as possible.
 */
function generator(seed: number): () => number {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let d = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < 16; i += 1) next();
  return next;
}

/** Runs `paths` sessions of T = 1 from s = 100, q = 0. The same setup gives the same figures. */
export function simulate(setup: MonteCarloSetup): MonteCarloResult {
  const { distance, chance } = tabulate(setup);
  const random = generator(setup.seed);
  const move = SIGMA * Math.sqrt(DT);
  let sumProfit = 0;
  let sumProfit2 = 0;
  let sumQ = 0;
  let sumQ2 = 0;
  let fills = 0;
  for (let path = 0; path < setup.paths; path += 1) {
    let s = 100;
    let q = 0;
    let cash = 0;
    for (let step = 0; step < STEPS; step += 1) {
      const row = step * SPAN + MOST;
      const bid = row + q;
      const ask = row - q;
      if (random() < (chance[bid] as number)) {
        cash -= s - (distance[bid] as number);
        q += 1;
        fills += 1;
      }
      if (random() < (chance[ask] as number)) {
        cash += s + (distance[ask] as number);
        q -= 1;
        fills += 1;
      }
      s += random() < 0.5 ? move : -move;
    }
    const profit = cash + q * s;
    sumProfit += profit;
    sumProfit2 += profit * profit;
    sumQ += q;
    sumQ2 += q * q;
  }
  const n = setup.paths;
  const profit = sumProfit / n;
  const meanQ = sumQ / n;
  return {
    profit,
    stdProfit: Math.sqrt(sumProfit2 / n - profit * profit),
    meanQ,
    stdQ: Math.sqrt(sumQ2 / n - meanQ * meanQ),
    fills: fills / n,
  };
}
