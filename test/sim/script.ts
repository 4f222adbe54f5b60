// Random quote scripts and random markets as fast-check values: small prices and sizes, so that everything collides.
import fc from 'fast-check';
import type { Command } from '#core/messages';
import type { Aggressor, Lots, Micros, Rate, Side, TickPrice, Ticks } from '#core/units';
import { BID } from '#core/units';
import type { Exchange } from '#sim/exchange';

/** One step: what happens, four small numbers to fill it in, and the time since the step before. */
export interface Step {
  readonly what:
    | 'level' | 'print' | 'clear' | 'quote' | 'gap' | 'mark' | 'funding'
    | 'place' | 'amend' | 'cancel' | 'cancel-all' | 'ioc'; // prettier-ignore
  readonly side: Side;
  readonly aggressor: Aggressor;
  readonly ticks: number;
  readonly lots: number;
  readonly pick: number;
  readonly later: number;
}

export interface ScriptOptions {
  /** Orders that depend on the position, and so on the fills. */
  readonly reduceOnly: boolean;
  /** Amends that raise the total size of an order. */
  readonly raises: boolean;
}

export const steps = (maxLength = 120): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      what: fc.oneof(
        { weight: 8, arbitrary: fc.constant('level' as const) },
        { weight: 5, arbitrary: fc.constant('print' as const) },
        { weight: 5, arbitrary: fc.constant('place' as const) },
        { weight: 3, arbitrary: fc.constant('amend' as const) },
        { weight: 2, arbitrary: fc.constant('cancel' as const) },
        {
          weight: 2,
          arbitrary: fc.constantFrom('gap' as const, 'clear' as const, 'ioc' as const, 'mark' as const,
            'funding' as const, 'cancel-all' as const, 'quote' as const), // prettier-ignore
        },
      ),
      side: fc.constantFrom<Side[]>(1, -1),
      aggressor: fc.constantFrom<Aggressor[]>(1, -1, 0),
      ticks: fc.integer({ min: 96, max: 104 }),
      lots: fc.integer({ min: 0, max: 12 }),
      pick: fc.nat(1000),
      later: fc.constantFrom(0, 0, 1, 5),
    }),
    { minLength: 10, maxLength, size: 'max' },
  );

/** A step made definite, the same for every exchange: it never looks at what has filled. */
export interface Action {
  readonly us: Micros;
  readonly apply: (exchange: Exchange) => void;
}

export function script(list: readonly Step[], options: ScriptOptions): Action[] {
  const placed: { ordinal: number; side: Side; lots: number; reduceOnly: boolean }[] = [];
  let us = 1_000_000;
  return list.map((step) => {
    us += step.later;
    const command = commandOf(step, placed, options);
    const now = us as Micros;
    const apply = command === null
      ? (exchange: Exchange) => row(exchange, step, now)
      : (exchange: Exchange) => exchange.submit(now, command); // prettier-ignore
    return { us: now, apply };
  });
}

function commandOf(
  step: Step,
  placed: { ordinal: number; side: Side; lots: number; reduceOnly: boolean }[],
  options: ScriptOptions,
): Command | null {
  const ticks = step.ticks as Ticks;
  const lots = step.lots as Lots;
  const { side } = step;
  if (step.what === 'place' || step.what === 'ioc') {
    const tif = step.what === 'ioc' ? 'ioc' : 'post-only';
    const reduceOnly = options.reduceOnly && step.pick % 3 === 0;
    const ordinal = placed.length + 1;
    placed.push({ ordinal, side, lots, reduceOnly });
    return { kind: 'place', ordinal, side, ticks, lots, tif, reduceOnly };
  }
  const order = placed[step.pick % Math.max(1, placed.length)];
  if (step.what === 'cancel') return { kind: 'cancel', ordinal: order?.ordinal ?? 99 };
  if (step.what === 'cancel-all') return { kind: 'cancel-all' };
  if (step.what !== 'amend') return null;
  if (order === undefined) return { kind: 'amend', ordinal: 99, side, ticks, lots };
  const total = options.raises ? lots : Math.min(order.lots, lots);
  if (total > 0) order.lots = total;
  return { kind: 'amend', ordinal: order.ordinal, side: order.side, ticks, lots: total as Lots };
}

function row(exchange: Exchange, step: Step, now: Micros): void {
  exchange.nowUs = now;
  const { side } = step;
  // Mostly a sane book: bids up to the drawn price less one, asks from it.
  const away = step.pick % 7 === 0 ? 0 : side === BID ? -1 : 1;
  const ticks = (step.ticks + away) as Ticks;
  const lots = step.lots as Lots;
  if (step.what === 'level') exchange.level(side, ticks, lots);
  else if (step.what === 'quote') exchange.quote(side, ticks, lots);
  else if (step.what === 'clear') exchange.clear();
  else if (step.what === 'mark')
    exchange.mark((step.ticks + (step.pick % 160) / 4 - 20) as TickPrice);
  else if (step.what === 'gap') exchange.gap((now - (step.pick % 12)) as Micros, now);
  else if (step.what === 'funding') {
    exchange.funding(((step.pick - 500) * 4_321) as Rate, step.pick % 2 === 0);
  } else if (step.what === 'print') {
    const price = (step.ticks + (step.pick % 5 === 0 ? 0.5 : 0)) as TickPrice;
    exchange.trade(step.aggressor, price, lots, now);
  }
}
