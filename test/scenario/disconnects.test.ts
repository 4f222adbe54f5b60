// Figure 5 of the Paradex issue: breaks and lost replies by seed. 20 seeds by default; MM_DISCONNECTS=10000 is the
// campaign (that many faults). Each planted bug must turn the same campaign red; a run without one must not.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FillDesk } from '#clients/net/fill-desk';
import { OrderDesk } from '#clients/net/order-desk';
import type { OwnOrder } from '#clients/net/own-order';
import type { OrderWord } from '#clients/net/words';
import { PrivateLink } from '#clients/paradex/client-private';
import { TradeLog } from '#engine/trades';
import { broken, figuresText, type Figures, noFigures } from '../support/break-figures.js';
import { DisconnectWorld } from './disconnect-world.js';

const FAULTS = Number(process.env['MM_DISCONNECTS'] ?? '40');
const SEEDS = Math.max(20, Math.ceil(FAULTS / 50));

async function campaign(seeds: number, faults: number): Promise<Figures> {
  const figures = noFigures();
  for (let seed = 1; seed <= seeds; seed += 1)
    await new DisconnectWorld(`disconnect-${seed}`, figures).run(Math.ceil(faults / seeds));
  return figures;
}

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
      console.log(figuresText(figures));
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
      this: OrderDesk<OwnOrder, OrderWord>,
      order: OwnOrder,
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
