// What a live run leaves behind: account facts into the ledger, everything into the log. It watches the engine and
// never calls it back. The log may lose a tail; the ledger may not, so facts never travel by the log.
import type { BreakerStateName, Trip } from '#core/guard';
import type { Instrument } from '#core/instrument';
import { formatMoney } from '#core/money';
import type { Command, EngineEvent, Fill, OutcomeUnknown, Rejected } from '#core/messages';
import type { EngineObserver } from '#core/ports';
import type { Decision, Quote, View } from '#core/strategy';
import type { Lots, Micros, Side, Ticks } from '#core/units';
import { sideName } from '#core/units';
import type { Logger } from '#config/log';
import { isFailure } from '#engine/outcomes';
import type { Ledger } from '#ledger/writer';
import { explain } from '#strategies/avellaneda/explain';
import { HeldLog } from './held-log.js';

const money = (amount: number): string => formatMoney(amount as Parameters<typeof formatMoney>[0]);

/** Venue calls of the run: what `errorRate` counts. Post-only refusals are no errors, what never left is no call. */
export class CallCount {
  calls = 0;
  failures = 0;
  postOnly = 0;
  /** Orders whose fate was unknown: that one "never arrived" is not a second failure. */
  private readonly lost = new Set<number>();

  rejected({ ordinal, reason }: Rejected): void {
    if (reason === 'post-only') this.postOnly += 1;
    else if (reason === 'not-sent' || reason === 'journal') this.calls -= 1;
    else if (!this.lost.delete(ordinal)) this.failures += 1;
  }

  unknown({ ordinal, operation }: OutcomeUnknown): void {
    this.failures += 1;
    if (operation === 'place' && ordinal !== null) this.lost.add(ordinal);
  }

  get errorRate(): number {
    return this.calls === 0 ? 0 : this.failures / this.calls;
  }
}

export class Recorder implements EngineObserver {
  readonly counts = new CallCount();
  private readonly log: HeldLog;
  /** Set by a transition: the host must store the breaker's new state with the next commit. */
  breakerMoved = false;
  /** The breaker latched in this run, and why. */
  latched: Trip | null = null;
  /** Why the last decision is what it is, in one line. */
  why = 'waiting for a sound book';
  /** Told of every fill, repeated ones included. */
  onFill: (nowUs: Micros, fill: Fill) => void = () => undefined;

  constructor(
    private readonly ledger: Ledger,
    logger: Logger,
    private readonly instrument: Instrument,
  ) {
    this.log = new HeldLog(logger);
  }

  /** Writes the log of this turn; until then it is held, so that orders need not wait for it. */
  tell(): void {
    this.log.tell();
  }

  onDecision(nowUs: Micros, view: View, decision: Decision, commands: readonly Command[]): void {
    this.counts.calls += commands.length;
    const sent = commands.slice();
    this.log.later(() => this.decided(nowUs, view, decision, sent));
  }

  private decided(
    nowUs: Micros,
    view: View,
    decision: Decision,
    commands: readonly Command[],
  ): void {
    this.why = this.reasonLine(view, decision);
    const explanation = explain(decision, { instrument: this.instrument, fair: view.fair });
    this.ledger.decision(nowUs, explanation);
    const fields = {
      bids: this.quotes(decision.bids),
      asks: this.quotes(decision.asks),
      position: this.size(view.positionLots),
      clamps: decision.reason.clamps,
      market: view.market,
    };
    // A requote is two decisions, the cancel and then the place: one line for a person, both in the file.
    const placed = commands.some((command) => command.kind === 'place' || command.kind === 'amend');
    if (placed) this.log.info(fields, `quote ${this.prices(decision)}  ${this.why}`);
    else this.log.debug(fields, `${commands.length > 0 ? 'cancel' : 'keep'}: ${this.why}`);
    for (const command of commands) this.log.debug({ ...command }, `order ${command.kind}`);
  }

