// One backtest: the engine and the exchange over one market, three times, once for each fill model. The apply loop is
// timed alone; what comes out is a RunResult for each.
import type { ParameterValues } from '#config/parameters';
import { Instrument } from '#core/instrument';
import type { CommandSink } from '#core/ports';
import type { RowSource } from '#core/rows';
import type { Bps, Micros, Seconds } from '#core/units';
import { fromSeconds } from '#core/units';
import { Collector } from '#report/collector';
import type { AccountView } from '#report/collector';
import { judgedOf } from '#report/judged';
import type { Judged } from '#report/judged';
import type { FillModelName, RunResult } from '#report/run-result';
import { summarise } from '#report/summarise';
import { Trace } from '#report/trace';
import { modelLabel } from '#strategies/avellaneda/strategy';
import { queueModelOf } from '#sim/queue';
import { ClientVenue } from '#sim/client-venue';
import { toldFeed } from '#sim/told-feed';
import { SimVenue } from '#sim/venue';
import type { VenueOptions } from '#sim/venue';
import { SIM_PROFILE, assemble } from './assembly.js';
import type { Mode, TriedRule } from './assembly.js';
import { assumptions } from './assumptions.js';
import { storeBacktest } from './backtest-store.js';
import { behindClient } from './behind-client.js';
import { HashingSink } from './command-hash.js';
import { SYNTHETIC_START_US, firstMid, openMarket } from './markets.js';
import type { Market, MarketChoice } from './markets.js';
import {
  NO_FACTS,
  factWarnings,
  modelFacts,
  runModels,
  toldLate,
  withClassFees,
} from './models.js';
import type { ModelFacts } from './models.js';
import { Simulation } from './simulation.js';
import { stateDirOf } from './state-dir.js';

export const FILL_MODELS: readonly FillModelName[] = ['floor', 'queue', 'ceiling'];
/** How often the bot asks the simulated venue for its account and its open orders (spec.md section 5). */
export const REPORT_EVERY = { account: fromSeconds(5), openOrders: fromSeconds(60) };
const DEFAULT_DURATION = 3_600 as Seconds;
/** Market time between two looks at the progress bar. */
const CHUNK_US = 600e6;
/** How far adverse selection is moved either way on bars: nobody knows it much better. */
const EPSILON_STEP_BPS = 0.2;

export interface BacktestRequest {
  readonly values: ParameterValues;
  /** `both`: static, then dynamic, on the same market. */
  readonly mode: Mode | 'both';
  /** The analyzer watches in static mode too. Default: with `both`, so that a jump acts on both alike. */
  readonly shadow?: boolean;
  readonly market: MarketChoice;
  readonly duration: Seconds | null;
  readonly progress: { step(label: string, fraction: number): void };
}

export interface BacktestOutcome {
  /** Mode by mode, and in each floor, queue, ceiling. */
  readonly runs: readonly RunResult[];
  readonly assumptions: string;
  /** What went wrong beside the runs: they could not be kept in the store, clocks disagree. */
  readonly notes: readonly string[];
  /** On bars only, by mode: the queue model with the market's adverse selection changed. */
  readonly sensitivity: readonly EpsilonRow[];
}

