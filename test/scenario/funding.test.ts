// Funding between the venue's books and our ledger: a position held over a payment, then a fill that tells of it; and a
// payment that no fill follows. What the ledger has is what the venue has, to the unit, and none of it is called a
// transfer.
import { afterEach, expect, test } from 'vitest';
import { ASK, BID } from '#core/units';
import type { Face } from '#sim/venues/face';
import type { Open } from './wire-scene.js';
import { WireScene, apexPlace, paradexPlace } from './wire-scene.js';

/** ApeX pays at the full hour. */
const HOUR_US = Date.UTC(2026, 0, 5, 11) * 1000;
const START_US = HOUR_US - 45e6;
const VENUES: [string, Open][] = [
  ['paradex, funding with fills', paradexPlace('fills')],
  ['paradex, funding alone', paradexPlace('payments')],
  ['apex', apexPlace],
];

const scenes: WireScene[] = [];
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.close();
});
async function at(open: Open<Face>): Promise<WireScene> {
  const scene = await WireScene.open(open, START_US);
  scenes.push(scene);
  return scene;
}

test.each(VENUES)(
  '%s: held over a payment, then traded: the ledger has what the venue has',
  async (_name, open) => {
    const scene = await at(open);
    scene.run(8).fill(BID).until(HOUR_US).feed.pay(0.02);
    scene.run(22).agree();
    scene.fill(ASK).run(6).agree();
    const { funding, lots } = scene.ledger.position;
    expect(funding).toBeLessThan(-5e8);
    expect(lots).toBeGreaterThanOrEqual(0);
  },
);

test.each(VENUES)(
  '%s: a payment that no fill follows: equity equal to the unit',
  async (_name, open) => {
    const scene = await at(open);
    scene.run(8).fill(ASK).until(HOUR_US).feed.pay(0.02);
    scene.run(30).agree(); // three reports and more: long enough to be called a transfer
  },
);
