// Scripts for the scenarios: small functions of time from which a test puts its market together; and a strategy that
// wants more than it may have.
import type { Quote, Reason, StrategyFactory } from '#core/strategy';
import { ASK, BID } from '#core/units';
import type { Bps, InventoryUnits, Lots, Side, Ticks } from '#core/units';
import type { Instant, Script } from '../support/scripted-market.js';

/** $100,000 in ticks of 10 cents; a tick is 0.01 bp, 100 ticks are 1 bp. */
export const MID = 1_000_000;
export const BP = MID / 10_000;

/** A touch of a tenth of a basis point around `mid`. */
export const around = (mid: number, halfTicks = 5): { bid: number; ask: number } => ({
  bid: Math.round(mid) - halfTicks,
  ask: Math.round(mid) + halfTicks,
});

export const calm = (mid: number = MID): Instant => ({ book: around(mid) });

/** A taker who sweeps 20 bp beyond the mid: everything of ours on that side is filled. `taker` BID buys. */
export const sweep = (taker: Side, mid: number = MID): Instant => ({
  book: around(mid),
  prints: [{ aggressor: taker, ticks: Math.round(mid + taker * 20 * BP), lots: 1_000 }],
});

/** True at the steps of 100 ms that fall on every `period` seconds within [from, to). */
export const every = (second: number, period: number, from: number, to: number): boolean => {
  const tenth = Math.round(second * 10);
  const inside = tenth >= Math.round(from * 10) && tenth < Math.round(to * 10);
  return inside && (tenth - Math.round(from * 10)) % Math.round(period * 10) === 0;
};

/** Fills our quotes of one side `count` times, every two seconds from `from` on, at the price of that moment. */
export const filling =
  (taker: Side, count: number, from: number, midAt: (second: number) => number): Script =>
  (second) =>
    every(second, 2, from, from + 2 * count) ? sweep(taker, midAt(second)) : calm(midAt(second));

export const SELLER: Side = ASK;
export const BUYER: Side = BID;

const GREEDY: Reason = {
  ...{ model: 'greedy', inventory: 0 as InventoryUnits, shift: 0 as Bps, half: 3 as Bps },
  ...{ terms: [], clamps: [], withdrawn: null, withdrawForMs: 0 },
};

/** Wants `lots` at each of `levels` on both sides, 3 bp from the mid and 1 bp apart, whatever it holds already. */
export const greedy =
  (levels: number, lots: number): StrategyFactory =>
  () => ({
    name: 'greedy',
    decide: (view) => {
      const side = (of: Side): Quote[] =>
        Array.from({ length: levels }, (_, level) => ({
          level,
          ticks: Math.round(view.mid - of * (3 + level) * BP) as Ticks,
          lots: lots as Lots,
          distance: (3 + level) as Bps,
          reduceOnly: false,
        }));
      return {
        bids: side(BID),
        asks: side(ASK),
        immediate: null,
        placement: 'behind',
        reason: GREEDY,
      };
    },
  });
