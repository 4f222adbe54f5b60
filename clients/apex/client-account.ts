// The venue's word on the account by REST: the LONG and SHORT row netted, equity and margin, dated by the question. A
// fill heard while the two answers were under way makes them doubtful: they are asked for again, never shown.
import type { Instrument } from '#core/instrument';
import type { AccountReport } from '#core/messages';
import { MONEY_SCALE, parseMoney } from '#core/money';
import type { Lots, SpanMicros, TickPrice } from '#core/units';
import { fromMs } from '#core/units';
import type { VenueInbox } from '#clients/net/venue-client';
import type { FillDesk } from './client-fills.js';
import type { ApexRest } from './client-rest.js';
import { replyText } from './client-rest.js';
import type { VenueTime } from './client-time.js';
import { isFields, netPosition, textOf } from './codec/words.js';
import { PATHS } from './endpoints.js';

const AGAIN = fromMs(1_000);
const TRIES = 4;

export interface AccountParts {
  readonly time: VenueTime;
  readonly instrument: Instrument;
  readonly symbol: string;
  readonly rest: ApexRest;
  readonly fills: Pick<FillDesk, 'newestMs'>;
  readonly inbox: Pick<VenueInbox, 'note'>;
}

/** An account as the venue stated it, and the average entry of its position in ticks (0 when flat). */
export interface AccountState {
  readonly report: AccountReport;
  readonly averageEntry: TickPrice;
}

export class AccountDesk {
  private waiting: ((state: AccountState | null) => void)[] = [];

  constructor(private readonly parts: AccountParts) {}

  /** Asks once however many want it; null when the venue did not answer. */
  ask(done: (state: AccountState | null) => void): void {
    this.waiting.push(done);
    if (this.waiting.length === 1) this.query(TRIES);
  }

  private query(triesLeft: number): void {
    const { rest, time, fills } = this.parts;
    const venueUs = time.now();
    const { newestMs } = fills;
    rest.call({ method: 'GET', path: PATHS.account }, (account) => {
      if (account.kind !== 'ok') return this.again(triesLeft, replyText(account));
      rest.call({ method: 'GET', path: PATHS.balance }, (balance) => {
        if (balance.kind !== 'ok') return this.again(triesLeft, replyText(balance));
        if (fills.newestMs !== newestMs) return this.again(triesLeft, 'a fill came in between');
        const state = this.stateOf(account.data, balance.data, venueUs);
        if (state === null) this.again(triesLeft, 'unreadable');
        else this.finish(state);
      });
    });
  }

  private again(triesLeft: number, why: string): void {
    const { time, inbox, rest } = this.parts;
    if (triesLeft > 1) {
      const wait = Math.max(AGAIN, rest.freeUs - time.clock.nowUs()) as SpanMicros;
      time.clock.after(wait, () => this.query(triesLeft - 1));
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

  private stateOf(
    account: unknown,
    balance: unknown,
    venueUs: AccountReport['venueUs'],
  ): AccountState | null {
    const { instrument, symbol, time } = this.parts;
    if (!isFields(account) || !isFields(balance)) return null;
    const net = netPosition(account['positions'], symbol);
    const equity = parseMoney(textOf(balance, 'totalEquityValue'));
    const maintenance = Number(textOf(balance, 'maintenanceMargin') || '0');
    if (net === null || equity === null || !Number.isFinite(maintenance)) return null;
    const long = instrument.parseSize(net.long);
    const short = instrument.parseSize(net.short);
    if (long === null || short === null) return null;
    const positionLots = (long - short) as Lots;
    const average = Number(net.entry || '0') / instrument.tickSize;
    const known = positionLots !== 0 && Number.isFinite(average);
    return {
      report: Object.freeze({
        ...{ kind: 'account' as const, venueUs, positionLots, equity },
        marginRatio: maintenance > 0 ? equity / MONEY_SCALE / maintenance : Infinity,
        us: time.clock.nowUs(),
      }),
      averageEntry: (known ? average : 0) as TickPrice,
    };
  }
}
