// Everything that reaches the engine of a run on the wire goes through here, in order: rows, events, settles, the few
// words of the host. So a recording of it, fed back, must lead to the same commands (replay-run.ts).
import type { EngineEvent } from '#core/messages';
import type { RowBlock } from '#core/rows';
import { applyRow } from '#core/rows';
import type { Micros } from '#core/units';
import type { Assembly } from './assembly.js';
import type { EngineInput } from './market-side.js';
import type { FlattenMode } from '#engine/flatten';

/** Takes down what reached the engine; must never throw. */
export interface InputRecording {
  row(block: RowBlock, i: number): void;
  event(event: EngineEvent): void;
  /** `timer`: nothing had arrived, only the time had come. */
  settle(nowUs: Micros, timer: boolean): void;
  flatten(mode: FlattenMode | null): void;
  withdraw(untilUs: Micros, reason: string): void;
}

export class WireInput implements EngineInput {
  private fed = false;

  constructor(
    private readonly machine: Pick<Assembly, 'engine' | 'breaker'>,
    private readonly recording: InputRecording | null,
  ) {}

  /** Rows `from` up to `to` of a block, each at its own local time. */
  rows(block: RowBlock, from: number, to: number): void {
    const { engine } = this.machine;
    for (let i = from; i < to; i += 1) {
      this.recording?.row(block, i);
      engine.begin(block.localUs[i] as Micros);
      applyRow(block, i, engine);
    }
    if (to > from) this.fed = true;
  }

  handle(event: EngineEvent): void {
    this.recording?.event(event);
    this.machine.engine.handle(event);
    this.fed = true;
  }

  settle(nowUs: Micros): void {
    this.recording?.settle(nowUs, !this.fed);
    this.fed = false;
    this.machine.engine.settle(nowUs);
  }

  flatten(mode: FlattenMode | null): void {
    this.recording?.flatten(mode);
    this.machine.engine.flatten(mode);
  }

  /** The host has a reason of its own against quotes until then: they go with the next settle. */
  withdraw(untilUs: Micros, reason: string): void {
    this.recording?.withdraw(untilUs, reason);
    const { breaker, engine } = this.machine;
    breaker.trip({ guard: 'host', severity: 'withdraw', reason, untilUs }, engine.numbers);
    this.fed = true;
  }
}
