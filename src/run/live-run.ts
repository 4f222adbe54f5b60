// One run on one market side: drives it as far as its host says, puts what happened into the ledger,
// obeys the operator, and ends only when nothing can be open (or says what may be). It knows no clock of the market, no
// signal, no screen and no process exit: those are the host's (run-host.ts), so that two can live in one process.
import { EXIT } from '#config/problem';
import { clientId } from '#core/messages';
import type { EngineEvent, OperatorOrder } from '#core/messages';
import { formatMoney } from '#core/money';
import type { StartFacts } from '#core/strategy';
import type { Micros, Money } from '#core/units';
import type { FlattenMode } from '#engine/flatten';
import { LedgerProblem } from '#ledger/problem';
import type { MetricsSnapshot } from '#report/metrics';
import { startBlock } from '#strategies/avellaneda/startup';
import { startLines } from '#strategies/avellaneda/startup-text';
import { beginRun } from './machine.js';
import type { LiveRunParts, Machine } from './machine.js';
import { OperatorInbox } from './operator-inbox.js';
import { dayMark, statusOf } from './status.js';
import type { DayMark } from './status.js';

const HOUSEKEEPING_US = 5e6;
const EXIT_WITHIN_MS = 5_000;
const FLATTEN_WITHIN_MS = 300_000;
const RETRY_LEDGER_MS = 1_000;

export class LiveRun {
  private readonly machine: Machine;
  /** Events of the host for the engine's next drain. */
  private readonly waiting: EngineEvent[] = [];
  private readonly endUs: number;
  /** How far it has played. */
  private reachedUs: number;
  private today: DayMark | null;
  private housekeepingUs = 0;
  /** The next commit also moves the ledger's log into its file and looks whether it is still there. */
  private tidy = false;
  private ledgerMs = 0;
  private stoppingMs = 0;
  private latchedMs = 0;
  /** When it was last seen working its position down. */
  private workedMs = 0;
  private readonly inbox: OperatorInbox;
  private flattening: FlattenMode | null;
  private logFailed = false;
  private code: number | null = null;
  private ended = false;
  private why = 'running';

  constructor(private readonly parts: LiveRunParts) {
    const { layered, clock, opened } = parts;
    const { onHalt } = layered.values;
    this.endUs = parts.duration === null ? Infinity : clock.startUs + parts.duration * 1e6;
    this.reachedUs = clock.startUs;
    beginRun(parts);
    this.machine = parts.build(parts, {
      enqueue: (event) => this.waiting.push(event),
      onStart: (start) => this.sayStart(start),
    });
    this.today = opened.day;
    this.flattening = onHalt === 'hold' ? null : onHalt;
    this.inbox = new OperatorInbox({
      ledger: opened.ledger,
      symbol: parts.instrument.spec.symbol,
      engine: this.machine.assembly.engine,
      flatten: (mode) => {
        this.flattening = mode;
        this.machine.input.flatten(mode);
      },
      obey: (us, order, reason) => this.operator(us, order, reason),
    });
  }

  /** Null while it runs. */
  get exitCode(): number | null {
    return this.ended ? this.code : null;
  }

  /** Why it ended, or is about to. */
  get reason(): string {
    return this.why;
  }

  /** What latched its breaker, in one line; null while nothing did. */
  get latchedBy(): string | null {
    const { breaker } = this.machine.assembly;
    if (breaker.state !== 'latched') return null;
    return breaker.cause === null ? 'latched' : `${breaker.cause.guard}: ${breaker.cause.reason}`;
  }

  /** Why its market broke off: a damaged recording. Null while it did not. */
  get problem(): Error | null {
    return this.machine.side.problem;
  }

  /** It was told to end, or its market did. */
  get shuttingDown(): boolean {
    return this.stoppingMs > 0;
  }

  /** How far the market may be played for it: to the end asked for, and beyond only to see its cancels answered. */
  get limitUs(): number {
    return this.stoppingMs > 0 ? Infinity : this.endUs;
  }

  /** When something next happens in its market. */
  get nextUs(): number {
    return this.machine.side.nextUs;
  }

  /** Of the account, at the last mark; null before the first. */
  get equity(): Money | null {
    const { mark } = this.machine.assembly.engine.numbers;
    if (mark <= 0) return null;
    return this.machine.assembly.engine.position.equity(mark, this.machine.side.accrued(mark));
  }

  private sayStart(start: StartFacts): void {
    const { instrument, log, feesFrom } = this.parts;
    const block = startBlock(this.machine.assembly.params, instrument, start, feesFrom);
    for (const line of startLines(block)) {
      if (line.startsWith('WARNING ')) log.logger.warn(line.slice(8));
      else log.logger.info(line);
    }
  }

