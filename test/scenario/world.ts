// The real engine, breaker, exchange, recorder and ledger in one process over a scripted market, put together as a
// live run is (src/run/machine.ts) but stepped by a test: what was sent when, what the log said, how states changed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { formatLine } from '#config/log';
import { readLayers } from '#config/layers';
import { engineParams } from '#config/settings';
import type { BreakerSnapshot, BreakerStateName, Trip } from '#core/guard';
import { Instrument } from '#core/instrument';
import type { InstrumentSpec } from '#core/instrument';
import type {
  Command,
  EngineEvent,
  OperatorOrder,
  PlaceCommand,
  RejectReason,
} from '#core/messages';
import type { VenueProfile } from '#core/params';
import type { CommandSink, EngineObserver } from '#core/ports';
import type { StrategyFactory } from '#core/strategy';
import type { Micros, Money, TickPrice } from '#core/units';
import { Engine } from '#engine/engine';
import { Ledger } from '#ledger/writer';
import { SIM_PROFILE, assemble } from '#run/assembly';
import type { Assembly, AssemblyInput } from '#run/assembly';
import { REPORT_EVERY } from '#run/backtest';
import { DurableSink } from '#run/durable-sink';
import { Recorder } from '#run/recorder';
import { Simulation } from '#run/simulation';
import { RiskBreaker } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { SimVenue } from '#sim/venue';
import { ScriptedMarket } from '../support/scripted-market.js';
import type { Script } from '../support/scripted-market.js';

/** 00:10 before a UTC midnight: a scenario of 20 minutes sees the next day. */
export const START_US = (Date.UTC(2026, 0, 5) - 600_000) * 1000;
const STEP_US = 10_000;
const LEVELS: Record<string, string> = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR', fatal: 'CRITICAL' }; // prettier-ignore

export interface WorldOptions {
  readonly script: Script;
  readonly seconds: number;
  readonly flags?: Record<string, string>;
  readonly spec?: Partial<InstrumentSpec>;
  /** What the venue believes was paid in; the capital unless given. */
  readonly deposit?: Money;
  readonly profile?: Partial<VenueProfile>;
  /** A venue that refuses this order, or null. */
  readonly refuses?: (place: PlaceCommand, second: number) => RejectReason | null;
  readonly restored?: BreakerSnapshot;
  /** In place of the registered one: a strategy that asks for what it should not. */
  readonly strategy?: StrategyFactory;
}

export interface Sent {
  readonly us: number;
  readonly command: Command;
}

export interface Move {
  readonly us: number;
  readonly from: BreakerStateName;
  readonly to: BreakerStateName;
  readonly cause: Trip | null;
  /** Orders at the venue, and commands on their way there, at that moment. */
  readonly open: number;
  readonly underWay: boolean;
  /** Commands sent until then: what the same settle sends comes after. */
  readonly sentBefore: number;
}

/** As `assemble`, with that strategy. */
function withStrategy(input: AssemblyInput, makeStrategy: StrategyFactory): Assembly {
  const { values, instrument, profile, mid, observer, restored, sink, start } = input;
  const params = engineParams(values, instrument, profile, mid);
  const breaker = new RiskBreaker({
    guards: makeGuards(params.risk, instrument, profile, restored),
    restored,
    onTransition: (us, from, to, cause) => observer.onTransition?.(us, from, to, cause),
    onGuard: (us, trip, text) => observer.onGuard?.(us, trip, text),
  });
  const parts = { instrument, params, makeStrategy, breaker, sink, observer, start };
  return { engine: new Engine(parts), analyzer: null, breaker, params };
}

export class World {
  readonly sent: Sent[] = [];
  readonly moves: Move[] = [];
  /** Times at which the venue's word "nothing of yours is open" arrived, and it was still true. */
  readonly emptyAt: number[] = [];
  /** Log lines as on the console, DEBUG included, without the time. */
  readonly log: string[] = [];
  readonly venue: SimVenue;
  readonly assembly: Assembly;
  readonly instrument: Instrument;
  /** Shared with the engine's throttle; a test may change it to break that throttle. */
  readonly profile: { -readonly [K in keyof VenueProfile]: VenueProfile[K] };
  private readonly simulation: Simulation;
  private readonly ledger: Ledger;
  private readonly folder = mkdtempSync(join(tmpdir(), 'mm-scenario-'));
  private readonly waiting: EngineEvent[] = [];
  private nowUs = START_US;

