// Windows of time for choosing and scoring: chosen on one, scored on the next, never on the same. Pure.
import { assert } from '#core/assert';

export interface Window {
  readonly fromUs: number;
  /** Exclusive. */
  readonly toUs: number;
}

/** `count` windows of equal length; times in whole microseconds. */
export function windowsOf(startUs: number, endUs: number, count: number): Window[] {
  assert(count >= 2 && endUs > startUs, 'walk-forward needs at least two windows of some length');
  const edge = (i: number): number => startUs + Math.floor(((endUs - startUs) * i) / count);
  return Array.from({ length: count }, (_, i) => ({ fromUs: edge(i), toUs: edge(i + 1) }));
}

/** Settled inside the window: a fact at `us` that takes `settleUs` to be known may not choose across the border. */
export const settledIn = (window: Window, us: number, settleUs: number): boolean =>
  us >= window.fromUs && us + settleUs < window.toUs;
