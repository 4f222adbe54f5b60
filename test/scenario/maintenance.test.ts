// The maintenance of every weekday at 04:30 UTC, a quarter of an hour of it (venue notes, fact 10), as a replay: nothing
// is sent that the venue would refuse after the first refusal, nothing rests where it must not, and when it is over the
// bot quotes again by itself: 0 manual actions.
import { afterEach, expect, test } from 'vitest';
import type { WireSystemStatus } from '#clients/paradex/wire';
import { ASK, BID } from '#core/units';
import type { ParadexFace } from '#sim/venues/paradex/paradex-face';
import { WireScene, paradexPlace } from './wire-scene.js';

const HALF_PAST_FOUR_US = Date.UTC(2026, 0, 6, 4, 30) * 1000;
const BEFORE_S = 60;
type Phase = readonly [state: WireSystemStatus, seconds: number];

const scenes: WireScene<ParadexFace>[] = [];
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.close();
});

test.each<[string, boolean, Phase[]]>([
  [
    'as documented',
    false,
    [
      ['cancel_only', 660],
      ['post_only', 240],
    ],
  ],
  [
    'with the venue away before',
    true,
    [
      ['maintenance', 300],
      ['cancel_only', 120],
      ['post_only', 120],
    ],
  ],
  [
    'again and again within a minute',
    false,
    [
      ['cancel_only', 5],
      ['ok', 4],
      ['post_only', 5],
      ['ok', 12],
      ['cancel_only', 3],
    ],
  ],
])('%s: no manual action, quotes return', async (_name, cut, phases) => {
  const scene = await WireScene.open(paradexPlace(), HALF_PAST_FOUR_US - BEFORE_S * 1e6);
  scenes.push(scene);
  const { face } = scene.place;
  scene
    .run(BEFORE_S - 5)
    .fill(BID)
    .run(3);
  expect(new Set(scene.open.map(({ side }) => side))).toEqual(new Set([BID, ASK]));
  const before = scene.events.length;
  const placed = (): number => face.accounts.get('0xabc')?.history.length ?? 0;
  for (const [state, seconds] of phases) {
    face.setSystem(state);
    if (cut && state === 'maintenance') face.dropConnections(1001, 'maintenance');
    if (state === 'ok') scene.run(seconds);
    else {
      scene.run(Math.min(seconds, 4)); // the state is asked for every 3 s
      const orders = placed();
      expect(scene.open).toEqual([]);
      scene.run(Math.max(0, seconds - 4));
      expect([scene.open, placed()]).toEqual([[], orders]);
    }
  }
  face.setSystem('ok');
  scene.run(3 + 5 + 2); // heard of, healthy for 5 s
  expect(new Set(scene.open.map(({ side }) => side))).toEqual(new Set([BID, ASK]));
  const after = scene.events.slice(before);
  expect(after.filter(({ kind }) => kind === 'rejected').length).toBeLessThanOrEqual(phases.length);
  expect(after.filter(({ kind }) => kind === 'operator' || kind === 'fault')).toEqual([]);
  expect(scene.assembly.breaker.state).toBe('running');
  scene.fill(ASK).run(6).agree();
});
