// What reached the engine of a run on the wire, for `mm replay`: rows, drain ends and timers on a tape, everything else
// (events, words of the host) as lines of JSON, each with the number of tape rows before it. A disk that fails ends the
// recording, never the run.
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BreakerSnapshot } from '#core/guard';
import type { Instrument, InstrumentSpec } from '#core/instrument';
import type { EngineEvent } from '#core/messages';
import type { VenueProfile } from '#core/params';
import type { RowBlock, RowKind } from '#core/rows';
import { ROW_DRAIN, ROW_LINK, ROW_TIMER } from '#core/rows';
import type { Aggressor, Micros, TickPrice } from '#core/units';
import type { EngineStart } from '#engine/engine';
import type { FlattenMode } from '#engine/flatten';
import { TapeWriter } from '#tape/write';
import type { Mode } from './assembly.js';
import type { InputRecording } from './wire-input.js';

/** Rows that wait for the disk: a recording of a live run must not cost megabytes. */
const BLOCK_ROWS = 4_096;
const LINES = 64;
/** A killed run leaves what is older than this (mm replay plays that much). */
const SAVE_EVERY_US = 5_000_000;

/** The files of one recorded run. */
export function recordingPaths(ledgerPath: string, runId: string): { tape: string; facts: string } {
  const stem = join(dirname(ledgerPath), 'runs', runId);
  return { tape: `${stem}.tape`, facts: `${stem}.jsonl` };
}

/** All that decides what an engine does, besides its input. Never a secret. */
export interface RunBeginning {
  readonly runId: string;
  readonly mode: Mode;
  /** Settings as texts, secrets left out. */
  readonly texts: Readonly<Record<string, string>>;
  readonly spec: InstrumentSpec;
  readonly profile: VenueProfile;
  readonly mid: TickPrice;
  readonly engine: EngineStart;
  readonly breaker: BreakerSnapshot | null;
  /** What the analyzer had learnt before. */
  readonly learnt: unknown;
}

/** One line of the facts file. `at`: how many rows of the tape came before. */
export type Fact =
  | { readonly at: number; readonly start: RunBeginning }
  | { readonly at: number; readonly event: EngineEvent }
  | { readonly at: number; readonly flatten: FlattenMode | null }
  | { readonly at: number; readonly withdraw: string; readonly untilUs: number };

const INFINITY = '@Infinity';
/** JSON has no Infinity (the margin ratio of a flat account). */
const keepInfinity = (_key: string, value: unknown): unknown =>
  value === Infinity ? INFINITY : value;

/** One line of the facts file. Throws SyntaxError for a torn one. */
export const readFact = (line: string): Fact =>
  JSON.parse(line, (_key, value: unknown) => (value === INFINITY ? Infinity : value)) as Fact;

export class RunRecording implements InputRecording {
  private rows = 0;
  private lines: string[] = [];
  private failed = false;
  private savedUs = 0;

  private constructor(
    private readonly tape: TapeWriter,
    private readonly facts: string,
  ) {}

  /** Null when the disk would not have it. */
  static begin(ledgerPath: string, runId: string, instrument: Instrument): RunRecording | null {
    const { tape, facts } = recordingPaths(ledgerPath, runId);
    const { venue, symbol, tickSize, lotSize } = instrument.spec;
    const header = { instrument: { venue, symbol, tickSize, lotSize }, writtenBy: runId };
    try {
      mkdirSync(dirname(tape), { recursive: true, mode: 0o700 });
      const writer = new TapeWriter(tape, header, { blockRows: BLOCK_ROWS });
      return new RunRecording(writer, facts);
    } catch {
      return null;
    }
  }

  /** What the engine began with: the first line. */
  start(start: RunBeginning): void {
    this.line({ at: 0, start });
  }

  row(block: RowBlock, i: number): void {
    this.push(
      block.kind[i] as RowKind,
      block.side[i] as Aggressor,
      block.exchangeUs[i] as number,
      block.localUs[i] as number,
      block.price[i] as number,
      block.size[i] as number,
    );
  }

  event(event: EngineEvent): void {
    if (event.kind === 'link') {
      const channel = event.channel === 'public' ? 0 : 1;
      this.push(ROW_LINK, 0, event.us, event.us, event.state === 'up' ? 1 : 0, channel);
    }
    this.line({ at: this.rows, event });
  }

  settle(nowUs: Micros, timer: boolean): void {
    this.push(timer ? ROW_TIMER : ROW_DRAIN, 0, nowUs, nowUs, 0, 0);
    if (nowUs - this.savedUs < SAVE_EVERY_US) return;
    this.savedUs = nowUs;
    this.guarded(() => {
      this.flush(); // before the rows: what is on the tape has its facts
      this.tape.flush();
    });
  }

  flatten(mode: FlattenMode | null): void {
    this.line({ at: this.rows, flatten: mode });
  }

  withdraw(untilUs: Micros, reason: string): void {
    this.line({ at: this.rows, withdraw: reason, untilUs });
  }

  close(): void {
    this.guarded(() => {
      this.flush();
      this.tape.finish();
    });
  }

  private push(
    kind: RowKind, side: Aggressor, exchangeUs: number, localUs: number, price: number, size: number,
  ): void {
    if (this.failed) return;
    this.rows += 1;
    try {
      this.tape.push(kind, side, exchangeUs, localUs, price, size);
    } catch {
      this.failed = true;
    }
  } // prettier-ignore

  private line(fact: Fact): void {
    this.guarded(() => {
      this.lines.push(JSON.stringify(fact, keepInfinity));
      if (this.lines.length >= LINES) this.flush();
    });
  }

  private flush(): void {
    if (this.lines.length === 0) return;
    appendFileSync(this.facts, `${this.lines.splice(0).join('\n')}\n`, { mode: 0o600 });
  }

  private guarded(work: () => void): void {
    if (this.failed) return;
    try {
      work();
    } catch {
      this.failed = true;
    }
  }
}
