// The one writer. Callers enter facts into a queue, which touches no disk and never fails; commit()
// writes all of it in one transaction. So cancels never wait for the ledger, one decision costs one
// transaction, and after a failed write (a full disk) nothing is lost: the queue is still there for
// the next try. It must never say that an order's intent is recorded when it is not.
import { statSync } from 'node:fs';
import { assert } from '#core/assert';
import type { BreakerSnapshot } from '#core/guard';
import { Instrument } from '#core/instrument';
import type { Command, EngineEvent } from '#core/messages';
import type { PositionSnapshot } from '#core/position';
import type { Micros, Money, Side } from '#core/units';
import { ensureAccount, prepareAccount, readAccount, type Present } from './account.js';
import { Bookkeeper } from './bookkeeper.js';
import {
  isIntent, kept, timeOf, type AdjustEntry, type EquityEntry, type Entry, type HaltEntry,
  type MarkoutEntry,  type ResetEntry,
  type RunEnd, type RunStart,
} from './entries.js'; // prettier-ignore
import type { InboxOrder } from './inbox.js';
import { Latest, json } from './latest.js';
import { LOG_BYTES } from './log-file.js';
import { openLedgerFile, type OpenedLedger } from './open.js';
import { LedgerProblem, explain } from './problem.js';
import { insertRun, closeDeadRuns, type DeadRuns } from './runs.js';
import { MIGRATIONS, type Migration } from './schema.js';
import { prepareStatements, type Statements } from './statements.js';

export interface LedgerOptions {
  /** True: every commit survives any death of this process. False: batches, for the store of a backtest. */
  readonly durable: boolean;
  /**
   * Of a durable ledger: every commit survives a power cut too. False: only what is older than the last idle() does,
   * which will do where the venue dies in the same cut. Default true.
   */
  readonly synced?: boolean;
  /** Entries that a store collects before it writes. */
  readonly batch?: number;
  /** For tests of the migration runner. */
  readonly migrations?: readonly Migration[];
}

const BATCH = 5_000;
/** In idle time the write-ahead log is moved into the file after so many (of 4 to 5 kB), or when it has grown. */
const CHECKPOINT_COMMITS = 200;
const OPERATOR = 'operator';

export class Ledger {
  private readonly sql: Statements;
  private queue: Entry[] = [];
  private readonly latest = new Latest();
  private books: Bookkeeper | null = null;
  private owner = '';
  private account = 0;
  private run: number | null = null;
  /** Set after a failed disk: an intent is never again called durable on it. */
  private broken: LedgerProblem | null = null;
  private closed = false;
  /** Since the log was last moved into the file. */
  private commits = 0;
  /** A commit that the witness has not been told of. */
  private unseen = false;
  /** A commit that a power cut would take with it. */
  private unsynced = false;

  private constructor(
    private readonly file: OpenedLedger,
    private readonly options: LedgerOptions,
  ) {
    this.sql = prepareStatements(file.db);
  }

  /** Opens or makes the file and brings its tables up to date. Hold the account's lock first. Throws LedgerProblem. */
  static open(path: string, options: LedgerOptions): Ledger {
    return new Ledger(
      openLedgerFile(path, options.durable, options.migrations ?? MIGRATIONS),
      options,
    );
  }

  /** Entries that are not on disk yet and want to be: the last decision may wait for other entries. */
  get pending(): number {
    return this.queue.length + this.latest.pending;
  }

  /** The position as the rows on disk add up to; valid after beginRun or attach. */
  get position(): PositionSnapshot {
    return this.desk().snapshot();
  }

  /** Cumulative P&L at the last reset: guard equity = capital + position.pnl(mark) - this. */
  get pnlAtReset(): Money {
    return this.desk().pnlAtReset;
  }

  /** Starts a run: its row, and what the dead runs before it left. Durable when it returns. Throws LedgerProblem. */
  beginRun(start: RunStart): DeadRuns {
    const { db } = this.file;
    this.flush();
    const run = this.file.lastId + 1;
    const begun = db.transaction(() => {
      const account = ensureAccount(db, start.instrument, start.account);
      const dead = closeDeadRuns(db, start);
      insertRun(db, run, account.id, account.position, start);
      db.prepare('UPDATE meta SET owner = ?').run([start.runId]);
      return { account, dead };
    });
    this.file.sync();
    this.sit(begun.account, run, start.instrument, start.runId);
    this.unseen = true;
    this.witness();
    return begun.dead;
  }

