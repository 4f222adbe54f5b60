// Strategy name -> factory: the only file that a new strategy edits. Its folder, its tests and this
// line are all.
import type { StrategyParams } from '#core/params';
import type { StrategyFactory } from '#core/strategy';
import { Avellaneda } from './avellaneda/strategy.js';

/**
 * Checked parameters in, and a factory that the engine calls when the first sound book has arrived.
 */
export type StrategyMaker = (params: StrategyParams) => StrategyFactory;

export const STRATEGIES: Readonly<Record<string, StrategyMaker>> = Object.freeze({
  avellaneda: (params: StrategyParams) => (start) => new Avellaneda(params, start),
} satisfies Record<string, StrategyMaker>);

export const strategyNames = (): readonly string[] => Object.keys(STRATEGIES);

/** The maker of that name, or null: the caller says what the names are. */
export const findStrategy = (name: string): StrategyMaker | null =>
  Object.hasOwn(STRATEGIES, name) ? (STRATEGIES[name] ?? null) : null;
