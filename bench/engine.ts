// The engine's per-event path: one book row and one settle in which nothing is to be decided, with every guard asked.
// Time per event and bytes allocated per event (the design says 0), without and with the analyzer.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readLayers } from '#config/layers';
import { Instrument } from '#core/instrument';
import type { Lots, Micros, Money, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { SIM_PROFILE, assemble } from '#run/assembly';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { allocatedBytes, interleave, spread, yardstick, yardstickSeconds } from './measure.js';

const EVENTS = 200_000;
const START = 1_767_571_200_000_000;

/** An engine that has quoted once; `event(i)` is then a row 5 levels from the touch and its settle, 10 us later. */
function quietEngine(shadow: boolean): (from: number, count: number) => void {
  const flags = { check: '60s', refresh: '60s', staleAfter: '60s' };
  const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
  const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
  const { engine } = assemble({
    values,
    instrument,
    profile: SIM_PROFILE,
    mid: 1_000_000.5 as TickPrice,
    sink: { send: () => undefined },
    observer: {},
    start: { nowUs: START as Micros, firstOrdinal: 1, capital: values.capital as Money },
    restored: null,
    shadow,
  });
  const us = START as Micros;
  for (const channel of ['public', 'private'] as const) {
    engine.handle({ kind: 'link', us, channel, state: 'up', detail: '' });
  }
  engine.clear();
  for (let i = 0; i < 10; i += 1) {
    engine.level(BID, (1_000_000 - i) as Ticks, 1_000 as Lots);
    engine.level(ASK, (1_000_001 + i) as Ticks, 1_000 as Lots);
  }
  engine.settle((us + 1) as Micros);
  const clock = new Float64Array([us + 2]); // a captured `let` would be boxed by the bench itself
  return (from, count) => {
    for (let i = from; i < from + count; i += 1) {
      const now = (clock[0] as number) + 10;
      clock[0] = now;
      engine.level(
        i % 2 === 0 ? BID : ASK,
        (i % 2 === 0 ? 999_995 : 1_000_006) as Ticks,
        (1_000 + (i % 7)) as Lots,
      );
      engine.now.us = now as Micros;
      engine.settleNow();
    }
  };
}

const LABELS = {
  bare: 'engine, one row + settle with all guards, no decision due',
  watched: '  the same with the analyzer watching',
} as const;

function measure(name: keyof typeof LABELS, rounds = 9): string {
  const run = quietEngine(name === 'watched');
  const seconds = interleave({ events: () => run(0, EVENTS), yardstick }, rounds);
  const each = spread(seconds.events.map((taken) => (taken / EVENTS) * 1e9));
  const yard = yardstickSeconds(spread(seconds.yardstick).median) * 1e9;
  const bytes = allocatedBytes(run, 1_280_000);
  return (
    `${LABELS[name]}: ${each.median.toFixed(0)} ns (${each.lower.toFixed(0)} to ${each.upper.toFixed(0)}), ` +
    `${(each.median / yard).toFixed(4)} of the yardstick, ${bytes.toFixed(2)} bytes`
  );
}

/** Each in a process of its own: V8 inlines less, and so allocates more, where both have run. */
export function benchEngine(): string[] {
  const file = fileURLToPath(import.meta.url);
  return Object.keys(LABELS).map((name) =>
    execFileSync(process.execPath, ['--expose-gc', file, name], { encoding: 'utf8' }).trimEnd(),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const name = Object.keys(LABELS).find((label) => label === process.argv[2]);
  const lines = name === undefined ? benchEngine() : [measure(name as keyof typeof LABELS)];
  console.log(lines.join('\n'));
}
