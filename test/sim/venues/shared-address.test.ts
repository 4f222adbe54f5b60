// Bots that share the address of a served venue: what is limited by address is granted to each, what is limited by
// account to none of them more than once.
import { expect, test } from 'vitest';
import type { Micros } from '#core/units';
import { Limits as ApexLimits } from '#sim/venues/apex/limits';
import { Limits as ParadexLimits } from '#sim/venues/paradex/limits';

const NOW = 1_000_000 as Micros;

/** How many calls are taken at one moment before the first is refused. */
function taken(take: () => void): number {
  for (let calls = 0; ; calls += 1) {
    try {
      take();
    } catch {
      return calls;
    }
  }
}

test.each([1, 2])('%d bots', (bots) => {
  const apex = new ApexLimits(1e6, 1, bots);
  expect(taken(() => apex.take('address', 'ip', NOW))).toBe(600 * bots);
  expect(taken(() => apex.take('posts', 'account', NOW))).toBe(300);
  const paradex = new ParadexLimits(1, bots);
  expect(taken(() => void paradex.take('address', 'ip', NOW))).toBe(1_500 * bots);
  expect(taken(() => void paradex.take('connections', 'ip', NOW))).toBe(20 * bots);
  expect(taken(() => void paradex.take('reads', 'account', NOW))).toBe(120);
});
