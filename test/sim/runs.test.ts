// Level rows of one instant handed over in one call must do at the venue exactly what they do one by one: same fills,
// same queues, same book, in crossed books and after holes too.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ROW_LEVEL, RowBlock } from '#core/rows';
import { ASK, BID } from '#core/units';
import type { FillModel } from '#sim/exchange';
import { PowerQueue } from '#sim/queue';
import { T, World } from './harness.js';
import { script, steps } from './script.js';
import type { Step } from './script.js';

const MODELS: readonly FillModel[] = ['floor', 'queue', 'ceiling'];
const options = { reduceOnly: true, raises: true };
const make = (model: FillModel): World => new World(model, { queue: new PowerQueue(2) });

/** The same market with more level rows, several of them at one time. */
const crowded = (list: readonly Step[]): Step[] =>
  list.flatMap((step) => {
    if (step.what !== 'level') return [step];
    const more = Array.from({ length: step.pick % 5 }, (_, i) => ({
      ...{ ...step, later: 0, side: (step.pick >> i) & 1 ? BID : ASK },
      ...{ ticks: 96 + ((step.ticks + 5 * i) % 9), lots: (step.lots + i) % 13 },
    }));
    return [step, ...more];
  });

const priceOf = ({ side, ticks, pick }: Step): number =>
  ticks + (pick % 7 === 0 ? 0 : side === BID ? -1 : 1);

test('a run of level rows does what its rows do one by one', () => {
  let fills = 0;
  fc.assert(
    fc.property(steps(), fc.constantFrom(...MODELS), (plain, model) => {
      const list = crowded(plain);
      const [single, run] = [make(model), make(model)];
      const block = new RowBlock(list.length);
      let from = 0;
      script(list, options).forEach((action, i) => {
        const step = list[i] as Step;
        action.apply(single.exchange);
        const next = list[i + 1];
        if (step.what !== 'level') action.apply(run.exchange);
        else {
          block.push(ROW_LEVEL, step.side, action.us, action.us, priceOf(step), step.lots);
          if (next?.what === 'level' && next.later === 0) return;
          run.at(action.us).exchange.levelRun(block, from, block.count);
          from = block.count;
        }
        expect(run.events).toEqual(single.events);
        expect(run.exchange.openOrders()).toEqual(single.exchange.openOrders());
        expect(run.exchange.markPrice).toBe(single.exchange.markPrice);
      });
      for (let ticks = 90; ticks < 110; ticks += 1) {
        for (const side of [BID, ASK] as const)
          expect(run.exchange.book.lotsAt(side, T(ticks))).toBe(
            single.exchange.book.lotsAt(side, T(ticks)),
          );
      }
      fills += single.events.filter(({ kind }) => kind === 'fill').length;
    }),
    { numRuns: 80 },
  );
  expect(fills).toBeGreaterThan(80);
});
