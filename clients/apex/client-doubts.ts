// Orders about which nothing was heard in time: asks the venue for each by client id, and for fills that a close has
// counted and nobody has reported. It never resends anything: what the venue answers goes to the desk.
import type { Timer } from '#core/outside';
import { fromMs } from '#core/units';
import type { OrderDesk } from './client-desk.js';
import type { FillDesk } from './client-fills.js';
import { wordsOf } from './client-list.js';
import type { OwnOrder } from './client-order.js';
import type { ApexRest } from './client-rest.js';
import type { VenueTime } from './client-time.js';
import type { FillWord } from './codec/words.js';
import { fillWord, orderWord } from './codec/words.js';
import { PATHS } from './endpoints.js';

const LOOK_EVERY = fromMs(500);
const PAGE = 100;
const PAGES_AT_MOST = 20;

export interface DoubtParts {
  readonly time: VenueTime;
  readonly symbol: string;
  readonly rest: ApexRest;
  readonly desk: OrderDesk;
  readonly fills: FillDesk;
}

export class Doubts {
  private timer: Timer | null = null;
  private readonly asking = new Set<OwnOrder>();
  private fillsUnderWay = false;

  constructor(private readonly parts: DoubtParts) {}

  start(): void {
    this.timer = this.parts.time.clock.after(LOOK_EVERY, () => {
      this.look();
      this.start();
    });
  }

  close(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  /** What became of one order; `done` says whether the venue answered. */
  ask(order: OwnOrder, done: (answered: boolean) => void): void {
    const { rest, desk } = this.parts;
    if (this.asking.has(order)) return done(false);
    this.asking.add(order);
    desk.asked(order);
    const fields = { id: order.clientId };
    rest.call({ method: 'GET', path: PATHS.orderByClientId, fields }, (reply) => {
      this.asking.delete(order);
      const empty = reply.kind === 'ok' && (reply.data === null || isEmpty(reply.data));
      const absent = reply.kind === 'refused' && reply.failure.kind === 'not-found';
      if (empty || absent) {
        desk.missing(order);
        return done(true);
      }
      const word = reply.kind === 'ok' ? orderWord(reply.data) : null;
      if (word !== null && word.clientId === order.clientId) desk.heard(word);
      done(word !== null);
    });
  }

  /** Fetches every fill since the last one known, oldest first; `done` says whether all pages came. */
  askFills(done: (complete: boolean) => void): void {
    if (this.fillsUnderWay) {
      this.parts.time.clock.after(LOOK_EVERY, () => this.askFills(done));
      return;
    }
    this.fillsUnderWay = true;
    const owed = [...this.parts.desk.open].filter((order) => order.phase === 'closed');
    for (const order of owed) this.parts.desk.asked(order);
    this.page(0, [], (found) => {
      this.fillsUnderWay = false;
      const { fills, desk } = this.parts;
      const inOrder = [...(found ?? [])].sort((a, b) => a.createdMs - b.createdMs);
      for (const word of inOrder) fills.heard(word);
      if (found !== null) for (const order of owed) desk.settleFills(order);
      done(found !== null);
    });
  }

  private page(page: number, found: FillWord[], done: (found: FillWord[] | null) => void): void {
    const { rest, symbol, fills } = this.parts;
    const fields = { symbol, limit: PAGE, page, beginTimeInclusive: fills.sinceMs };
    rest.call({ method: 'GET', path: PATHS.fills, fields }, (reply) => {
      const words = reply.kind === 'ok' ? wordsOf(reply.data, fillWord) : null;
      if (words === null) return done(null);
      found.push(...words);
      if (words.length < PAGE) return done(found);
      if (page >= PAGES_AT_MOST) return done(null);
      this.page(page + 1, found, done);
    });
  }

  private look(): void {
    const { time, desk } = this.parts;
    const nowUs = time.clock.nowUs();
    let owed = false;
    for (const order of desk.open) {
      if (order.dueUs > nowUs || this.asking.has(order)) continue;
      if (order.phase === 'closed') owed = true;
      else this.ask(order, () => undefined);
    }
    if (owed && !this.fillsUnderWay) this.askFills(() => undefined);
  }
}

const isEmpty = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && Object.keys(data).length === 0;
