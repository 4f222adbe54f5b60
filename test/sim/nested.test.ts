// For one fixed quote script the fills are nested: floor within queue within ceiling, order by order, at every moment
// (spec.md section 7). Random markets with crossed books, holes and unknown sides; partial fills, amends, cancels.
// The campaign: MM_HISTORIES=100000 npx vitest run test/sim/nested.test.ts
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BID } from '#core/units';
import type { FillModel } from '#sim/exchange';
import { BEHIND_UI, LogQueue, PowerQueue } from '#sim/queue';
import type { QueueModel } from '#sim/queue';
import { SPEC, World } from './harness.js';
import { script, steps } from './script.js';

const RUNS = Number(process.env['MM_HISTORIES'] ?? 600);

// Without maintenance margin and with boundless leverage the account never speaks.
const spec = { ...SPEC, maintenanceMargin: 0, minSize: '0.002' };
const account = { deposit: 1e12 as never, leverage: 1e9 };
const make = (model: FillModel, queue?: QueueModel): World =>
  new World(model, { spec, account, ...(queue ? { queue } : {}) });

/** Cumulative lots by order, kept up to date from the event list. */
class Tally {
  readonly lots = new Map<number, number>();
  gaps = 0;
  private read = 0;
  constructor(readonly world: World) {}
  update(): void {
    const { events } = this.world;
    for (; this.read < events.length; this.read++) {
      const event = events[this.read];
      if (event?.kind !== 'fill' || event.ordinal === null) continue;
      this.lots.set(event.ordinal, (this.lots.get(event.ordinal) ?? 0) + event.lots);
      if (event.gap) this.gaps += 1;
    }
  }
  of(ordinal: number): number {
    return this.lots.get(ordinal) ?? 0;
  }
}

test('floor within queue within ceiling', { timeout: Math.max(60_000, 40 * RUNS) }, () => {
  const seen = { floor: 0, partial: 0, ceilingOnly: 0, gaps: 0 };
  fc.assert(
    fc.property(steps(), (list) => {
      const floor = new Tally(make('floor'));
      const queue = new Tally(make('queue'));
      const others = [new PowerQueue(2), new PowerQueue(0.5), new LogQueue(), BEHIND_UI];
      const queues = [queue, ...others.map((model) => new Tally(make('queue', model)))];
      const ceiling = new Tally(make('ceiling'));
      const all = [floor, ...queues, ceiling];
      for (const action of script(list, { reduceOnly: false, raises: false })) {
        for (const tally of all) {
          action.apply(tally.world.exchange);
          tally.update();
        }
        for (const [ordinal, lots] of ceiling.lots) {
          for (const middle of queues) {
            if (middle.of(ordinal) < lots && middle.of(ordinal) > 0) seen.partial += 1;
            if (middle.of(ordinal) > lots) throw new Error(`queue above ceiling: order ${ordinal}`);
          }
          if (queue.of(ordinal) === 0) seen.ceilingOnly += 1;
        }
        for (const [ordinal, lots] of floor.lots) {
          seen.floor += 1;
          for (const middle of queues) {
            if (middle.of(ordinal) < lots) throw new Error(`floor above queue: order ${ordinal}`);
          }
        }
        for (const middle of queues) {
          for (const [ordinal, lots] of middle.lots) {
            if (lots > ceiling.of(ordinal))
              throw new Error(`queue above ceiling: order ${ordinal}`);
          }
        }
      }
      seen.gaps += floor.gaps;
    }),
    { numRuns: RUNS },
  );
  // The property would hold of an exchange that fills nothing.
  if (process.env['MM_HISTORIES'] !== undefined) console.log(seen);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
});

test('an amend that raises the size is why the claim excludes it: a filled order cannot be raised', () => {
  const filled = (['floor', 'ceiling'] as const).map((model) => {
    const world = make(model).at(1).book();
    const ordinal = world.place(BID, 99, 5);
    world.print(-1, 99, 1).amend(ordinal, BID, 99, 9).print(-1, 98, 1);
    return world.filled(ordinal);
  });
  expect(filled).toEqual([9, 5]);
});