export async function runBacktest(request: BacktestRequest): Promise<BacktestOutcome> {
  const { progress } = request;
  const values = withClassFees(request.values);
  const stateDir = stateDirOf(values);
  const duration =
    request.duration ?? (request.market.synthetic === null ? null : DEFAULT_DURATION);
  const market = await openMarket(request.market, values, duration, stateDir, (done) =>
    progress.step('importing', done),
  );
  const { mode } = request;
  const modes: readonly Mode[] = mode === 'both' ? ['static', 'dynamic'] : [mode];
  const shadow = request.shadow ?? mode === 'both';
  const each = modes.flatMap((m) => FILL_MODELS.map((fillModel) => ({ mode: m, fillModel })));
  const facts = await modelFacts(values, market);
  const notes = new Set<string>(factWarnings(facts));
  const runs = each.map((run) => {
    const label = `${run.mode} ${values.model} ${run.fillModel}`;
    const onProgress = (done: number): void => progress.step(label, done);
    const keep = (collector: Collector, said: RunResult): RunResult => {
      const { instrument } = market;
      const result = { ...said, judged: judgedBy(collector, instrument) };
      const { capital } = values;
      const kept = storeBacktest(stateDir, {
        collector,
        instrument,
        result,
        capital,
        params: values,
        assumptions: assumptions(values, instrument, facts, market.coarse ?? null, shadow),
      });
      if ('problem' in kept) notes.add(`not kept in the store of backtests: ${kept.problem}`);
      return 'problem' in kept ? result : { ...result, runId: kept.runId };
    };
    return simulateRun({
      ...{ values, market, facts, duration, shadow, ...run, onProgress, keep, traced: true },
    });
  });
  const { instrument, coarse = null } = market;
  const sensitivity = modes.flatMap((m) =>
    epsilonSensitivity({ values, market, facts, duration, shadow, mode: m }),
  );
  const said = assumptions(values, instrument, facts, coarse, shadow);
  return { runs, assumptions: said, notes: [...notes], sensitivity };
}

/** From the P&L that the collector kept every 5 s; the books are closed. */
function judgedBy(collector: Collector, instrument: Instrument): Judged {
  const { fills, startUs, endUs, lastPnl, levels: kept } = collector;
  const levels = kept.us.map((us, i) => ({ us: us as Micros, pnl: kept.pnl[i] ?? lastPnl }));
  return judgedOf({ instrument, fills, startUs, endUs, levels });
}

export interface RunRequest {
  readonly values: ParameterValues;
  readonly mode: Mode;
  /** Static mode: the analyzer watches too. */
  readonly shadow?: boolean;
  readonly rule?: TriedRule;
  readonly market: Market;
  /** What the models need to know of the recording; nothing by default. */
  readonly facts?: ModelFacts;
  readonly duration: Seconds | null;
  readonly fillModel: FillModelName;
  readonly onProgress?: (fraction: number) => void;
  /** Remember what a report draws: quotes, parameters, distances. A few per cent slower. */
  readonly traced?: boolean;
  /** Stores what happened; returns the result under the id it got there. */
  readonly keep?: (collector: Collector, result: RunResult) => RunResult;
  /** For the benchmark: rows from elsewhere than the market itself. */
  readonly source?: RowSource;
  /** Gets a copy of every command, before the venue. */
  readonly tap?: (next: CommandSink) => CommandSink;
}

