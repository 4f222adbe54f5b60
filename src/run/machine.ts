// What a live run on the simulated venue is made of, and how its ledger row begins. Built once, driven by live-run.ts.
import type { Layered } from '#config/layers';
import type { OpenLog } from '#config/log';
import type { EngineEvent } from '#core/messages';
import { formatMoney } from '#core/money';
import type { StartFacts } from '#core/strategy';
import type { Money, Seconds, TickPrice } from '#core/units';
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
import type { Market } from './markets.js';
import { MarketWatch } from './market-watch.js';
import { Recorder } from './recorder.js';
import { ShiftedSource } from './shifted-source.js';
import { Simulation } from './simulation.js';
import type { StatusParts } from './status.js';

/** Rows that the synthetic market makes at a time: it is asked for little, as time passes slowly. */
const BLOCK_ROWS = 256;

export interface LiveRunParts {
  readonly layered: Layered;
  readonly mode: 'static' | 'dynamic';
  readonly duration: Seconds | null;
  readonly version: string;
  readonly market: Market;
  readonly account: string;
  readonly runId: string;
  readonly log: OpenLog;
  readonly opened: OpenAccount;
  readonly clock: RunClock;
  readonly mid: TickPrice;
  /** Why the log cannot be written any more; null while it can. */
  readonly failed: () => string | null;
}

export interface Machine {
  readonly recorder: Recorder;
  readonly venue: SimVenue;
  readonly assembly: Assembly;
  readonly watch: MarketWatch;
  readonly simulation: Simulation;
  readonly sink: HashingSink;
  readonly source: CarefulSource;
  readonly statusParts: StatusParts;
}

export interface MachineHooks {
  /** Takes events of the host for the engine's next drain. */
  readonly enqueue: (event: EngineEvent) => void;
  readonly onStart: (start: StartFacts) => void;
}

/** The run's row, what the dead runs before it left, and the first deposit of a paper account. */
export function beginRun(parts: LiveRunParts): void {
  const { layered, market, opened, clock, mode, runId, account, log, version } = parts;
  const { ledger, restored } = opened;
  const { capital } = layered.values;
  const dead = ledger.beginRun({
    runId,
    account,
    instrument: market.instrument,
    kind: 'sim',
    mode,
    version,
    pid: process.pid,
    capital,
    params: Object.fromEntries(layered.texts),
    startedUs: clock.startUs,
    deadOrders: 'restart',
  });
  if (restored.lastRun === null) {
    ledger.event({ kind: 'transfer', us: clock.startUs, amount: capital });
    ledger.idle();
  }
  if (dead.runs.length > 0) {
    const { runs, orders } = dead;
    log.logger.warn({ runs, orders }, 'an earlier run was killed; its orders count as cancelled');
  }
  const { realised, fees, funding, lots } = ledger.position;
  const pnl = formatMoney((realised - fees + funding) as Money);
  log.logger.info({ account, pnl, lots }, `run begins on ${market.name}`);
}

export function buildMachine(parts: LiveRunParts, hooks: MachineHooks): Machine {
  const { layered, market, opened, clock } = parts;
  const { values } = layered;
  const { instrument } = market;
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
    mid: parts.mid,
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
  const { engine, breaker, analyzer } = assembly;
  const { logger } = parts.log;
  const watch = new MarketWatch({ analyzer, engine, mode: parts.mode, ledger, log: logger });
  watch.restore(opened.learnt);
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
  const statusParts: StatusParts = {
    ...{ runId: parts.runId, mode: parts.mode, account: parts.account },
    ...{ venue: instrument.spec.venue, model: modelLabel(assembly.params.strategy) },
    ...{ instrument, startedUs: clock.startUs, engine, breaker, recorder, watch },
  };
  return { recorder, venue, assembly, watch, simulation, sink, source, statusParts };
}

/** A synthetic market begins now; a recording is played as if it did. */
function rowsFromNow(market: Market, startUs: number): CarefulSource {
  const opened = market.open(startUs, BLOCK_ROWS);
  const shift = market.firstUs === null ? 0 : startUs - market.firstUs;
  return new CarefulSource(shift === 0 ? opened : new ShiftedSource(opened, shift));
}
