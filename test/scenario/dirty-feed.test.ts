// A feed that loses, damages and repeats frames, between the loopback venues and the whole bot (issue: figure 6, "or is
// unhealthy with quotes withdrawn"; faults row 8): while the bot does not believe its book nothing rests and nothing is
// sent; when the feed is clean again it quotes; and a repeat costs nothing.
import { afterEach, expect, test } from 'vitest';
import type { SpanMicros } from '#core/units';
import { NO_FAULTS } from '#sim/venues/fault-profiles';
import type { FaultProfile } from '#sim/venues/fault-profiles';
import { FaultyFace } from '#sim/venues/faults';
import { delayed } from '#sim/venues/lanes';
import type { Open } from './wire-scene.js';
import { WireScene, apexPlace, paradexPlace } from './wire-scene.js';

const START_US = Date.UTC(2026, 0, 5, 11, 5) * 1000;
const STEP_S = 0.05;
/** What is broken and whole again within one drain is not seen broken: the wire has a length. */
const WAY = 20_000 as SpanMicros;
/** A cancel there and back, ApeX by REST. */
const SOON_US = 250_000;
/** The stale guard's (spec.md section 4). */
const HEALTHY_US = 5_000_000;
const VENUES: [string, Open][] = [
  ['paradex', paradexPlace()],
  ['apex', apexPlace],
];

const scenes: WireScene[] = [];
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.close();
});

async function dirty(open: Open, profile: Partial<FaultProfile>): Promise<[WireScene, FaultyFace]> {
  let faults: FaultyFace | null = null;
  const scene = await WireScene.open(open, START_US, (face, clock) => {
    faults = new FaultyFace(face, clock, { ...NO_FAULTS, ...profile }, 3);
    faults.enabled = false;
    return delayed(faults, clock, { order: WAY, reply: WAY, feed: WAY });
  });
  scenes.push(scene);
  scene.run(8);
  expect(scene.open.length).toBe(2);
  return [scene, faults as unknown as FaultyFace];
}

test.each(VENUES)(
  '%s: nothing rests and nothing is sent until the book has been whole for 5 s',
  async (_name, open) => {
    const [scene, faults] = await dirty(open, { gap: 0.015, corrupt: 0.015, duplicate: 0.05 });
    faults.enabled = true;
    let brokenUs = -Infinity;
    let [broken, quoting] = [0, 0];
    for (let t = 0; t < 150; t += STEP_S) {
      const { ordersSent: orders, events } = scene;
      const heard = events.length;
      scene.run(STEP_S);
      for (const event of events.slice(heard)) {
        if (event.kind !== 'link' || event.channel !== 'public' || event.state === 'up') continue;
        brokenUs = event.us;
        broken += 1;
      }
      const sinceUs = scene.clock.nowUs() - brokenUs;
      if (sinceUs > STEP_S * 1e6 && sinceUs < HEALTHY_US) expect(scene.ordersSent).toBe(orders);
      if (sinceUs > SOON_US && sinceUs < HEALTHY_US) expect(scene.open).toEqual([]);
      if (scene.open.length === 2) quoting += 1;
    }
    expect(broken).toBeGreaterThan(2);
    expect(quoting).toBeGreaterThan(100);
    expect(faults.counts.by.gap + faults.counts.by.corrupt).toBeGreaterThan(3);
    faults.enabled = false;
    scene.run(20);
    expect(scene.open.length).toBe(2);
  },
);

test.each(VENUES)('%s: repeats are no gaps, and cost no second of quoting', async (_name, open) => {
  const [scene, faults] = await dirty(open, { duplicate: 0.5 });
  faults.enabled = true;
  scene.run(60);
  expect(faults.counts.by.duplicate).toBeGreaterThan(20);
  expect(scene.place.client.counters.gaps).toBe(0);
  expect(scene.events.filter((e) => e.kind === 'link' && e.state !== 'up')).toEqual([]);
  expect(scene.open.length).toBe(2);
});