  /**
   * For the operator while no run is on (mm stop, mm reset): state, halts, resets and notes, but no
   * orders. Throws LedgerProblem 'missing' when nothing ever ran on that market.
   */
  attach(venue: string, account: string, market: string): void {
    const { db } = this.file;
    this.flush();
    const row = this.guarded(() => prepareAccount(db).get([venue, account, market]));
    if (row === undefined) {
      const what = `${db.path}: nothing ever ran on ${venue} ${market} as ${account}`;
      throw new LedgerProblem('missing', what, 'check --venue, --account and --market');
    }
    const found = readAccount(row);
    db.transaction(() => db.prepare('UPDATE meta SET owner = ?').run([OPERATOR]));
    this.file.sync();
    this.sit(found, null, new Instrument(found.spec), OPERATOR);
  }

  private sit(account: Present, run: number | null, instrument: Instrument, owner: string): void {
    const desk = { account: account.id, run, instrument };
    const lastId = run ?? this.file.lastId;
    this.books = new Bookkeeper(this.sql, desk, account.position, account.pnlAtReset, lastId);
    this.account = account.id;
    this.run = run;
    this.owner = owner;
  }

  endRun(end: RunEnd): void {
    this.flush();
    this.file.db.transaction(() => {
      this.fence();
      const sql = `UPDATE runs SET ended_us = ?, exit_code = ?, end_reason = ?, command_hash = ?
        WHERE id = ?`;
      const values = [end.us, end.exitCode, end.reason, end.commandHash, this.run];
      this.file.db.prepare(sql).run(values);
    });
    this.sync();
  }

  /**
   * Places and amends are durable when this returns, together with all that was queued; when it
   * throws LedgerProblem they were not recorded and must not be sent. Cancels are only queued: send
   * them before.
   */
  recordIntents(us: Micros, commands: readonly Command[]): void {
    let intents = false;
    for (const command of commands) {
      intents ||= isIntent(command);
      this.queue.push({ kind: 'command', us, command });
    }
    if (!intents) return;
    try {
      if (this.broken !== null) throw this.broken;
      if (this.due) this.write(false); // the witness follows with the commit at the end of the turn
    } catch (error) {
      this.queue = this.queue.filter((e) => e.kind !== 'command' || !isIntent(e.command));
      throw error;
    }
  }

  /**
   * Any event that reached the engine, in the order in which it did. `runId` names the run that
   * placed the order when it is an earlier one. Events that leave no row (links, reports) are
   * ignored.
   */
  event(event: EngineEvent, runId: string | null = null): void {
    const row = kept(event);
    if (row !== null) this.queue.push({ kind: 'event', event: row, runId });
  }

  equity(row: EquityEntry): void {
    this.queue.push({ kind: 'equity', row });
  }
  adjust(row: AdjustEntry): void {
    this.queue.push({ kind: 'adjust', row });
  }
  halt(row: HaltEntry): void {
    this.queue.push({ kind: 'halt', row });
  }
  reset(row: ResetEntry): void {
    this.queue.push({ kind: 'reset', row });
  }
  markout(row: MarkoutEntry): void {
    this.queue.push({ kind: 'markout', row });
  }
  note(us: Micros, about: string, text: string): void {
    this.queue.push({ kind: 'note', us, about, text });
  }
  /** The breaker's latch and baselines: enter it with the halt or the equity row that changed it. */
  breaker(us: Micros, snapshot: BreakerSnapshot): void {
    this.state(us, 'breaker', snapshot);
  }
  /** Any other small thing that must survive a restart, as JSON; the last value before a commit counts. */
  state(us: Micros, key: string, value: unknown): void {
    this.latest.states.set(key, { us, value });
  }
  /** What `mm metrics` shows; the last value before a commit counts. */
  status(us: Micros, value: unknown): void {
    this.latest.status = { us, value };
  }
  /**
   * The last decision with its reason, for `mm explain`; the log has them all. Written with the next entries that are,
   * but not with an intent: no order waits for it, and alone it is worth no wait for the disk.
   */
  decision(us: Micros, value: unknown): void {
    this.latest.decision = { us, value };
  }

  /** True when this trade is on disk or in the queue: a backfill after a reconnect may drop it. */
  knowsTrade(tradeId: string, side: Side): boolean {
    const { account } = this;
    if (this.guarded(() => this.sql.knownFill.get([account, tradeId, side])) !== undefined)
      return true;
    return this.queue.some((e) => {
      if (e.kind !== 'event' || e.event.kind !== 'fill') return false;
      return e.event.tradeId === tradeId && e.event.side === side;
    });
  }

  /** Orders of the operator that another process left for this market (inbox.ts), oldest first. */
  inbox(market: string): readonly InboxOrder[] {
    return this.guarded(() => this.sql.inbox.all([market]) as InboxOrder[]);
  }
  /** This order of the operator was obeyed: it will not be handed out again, once committed. */
  taken(us: Micros, id: number): void {
    this.queue.push({ kind: 'taken', us, id });
  }

