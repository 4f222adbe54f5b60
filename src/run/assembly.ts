// Puts one engine together with its strategy, guards, analyzer, fair price and sink: the same parts in the same way for
// a live run, a paper run and a backtest.
import { MicroPrice } from '#analyzers/micro-price';
import { findAnalyzer } from '#analyzers/registry';
import { bandFromOf, engineParams, checkSize } from '#config/settings';
import type { ParameterValues } from '#config/parameters';
import type { Analyzer, FairPrice } from '#core/analyzer';
import type { BreakerSnapshot } from '#core/guard';
import type { Instrument } from '#core/instrument';
import type { EngineParams, VenueProfile } from '#core/params';
import type { CommandSink, EngineObserver } from '#core/ports';
import type { StartFacts, StrategyFactory, View } from '#core/strategy';
import type { TickPrice } from '#core/units';
import { Engine } from '#engine/engine';
import type { EngineStart } from '#engine/engine';
import { RiskBreaker } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import { findStrategy } from '#strategies/registry';
import { assert } from '#core/assert';

/** The simulated venue: cancel and replace, as the product has it; a budget like that of a small perp DEX. */
export const SIM_PROFILE: VenueProfile = { amend: false, ordersPerSecond: 10, orderBurst: 40 };
const STRATEGY = 'avellaneda';
const ANALYZER = 'order-book';

/** Quote on the values given, or on those measured in the market. */
export type Mode = 'static' | 'dynamic';

/** A rule of quoting that is no option: tried by bench/results.ts, never by a run that trades. */
export interface TriedRule {
  /** What the strategy is shown instead. */
  readonly view?: (view: View) => View;
  /** Instead of the micro-price, with `fair` micro. */
  readonly fairPrice?: FairPrice;
}

export interface AssemblyInput {
  readonly values: ParameterValues;
  readonly instrument: Instrument;
  readonly profile: VenueProfile;
  readonly mid: TickPrice;
  readonly sink: CommandSink;
  readonly observer: EngineObserver;
  readonly start: EngineStart;
  readonly restored: BreakerSnapshot | null;
  /** Called once, when the first sound book has decided the sizes; may throw StartProblem. */
  readonly onStart?: (start: StartFacts) => void;
  /** Default static. */
  readonly mode?: Mode;
  /** Static only: the analyzer watches beside it, says what it would have said, and raises the jump alarm. */
  readonly shadow?: boolean;
  readonly rule?: TriedRule;
}

export interface Assembly {
  readonly engine: Engine;
  /** What measures the market: always in dynamic mode, in static mode with a shadow. */
  readonly analyzer: Analyzer | null;
  readonly breaker: RiskBreaker;
  readonly params: EngineParams;
}

/** The static values are its priors: it slides from them into what it measures, and back when it goes blind. */
function analyzerOf(
  { values, mode, shadow }: AssemblyInput,
  params: EngineParams,
): Analyzer | null {
  if (mode !== 'dynamic' && shadow !== true) return null;
  const make = findAnalyzer(ANALYZER);
  assert(make !== null, `no analyzer ${ANALYZER}`);
  return make({ market: params.strategy.market, bandFrom: bandFromOf(values) }, mode ?? 'static');
}

export function assemble(input: AssemblyInput): Assembly {
  const { values, instrument, profile, observer, rule } = input;
  const params = engineParams(values, instrument, profile, input.mid);
  const maker = findStrategy(STRATEGY);
  assert(maker !== null, `no strategy ${STRATEGY}`);
  const factory = maker(params.strategy);
  const makeStrategy: StrategyFactory = (start) => {
    checkSize(instrument, start, start.mid);
    const strategy = factory(start);
    input.onStart?.(start);
    const shown = rule?.view;
    if (shown === undefined) return strategy;
    return { name: strategy.name, decide: (view) => strategy.decide(shown(view)) };
  };
  const breaker = new RiskBreaker({
    guards: makeGuards(params.risk, instrument, profile, input.restored),
    restored: input.restored,
    onTransition: (nowUs, from, to, cause) => observer.onTransition?.(nowUs, from, to, cause),
    onGuard: (nowUs, trip, text) => observer.onGuard?.(nowUs, trip, text),
  });
  const analyzer = analyzerOf(input, params);
  const engine = new Engine({
    instrument,
    params,
    makeStrategy,
    breaker,
    sink: input.sink,
    observer,
    start: input.start,
    ...(analyzer === null ? {} : { analyzer }),
    ...(params.fair === 'micro' ? { fairPrice: rule?.fairPrice ?? new MicroPrice() } : {}),
  });
  return { engine, analyzer, breaker, params };
}