/** One fill model over one market. */
export function simulateRun(request: RunRequest): RunResult {
  const { values, market, fillModel } = request;
  const client = behindClient(values);
  const { spec } = market.instrument;
  const instrument = client === null ? market.instrument : new Instrument(client.spec(spec));
  const startUs = market.firstUs ?? SYNTHETIC_START_US;
  const mid = firstMid(market, startUs);
  const rows = request.source ?? market.open(startUs);
  const models = runModels(values, request.facts ?? NO_FACTS, rows);
  const { source } = models;
  const trace = request.traced
    ? new Trace(request.duration ?? market.seconds, (us) => analyzer?.estimates?.(us) ?? null)
    : null;
  const look = (): AccountView => {
    const { account, book, markPrice } = venue.exchange;
    return {
      pnl: account.position.pnl(markPrice),
      lots: account.position.lots,
      mid: book.sound ? book.mid : (0 as typeof mid),
      mark: markPrice,
    };
  };
  const collector = new Collector(instrument, values.capital, look, trace);
  const options: VenueOptions = {
    instrument,
    fillModel,
    queue: queueModelOf(values.queueModel),
    account: {
      deposit: values.capital,
      leverage: Math.max(values.maxLeverage, 1),
      ...(models.fees && { fees: models.fees }),
    },
    useQuotes: market.useQuotes,
    amendKeeps: client?.amendKeeps ?? true,
    orderDelay: values.latency.order,
    replyDelay: values.latency.reply,
    ...(models.delays && { delays: models.delays }),
    onFill: (fill, at) =>
      collector.recordFill({
        us: fill.venueUs, side: fill.side, ticks: fill.ticks, lots: fill.lots, fee: fill.fee,
        maker: fill.maker, gap: fill.gap === true, mid: at,
      }), // prettier-ignore
  };
  const venue = client === null ? new SimVenue(options) : new ClientVenue(options, client.ways);
  const told =
    client === null ? null : toldLate(values, toldFeed(market.open(startUs), client.feed, market));
  const sink = new HashingSink(request.tap?.(venue) ?? venue);
  const { engine, analyzer, params } = assemble({
    mode: request.mode,
    shadow: request.shadow ?? false,
    ...(request.rule === undefined ? {} : { rule: request.rule }),
    values,
    instrument,
    profile: client?.profile ?? SIM_PROFILE,
    mid,
    sink,
    observer: collector,
    start: { nowUs: startUs as Micros, firstOrdinal: 1, capital: values.capital },
    restored: null,
  });
  const simulation = new Simulation({
    source,
    ...(told && { told }),
    venue,
    engine,
    feed: values.latency.feed,
    reportEvery: REPORT_EVERY,
    probe: collector,
  });
  const wallSeconds = play(simulation, startUs, market.seconds, request);
  source.close();
  told?.close();
  collector.finish(simulation.nowUs);
  const { position } = venue.exchange.account;
  const result = summarise(collector, instrument, {
    mode: request.mode,
    model: modelLabel(params.strategy),
    fillModel,
    rows: simulation.rows,
    seconds: (simulation.nowUs - startUs) / 1e6,
    wallSeconds,
    capital: values.capital,
    pnl: collector.lastPnl,
    fees: position.fees,
    funding: position.funding,
    volume: position.volume,
    makerVolume: position.makerVolume,
    positionLots: position.lots,
    commands: sink.count,
    commandHash: sink.digest(),
    estimates: analyzer?.estimates?.(simulation.nowUs) ?? null,
  });
  return request.keep ? request.keep(collector, result) : result;
}

/** Runs to the end (or the duration) in chunks of market time; returns the wall time of the apply loop alone. */
function play(
  simulation: Simulation,
  startUs: number,
  seconds: number | null,
  request: RunRequest,
): number {
  const endUs = request.duration === null ? Infinity : startUs + request.duration * 1e6;
  let wall = 0;
  while (!simulation.exhausted && simulation.nextUs <= endUs) {
    const limit = Math.min(endUs, simulation.nextUs + CHUNK_US);
    const began = performance.now();
    simulation.advanceTo(limit);
    wall += performance.now() - began;
    if (seconds !== null) request.onProgress?.((simulation.nowUs - startUs) / (seconds * 1e6));
  }
  return wall / 1000;
}

/** The queue model with the market's adverse selection changed, the quotes' own setting as it was. */
export interface EpsilonRow {
  readonly mode: string;
  readonly epsilonBps: number;
  readonly pnl: string;
  readonly netEdgeBps: number | null;
  readonly fills: number;
}

/** Empty unless the market is made of bars. */
export function epsilonSensitivity(request: Omit<RunRequest, 'fillModel'>): EpsilonRow[] {
  const { market, values, mode } = request;
  const { withEpsilon } = market;
  if (withEpsilon === undefined) return [];
  return [-EPSILON_STEP_BPS, 0, EPSILON_STEP_BPS].map((change) => {
    const epsilon = (values.epsilon + change) as Bps;
    const run = simulateRun({ ...request, market: withEpsilon(epsilon), fillModel: 'queue' });
    const { pnl, netEdgeBps, fills } = run;
    return { mode, epsilonBps: epsilon, pnl, netEdgeBps, fills };
  });
}