  /** The first step of a turn: orders of the operator. */
  obey(wall: number): void {
    try {
      this.inbox.read(wall, this.presentUs);
    } catch (error) {
      if (!(error instanceof LedgerProblem)) throw error;
      this.ledgerFailed(error, wall);
    }
  }

  /** Then, once or more: the market, up to `us` at most. */
  playTo(us: number): void {
    const at = this.machine.side.advanceTo(Math.min(us, this.limitUs) as Micros);
    this.drainHost(at);
    this.machine.recorder.tell();
    this.machine.trace.look(at);
    this.housekeep(at);
    this.reachedUs = at;
  }

  /** The last step: one commit, and a look for the end. */
  settle(wall: number): void {
    this.commit(wall);
    this.lookForEnd(this.reachedUs, wall);
    if (this.code !== null) this.end(this.code);
  }

  /** Events that the host itself made, in a settle of their own. */
  private drainHost(nowUs: Micros): void {
    const failure = this.parts.failed();
    if (failure !== null && !this.logFailed) {
      this.logFailed = true;
      this.waiting.push({ kind: 'fault', us: nowUs, source: 'log', detail: failure });
    }
    if (this.waiting.length === 0) return;
    const { input } = this.machine;
    for (const event of this.waiting.splice(0)) input.handle({ ...event, us: nowUs });
    input.settle(nowUs);
  }

  private commit(wall: number): void {
    const { ledger } = this.parts.opened;
    const { recorder, assembly, side } = this.machine;
    if (wall < this.ledgerMs) return;
    try {
      // The guards' baselines and latch travel with whatever is written: a killed run loses none of them.
      if (recorder.breakerMoved || ledger.pending > 0) {
        ledger.breaker(side.nowUs, assembly.breaker.snapshot());
      }
      if (recorder.breakerMoved) ledger.status(side.nowUs, this.status(true));
      if (this.tidy) ledger.idle();
      else ledger.commit();
      this.tidy = false;
      recorder.breakerMoved = false;
      this.ledgerMs = 0;
    } catch (error) {
      if (!(error instanceof LedgerProblem)) throw error;
      this.ledgerFailed(error, wall);
    }
  }

  /** The first failure halts the engine; then the write is tried again once a second. */
  private ledgerFailed(problem: LedgerProblem, wall: number): void {
    const first = this.ledgerMs === 0;
    this.ledgerMs = wall + RETRY_LEDGER_MS;
    if (!first) return;
    const us = this.machine.side.nowUs;
    this.waiting.push({ kind: 'fault', us, source: 'ledger', detail: problem.message });
    this.drainHost(us);
  }

  private housekeep(nowUs: Micros): void {
    if (nowUs < this.housekeepingUs) return;
    const begun = this.machine.assembly.engine.lastView !== null;
    // Every 5 s of market time, and of wall time where the market is slower.
    const every = HOUSEKEEPING_US * Math.min(1, this.parts.clock.speed);
    this.housekeepingUs = nowUs + (begun ? every : every / 10);
    this.tidy = true;
    const { ledger } = this.parts.opened;
    const { numbers, position } = this.machine.assembly.engine;
    this.today = dayMark(nowUs, position.volume, this.today);
    ledger.state(nowUs, 'day', this.today);
    if (numbers.mark > 0) {
      const accrued = this.machine.side.accrued(numbers.mark);
      const equity = position.equity(numbers.mark, accrued);
      ledger.equity({ us: nowUs, mark: numbers.mark, accrued, equity });
    }
    ledger.breaker(nowUs, this.machine.assembly.breaker.snapshot());
    this.machine.watch.look(nowUs);
    this.machine.trace.save(nowUs);
    ledger.status(nowUs, this.status(true));
    this.parts.log.logger.debug(
      {
        equity: formatMoney(numbers.guardEquity),
        state: this.machine.assembly.breaker.state,
        operations: numbers.operations,
        failures: numbers.failures,
      },
      'risk check',
    );
  }

  private operator(us: Micros, order: OperatorOrder['order'], reason: string): void {
    const { input, assembly } = this.machine;
    input.handle({ kind: 'operator', us, order, reason });
    input.settle(us);
    if (order === 'reset')
      this.parts.opened.ledger.reset({ us, reason, mark: assembly.engine.numbers.mark });
  }

  /** Cancels everything and ends when that is confirmed. */
  shutDown(why: string): void {
    if (this.stoppingMs > 0) return;
    this.stoppingMs = performance.now();
    this.why = why;
    this.operator(this.presentUs, 'shutdown', why);
  }

  /** Our own paper venue has died, and every order with it: nothing is left to cancel, and nobody to ask. */
  venueGone(why: string): void {
    if (this.code !== null) return;
    this.parts.log.logger.warn(`${why}, and its orders with it: nothing can remain open`);
    this.finish(EXIT.bug, why);
  }

