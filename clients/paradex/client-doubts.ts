// Orders about which nothing was heard in time: asks the venue's history for each by client id, and for fills that a
// close has counted and nobody has reported. It never resends anything: what the venue answers goes to the desk.
import type { Clock, Timer } from '#core/outside';
import { fromMs } from '#core/units';
import type { OrderDesk } from './client-desk.js';
import type { FillDesk } from './client-fills.js';
import type { OwnOrder } from './client-order.js';
import type { ParadexRest, RestReply } from './client-rest.js';
import type { FillWord, OrderWord } from './client-words.js';
import { fillWord, isRecord, listOf, orderWord, textOf } from './client-words.js';
import { PATHS } from './endpoints.js';

const LOOK_EVERY = fromMs(250);
const PAGES_AT_MOST = 20;

export interface DoubtParts {
  readonly clock: Clock;
  readonly market: string;
  readonly rest: ParadexRest;
  readonly desk: OrderDesk;
  readonly fills: FillDesk;
}

export class Doubts {
  private timer: Timer | null = null;
  private readonly asking = new Set<OwnOrder>();
  private fillsUnderWay = false;

  constructor(private readonly parts: DoubtParts) {}

  start(): void {
    this.timer ??= this.parts.clock.after(LOOK_EVERY, () => {
      this.timer = null;
      this.look();
      this.start();
    });
  }

  close(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  /** Asks about everything that is overdue. */
  look(): void {
    const { desk, clock } = this.parts;
    const nowUs = clock.nowUs();
    let fillsWanted = false;
    for (const order of desk.open) {
      if (order.dueUs > nowUs) continue;
      if (order.phase === 'closed') fillsWanted = true;
      else this.ask(order, () => undefined);
    }
    if (fillsWanted && !this.fillsUnderWay) this.askFills(() => undefined);
  }

  /** What became of this order? `done` says whether the venue answered. */
  ask(order: OwnOrder, done: (answered: boolean) => void): void {
    if (this.asking.has(order)) {
      done(false);
      return;
    }
    this.asking.add(order);
    const { rest, desk, market } = this.parts;
    desk.asked(order);
    const query = new URLSearchParams({ client_id: order.clientId, market, page_size: '10' });
    const path = `${PATHS.ordersHistory}?${query.toString()}`;
    rest.call({ method: 'GET', path, scope: 'reads' }, (reply) => {
      this.asking.delete(order);
      const words = wordsOf(reply, orderWord);
      if (words === null) {
        done(false);
        return;
      }
      const mine = words.filter((word) => word.clientId === order.clientId);
      if (mine.length === 0) desk.missing(order);
      for (const word of newestLast(mine)) desk.heard(word);
      done(true);
    });
  }

  /** Fetches every fill since the last one known, oldest first. */
  askFills(done: (answered: boolean) => void): void {
    this.fillsUnderWay = true;
    const owed = [...this.parts.desk.open].filter((order) => order.phase === 'closed');
    for (const order of owed) this.parts.desk.asked(order);
    const found: FillWord[] = [];
    this.page('', found, 0, (complete) => {
      this.fillsUnderWay = false;
      const { fills, desk } = this.parts;
      found.sort((a, b) => a.createdMs - b.createdMs);
      for (const word of found) if (fills.timeOf(word.id) === undefined) fills.heard(word);
      if (complete) for (const order of owed) desk.settleFills(order);
      done(complete);
    });
  }

  private page(
    cursor: string,
    found: FillWord[],
    pages: number,
    done: (complete: boolean) => void,
  ): void {
    const { rest, market, fills } = this.parts;
    const query = new URLSearchParams({
      market,
      start_at: String(fills.sinceMs),
      page_size: '500',
    });
    if (cursor !== '') query.set('cursor', cursor);
    const path = `${PATHS.fills}?${query.toString()}`;
    rest.call({ method: 'GET', path, scope: 'reads' }, (reply) => {
      const words = wordsOf(reply, fillWord);
      if (words === null) {
        done(false);
        return;
      }
      found.push(...words);
      const next = reply.kind === 'ok' && isRecord(reply.json) ? textOf(reply.json, 'next') : '';
      if (next === '' || words.length === 0) done(true);
      else if (pages >= PAGES_AT_MOST) done(false);
      else this.page(next, found, pages + 1, done);
    });
  }
}

/** The readable items of a list; null when there is no list. */
export function wordsOf<Word>(
  reply: RestReply,
  read: (value: unknown) => Word | null,
): readonly Word[] | null {
  const list = reply.kind === 'ok' ? listOf(reply.json) : null;
  if (list === null) return null;
  const words: Word[] = [];
  for (const item of list) {
    const word = read(item);
    if (word !== null) words.push(word);
  }
  return words;
}

const newestLast = (words: readonly OrderWord[]): readonly OrderWord[] =>
  [...words].sort((a, b) => (a.seq < b.seq ? -1 : a.seq > b.seq ? 1 : 0));
