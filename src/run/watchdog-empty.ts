// The watchdog's one deed: cancel, read, and again until the venue has twice, at least two seconds apart, listed none of
// this run's orders: one that was on its way at the first look has arrived by the second, or never will. It never gives
// up, never places, never touches what is not ours, and its rounds stay within the share that clients leave to cancels.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmergencyClient } from '#clients/net/venue-client';
import { CLIENT_ID_PREFIX } from '#core/messages';

/** Between the first look that finds nothing and the last; some more in between, so that a late order does not live long. */
export const APART_MS = 2_000;
const LOOK_EVERY_MS = 500;
/**
 * Between rounds that failed or found something: at most 17 rounds in the first minute and 12 in every other, a cancel
 * each. ApeX takes 300 requests a minute that change something and its client leaves 60 of them to cancels.
 */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const LONGER = 1.5;

export interface EmptyingHooks {
  /** Something worth a line in the log. */
  readonly note: (text: string) => void;
  /** The venue is not there any more, and its orders with it (a paper venue). */
  readonly gone: (problem: string) => boolean;
}

export interface EmptiedForSure {
  /** Rounds in which a cancel was sent. */
  readonly cancels: number;
  /** Until the first of the two looks that found nothing. */
  readonly emptyAfterMs: number;
  readonly seenAfterMs: number;
}

/** Returns only when it is done, however long that takes. Never throws. */
export async function emptyForSure(
  client: EmergencyClient,
  runId: string,
  hooks: EmptyingHooks,
): Promise<EmptiedForSure> {
  const began = performance.now();
  const since = (): number => performance.now() - began;
  let emptyAfterMs: number | null = null;
  let cancels = 0;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const startMs = since();
    try {
      if (emptyAfterMs === null) {
        cancels += 1;
        await client.cancelAll();
      }
      const left = await ordersOf(client, runId);
      if (left.length === 0) {
        emptyAfterMs ??= since();
        if (startMs - emptyAfterMs >= APART_MS) break;
        const due = Math.min(since() + LOOK_EVERY_MS, emptyAfterMs + APART_MS);
        await sleep(Math.max(1, Math.ceil(due - since()) + 1));
        continue;
      }
      hooks.note(`still open: ${left.join(' ')}`);
      emptyAfterMs = null;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (hooks.gone(problem)) {
        emptyAfterMs ??= since();
        break;
      }
      hooks.note(`round ${cancels}: ${problem}`);
    }
    await sleep(pause);
    pause = Math.min(LONGEST_PAUSE_MS, pause * LONGER);
  }
  return { cancels, emptyAfterMs, seenAfterMs: since() };
}

/** Client ids of this run's open orders. Throws what the client throws. */
export async function ordersOf(client: EmergencyClient, runId: string): Promise<string[]> {
  const orders = await client.openOrders();
  const prefix = `${CLIENT_ID_PREFIX}${runId}-`;
  return orders.map(({ clientId }) => clientId).filter((id) => id.startsWith(prefix));
}
