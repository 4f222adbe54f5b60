// Funding is paid every hour, and the stream does not say so in a form that can be trusted: a little after each full
// hour the payments are asked for, each told once. The sign follows from rate and side (positive rate: longs pay), only
// the amount from the venue, because nothing we could read states the sign of its `fundingValue`.
import type { Timer } from '#core/outside';
import type { Instrument } from '#core/instrument';
import type { FundingPaid } from '#core/messages';
import { parseDecimal, parseMoney, RATE_SCALE } from '#core/money';
import { MICROS_PER_MS } from '#core/units';
import type { Micros, Money, Rate, SpanMicros } from '#core/units';
import type { VenueInbox } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import type { Fields } from '#clients/net/words';
import type { ApexRest } from './client-rest.js';
import { isFields, numberOf, recordsOf, textOf } from './codec/words.js';
import { PATHS } from './endpoints.js';

const HOUR_US = 3_600_000_000;
/**
 * After the hour: soon and often, because the equity that the venue reports has it at once, and what is not explained in
 * two such reports is taken for a transfer (some 10 s); once more in case it was late.
 */
const LOOKS_US = [1_000_000, 3_000_000, 6_000_000, 9_000_000, 20_000_000, 120_000_000];
const BACK_MS = 2 * 3_600_000;

export interface FundingParts {
  readonly time: VenueTime;
  readonly instrument: Instrument;
  readonly symbol: string;
  readonly rest: ApexRest;
  readonly inbox: VenueInbox;
  /** Payments from before are history. */
  readonly startMs: number;
}

export class FundingDesk {
  private readonly known = new Set<string>();
  private timer: Timer | null = null;

  constructor(private readonly parts: FundingParts) {}

  start(): void {
    const { time } = this.parts;
    const into = time.now() % HOUR_US;
    const next = LOOKS_US.find((look) => look > into) ?? HOUR_US + (LOOKS_US[0] as number);
    this.timer = time.clock.after((next - into) as SpanMicros, () => {
      this.ask();
      this.start();
    });
  }

  close(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  /** Also after a break: what was paid in the last two hours, each payment once. */
  ask(): void {
    const { inbox, time, startMs } = this.parts;
    this.list(Math.max(startMs, time.nowMs() - BACK_MS), (payments) => {
      for (const { id, paid } of payments) {
        if (this.known.has(id)) continue;
        this.known.add(id);
        inbox.event(Object.freeze({ ...paid, us: time.clock.nowUs() }));
      }
    });
  }

  /** What was paid from then to our start (100 payments at most), at the venue's times; nothing when it does not answer. */
  since(us: Micros): Promise<readonly FundingPaid[]> {
    const before = this.parts.startMs * MICROS_PER_MS;
    return new Promise((resolve) => {
      this.list(Math.floor(us / MICROS_PER_MS), (payments) =>
        resolve(payments.map(({ paid }) => paid).filter((paid) => paid.us < before)),
      );
    });
  }

  private list(fromMs: number, done: (payments: Payment[]) => void): void {
    const { rest, symbol } = this.parts;
    const fields = { symbol, limit: 100, page: 0, beginTimeInclusive: fromMs };
    rest.call({ method: 'GET', path: PATHS.funding, fields }, (reply) => {
      const data = reply.kind === 'ok' && isFields(reply.data) ? reply.data : {};
      const read = recordsOf(data['fundingValues']).flatMap((item) => this.payment(item, fromMs));
      done(read.sort((a, b) => a.paid.us - b.paid.us));
    });
  }

  /** None where it is of another market, older than asked for, unreadable or of nothing. */
  private payment(item: Fields, fromMs: number): Payment[] {
    const { symbol, instrument } = this.parts;
    const ms = numberOf(item, 'fundingTime');
    const rate = parseDecimal(textOf(item, 'rate'), RATE_SCALE);
    const value = parseMoney(textOf(item, 'fundingValue').replace(/^-/, ''));
    if (textOf(item, 'symbol') !== symbol || ms < fromMs) return [];
    if (rate === null || value === null || value === 0) return [];
    const owed = (textOf(item, 'side') === 'LONG') === rate > 0;
    const paid = {
      ...{ kind: 'funding' as const, rate: rate as Rate, us: (ms * MICROS_PER_MS) as Micros },
      amount: (owed ? 0 - value : value) as Money,
      mark: instrument.mark(Number(textOf(item, 'price')) || 0),
    };
    return [{ id: textOf(item, 'id') || `${ms}/${textOf(item, 'side')}`, paid }];
  }
}

interface Payment {
  readonly id: string;
  readonly paid: FundingPaid;
}
