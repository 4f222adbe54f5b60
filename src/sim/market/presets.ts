// The numbers of the synthetic market, three settings of one model. README.md shows what they come out as, beside
// the recordings that they were tuned to (a portrait of 77 recordings of perp markets).

export type PresetName = 'calm' | 'normal' | 'fast';
export const PRESET_NAMES: readonly PresetName[] = ['calm', 'normal', 'fast'];

/** Distances in bp, times in seconds, sizes in lots of 0.0001 BTC. */
export interface MarketPreset {
  /** Diffusion of the hidden value, bp per root second, before the day's and the hour's factors. */
  readonly sigma: number;
  /** Small news: jumps of the hidden value, a second, with exponential size of this mean. */
  readonly newsRate: number;
  readonly newsSize: number;
  /** Rare jumps, a day; size at least `shockFloor`, beyond it exponential with the same mean. */
  readonly shocksPerDay: number;
  readonly shockFloor: number;
  /** Standard deviation and half-life of the log of volatility about its mean. */
  readonly volSpread: number;
  readonly volHalfLife: number;
  /** Share of every move that the public price shows only later, with this time constant. */
  readonly hiddenShare: number;
  readonly hiddenSeconds: number;
  /** Makers leave their quotes alone while the public price is within this of them; then they go this share of the way. */
  readonly deadBand: number;
  readonly response: number;
  /** Taker orders: base rate a second; two self-exciting kernels (children per order, decay a second). */
  readonly baseRate: number;
  readonly burst: { readonly children: number; readonly decay: number };
  readonly swell: { readonly children: number; readonly decay: number };
  /** How strongly takers follow the hidden value (0..1), and the distance at which that is half complete. */
  readonly tilt: number;
  readonly tiltScale: number;
  /** Lognormal order size: median in lots, standard deviation of the log. */
  readonly sizeMedian: number;
  readonly sizeSpread: number;
  /** Chance that news brings a taker who sweeps the stale levels, and how fast he comes. */
  readonly snipeChance: number;
  readonly snipeSeconds: number;
  /** Share of what a sweep went through by which makers move their quotes at once. */
  readonly learning: number;
  /** Chance of a spread wider than a tick when it is drawn, and the mean of its excess. */
  readonly wideChance: number;
  readonly wideSize: number;
  /** Mean size of a level behind the best, and of the best. */
  readonly deepLots: number;
  readonly bestLots: number;
}

const NORMAL: MarketPreset = {
  sigma: 0.45,
  newsRate: 0.13,
  newsSize: 0.85,
  shocksPerDay: 3,
  shockFloor: 15,
  volSpread: 0.4,
  volHalfLife: 2_400,
  hiddenShare: 0.4,
  hiddenSeconds: 3,
  deadBand: 0.45,
  response: 0.65,
  baseRate: 0.24,
  burst: { children: 0.4, decay: 3 },
  swell: { children: 0.35, decay: 0.03 },
  tilt: 0.85,
  tiltScale: 0.5,
  sizeMedian: 70,
  sizeSpread: 2,
  snipeChance: 0.6,
  snipeSeconds: 0.2,
  learning: 0.35,
  wideChance: 0.25,
  wideSize: 0.35,
  deepLots: 850,
  bestLots: 2_100,
};

const PRESETS: Readonly<Record<PresetName, MarketPreset>> = {
  calm: {
    ...NORMAL,
    sigma: 0.21,
    newsRate: 0.06,
    newsSize: 0.6,
    shocksPerDay: 0.6,
    deadBand: 0.35,
    tilt: 0.7,
    baseRate: 0.18,
    deepLots: 1_000,
    bestLots: 2_400,
  },
  normal: NORMAL,
  fast: {
    ...NORMAL,
    sigma: 0.7,
    newsRate: 0.45,
    newsSize: 1.4,
    hiddenShare: 0.6,
    hiddenSeconds: 5,
    deadBand: 0.8,
    response: 0.6,
    tilt: 1,
    tiltScale: 0.4,
    snipeChance: 0.9,
    learning: 0.5,
    sizeMedian: 100,
    deepLots: 700,
    bestLots: 1_500,
  },
};

export const presetOf = (name: PresetName): MarketPreset => PRESETS[name];
