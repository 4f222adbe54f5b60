// What may change of the market while we run: whether it trades, its grid, our fees. ApeX announces none of it, so the list
// of markets and the account are read again every ten minutes, and at once when an order was refused because the market is
// closed. Also the clock, every minute.
import type { Timer } from '#core/outside';
import type { SpanMicros } from '#core/units';
import { fromSeconds } from '#core/units';
import { gridChange } from '#clients/net/start';
import type { VenueInbox } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import type { ApexMarket } from './client-market.js';
import { contractOf, marketOf } from './client-market.js';
import type { ApexRest } from './client-rest.js';
import { isFields } from './codec/words.js';
import { PATHS } from './endpoints.js';
import type { ApexSwitches } from './switches.js';
import type { DashSymbol } from './wire.js';

const TIME_EVERY = fromSeconds(60);
const MARKET_EVERY = fromSeconds(600);

export interface WatchParts {
  readonly time: VenueTime;
  readonly rest: ApexRest;
  readonly symbol: DashSymbol;
  readonly switches: ApexSwitches;
  readonly inbox: VenueInbox;
  /** As it was when the engine was built. */
  readonly market: ApexMarket;
  /** `reason` '' lifts it. */
  readonly bar: (cause: string, reason: string) => void;
  /** The grid or the market itself is not what the engine was built for: no way back without a new start. */
  readonly onChanged: (reason: string) => void;
}

export class MarketWatch {
  /** The market as last read: what an order signs is taken from it. */
  now: ApexMarket;
  private timers: (Timer | null)[] = [null, null];
  private asking = false;
  private over = false;

  constructor(private readonly parts: WatchParts) {
    this.now = parts.market;
    if (parts.market.closed !== '') parts.bar('market', parts.market.closed);
  }

  start(): void {
    this.every(0, TIME_EVERY, () => this.askTime());
    this.every(1, MARKET_EVERY, () => this.askMarket());
  }

  close(): void {
    for (const timer of this.timers) timer?.cancel();
  }

  /** What cannot be read now changes nothing: an order that the venue does not want is refused there. */
  askMarket(): void {
    if (this.asking || this.over) return;
    this.asking = true;
    const { rest } = this.parts;
    rest.call({ method: 'GET', path: PATHS.symbols, open: true }, (symbols) => {
      rest.call({ method: 'GET', path: PATHS.account }, (account) => {
        this.asking = false;
        const readable = symbols.kind === 'ok' && account.kind === 'ok';
        if (readable && isFields(account.data)) this.read(symbols.data, account.data);
      });
    });
  }

  private read(symbols: unknown, account: Readonly<Record<string, unknown>>): void {
    const { symbol, inbox, bar, market } = this.parts;
    const onChanged = (reason: string): void => {
      this.over = true;
      this.parts.onChanged(reason);
    };
    const contract = contractOf(symbols, symbol);
    if (contract === null) return onChanged(`${symbol} is not listed any more`);
    let now: ApexMarket;
    try {
      now = marketOf(this.parts, symbols, contract, account);
    } catch (error) {
      return onChanged(error instanceof Error ? error.message : 'unreadable');
    }
    const { tickSize, lotSize } = now.instrument.spec;
    const change = gridChange(market.instrument, tickSize, lotSize);
    if (change !== '') return onChanged(change);
    const { makerBps, takerBps } = this.now.terms;
    if (now.terms.makerBps !== makerBps || now.terms.takerBps !== takerBps)
      inbox.note('warn', `our fees are ${now.terms.makerBps} and ${now.terms.takerBps} bp now: orders sign them; quotes are computed with the old ones until the next start`); // prettier-ignore
    this.now = now;
    bar('market', now.closed);
  }

  private askTime(): void {
    const { rest, time, bar } = this.parts;
    rest.measureTime(() => bar('clock', time.skewed ? 'our clock and the venue’s disagree' : ''));
  }

  private every(slot: number, span: SpanMicros, act: () => void): void {
    this.timers[slot] = this.parts.time.clock.after(span, () => {
      act();
      this.every(slot, span, act);
    });
  }
}
