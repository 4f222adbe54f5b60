// `mm replay RUN`: builds the engine of a recorded run again, feeds it what reached it then (rows, events, drain ends,
// timers, words of the host, in that order) and compares the commands. Nothing is sent anywhere.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PARAMETERS, PARAMETER_KEYS } from '#config/parameters';
import type { Parameter, ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { Instrument } from '#core/instrument';
import type { RowBlock } from '#core/rows';
import { ROW_DRAIN, ROW_LINK, ROW_TIMER, applyRow } from '#core/rows';
import type { Micros } from '#core/units';
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
}

/** Throws StartProblem for a run that has no recording, TapeProblem for a damaged one. */
export function replayRun(stateDir: string, runId: string): ReplayOutcome {
  const { ledger, recorded } = findRun(stateDir, runId);
  const { tape, facts } = recordingPaths(ledger, runId);
  const lines = factsOf(facts, runId);
  const first = lines[0];
  if (first === undefined || !('start' in first))
    throw new StartProblem(
      `${facts} does not begin with the start of the run; it cannot be replayed`,
    );
  const sink = new HashingSink({ send: () => undefined });
  const machine = rebuilt(first.start, sink);
  const player = new Player(machine, lines.slice(1));
  const source = new TapeSource(tape);
  try {
    for (let block = source.next(); block !== null; block = source.next(block)) player.play(block);
  } finally {
    source.close();
  }
  player.rest();
  const hash = sink.digest();
  const { rows, settles } = player;
  return { runId, rows, settles, commands: sink.count, hash, recorded, same: hash === recorded };
}

function findRun(stateDir: string, runId: string): { ledger: string; recorded: string | null } {
  for (const { paths, problem } of findLedgers(stateDir)) {
    if (problem !== null) continue;
    const run = reading(paths.ledger, (reader) => reader.run(runId));
    if (run !== null) return { ledger: paths.ledger, recorded: run.commandHash };
  }
  throw new StartProblem(`no run ${runId} in ${stateDir}; mm metrics shows the last ones`);
}

function factsOf(path: string, runId: string): Fact[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new StartProblem(
      `run ${runId} was not recorded (nothing in ${dirname(path)}); runs on a venue are, runs on --venue sim repeat by their seed`,
    );
  }
  return text.split('\n').filter(Boolean).map(readFact);
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
  private next = 0;
  private readonly input: WireInput;

  constructor(
    private readonly machine: Assembly,
    private readonly facts: readonly Fact[],
  ) {
    this.input = new WireInput(machine, null);
  }

  play(block: RowBlock): void {
    const { engine } = this.machine;
    for (let i = 0; i < block.count; i += 1) {
      this.upTo(this.rows);
      this.rows += 1;
      const kind = block.kind[i];
      const us = block.localUs[i] as Micros;
      if (kind === ROW_LINK) continue; // the event itself is among the facts
      if (kind === ROW_DRAIN || kind === ROW_TIMER) {
        this.settles += 1;
        engine.settle(us);
        continue;
      }
      engine.begin(us);
      applyRow(block, i, engine);
    }
  }

  /** What came after the last row. */
  rest(): void {
    this.upTo(Infinity);
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