  /** Time of the last thing that happened, at least that of the start. */
  private get presentUs(): Micros {
    return Math.max(this.machine.side.nowUs, this.parts.clock.startUs) as Micros;
  }

  /** Nothing can be open: the engine says so, the venue says so, and no command is under way. */
  private get empty(): boolean {
    const { assembly, side } = this.machine;
    return assembly.engine.openOrders === 0 && side.confirmEmpty();
  }

  private lookForEnd(at: number, wall: number): void {
    const { breaker, engine } = this.machine.assembly;
    if (this.stoppingMs === 0 && (at >= this.endUs || this.machine.side.exhausted)) {
      const { exhausted } = this.machine.side;
      const over = exhausted ? 'the tape has ended' : 'the duration is over';
      this.shutDown(this.problem?.message ?? over);
    }
    if (breaker.state === 'latched')
      return this.lookForLatchedEnd(wall, engine.position.lots === 0);
    if (this.stoppingMs === 0) return;
    const broke = this.problem !== null;
    if (this.empty) this.finish(broke ? EXIT.cannotStart : EXIT.clean, this.why);
    else if (wall - this.stoppingMs > EXIT_WITHIN_MS) this.finish(EXIT.ordersRemain, this.why);
  }

  /** Latched: ends when nothing is open, and after the position was worked down where that was asked for. */
  private lookForLatchedEnd(wall: number, flat: boolean): void {
    if (this.latchedMs === 0) this.latchedMs = wall;
    if (this.flattening !== null && wall - this.latchedMs > FLATTEN_WITHIN_MS) {
      this.shutDown('the position could not be worked down in time');
    }
    const working = this.flattening !== null && !flat && this.stoppingMs === 0;
    if (working) this.workedMs = wall;
    else if (this.empty) this.finish(EXIT.latched, 'latched');
    else if (wall - Math.max(this.latchedMs, this.workedMs, this.stoppingMs) > EXIT_WITHIN_MS)
      this.finish(EXIT.ordersRemain, 'latched');
  }

  private finish(code: number, why: string): void {
    this.code = code;
    this.why = why;
    if (code === EXIT.ordersRemain) this.nameOrders();
    else this.inbox.answerStops(this.machine.side.nowUs);
  }

  private nameOrders(): void {
    const left = this.machine.assembly.engine.orders.map((order) =>
      clientId(this.parts.runId, order.ordinal),
    );
    this.parts.log.logger.fatal(
      { orders: left },
      'orders may remain open at the venue; check and cancel them there',
    );
  }

  /** A second signal. What is not confirmed is named; the simulated venue dies with us, a real one would not. */
  leaveAtOnce(): number {
    const left = this.machine.assembly.engine.openOrders;
    if (left > 0) this.nameOrders();
    this.why = 'second signal';
    const code = left > 0 ? EXIT.ordersRemain : EXIT.clean;
    this.end(code);
    return code;
  }

  /** Our mistake: cancel everything past the engine, say what happened, exit 1. */
  crash(error: unknown): void {
    const us = this.machine.side.nowUs;
    this.machine.side.cancelAll();
    this.machine.recorder.tell();
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.parts.log.logger.fatal(`bug, everything cancelled: ${text}`);
    this.parts.opened.ledger.note(us, 'bug', text);
    this.why = 'bug';
    this.end(EXIT.bug);
  }

  /** The first book has shown that it cannot trade. */
  cannotStart(): void {
    this.ended = true;
    this.code = EXIT.cannotStart;
    this.why = 'cannot start';
    this.close(EXIT.cannotStart, this.why);
  }

  private end(code: number): void {
    this.ended = true;
    this.code = code;
    this.close(code, this.why);
    this.parts.log.logger.info({ code }, `run ends: ${this.why}`);
  }

  private close(exitCode: number, reason: string): void {
    this.machine.side.close();
    this.machine.recorder.tell();
    const { ledger } = this.parts.opened;
    const us = this.presentUs;
    try {
      this.housekeepingUs = 0;
      this.housekeep(us);
      this.machine.watch.save(us);
      this.machine.trace.save(us, true);
      ledger.status(us, this.status(false));
      ledger.endRun({ us, exitCode, reason, commandHash: this.machine.sink.digest() });
    } catch (error) {
      if (!(error instanceof LedgerProblem)) throw error;
      this.parts.log.logger.fatal(`the ledger could not be closed: ${error.message}`);
    }
  }

  /** Where it stands now. */
  status(live = !this.ended): MetricsSnapshot {
    const nowUs = this.presentUs;
    const { mark } = this.machine.assembly.engine.numbers;
    const accrued = mark > 0 ? this.machine.side.accrued(mark) : (0 as Money);
    const today = dayMark(nowUs, this.machine.assembly.engine.position.volume, this.today);
    return statusOf(this.machine.statusParts, nowUs, accrued, today, live);
  }
}
