// Figure 5 of the ApeX issue: breaks, lost replies and 403s by seed. 20 seeds by default; MM_DISCONNECTS=10000 is the
// campaign (that many faults). Each planted bug must turn the same campaign red.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Machine } from '#clients/apex/client-machine';
import { PrivateLink } from '#clients/apex/client-private';
import { Doubts } from '#clients/net/doubts';
import { FillDesk } from '#clients/net/fill-desk';
import { OrderDesk } from '#clients/net/order-desk';
import type { OwnOrder } from '#clients/net/own-order';
import type { OrderWord } from '#clients/net/words';
import { TradeLog } from '#engine/trades';
import { broken, figuresText, type Figures, noFigures } from '../support/break-figures.js';
import type { FaultName } from './apex-faulty-network.js';
import { ApexDisconnectWorld } from './apex-disconnect-world.js';

const FAULTS = Number(process.env['MM_DISCONNECTS'] ?? '20');
const SEEDS = Math.max(20, Math.ceil(FAULTS / 50));

async function campaign(seeds: number, faults: number, kinds?: FaultName[]): Promise<Figures> {
  const figures = noFigures();
  for (let seed = 1; seed <= seeds; seed += 1) {
    const signed = seed % 20 === 1 && kinds === undefined; // one in twenty
    const world = new ApexDisconnectWorld(`apex-${seed}`, figures, signed, kinds);
    await world.run(Math.ceil(faults / seeds));
  }
  return figures;
}

describe('breaks, lost replies and bans at ApeX', () => {
  afterEach(() => vi.restoreAllMocks());

  test(
    'no orphan, no double, nothing unknown for good, nothing sent unarmed or stale',
    async () => {
      const figures = await campaign(SEEDS, FAULTS);
      console.log(figuresText(figures));
      expect(figures.orphans).toEqual([]);
      expect(figures.doubles).toEqual([]);
      expect(figures.positionErrors).toEqual([]);
      expect(figures.unsettled).toEqual([]);
      expect(figures.missedFills).toEqual([]);
      expect([figures.doubleBookings, figures.bans]).toEqual([0, 0]);
      expect([figures.sentUnarmed, figures.sentStale]).toEqual([0, 0]);
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
    expect(broken(await campaign(2, 16, ['lost-reply', 'cut-after']))).toBeGreaterThan(0);
  }, 60_000);

  test('planted: an order given up at the first "not found" turns it red', async () => {
    vi.spyOn(OrderDesk.prototype, 'missing').mockImplementation(function (
      this: OrderDesk<OwnOrder, OrderWord>,
      order: OwnOrder,
    ) {
      this.refused(order, 'other', 'not found');
    });
    expect(broken(await campaign(2, 12, ['late']))).toBeGreaterThan(0);
  }, 60_000);

  test('planted: fills of a break that nobody asks for turn it red', async () => {
    vi.spyOn(Doubts.prototype, 'askFills').mockImplementation((done) => done(true));
    expect(broken(await campaign(2, 20, ['half-open']))).toBeGreaterThan(0);
  }, 60_000);

  test('planted: orders may leave before the snapshot turns it red', async () => {
    vi.spyOn(PrivateLink.prototype, 'ready', 'get').mockReturnValue(true);
    vi.spyOn(
      Machine.prototype as unknown as { privateLost(): void },
      'privateLost',
    ).mockReturnValue();
    expect(broken(await campaign(5, 60, ['private-cut']))).toBeGreaterThan(0);
  }, 60_000);

  test('planted: no dedupe of fills turns it red', async () => {
    const fills = FillDesk.prototype as unknown as { remember(): void };
    vi.spyOn(fills, 'remember').mockReturnValue();
    vi.spyOn(TradeLog.prototype, 'add').mockReturnValue(true);
    expect(broken(await campaign(2, 16, ['repeat', 'private-cut']))).toBeGreaterThan(0);
  }, 60_000);
});
