// The venue's word on the account: position, equity and margin by REST, dated so that the engine can compare it with
// its own fills. A snapshot older than a fill that we know is thrown away, never shown: it would undo the fill.
import type { Clock } from '#core/outside';
import type { Instrument } from '#core/instrument';
import { parseMoney } from '#core/money';
import type { Lots, Micros, Money } from '#core/units';
import { fromMs, MICROS_PER_MS } from '#core/units';
import { accountState, type AccountState } from '#clients/net/account';
import { timely } from '#clients/net/fill-sense';
import { Question } from '#clients/net/question';
import type { VenueInbox } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import type { ParadexFills } from './client-fills.js';
import { wordsOf } from './client-queries.js';
import type { ParadexRest } from './client-rest.js';
import { replyText } from './client-rest.js';
import type { AccountWord, PositionWord } from './client-words.js';
import { accountWord, isRecord, positionWord } from './client-words.js';
import { PATHS } from './endpoints.js';

const AGAIN = fromMs(500);

export interface AccountParts {
  readonly clock: Clock;
  readonly time: VenueTime;
  readonly instrument: Instrument;
  readonly market: string;
  readonly rest: ParadexRest;
  readonly fills: ParadexFills;
  readonly inbox: VenueInbox;
  /** Fetches the fills since the newest that we know. */
  readonly askFills: (done: () => void) => void;
  /** Tells the busts that a break has hidden; the account is told after them. `done` gets '' or why not. */
  readonly askBusts: (done: (failure: string) => void) => void;
  /** The account is being liquidated. */
  readonly onLiquidation: () => void;
}

export const accountQuestion = (parts: AccountParts): Question<AccountState> => {
  const { clock, inbox } = parts;
  const reader = new AccountReader(parts);
  return new Question({
    ...{ clock, inbox, what: 'account', retryIn: () => AGAIN },
    read: (done) => reader.read(done),
  });
};

class AccountReader {
  private fetchedFor = '';

  constructor(private readonly parts: AccountParts) {}

  read(done: (answer: AccountState | string) => void): void {
    let failure: string | null = null;
    let answer: AccountState | string | null = null;
    const both = (): void => {
      if (failure !== null && answer !== null) done(failure === '' ? answer : failure);
    };
    this.parts.askBusts((why) => {
      failure = why;
      both();
    });
    this.readAccount((read) => {
      answer = read;
      both();
    });
  }

  private readAccount(done: (answer: AccountState | string) => void): void {
    const { rest, time } = this.parts;
    const sentUs = time.now();
    rest.call({ method: 'GET', path: PATHS.positions, scope: 'reads' }, (positions) => {
      const words = wordsOf(positions, positionWord);
      if (words === null) return done(replyText(positions));
      rest.call({ method: 'GET', path: PATHS.account, scope: 'reads' }, (account) => {
        const word = account.kind === 'ok' ? accountWord(single(account.json)) : null;
        if (word === null) return done(replyText(account));
        const mine = words.find((w) => w.market === this.parts.market) ?? null;
        this.withFills(mine, () => {
          const state = this.stateOf(mine, word, sentUs);
          if (state === null) return done('older than a fill that we know');
          if (word.status === 'LIQUIDATION') this.parts.onLiquidation();
          done(state);
        });
      });
    });
  }

  /** The position names a fill that nobody reported: it is fetched first. Once for each such fill. */
  private withFills(position: PositionWord | null, go: () => void): void {
    const { fills, askFills } = this.parts;
    const id = position?.lastFillId ?? '';
    const recent = fills.startMs > 0 && (position?.updatedMs ?? 0) >= fills.sinceMs;
    if (id === '' || id === this.fetchedFor || !recent || fills.timeOf(id) !== undefined)
      return go();
    this.fetchedFor = id;
    askFills(go);
  }

  /** Null when the snapshot lacks a fill that we have seen. */
  private stateOf(
    position: PositionWord | null,
    account: AccountWord,
    sentUs: Micros,
  ): AccountState | null {
    const { instrument, fills, clock } = this.parts;
    if (fills.newestMs > 0 && this.lacksNewest(position, sentUs)) return null;
    const positionLots = signedLots(instrument, position?.size ?? '0');
    const equity = parseMoney(account.value);
    const updatedMs = position?.updatedMs ?? 0;
    const readable = positionLots !== null && equity !== null;
    if (!readable || !timely(updatedMs, clock.nowUs())) return null;
    // True from its last change on, and surely when we asked, if it had not changed since.
    const venueUs = Math.max(sentUs, updatedMs * MICROS_PER_MS) as Micros;
    const { maintenance } = account;
    const averageEntry = position?.averageEntry ?? '';
    const accrued = parseMoney(position?.funding ?? '') ?? (0 as Money);
    const words = { venueUs, positionLots, equity, accrued, averageEntry, maintenance };
    return accountState(words, instrument, clock.nowUs());
  }

  private lacksNewest(position: PositionWord | null, sentUs: Micros): boolean {
    const { newestId, newestMs } = this.parts.fills;
    const lastMs = position === null ? undefined : this.parts.fills.timeOf(position.lastFillId);
    if (position?.lastFillId === newestId || newestMs * MICROS_PER_MS > sentUs) {
      // A fill after the question: the engine takes it out again by its time, unless the answer has it already.
      return false;
    }
    return lastMs !== undefined && lastMs < newestMs;
  }
}

/** `GET /account` is one object; a list of one is taken as well. */
function single(json: unknown): unknown {
  if (isRecord(json) && Array.isArray(json['results'])) return json['results'][0];
  return Array.isArray(json) ? (json as unknown[])[0] : json;
}

function signedLots(instrument: Instrument, text: string): Lots | null {
  const negative = text.startsWith('-');
  const lots = instrument.parseSize(negative ? text.slice(1) : text);
  return lots === null ? null : ((negative ? 0 - lots : lots) as Lots);
}
