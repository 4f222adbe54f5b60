// What a live run is made of, on the simulated venue here and on the wire in wire-machine.ts, and how its ledger row
// begins. Built once, driven by live-run.ts.
import type { Layered } from '#config/layers';
import type { OpenLog } from '#config/log';
import type { ParameterValues } from '#config/parameters';
import type { Instrument } from '#core/instrument';
import type { EngineEvent, FundingPaid } from '#core/messages';
import { formatMoney } from '#core/money';
import type { StartFacts } from '#core/strategy';
import type { Money, Seconds, TickPrice } from '#core/units';
import type { AdjustEntry } from '#ledger/entries';
import { queueModelOf } from '#sim/queue';
import { SimVenue } from '#sim/venue';
import { modelLabel } from '#strategies/avellaneda/strategy';
import type { OpenAccount } from './account-files.js';
import { SIM_PROFILE, assemble } from './assembly.js';
import type { Assembly } from './assembly.js';
import { REPORT_EVERY } from './backtest.js';
import { CarefulSource } from './careful-source.js';
import type { RunClock } from './clock.js';
import { HashingSink } from './command-hash.js';
import { DurableSink } from './durable-sink.js';
import { FillTrace } from './fill-trace.js';
import type { EngineInput, MarketSide } from './market-side.js';
import type { Market } from './markets.js';
import { MarketWatch } from './market-watch.js';
import { Recorder } from './recorder.js';
import { ShiftedSource } from './shifted-source.js';
import { SimSide } from './sim-side.js';
import { Simulation } from './simulation.js';
import type { StatusParts } from './status.js';

/** Rows that the synthetic market makes at a time: it is asked for little, as time passes slowly. */
const BLOCK_ROWS = 256;

export interface LiveRunParts {
  readonly layered: Layered;
  readonly mode: 'static' | 'dynamic';
  readonly duration: Seconds | null;
  readonly version: string;
  readonly instrument: Instrument;
  /** What is traded on, for people. */
  readonly marketName: string;
  /** Where the fees come from, for the start-up block. */
  readonly feesFrom: string;
  readonly opening: Opening;
  readonly build: (parts: LiveRunParts, hooks: MachineHooks) => Machine;
  readonly account: string;
  readonly runId: string;
  readonly log: OpenLog;
  readonly opened: OpenAccount;
  readonly clock: RunClock;
  /** Why the log cannot be written any more; null while it can. */
  readonly failed: () => string | null;
}

/** What is entered into the ledger before the first quote. */
export interface Opening {
  /** 'sim', 'paper', 'testnet' or 'mainnet'. */
  readonly kind: string;
  /** Money that was paid in or taken out since the ledger's last word; 0 = none. */
  readonly transfer: Money;
  /** A change of position that nobody traded here: the venue's, adopted. */
  readonly adjust: AdjustEntry | null;
  /** Paid while nothing of ours was there to hear of it. */
  readonly funding: readonly FundingPaid[];
}

export interface Machine {
  readonly recorder: Recorder;
  readonly assembly: Assembly;
  readonly watch: MarketWatch;
  readonly trace: FillTrace;
  readonly side: MarketSide;
  readonly input: EngineInput;
  readonly sink: HashingSink;
  readonly statusParts: StatusParts;
}

export interface MachineHooks {
  /** Takes events of the host for the engine's next drain. */
  readonly enqueue: (event: EngineEvent) => void;
  readonly onStart: (start: StartFacts) => void;
}

/** The run's row, what the dead runs before it left, and the first deposit of a paper account. */
export function beginRun(parts: LiveRunParts): void {
  const { layered, instrument, opened, clock, mode, runId, account, log, version } = parts;
  const { kind, transfer, adjust, funding: paid } = parts.opening;
  const { ledger } = opened;
  const { capital } = layered.values;
  const dead = ledger.beginRun({
    runId,
    account,
    instrument,
    kind,
    mode,
    version,
    pid: process.pid,
    capital,
    params: Object.fromEntries(layered.texts),
    startedUs: clock.startUs,
    deadOrders: 'restart',
  });
  if (adjust !== null) ledger.adjust(adjust);
  for (const payment of paid) ledger.event(payment);
  if (transfer !== 0) ledger.event({ kind: 'transfer', us: clock.startUs, amount: transfer });
  ledger.idle();
  if (dead.runs.length > 0) {
    const { runs, orders } = dead;
    log.logger.warn({ runs, orders }, 'an earlier run was killed; its orders count as cancelled');
  }
  const { realised, fees, funding, lots } = ledger.position;
  const pnl = formatMoney((realised - fees + funding) as Money);
  log.logger.info({ account, pnl, lots }, `run begins on ${parts.marketName}`);
}

