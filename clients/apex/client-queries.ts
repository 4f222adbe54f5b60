// What ApeX can be asked about orders and fills by REST: open orders, one order by client id, fills page by page, each
// brought to words. Reads only; what the answers mean is for the desks.
import type { History } from '#clients/net/doubts';
import type { ApexRest, RestReply } from './client-rest.js';
import { replyText } from './client-rest.js';
import type { FillWord, OrderWord } from './codec/words.js';
import { fillWord, isFields, orderWord } from './codec/words.js';
import { PATHS } from './endpoints.js';

const PAGE = 100;

/** The readable records of `data` (an array, or `{orders: […]}`); null when one is missing or unreadable. */
export function wordsOf<Word>(
  data: unknown,
  read: (value: unknown) => Word | null,
): readonly Word[] | null {
  const list = isFields(data) ? (data['orders'] ?? data['fills'] ?? []) : (data ?? []);
  if (!Array.isArray(list)) return null;
  const words: Word[] = [];
  for (const item of list as unknown[]) {
    const word = read(item);
    if (word === null) return null; // a list with a hole proves nothing
    words.push(word);
  }
  return words;
}

export const askOpenOrders =
  (rest: ApexRest) =>
  (done: (words: readonly OrderWord[] | string) => void): void => {
    rest.call({ method: 'GET', path: PATHS.openOrders }, (reply) => {
      const words = reply.kind === 'ok' ? wordsOf(reply.data, orderWord) : null;
      done(words ?? (reply.kind === 'ok' ? 'unreadable' : replyText(reply)));
    });
  };

export const historyOf = (rest: ApexRest, symbol: string): History<OrderWord, FillWord> => ({
  order: (clientId, done) => {
    const fields = { id: clientId };
    rest.call({ method: 'GET', path: PATHS.orderByClientId, fields }, (reply) => {
      if (isAbsent(reply)) return done([]);
      const word = reply.kind === 'ok' ? orderWord(reply.data) : null;
      done(word === null || word.clientId !== clientId ? null : [word]);
    });
  },
  fills: (sinceMs, cursor, done) => {
    const page = Number(cursor);
    const fields = { symbol, limit: PAGE, page, beginTimeInclusive: sinceMs };
    rest.call({ method: 'GET', path: PATHS.fills, fields }, (reply) => {
      const words = reply.kind === 'ok' ? wordsOf(reply.data, fillWord) : null;
      const next = words !== null && words.length === PAGE ? String(page + 1) : '';
      done(words === null ? null : { words, next });
    });
  },
});

/** The venue does not know it: "not found", or an answer with nothing in it. */
const isAbsent = (reply: RestReply): boolean =>
  reply.kind === 'ok'
    ? reply.data === null ||
      (typeof reply.data === 'object' && Object.keys(reply.data).length === 0)
    : reply.kind === 'refused' && reply.failure.kind === 'not-found';