  onEvent(nowUs: Micros, event: EngineEvent): void {
    this.ledger.event(event);
    switch (event.kind) {
      case 'fill':
        this.onFill(nowUs, event);
        return this.fill(event);
      case 'rejected':
        this.counts.rejected(event);
        this.log.warn(
          { ordinal: event.ordinal, detail: event.detail },
          `order rejected: ${event.reason}`,
        );
        return;
      case 'closed': {
        if (event.reason === 'post-only') this.counts.postOnly += 1;
        const level = event.reason === 'cancelled' ? 'debug' : 'info';
        this.log[level]({ ordinal: event.ordinal }, `order closed: ${event.reason}`);
        return;
      }
      case 'unknown':
        this.counts.unknown(event);
        this.log.error({ ordinal: event.ordinal }, `outcome unknown: ${event.operation}`);
        return;
      case 'cancel-rejected':
      case 'amend-rejected': {
        if (isFailure(event)) this.counts.failures += 1;
        const what = event.kind === 'cancel-rejected' ? 'cancel' : 'move';
        this.log.info({ ordinal: event.ordinal }, `${what} rejected: ${event.reason}`);
        return;
      }
      case 'funding':
        this.log.info({ amount: money(event.amount) }, 'funding paid');
        return;
      case 'fault':
        this.log.fatal({ source: event.source }, `host fault: ${event.detail}`);
        return;
      case 'operator':
        this.breakerMoved = true;
        this.log[event.order === 'shutdown' ? 'info' : 'warn'](
          `operator: ${event.order} (${event.reason})`,
        );
        return;
      case 'link':
        this.log[event.state === 'up' ? 'info' : 'warn'](
          { channel: event.channel },
          `link ${event.state}: ${event.detail}`,
        );
        return;
      default:
        this.log.debug({ us: nowUs }, `event ${event.kind}`);
    }
  }

  onTransition(
    nowUs: Micros,
    from: BreakerStateName,
    to: BreakerStateName,
    cause: Trip | null,
  ): void {
    this.breakerMoved = true;
    this.ledger.halt({ us: nowUs, from, to, cause });
    const why = cause === null ? 'clear' : `${cause.guard}: ${cause.reason}`;
    if (to === 'latched') {
      this.latched = cause;
      this.log.fatal({ from, to }, `STOPPED by ${why}`);
    } else if (to === 'running' || to === 'reducing')
      this.log.info({ from, to }, `state ${to}: ${why}`);
    else this.log.warn({ from, to }, `state ${to}: ${why}`);
  }

  onGuard(_nowUs: Micros, trip: Trip | null, text: string): void {
    if (trip === null) {
      this.log.debug(`guard: ${text}`);
      return;
    }
    this.breakerMoved = true;
    this.log.warn(`guard: ${text}`);
  }

  onAdopted(us: Micros, side: Side, ticks: Ticks, lots: Lots, reason: string): void {
    this.ledger.adjust({ us, side, ticks, lots, reason });
    this.log.warn({ side, ticks, lots }, `position changed without a trade: ${reason}`);
  }

  onNote(nowUs: Micros, text: string): void {
    this.ledger.note(nowUs, 'engine', text);
    this.log.info(`note: ${text}`);
  }

  private fill(fill: Fill): void {
    const { side, lots, ticks, fee, maker, ordinal, tradeId } = fill;
    const what = `${sideName(side) === 'bid' ? 'bought' : 'sold'} ${this.size(lots)} at ${this.instrument.formatPrice(ticks)}`;
    this.log.info(
      {
        fee: money(fee),
        maker,
        ordinal,
        tradeId,
        notional: money(this.instrument.notional(lots, ticks)),
      },
      `fill: ${what}${fill.liquidation ? ' (LIQUIDATION)' : ''}`,
    );
  }

  private size(lots: Lots): string {
    const magnitude = this.instrument.formatSize(Math.abs(lots) as Lots);
    return lots < 0 ? `-${magnitude}` : magnitude;
  }

  private quotes(quotes: readonly Quote[]): string {
    const { instrument } = this;
    return quotes
      .map(
        (q) =>
          `${instrument.formatSize(q.lots)}@${instrument.formatPrice(q.ticks)} (${q.distance.toFixed(2)}bp)`,
      )
      .join(' ');
  }

  /** The innermost prices and their distances, as a person reads them. */
  private prices({ bids, asks }: Decision): string {
    const one = (quote: Quote | undefined): string =>
      quote
        ? `${this.instrument.formatPrice(quote.ticks)} (${quote.distance.toFixed(2)} bp)`
        : 'none';
    return `${one(bids[0])} / ${one(asks[0])}`;
  }

  private reasonLine(view: View, decision: Decision): string {
    const { reason } = decision;
    if (reason.withdrawn !== null) return `no quotes: ${reason.withdrawn}`;
    const clamps = reason.clamps.map((clamp) => clamp.name).join(' ');
    return [
      `${reason.model} half ${reason.half.toFixed(2)} shift ${reason.shift.toFixed(2)} bp`,
      `${reason.inventory.toFixed(1)} units, fair ${this.instrument.formatPrice(view.fair)}`,
      ...(clamps === '' ? [] : [`clamped: ${clamps}`]),
      ...(view.reducing ? ['reducing only'] : []),
    ].join(', ');
  }
}
