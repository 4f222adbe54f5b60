// Windows of time for choosing and scoring: chosen on one, scored on the next, never on the same. Pure.
import { assert } from '#core/assert';

export interface Window {
  readonly fromUs: number;
  /** Exclusive. */
  readonly toUs: number;
}

export interface Fold {
  /** Parameters are chosen on this ... */
  readonly choose: Window;
  /** ... and scored on this, which begins where that ends. */
  readonly score: Window;
}

/** `count` windows of equal length; times in whole microseconds. */
export function windowsOf(startUs: number, endUs: number, count: number): Window[] {
  assert(count >= 2 && endUs > startUs, 'walk-forward needs at least two windows of some length');
  const edge = (i: number): number => startUs + Math.floor(((endUs - startUs) * i) / count);
  return Array.from({ length: count }, (_, i) => ({ fromUs: edge(i), toUs: edge(i + 1) }));
}

/** `rolling`: each window scored with what the one before chose. */
export function rollingFolds(windows: readonly Window[]): Fold[] {
  return windows.slice(1).map((score, i) => ({ choose: windows[i] as Window, score }));
}

/** One fold: everything before the last window chooses, the last one scores. For searches that learn as they go. */
export function lastFold(windows: readonly Window[]): Fold[] {
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined || first === last) return [];
  return [{ choose: { fromUs: first.fromUs, toUs: last.fromUs }, score: last }];
}

/** Settled inside the window: a fact at `us` that takes `settleUs` to be known may not choose across the border. */
export const settledIn = (window: Window, us: number, settleUs: number): boolean =>
  us >= window.fromUs && us + settleUs < window.toUs;
