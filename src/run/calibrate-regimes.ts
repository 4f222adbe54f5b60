// Calm, normal and fast: the tape's windows by thirds of their sigma, and the market in each. Thirds of this tape,
// not fixed bounds: 1 bp per root second is a storm on one market and a calm day on another.
import type { Band } from '#analyzers/liquidity-decay';
import type { MarketParams } from '#core/params';
import type { Calibration, Regime } from '#report/calibration';
import type { CalibrationPass } from './calibrate-pass.js';

const NAMES = ['calm', 'normal', 'fast'] as const;
const LONGEST_S = 900;
const SHORTEST_S = 60;
const LEAST_WINDOWS = 8;

/** 15 min, or an eighth of a short tape; at least a minute. */
export const windowSecondsOf = (tapeSeconds: number): number =>
  Math.min(LONGEST_S, Math.max(SHORTEST_S, tapeSeconds / LEAST_WINDOWS));

interface Classified {
  readonly window: number;
  readonly sigma: number;
}

export function regimesOf(
  pass: CalibrationPass,
  band: Band,
  prior: MarketParams,
  windowUs: number,
): Calibration['regimes'] {
  const known: Classified[] = [];
  pass.watchedUs.forEach((_, window) => {
    const sigma = pass.sigma.of(window);
    if (sigma !== null) known.push({ window, sigma });
  });
  known.sort((a, b) => a.sigma - b.sigma || a.window - b.window);
  const third = (i: number): number => Math.round((known.length * i) / NAMES.length);
  const classes =
    known.length < NAMES.length
      ? []
      : NAMES.map((name, i) =>
          regime(pass, band, prior, name, known.slice(third(i), third(i + 1))),
        );
  return {
    windowSeconds: Math.round(windowUs / 1e3) / 1e3,
    unclassified: pass.watchedUs.filter((us) => us > 0).length - known.length,
    classes,
  };
}

function regime(
  pass: CalibrationPass,
  band: Band,
  prior: MarketParams,
  name: Regime['name'],
  members: readonly Classified[],
): Regime {
  const windows = new Set(members.map(({ window }) => window));
  const take = (window: number): boolean => windows.has(window);
  const flow = pass.log.replay(band, prior, take);
  const seconds = members.reduce((sum, { window }) => sum + (pass.watchedUs[window] ?? 0) / 1e6, 0);
  return {
    name,
    windows: members.length,
    seconds,
    sigmaFrom: members[0]?.sigma ?? 0,
    sigmaTo: members.at(-1)?.sigma ?? 0,
    sigma: pass.sigma.over(take),
    kappa: flow.kappa().both,
    alpha: flow.alpha(pass.orderCount > 0 ? seconds : 0).both,
    epsilon: flow.epsilon().both,
  };
}