  /** Writes all that is queued in one transaction (a store: only full batches). Throws LedgerProblem; see flush. */
  commit(): void {
    if (this.due) this.flush();
    else this.witness();
  }

  private get due(): boolean {
    return this.pending >= (this.options.durable ? 1 : (this.options.batch ?? BATCH));
  }

  /**
   * In idle time: writes what is queued and moves the log into the file. Also notices when the file
   * was removed or replaced under us, because then we would write into nothing. Throws
   * LedgerProblem.
   */
  idle(): void {
    this.flush();
    if (this.unsynced) this.sync();
    this.witness();
    this.file.checkSamePlace();
    this.guarded(() => {
      const log = statSync(`${this.file.db.path}-wal`, { throwIfNoEntry: false });
      if (log === undefined || (this.commits < CHECKPOINT_COMMITS && log.size <= LOG_BYTES)) return;
      this.file.db.pragma('wal_checkpoint(PASSIVE)');
      this.commits = 0;
    });
  }

  /** Writes what is left and closes. Throws LedgerProblem when it could not be written; it is closed all the same. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      this.flush();
      // Tidy, no more: what is not moved now is moved by whoever opens the file next.
      this.guarded(() => this.file.db.pragma('wal_checkpoint(TRUNCATE)'));
    } finally {
      this.file.close();
    }
  }

  /**
   * One transaction with everything. When it fails it is as if it had not been tried, and the queue
   * is kept. A row that contradicts itself is our bug: it becomes a note, the rest is written, and
   * then the problem is thrown.
   */
  private flush(): void {
    try {
      if (this.queue.length > 0 || !this.latest.empty) this.write();
    } finally {
      this.witness();
    }
  }

  /** `withDecision`: the last decision too, for which no order shall wait. */
  private write(withDecision = true): void {
    let refusal: LedgerProblem | null = null;
    for (;;) {
      const refused = this.attempt(withDecision);
      if (refused === null) break;
      refusal ??= refused.problem;
      this.queue[refused.index] = refused.note;
    }
    this.queue = [];
    this.latest.clear(withDecision);
    this.commits += 1;
    this.unsynced = true;
    if (this.options.synced ?? true) this.sync();
    this.unseen = true;
    if (refusal !== null) throw refusal;
  }

  /** One try. Null when it is written; a refused row with the note to put in its place; throws for all else. */
  private attempt(
    withDecision: boolean,
  ): { index: number; note: Entry; problem: LedgerProblem } | null {
    const books = this.desk();
    const before = books.mark();
    let index = -1;
    try {
      this.file.db.transaction(() => {
        this.fence();
        for (index = 0; index < this.queue.length; index += 1)
          books.write(this.queue[index] as Entry);
        books.settle();
        this.latest.write(this.sql, this.account, this.run, withDecision);
      });
      return null;
    } catch (error) {
      books.reset(before);
      const problem = error as LedgerProblem;
      const entry = this.queue[index];
      if (problem.code === 'refused' && entry !== undefined && entry.kind !== 'note') {
        const text = `${problem.what}: ${json(entry)}`;
        return {
          index,
          note: { kind: 'note', us: timeOf(entry), about: 'refused', text },
          problem,
        };
      }
      if (problem.code === 'io' || problem.code === 'corrupt') this.broken = problem;
      throw problem;
    }
  }

  /** Whoever began last owns the ledger: an older process that still lives may not write, so it cannot trade. */
  private fence(): void {
    const row = this.sql.owner.get([]) as { owner: string | null } | undefined;
    if (row?.owner === this.owner) return;
    throw new LedgerProblem(
      'fenced',
      `${this.file.db.path}: run ${row?.owner ?? '(none)'} has taken over this account`,
      'end this run; it no longer trades',
    );
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explain(error, this.file.db.path);
    }
  }

  private desk(): Bookkeeper {
    assert(this.books !== null, 'beginRun or attach comes first');
    return this.books;
  }

  /** A commit that may not survive is no ground to trade on; it is not undone, and not written again. */
  private sync(): void {
    try {
      this.file.sync();
      this.unsynced = false;
    } catch (error) {
      this.broken = error as LedgerProblem;
      throw error;
    }
  }

  /** Tells the witness of the last commit; never before the disk has it, for a witness may only lag. */
  private witness(): void {
    if (!this.unseen || this.unsynced) return;
    this.unseen = false;
    const { lastId, lastOrdinal } = this.desk();
    this.file.reached(lastId, this.run ?? 0, lastOrdinal);
  }
}
