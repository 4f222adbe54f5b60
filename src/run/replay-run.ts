// `mm replay RUN`: builds the engine of a recorded run again, feeds it what reached it then (rows, events, drain ends,
// timers, words of the host, in that order) and compares the commands. Of a killed run it plays what was saved, and
// compares the orders with those of the ledger. Nothing is sent anywhere.
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PARAMETERS, PARAMETER_KEYS } from '#config/parameters';
import type { Parameter, ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { Instrument } from '#core/instrument';
import type { Command, PlaceCommand } from '#core/messages';
import type { CommandSink } from '#core/ports';
import type { RowBlock } from '#core/rows';
import { ROW_DRAIN, ROW_LINK, ROW_TIMER, applyRow } from '#core/rows';
import type { Micros } from '#core/units';
import type { OrderRow } from '#ledger/rows';
import { TapeSource } from '#tape/read';
import { assemble } from './assembly.js';
import type { Assembly } from './assembly.js';
import { HashingSink } from './command-hash.js';
import { findLedgers, reading } from './ledgers.js';
import { readFact, recordingPaths } from './run-recording.js';
import type { Fact, RunBeginning } from './run-recording.js';
import { WireInput } from './wire-input.js';

export interface ReplayOutcome {
  readonly runId: string;
  readonly rows: number;
  readonly settles: number;
  readonly commands: number;
  readonly hash: string;
  /** What the run left in its ledger; null when it was killed. */
  readonly recorded: string | null;
  readonly same: boolean;
  /** Of a run that did not end in order; else null. */
  readonly torn: TornReplay | null;
}

/** What was saved of a killed run: its orders until then against those of the ledger. */
export interface TornReplay {
  /** Until when it could be played; null when not even one settle was saved. */
  readonly untilUs: Micros | null;
  readonly orders: number;
  /** Ordinals that the ledger has otherwise, or not at all. */
  readonly otherwise: readonly number[];
}

/** Throws StartProblem for a run that has no recording, TapeProblem for a damaged one. */
export function replayRun(stateDir: string, runId: string): ReplayOutcome {
  const { ledger, recorded, orders } = findRun(stateDir, runId);
  const { tape, facts } = recordingPaths(ledger, runId);
  const torn = !existsSync(tape);
  const lines = factsOf(facts, runId, torn);
  const first = lines[0];
  if (first === undefined || !('start' in first))
    throw new StartProblem(
      `${facts} does not begin with the start of the run; it cannot be replayed`,
    );
  const placed = new PlacedOrders();
  const sink = new HashingSink(placed);
  const machine = rebuilt(first.start, sink);
  // A fact later than the last one saved may be missing: rows behind that are not played.
  const most = torn ? (lines.at(-1)?.at ?? 0) : Infinity;
  const player = new Player(machine, lines.slice(1), most);
  const source = torn ? new TapeSource(`${tape}.part`, { torn: 'keep' }) : new TapeSource(tape);
  try {
    for (let block = source.next(); block !== null; block = source.next(block)) player.play(block);
  } finally {
    source.close();
  }
  player.rest();
  const hash = sink.digest();
  const { rows, settles } = player;
  const figures = { runId, rows, settles, commands: sink.count, hash, recorded };
  if (!torn) return { ...figures, same: hash === recorded, torn: null };
  const otherwise = placed.otherwise(orders, player.untilUs ?? 0);
  const untilUs = player.untilUs as Micros | null;
  const same = otherwise.length === 0 && settles > 0;
  return { ...figures, same, torn: { untilUs, orders: placed.orders.size, otherwise } };
}

interface FoundRun {
  readonly ledger: string;
  readonly recorded: string | null;
  readonly orders: readonly OrderRow[];
}

function findRun(stateDir: string, runId: string): FoundRun {
  for (const { paths, problem } of findLedgers(stateDir)) {
    if (problem !== null) continue;
    const found = reading(paths.ledger, (reader): FoundRun | null => {
      const run = reader.run(runId);
      if (run === null) return null;
      return {
        ledger: paths.ledger,
        recorded: run.commandHash,
        orders: [...reader.orders(run.id)],
      };
    });
    if (found !== null) return found;
  }
  throw new StartProblem(`no run ${runId} in ${stateDir}; mm metrics shows the last ones`);
}

/** The orders that a replay placed. */
class PlacedOrders implements CommandSink {
  readonly orders = new Map<number, PlaceCommand & { readonly us: Micros }>();

  send(nowUs: Micros, commands: readonly Command[]): void {
    for (const command of commands)
      if (command.kind === 'place') this.orders.set(command.ordinal, { ...command, us: nowUs });
  }

  /** Ordinals of orders until `untilUs` that are not in both, alike. The last instant may have missed the ledger. */
  otherwise(rows: readonly OrderRow[], untilUs: number): number[] {
    const inLedger = new Map(rows.map((row) => [row.ordinal, row]));
    const wrong = rows.filter((row) => row.placedUs <= untilUs && !this.orders.has(row.ordinal));
    const found = wrong.map(({ ordinal }) => ordinal);
    for (const [ordinal, { us, side, ticks, lots }] of this.orders) {
      const row = inLedger.get(ordinal);
      const alike = row?.side === side && row.firstTicks === ticks && row.firstLots === lots;
      if (!alike && (row !== undefined || us < untilUs)) found.push(ordinal);
    }
    return found;
  }
}

function factsOf(path: string, runId: string, torn: boolean): Fact[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new StartProblem(
      `run ${runId} was not recorded (nothing in ${dirname(path)}); runs on a venue are, runs on --venue sim repeat by their seed`,
    );
  }
  const lines = text.split('\n');
  // What stands behind the last line end was being written when the run was killed.
  return (torn ? lines.slice(0, -1) : lines).filter(Boolean).map(readFact);
}

