// Waits for the first sound two-sided book that a venue's client puts into the inbox, without taking anything out: the
// engine, which is built when the price is known, must see every row from the first one.
import { setTimeout as sleep } from 'node:timers/promises';
import { StartProblem } from '#config/problem';
import { L2Book } from '#core/book';
import { ROW_CLEAR, ROW_LEVEL } from '#core/rows';
import type { Lots, Side, TickPrice, Ticks } from '#core/units';
import type { WireInbox } from './wire-inbox.js';

const LOOK_MS = 20;

/** Throws StartProblem when there is none in time. */
export async function firstMidOf(inbox: WireInbox, withinMs: number): Promise<TickPrice> {
  const book = new L2Book();
  const began = performance.now();
  let seen = 0;
  while (performance.now() - began < withinMs) {
    const { rows } = inbox;
    for (; seen < rows.count; seen += 1) {
      if (rows.kind[seen] === ROW_CLEAR) book.clear();
      if (rows.kind[seen] !== ROW_LEVEL) continue;
      const [side, ticks, lots] = [rows.side[seen], rows.price[seen], rows.size[seen]];
      book.apply(side as Side, ticks as Ticks, lots as Lots);
    }
    if (book.sound) return book.mid;
    await sleep(LOOK_MS);
  }
  const why = lastWord(inbox);
  throw new StartProblem(
    `the venue gave no book with a bid and an ask within ${withinMs / 1000} s${why}; try again, or look at mm doctor`,
  );
}

/**
 * Waits for the private stream as well: a run that begins without it has nothing to do but to warn of that. No word in
 * time is no reason not to begin.
 */
export async function privateLink(inbox: WireInbox, withinMs: number): Promise<void> {
  const up = (): boolean =>
    inbox.events.some(
      (event) => event.kind === 'link' && event.channel === 'private' && event.state === 'up',
    );
  const began = performance.now();
  while (!up() && performance.now() - began < withinMs) await sleep(LOOK_MS);
}

function lastWord(inbox: WireInbox): string {
  const links = inbox.events.filter((event) => event.kind === 'link');
  const last = links[links.length - 1];
  return last === undefined ? '' : ` (${last.channel} link ${last.state}: ${last.detail})`;
}
