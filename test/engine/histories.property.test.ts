// Random histories of a venue that loses, delays, reorders and repeats, against the truth that the venue keeps:
// (a) never two live orders in a slot, the hard limit holds whatever fills, in the end both agree on everything;
// (b) a halt emits cancel-all in that settle and nothing else until it is over; (c) nothing while unsound.
// MM_HISTORIES=100000 npx vitest run test/engine/histories runs the campaign; the default takes a few seconds.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Micros } from '#core/units';
import { fail, History, plan, tally } from './history.js';

const RUNS = Number(process.env['MM_HISTORIES'] ?? 400);

test(
  'whatever a venue does: slots, hard limit, halts, and agreement in the end',
  () => {
    fc.assert(
      fc.property(plan, (p) => new History(p).run()),
      { numRuns: RUNS },
    );
    for (const [name, count] of Object.entries(tally)) expect(count, name).toBeGreaterThan(0);
  },
  Math.max(60_000, RUNS * 60),
);

test('a halt: cancel-all in that very settle, before anything else', () => {
  let halts = 0;
  fc.assert(
    fc.property(plan, fc.constantFrom('withdrawn', 'paused', 'latched'), (p, state) => {
      const history = new History({ ...p, steps: 12 });
      const { venue, breaker, engine } = history;
      let halted = false;
      const run = history.run.bind(history);
      const settle = venue.settle.bind(venue);
      venue.settle = (check): void => {
        const begins = !halted && engine.openOrders > 0;
        if (begins) breaker.next = state;
        settle(check);
        if (!begins) return;
        halted = true;
        halts += 1;
        if (venue.batch.length !== 1 || venue.batch[0]?.kind !== 'cancel-all')
          fail('no cancel-all');
        breaker.untilUs = 0 as Micros;
      };
      run();
    }),
    { numRuns: Math.max(20, RUNS / 10) },
  );
  expect(halts).toBeGreaterThan(0);
});