/** A run on the simulated venue over `market`, whose first sound mid is `mid`. A paper account is paid its capital once. */
export function simParts(
  market: Market,
  values: ParameterValues,
  { opened }: { readonly opened: OpenAccount },
  mid: TickPrice,
): Pick<LiveRunParts, 'instrument' | 'marketName' | 'feesFrom' | 'opening' | 'build'> {
  const transfer = opened.restored.lastRun === null ? values.capital : (0 as Money);
  return {
    instrument: market.instrument,
    marketName: market.name,
    feesFrom: 'as set: the simulated venue charges these',
    opening: { kind: 'sim', transfer, adjust: null, funding: [] },
    build: (parts, hooks) => buildSim(parts, hooks, market, mid),
  };
}

function buildSim(
  parts: LiveRunParts,
  hooks: MachineHooks,
  market: Market,
  mid: TickPrice,
): Machine {
  const { layered, instrument, opened, clock } = parts;
  const { values } = layered;
  const { ledger, restored } = opened;
  const recorder = new Recorder(ledger, parts.log.logger, instrument);
  const venue = new SimVenue({
    instrument,
    fillModel: 'queue',
    queue: queueModelOf(values.queueModel),
    account: {
      deposit: 0 as Money,
      leverage: Math.max(values.maxLeverage, 1),
      position: ledger.position,
    },
    useQuotes: market.useQuotes,
    orderDelay: values.latency.order,
    replyDelay: values.latency.reply,
    firstTrade: ledger.position.fills + 1,
  });
  const sink = new HashingSink(new DurableSink(ledger, venue, hooks.enqueue));
  const assembly = assemble({
    values,
    instrument,
    profile: SIM_PROFILE,
    mid,
    sink,
    observer: recorder,
    start: {
      nowUs: clock.startUs,
      firstOrdinal: 1,
      position: ledger.position,
      capital: values.capital,
      capitalBaseline: (values.capital - ledger.pnlAtReset) as Money,
    },
    restored: restored.breaker,
    onStart: hooks.onStart,
    mode: parts.mode,
    shadow: true,
  });
  const { engine } = assembly;
  const source = rowsFromNow(market, clock.startUs);
  const simulation = new Simulation({
    source,
    venue,
    engine,
    feed: values.latency.feed,
    reportEvery: REPORT_EVERY,
    probe: null,
  });
  simulation.draining = true;
  const side = new SimSide(simulation, venue, source);
  return { ...around(parts, assembly, recorder), side, input: engine, sink };
}

/** What stands around every engine of a live run: the watch over the analyzer, the trace of its fills, the status. */
export function around(
  parts: LiveRunParts,
  assembly: Assembly,
  recorder: Recorder,
): Pick<Machine, 'assembly' | 'recorder' | 'watch' | 'trace' | 'statusParts'> {
  const { engine, breaker, analyzer } = assembly;
  const { instrument, clock, mode, opened } = parts;
  const { ledger, learnt } = opened;
  const watch = new MarketWatch({ analyzer, engine, mode, ledger, log: parts.log.logger });
  watch.restore(learnt);
  const trace = new FillTrace(engine, ledger);
  recorder.onFill = (nowUs, fill) => trace.onFill(nowUs, fill);
  const statusParts: StatusParts = {
    ...{ runId: parts.runId, mode, account: parts.account },
    ...{ venue: instrument.spec.venue, model: modelLabel(assembly.params.strategy) },
    ...{ instrument, startedUs: clock.startUs, engine, breaker, recorder, watch },
  };
  return { assembly, recorder, watch, trace, statusParts };
}

/** A synthetic market begins now; a recording is played as if it did. */
function rowsFromNow(market: Market, startUs: number): CarefulSource {
  const opened = market.open(startUs, BLOCK_ROWS);
  const shift = market.firstUs === null ? 0 : startUs - market.firstUs;
  return new CarefulSource(shift === 0 ? opened : new ShiftedSource(opened, shift));
}
