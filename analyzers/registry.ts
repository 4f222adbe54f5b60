// Analyzer name -> factory: the only file that a new analyzer edits. Its files, its tests and this
// line are all.
import type { Analyzer } from '#core/analyzer';
import { type AnalyzerOptions, OrderBookAnalyzer } from './order-book-analyzer.js';
import { Shadow } from './shadow.js';

/** `mode` static: it watches and says, and the fixed values are quoted on. */
export type AnalyzerMaker = (options: AnalyzerOptions, mode: 'static' | 'dynamic') => Analyzer;

export const ANALYZERS: Readonly<Record<string, AnalyzerMaker>> = Object.freeze({
  'order-book': (options, mode) => {
    const analyzer = new OrderBookAnalyzer(options);
    return mode === 'dynamic' ? analyzer : new Shadow(analyzer, options.market);
  },
} satisfies Record<string, AnalyzerMaker>);

export const analyzerNames = (): readonly string[] => Object.keys(ANALYZERS);

/** The maker of that name, or null: the caller says what the names are. */
export const findAnalyzer = (name: string): AnalyzerMaker | null =>
  Object.hasOwn(ANALYZERS, name) ? (ANALYZERS[name] ?? null) : null;
