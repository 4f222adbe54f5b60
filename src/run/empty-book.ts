// Makes the venue's book empty of our orders over a client of its own, and believes only the venue's list: cancel, look,
// and again until nothing of ours is there or the time is up.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmergencyClient } from '#clients/net/venue-client';
import { isOwn } from './wire-opening.js';

const AGAIN_MS = 250;

export interface Emptied {
  /** The venue listed none of our orders. */
  readonly empty: boolean;
  /** Client ids of those that were there at the first look. */
  readonly found: readonly string[];
  /** Those that are there still; empty also when nobody could look. */
  readonly left: readonly string[];
  readonly seconds: number;
  /** Why it could not be done or seen; null when it was. */
  readonly problem: string | null;
}

/** Never throws. `looking`: only look first, cancel where something is. */
export async function emptyBook(client: EmergencyClient, withinMs: number): Promise<Emptied> {
  const began = performance.now();
  let found: string[] | null = null;
  let left: string[] = [];
  let problem: string | null = null;
  do {
    try {
      const own = async (): Promise<string[]> =>
        (await client.openOrders()).filter(isOwn).map(({ clientId }) => clientId);
      found ??= await own();
      await client.cancelAll();
      left = await own();
      problem = null;
      if (left.length === 0) break;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    await sleep(AGAIN_MS);
  } while (performance.now() - began < withinMs);
  const seconds = (performance.now() - began) / 1000;
  const empty = problem === null && left.length === 0;
  return { empty, found: found ?? [], left, seconds, problem };
}