  constructor(private readonly options: WorldOptions) {
    const flags = options.flags ?? {};
    const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
    const { makerFee, takerFee, capital } = values;
    this.instrument = new Instrument({
      ...SYNTHETIC_INSTRUMENT, makerFee, takerFee, venue: 'sim', ...options.spec,
    }); // prettier-ignore
    this.ledger = Ledger.open(join(this.folder, 'world.ledger'), { durable: false });
    const { instrument } = this;
    this.ledger.beginRun({
      ...{ runId: 'scenario00', account: 'test', instrument, kind: 'sim', mode: 'static' },
      ...{ version: 'test', pid: process.pid, capital, params: {}, startedUs: START_US as Micros },
      deadOrders: 'restart',
    });
    this.venue = new SimVenue({
      instrument,
      fillModel: 'queue',
      account: { deposit: options.deposit ?? capital, leverage: Math.max(values.maxLeverage, 1) },
      orderDelay: values.latency.order,
      replyDelay: values.latency.reply,
    });
    const profile = { ...SIM_PROFILE, ...options.profile };
    this.profile = profile;
    const first = options.script(0).book ?? { bid: 0, ask: 0 };
    const start = { nowUs: START_US as Micros, firstOrdinal: 1, capital };
    const input: AssemblyInput = {
      ...{ values, instrument, profile, start, sink: this.sink(), observer: this.observer() },
      mid: ((first.bid + first.ask) / 2) as TickPrice,
      restored: options.restored ?? null,
      shadow: true, // as in a live run: the analyzer watches, and raises the jump alarm
    };
    const { strategy } = options;
    this.assembly = strategy === undefined ? assemble(input) : withStrategy(input, strategy);
    const { script, seconds } = options;
    this.simulation = new Simulation({
      source: new ScriptedMarket({ script, seconds, startUs: START_US }),
      venue: this.venue,
      engine: this.assembly.engine,
      feed: values.latency.feed,
      reportEvery: REPORT_EVERY,
      probe: null,
    });
    this.simulation.draining = true;
  }

  get state(): BreakerStateName {
    return this.assembly.breaker.state;
  }

  /** Seconds since the start of a moment in microseconds. */
  second(us: number): number {
    return (us - START_US) / 1e6;
  }

  /** Plays on up to that second. */
  until(second: number): this {
    const endUs = START_US + second * 1e6;
    while (this.nowUs < endUs) {
      this.nowUs = Math.min(endUs, this.nowUs + STEP_US);
      this.simulation.advanceTo(this.nowUs);
      this.drain();
    }
    this.ledger.commit();
    return this;
  }

  /** An event of the host or the operator, in a settle of its own, as a live run does it. */
  host(event: EngineEvent): this {
    this.waiting.push(event);
    this.drain();
    return this;
  }

  operator(order: OperatorOrder['order'], reason: string): this {
    return this.host({ kind: 'operator', us: this.nowUs as Micros, order, reason });
  }

  link(channel: 'public' | 'private', state: 'up' | 'down'): this {
    return this.host({ kind: 'link', us: this.nowUs as Micros, channel, state, detail: 'test' });
  }

  fault(source: 'ledger' | 'log', detail: string): this {
    return this.host({ kind: 'fault', us: this.nowUs as Micros, source, detail });
  }

  close(): void {
    this.ledger.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private drain(): void {
    if (this.waiting.length === 0) return;
    const us = this.nowUs as Micros;
    const { engine } = this.assembly;
    for (const event of this.waiting.splice(0)) engine.handle({ ...event, us });
    engine.settle(us);
  }

  /** What a live run puts between engine and venue, with a list in front and a venue that may refuse behind. */
  private sink(): CommandSink {
    const refusing: CommandSink = { send: (us, commands) => this.toVenue(us, commands) };
    const durable = new DurableSink(this.ledger, refusing, (event) => this.waiting.push(event));
    return {
      send: (us, commands) => {
        for (const command of commands) this.sent.push({ us, command });
        durable.send(us, commands);
      },
    };
  }

  private toVenue(us: Micros, commands: readonly Command[]): void {
    const { refuses } = this.options;
    for (const command of commands) {
      const reason = command.kind === 'place' ? refuses?.(command, this.second(us)) : null;
      if (!reason) this.venue.send(us, [command]);
      else {
        const { ordinal } = command as PlaceCommand;
        this.waiting.push({ kind: 'rejected', us, ordinal, reason, detail: 'test' });
      }
    }
  }

  private observer(): EngineObserver {
    const stream = { write: (line: string) => void this.log.push(formatLine(line).slice(13)) };
    const formatters = { level: (label: string) => ({ level: LEVELS[label] ?? label }) };
    const timestamp = pino.stdTimeFunctions.isoTime;
    const logger = pino({ level: 'debug', formatters, timestamp }, stream);
    const recorder = new Recorder(this.ledger, logger, this.instrument);
    const told = (work: () => void): void => {
      work();
      recorder.tell();
    };
    return {
      onDecision: (us, view, decision, commands) =>
        told(() => recorder.onDecision(us, view, decision, commands)),
      onEvent: (us, event) => {
        told(() => recorder.onEvent(us, event));
        if (event.kind === 'all-cancelled' && this.venueEmpty) this.emptyAt.push(us);
      },
      onTransition: (us, from, to, cause) => {
        told(() => recorder.onTransition(us, from, to, cause));
        const open = this.venue.exchange.openOrders().length;
        const underWay = this.venue.nextArrivalUs < Infinity;
        const sentBefore = this.sent.length;
        this.moves.push({ us, from, to, cause, open, underWay, sentBefore });
      },
      onGuard: (us, trip, text) => told(() => recorder.onGuard(us, trip, text)),
      onNote: (us, text) => told(() => recorder.onNote(us, text)),
    };
  }

  private get venueEmpty(): boolean {
    return this.venue.exchange.openOrders().length === 0 && this.venue.nextArrivalUs === Infinity;
  }
}
