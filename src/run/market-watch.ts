// Says what the analyzer measures and keeps what it learns: a line a minute of market time, a line whenever it begins
// or ceases to trust its figures, and its state in the ledger. It decides nothing; when it fails the run goes on.
import type { Analyzer, MarketEstimates } from '#core/analyzer';
import type { Micros } from '#core/units';
import type { Logger } from '#config/log';
import type { Ledger } from '#ledger/writer';
import { marketLine } from '#report/market-text';
import { PARAMETERS_NOTE, momentText, parameterMoment } from '#report/parameter-path';

/** Key of the ledger's state. */
export const ANALYZER_KEY = 'analyzer';
const EVERY_US = 60e6;

export interface MarketWatchParts {
  readonly analyzer: Analyzer | null;
  /** False once the engine had to drop the analyzer. */
  readonly engine: { readonly measuring: boolean };
  readonly mode: 'static' | 'dynamic';
  readonly ledger: Pick<Ledger, 'state' | 'note'>;
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn'>;
}

/** Figures in it change all the time; the words are the state. */
const wordsOf = (state: string): string => state.replace(/\d+/g, 'N');
/** How much of what is measured is trusted: nothing, sigma alone, all. */
const trust = (words: string): number =>
  words === 'ready' ? 2 : words.startsWith('sigma') ? 1 : 0;

export class MarketWatch {
  private nextUs = 0;
  private words = '';
  private failed = false;

  constructor(private readonly parts: MarketWatchParts) {}

  /** Before the first row: takes up what an earlier run of this account and market had learnt. */
  restore(saved: unknown): void {
    const { analyzer, log } = this.parts;
    if (analyzer?.restore === undefined) return;
    if (saved === null)
      return log.info('market: nothing learnt before; starts from the static values');
    const lost = analyzer.restore(saved);
    if (lost === null) log.info('market: goes on from what the last run had learnt');
    else log.warn(`market: what the last run had learnt is not (all) used: ${lost}`);
  }

  /** Every few seconds of market time. */
  look(nowUs: Micros): void {
    const estimates = this.estimates(nowUs);
    if (estimates === null) return;
    this.sayChange(estimates);
    if (nowUs < this.nextUs) return;
    this.nextUs = nowUs + EVERY_US;
    const { log, mode, ledger } = this.parts;
    const moment = parameterMoment(nowUs, estimates.used, estimates);
    ledger.note(nowUs, PARAMETERS_NOTE, momentText(moment));
    log.info(marketLine(mode, estimates));
    log.debug({ estimates }, 'market estimates in full');
    this.save(nowUs);
  }

  /** At the end, and every minute. */
  save(nowUs: Micros): void {
    const { analyzer, ledger } = this.parts;
    if (!this.listening) return;
    try {
      const learnt = analyzer?.save?.(nowUs);
      if (learnt !== undefined) ledger.state(nowUs, ANALYZER_KEY, learnt);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Null without an analyzer, or when it failed. */
  estimates(nowUs: Micros): MarketEstimates | null {
    if (!this.listening) return null;
    try {
      return this.parts.analyzer?.estimates?.(nowUs) ?? null;
    } catch (error) {
      this.fail(error);
      return null;
    }
  }

  private get listening(): boolean {
    const { analyzer, engine } = this.parts;
    if (analyzer === null || this.failed) return false;
    if (!engine.measuring) this.fail('it failed in the engine; the static values stay');
    return !this.failed;
  }

  /** A fall back to static is a warning when it was quoted on; in static mode it is only news. */
  private sayChange({ state }: MarketEstimates): void {
    const words = wordsOf(state);
    if (words === this.words) return;
    const { log, mode } = this.parts;
    const before = this.words;
    this.words = words;
    const falls = before !== '' && trust(words) < trust(before);
    const back = before !== '' && trust(words) > trust(before);
    const tail = falls
      ? ', sliding back to the static values'
      : back
        ? ', sliding to the measured values'
        : '';
    const level = falls && mode === 'dynamic' ? 'warn' : 'info';
    log[level](`market${mode === 'static' ? ' (shadow)' : ''}: ${state}${tail}`);
  }

  private fail(error: unknown): void {
    this.failed = true;
    this.parts.log.warn(`market: no longer measured: ${String(error)}`);
  }
}
