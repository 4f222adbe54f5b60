// What Paradex can be asked about orders and fills by REST: open orders, the history of one order, fills page by page, each
// brought to words. Reads only; what the answers mean is for the desks.
import type { History } from '#clients/net/doubts';
import type { ParadexRest, RestReply } from './client-rest.js';
import { replyText } from './client-rest.js';
import type { FillWord, OrderWord } from './client-words.js';
import { fillWord, isRecord, listOf, orderWord, textOf } from './client-words.js';
import { PATHS } from './endpoints.js';

/** The readable items of a list; null when there is no list. */
export function wordsOf<Word>(
  reply: RestReply,
  read: (value: unknown) => Word | null,
): readonly Word[] | null {
  const list = reply.kind === 'ok' ? listOf(reply.json) : null;
  return list?.map(read).filter((word) => word !== null) ?? null;
}

export const askOpenOrders =
  (rest: ParadexRest, market: string) =>
  (done: (words: readonly OrderWord[] | string) => void): void => {
    const path = `${PATHS.orders}?market=${encodeURIComponent(market)}`;
    rest.call({ method: 'GET', path, scope: 'reads' }, (reply) =>
      done(wordsOf(reply, orderWord) ?? replyText(reply)),
    );
  };

export const historyOf = (rest: ParadexRest, market: string): History<OrderWord, FillWord> => ({
  order: (clientId, done) => {
    const query = new URLSearchParams({ client_id: clientId, market, page_size: '10' });
    const path = `${PATHS.ordersHistory}?${query.toString()}`;
    rest.call({ method: 'GET', path, scope: 'reads' }, (reply) => {
      const words = wordsOf(reply, orderWord);
      done(words === null ? null : newestLast(words));
    });
  },
  fills: (sinceMs, cursor, done) => {
    const query = new URLSearchParams({ market, start_at: String(sinceMs), page_size: '500' });
    if (cursor !== '') query.set('cursor', cursor);
    const path = `${PATHS.fills}?${query.toString()}`;
    rest.call({ method: 'GET', path, scope: 'reads' }, (reply) => {
      const words = wordsOf(reply, fillWord);
      const next = reply.kind === 'ok' && isRecord(reply.json) ? textOf(reply.json, 'next') : '';
      done(words === null ? null : { words, next });
    });
  },
});

const newestLast = (words: readonly OrderWord[]): readonly OrderWord[] =>
  [...words].sort((a, b) => (a.seq < b.seq ? -1 : a.seq > b.seq ? 1 : 0));
