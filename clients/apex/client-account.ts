// The venue's word on the account by REST: the LONG and SHORT row netted, equity and margin, dated by the question. A
// fill heard while the two answers were under way makes them doubtful: they are asked for again, never shown.
import type { Instrument } from '#core/instrument';
import { parseMoney } from '#core/money';
import type { Lots, Micros, SpanMicros } from '#core/units';
import { accountState, type AccountState } from '#clients/net/account';
import { Question } from '#clients/net/question';
import type { VenueInbox } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import type { ApexFills } from './client-fills.js';
import type { ApexRest } from './client-rest.js';
import { replyText } from './client-rest.js';
import { isFields, netPosition, textOf } from './codec/words.js';
import { PATHS } from './endpoints.js';

export interface AccountParts {
  readonly time: VenueTime;
  readonly instrument: Instrument;
  readonly symbol: string;
  readonly rest: ApexRest;
  readonly fills: Pick<ApexFills, 'newestMs'>;
  readonly inbox: Pick<VenueInbox, 'note'>;
  readonly retryIn: () => SpanMicros;
}

export const accountQuestion = (parts: AccountParts): Question<AccountState> => {
  const { time, inbox, retryIn } = parts;
  const { clock } = time;
  return new Question({
    ...{ clock, inbox, retryIn, what: 'account' },
    read: (done) => readAccount(parts, done),
  });
};

function readAccount(parts: AccountParts, done: (answer: AccountState | string) => void): void {
  const { rest, time, fills } = parts;
  const venueUs = time.now();
  const { newestMs } = fills;
  rest.call({ method: 'GET', path: PATHS.account }, (account) => {
    if (account.kind !== 'ok') return done(replyText(account));
    rest.call({ method: 'GET', path: PATHS.balance }, (balance) => {
      if (balance.kind !== 'ok') return done(replyText(balance));
      if (fills.newestMs !== newestMs) return done('a fill came in between');
      done(stateOf(parts, account.data, balance.data, venueUs) ?? 'unreadable');
    });
  });
}

function stateOf(
  { instrument, symbol, time }: AccountParts,
  account: unknown,
  balance: unknown,
  venueUs: Micros,
): AccountState | null {
  if (!isFields(account) || !isFields(balance)) return null;
  const net = netPosition(account['positions'], symbol);
  const equity = parseMoney(textOf(balance, 'totalEquityValue'));
  const maintenance = textOf(balance, 'maintenanceMargin') || '0';
  if (net === null || equity === null || !Number.isFinite(Number(maintenance))) return null;
  const long = instrument.parseSize(net.long);
  const short = instrument.parseSize(net.short);
  if (long === null || short === null) return null;
  const positionLots = (long - short) as Lots;
  const words = { venueUs, positionLots, equity, averageEntry: net.entry, maintenance };
  return accountState(words, instrument, time.clock.nowUs());
}
