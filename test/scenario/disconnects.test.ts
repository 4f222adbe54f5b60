// Figure 5 of the Paradex issue: breaks and lost replies by seed. 20 seeds by default; MM_DISCONNECTS=10000 is the
// campaign (that many faults). Each planted bug must turn the same campaign red; a run without one must not.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { OrderDesk } from '#clients/paradex/client-desk';
import { FillDesk } from '#clients/paradex/client-fills';
import { PrivateLink } from '#clients/paradex/client-private';
import { TradeLog } from '#engine/trades';
import { DisconnectWorld, type Figures, noFigures } from './disconnect-world.js';

const FAULTS = Number(process.env['MM_DISCONNECTS'] ?? '40');
const SEEDS = Math.max(20, Math.ceil(FAULTS / 50));

async function campaign(seeds: number, faults: number): Promise<Figures> {
  const figures = noFigures();
  for (let seed = 1; seed <= seeds; seed += 1)
    await new DisconnectWorld(`disconnect-${seed}`, figures).run(Math.ceil(faults / seeds));
  return figures;
}

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)] ?? NaN;
const seconds = (us: number): string => `${(us / 1e6).toFixed(2)} s`;

function text(f: Figures): string {
  const spread = (values: readonly number[]): string =>
    `p50 ${seconds(quantile(values, 0.5))}, p99 ${seconds(quantile(values, 0.99))}, most ${seconds(quantile(values, 1))} (${values.length})`;
  return [
    `${f.faults} faults ${JSON.stringify(f.byFault)}, ${f.hitInFlight} of them with an order in flight`,
    `${f.orders} order frames, ${f.fills} fills, ${f.unknowns} unknown outcomes`,
    `orphans ${f.orphans.length}, doubles ${f.doubles.length}, position errors ${f.positionErrors.length}, double bookings ${f.doubleBookings}`,
    `sent unarmed ${f.sentUnarmed}, sent stale ${f.sentStale}, not healed ${f.notHealed.length}`,
    `longest unknown order ${seconds(f.longestUnknownUs)}, longest orphan ${seconds(f.longestOrphanUs)}`,
    `cut to link up ${spread(f.toLinkUs)}`,
    `cut to link up, nothing else failing ${spread(f.toLinkCleanUs)}`,
    `cut to quoting, 5 s of health included ${spread(f.toQuoteUs)}`,
    `cut to quoting, nothing else failing ${spread(f.toQuoteCleanUs)}`,
    `seeds with real signatures ${f.realSeeds}, with short-lived tokens ${f.shortTokens}; ${f.tokens} tokens asked for`,
  ].join('\n');
}

/** How many promises were broken. */
const broken = (f: Figures): number =>
  f.orphans.length +
  f.doubles.length +
  f.positionErrors.length +
  f.doubleBookings +
  f.sentUnarmed +
  f.sentStale;

/** Whether a planted bug is found: seed by seed, until it is. */
async function turnsRed(): Promise<boolean> {
  const figures = noFigures();
  for (let seed = 1; seed <= 6 && broken(figures) === 0; seed += 1)
    await new DisconnectWorld(`disconnect-${seed}`, figures).run(5);
  return broken(figures) > 0;
}

describe('breaks and lost replies', () => {
  afterEach(() => vi.restoreAllMocks());

  test(
    'no orphan, no double, nothing sent unarmed or stale',
    async () => {
      const figures = await campaign(SEEDS, FAULTS);
      console.log(text(figures));
      expect(figures.orphans).toEqual([]);
      expect(figures.doubles).toEqual([]);
      expect(figures.doubleBookings).toBe(0);
      expect(figures.positionErrors).toEqual([]);
      expect([figures.sentUnarmed, figures.sentStale]).toEqual([0, 0]);
      expect(figures.longestOrphanUs).toBeLessThan(10_000_000);
      expect(figures.notHealed).toEqual([]);
      expect(figures.hitInFlight).toBeGreaterThan(figures.faults / 5);
      expect(figures.fills).toBeGreaterThan(SEEDS);
    },
    FAULTS * 1_000 + 60_000,
  );

  test('planted: a timeout taken as a failure turns it red', async () => {
    vi.spyOn(OrderDesk.prototype, 'placeLost').mockImplementation(function (
      this: OrderDesk,
      order,
    ) {
      this.refused(order, 'other', 'timeout');
    });
    expect(await turnsRed()).toBe(true);
  }, 60_000);

  test('planted: no re-arming after a reconnect turns it red', async () => {
    const prototype = PrivateLink.prototype as unknown as { arm(mine: number): void };
    const real = prototype.arm;
    vi.spyOn(prototype, 'arm').mockImplementation(function (this: never, mine: number) {
      const link = this as unknown as { phase: string; parts: { hooks: { onArmed(): void } } };
      if (mine === 1) return real.call(this, mine);
      link.phase = 'armed';
      link.parts.hooks.onArmed();
    });
    expect(await turnsRed()).toBe(true);
  }, 60_000);

  test('planted: no dedupe of fills turns it red', async () => {
    vi.spyOn(FillDesk.prototype, 'timeOf').mockReturnValue(undefined);
    vi.spyOn(TradeLog.prototype, 'add').mockReturnValue(true);
    expect(await turnsRed()).toBe(true);
  }, 60_000);
});