/** Settings from their texts; what was secret decided no command. */
function valuesOf(texts: RunBeginning['texts']): ParameterValues {
  const values: Record<string, unknown> = {};
  for (const key of PARAMETER_KEYS) {
    const text = texts[key];
    const definition: Parameter<unknown> = PARAMETERS[key];
    values[key] = text === undefined ? null : definition.parse(text);
  }
  return values as ParameterValues;
}

function rebuilt(start: RunBeginning, sink: HashingSink): Assembly {
  const { spec, profile, mid, engine, breaker, learnt, mode } = start;
  const values = { ...valuesOf(start.texts), makerFee: spec.makerFee, takerFee: spec.takerFee };
  const assembly = assemble({
    ...{ values, profile, mid, sink, mode, shadow: true, observer: {} },
    ...{ instrument: new Instrument(spec), start: engine, restored: breaker },
  });
  if (learnt !== null) assembly.analyzer?.restore?.(learnt);
  return assembly;
}

/** Hands rows and facts to the engine in the order in which they were taken down. */
class Player {
  rows = 0;
  settles = 0;
  /** Time of the last settle. */
  untilUs: number | null = null;
  private next = 0;
  private readonly input: WireInput;

  constructor(
    private readonly machine: Assembly,
    private readonly facts: readonly Fact[],
    private readonly most: number,
  ) {
    this.input = new WireInput(machine, null);
  }

  play(block: RowBlock): void {
    const { engine } = this.machine;
    for (let i = 0; i < block.count && this.rows < this.most; i += 1) {
      this.upTo(this.rows);
      this.rows += 1;
      const kind = block.kind[i];
      const us = block.localUs[i] as Micros;
      if (kind === ROW_LINK) continue; // the event itself is among the facts
      if (kind === ROW_DRAIN || kind === ROW_TIMER) {
        this.settles += 1;
        this.untilUs = us;
        engine.settle(us);
        continue;
      }
      engine.begin(us);
      applyRow(block, i, engine);
    }
  }

  /** What came after the last row; of a torn tape only what came before the row that is missing. */
  rest(): void {
    this.upTo(this.most === Infinity ? Infinity : this.rows);
  }

  private upTo(row: number): void {
    for (;;) {
      const fact = this.facts[this.next];
      if (fact === undefined || fact.at > row) return;
      this.next += 1;
      if ('event' in fact) this.input.handle(fact.event);
      else if ('flatten' in fact) this.input.flatten(fact.flatten);
      else if ('withdraw' in fact) this.input.withdraw(fact.untilUs as Micros, fact.withdraw);
    }
  }
}
