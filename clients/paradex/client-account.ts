// The venue's word on the account: position, equity and margin by REST, dated so that the engine can compare it with
// its own fills. A snapshot older than a fill that we know is thrown away, never shown: it would undo the fill.
import type { Clock } from '#core/outside';
import type { Instrument } from '#core/instrument';
import type { AccountReport } from '#core/messages';
import { MONEY_SCALE, parseMoney } from '#core/money';
import type { Lots, Micros, TickPrice } from '#core/units';
import { fromMs, MICROS_PER_MS } from '#core/units';
import type { VenueInbox } from '#clients/net/venue-client';
import { wordsOf } from './client-doubts.js';
import type { FillDesk } from './client-fills.js';
import type { ParadexRest } from './client-rest.js';
import { replyText } from './client-rest.js';
import type { VenueTime } from './client-time.js';
import type { AccountWord, PositionWord } from './client-words.js';
import { accountWord, isRecord, positionWord } from './client-words.js';
import { PATHS } from './endpoints.js';

const AGAIN = fromMs(500);
const TRIES = 4;

export interface AccountParts {
  readonly clock: Clock;
  readonly time: VenueTime;
  readonly instrument: Instrument;
  readonly market: string;
  readonly rest: ParadexRest;
  readonly fills: FillDesk;
  readonly inbox: VenueInbox;
  /** Fetches the fills since the newest that we know. */
  readonly askFills: (done: () => void) => void;
  /** The account is being liquidated. */
  readonly onLiquidation: () => void;
}

/** An account as the venue stated it, and the average entry of its position in ticks (0 when flat). */
export interface AccountState {
  readonly report: AccountReport;
  readonly averageEntry: TickPrice;
}

export class AccountDesk {
  private fetchedFor = '';
  private waiting: ((state: AccountState | null) => void)[] = [];

  constructor(private readonly parts: AccountParts) {}

  /** Asks once however many want it; null when the venue did not answer. */
  ask(done: (state: AccountState | null) => void): void {
    this.waiting.push(done);
    if (this.waiting.length === 1) this.query(TRIES);
  }

  private query(triesLeft: number): void {
    const { rest, time } = this.parts;
    const sentUs = time.now();
    rest.call({ method: 'GET', path: PATHS.positions, scope: 'reads' }, (positions) => {
      const words = wordsOf(positions, positionWord);
      if (words === null) return this.again(triesLeft, replyText(positions));
      rest.call({ method: 'GET', path: PATHS.account, scope: 'reads' }, (account) => {
        const word = account.kind === 'ok' ? accountWord(single(account.json)) : null;
        if (word === null) return this.again(triesLeft, replyText(account));
        const mine = words.find((w) => w.market === this.parts.market) ?? null;
        this.withFills(mine, () => {
          const state = this.stateOf(mine, word, sentUs);
          if (state === null) return this.again(triesLeft, 'older than a fill that we know');
          if (word.status === 'LIQUIDATION') this.parts.onLiquidation();
          this.finish(state);
        });
      });
    });
  }

  /** The position names a fill that nobody reported: it is fetched first. Once for each such fill. */
  private withFills(position: PositionWord | null, go: () => void): void {
    const { fills, askFills } = this.parts;
    const id = position?.lastFillId ?? '';
    const recent = fills.begun && (position?.updatedMs ?? 0) >= fills.sinceMs;
    if (id === '' || id === this.fetchedFor || !recent || fills.timeOf(id) !== undefined)
      return go();
    this.fetchedFor = id;
    askFills(go);
  }

  private again(triesLeft: number, why: string): void {
    const { clock, inbox } = this.parts;
    if (triesLeft > 1) {
      clock.after(AGAIN, () => this.query(triesLeft - 1));
      return;
    }
    inbox.note('warn', `account not read: ${why}`);
    this.finish(null);
  }

  private finish(state: AccountState | null): void {
    const { waiting } = this;
    this.waiting = [];
    for (const done of waiting) done(state);
  }

  /** Null when the snapshot lacks a fill that we have seen. */
  private stateOf(
    position: PositionWord | null,
    account: AccountWord,
    sentUs: Micros,
  ): AccountState | null {
    const { instrument, fills, clock } = this.parts;
    const updatedMs = position?.updatedMs ?? 0;
    const stale = fills.newestMs > 0 && this.lacksNewest(position, sentUs);
    if (stale) return null;
    const lots = signedLots(instrument, position?.size ?? '0');
    const equity = parseMoney(account.value);
    const maintenance = Number(account.maintenance);
    if (lots === null || equity === null) return null;
    // True from its last change on, and surely when we asked, if it had not changed since.
    const venueUs = Math.max(sentUs, updatedMs * MICROS_PER_MS) as Micros;
    const marginRatio = maintenance > 0 ? equity / MONEY_SCALE / maintenance : Infinity;
    const average = Number(position?.averageEntry ?? '0') / instrument.tickSize;
    return {
      report: Object.freeze({
        ...{ kind: 'account' as const, venueUs, positionLots: lots, equity, marginRatio },
        us: clock.nowUs(),
      }),
      averageEntry: (lots === 0 || !Number.isFinite(average) ? 0 : average) as TickPrice,
    };
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
