// What bars the whole venue or market: its state (maintenance, cancel-only, post-only), a clock that differs too much, a
// specification that is no longer the one we started with. Polled by REST and, after a refusal that hints at it, at once.
import type { Clock, Timer } from '#core/outside';
import type { Instrument } from '#core/instrument';
import type { SpanMicros } from '#core/units';
import { fromSeconds } from '#core/units';
import { gridChange } from '#clients/net/start';
import type { VenueInbox } from '#clients/net/venue-client';
import type { ParadexRest } from './client-rest.js';
import type { VenueTime } from '#clients/net/venue-time';
import { isRecord, listOf, numberOf, textOf } from './client-words.js';
import { PATHS } from './endpoints.js';

const STATE_EVERY = fromSeconds(3);
const TIME_EVERY = fromSeconds(30);

export interface SystemParts {
  readonly clock: Clock;
  readonly time: VenueTime;
  readonly rest: ParadexRest;
  readonly market: string;
  readonly instrument: Instrument;
  readonly inbox: VenueInbox;
  /** `reason` '' lifts it. */
  readonly bar: (cause: string, reason: string) => void;
  /** Tick, lot or the market itself are not what the engine was built for: no way back without a new start. */
  readonly onChanged: (reason: string) => void;
}

export class SystemWatch {
  private timers: (Timer | null)[] = [null, null];
  private closed = false;

  constructor(private readonly parts: SystemParts) {}

  start(): void {
    this.every(0, STATE_EVERY, () => this.askState());
    this.every(1, TIME_EVERY, () => this.askTime());
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers) timer?.cancel();
  }

  askState(): void {
    const { rest, bar } = this.parts;
    rest.call({ method: 'GET', path: PATHS.systemState, scope: 'public' }, (reply) => {
      if (reply.kind !== 'ok' || !isRecord(reply.json)) return;
      const status = textOf(reply.json, 'status');
      if (status !== '') bar('state', status === 'ok' ? '' : `the venue is in state ${status}`);
    });
  }

  askTime(): void {
    const { rest, time, bar } = this.parts;
    rest.call({ method: 'GET', path: PATHS.systemTime, scope: 'public' }, (reply) => {
      if (reply.kind !== 'ok' || !isRecord(reply.json)) return;
      const serverMs = numberOf(reply.json, 'server_time');
      if (serverMs > 0) time.measure(serverMs, reply.sentUs);
      const ms = Math.round(time.offsetUs / 1000);
      bar('clock', time.skewed ? `our clock is ${ms} ms off the venue's` : '');
    });
  }

  /** The `markets` channel spoke of our market: is it still the one that we know? */
  marketChanged(data: Readonly<Record<string, unknown>>): void {
    const kind = textOf(data, 'event_type');
    if (kind === 'SETTLED' || kind === 'DELETED') {
      this.parts.onChanged(`the market was ${kind.toLowerCase()}`);
      return;
    }
    const { rest, market, instrument, inbox } = this.parts;
    const path = `${PATHS.markets}?market=${encodeURIComponent(market)}`;
    rest.call({ method: 'GET', path, scope: 'public' }, (reply) => {
      const list = reply.kind === 'ok' ? listOf(reply.json) : null;
      if (list === null) {
        // We know that it changed and not how: better no quotes until we do.
        this.parts.bar('specification', 'the market has changed, and how could not be read');
        this.parts.clock.after(STATE_EVERY, () => this.marketChanged(data));
        return;
      }
      const now = list.find((item) => textOf(item, 'symbol') === market);
      const tick = now === undefined ? '' : textOf(now, 'price_tick_size');
      const lot = now === undefined ? '' : textOf(now, 'order_size_increment');
      const change = gridChange(instrument, tick, lot);
      if (change !== '') this.parts.onChanged(change);
      else {
        this.parts.bar('specification', '');
        inbox.note('info', 'the market was updated; tick and lot are as before');
      }
    });
  }

  private every(slot: number, span: SpanMicros, act: () => void): void {
    if (this.closed) return;
    this.timers[slot] = this.parts.clock.after(span, () => {
      act();
      this.every(slot, span, act);
    });
  }
}
