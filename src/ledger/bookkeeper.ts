// Turns one entry of the queue into rows, inside the writer's transaction, and keeps the account's
// position from these very rows. Everything it holds can be set back (mark/reset), because the
// transaction may fail.
import { assert } from '#core/assert';
import { MARK_GRID, type Instrument } from '#core/instrument';
import type { Command, Fill, FundingPaid, OrderEvent, TradeBust, Transfer } from '#core/messages';
import { Position, type PositionSnapshot } from '#core/position';
import { ZERO_MONEY } from '#core/money';
import type { Micros, Money, Side, TickPrice } from '#core/units';
import { adjust, positionValues } from './account.js';
import type { Value } from './connection.js';
import type {
  AdjustEntry,
  EquityEntry,
  Entry,
  HaltEntry,
  KeptEvent,
  ResetEntry,
} from './entries.js';
import type { Statements } from './statements.js';

/** Whose books: ids of the rows. `run` is null when the operator writes while no run is on. */
export interface Desk {
  readonly account: number;
  readonly run: number | null;
  readonly instrument: Instrument;
}

interface Mark {
  readonly position: PositionSnapshot;
  readonly pnlAtReset: Money;
  readonly lastId: number;
  readonly lastOrdinal: number;
}

type KnownFill = Pick<Fill, 'ticks' | 'lots'>;
type Busted = Pick<Fill, 'side' | 'ticks' | 'lots' | 'fee'>;
/** The figures of a row of `fills`. */
type Moved = Pick<Fill, 'us' | 'venueUs' | 'tradeId' | 'side' | 'ticks' | 'lots' | 'fee' | 'maker'>;

const MAX_TEXT = 4_000;
/** SQLite text ends at a NUL, and a venue's error page is not worth a megabyte. */
const clean = (text: string): string => text.replaceAll('\0', '').slice(0, MAX_TEXT);
const isCount = (n: number): boolean => Number.isSafeInteger(n) && n > 0;
/** A price that is none (NaN of a venue) is stored as 0, which no price is. */
const grid = (price: TickPrice): number => Math.round(price * MARK_GRID) || 0;

export class Bookkeeper {
  private position: Position;
  private dirty = false;
  private readonly runs = new Map<string, number | null>();
  lastOrdinal = 0;

  constructor(
    private readonly sql: Statements,
    private readonly desk: Desk,
    position: PositionSnapshot,
    public pnlAtReset: Money,
    public lastId: number,
  ) {
    this.position = Position.restore(desk.instrument, position);
  }

  snapshot(): PositionSnapshot {
    return this.position.snapshot();
  }

  mark(): Mark {
    const { pnlAtReset, lastId, lastOrdinal } = this;
    return { position: this.position.snapshot(), pnlAtReset, lastId, lastOrdinal };
  }

  reset(mark: Mark): void {
    this.position = Position.restore(this.desk.instrument, mark.position);
    this.pnlAtReset = mark.pnlAtReset;
    this.lastId = mark.lastId;
    this.lastOrdinal = mark.lastOrdinal;
    this.dirty = false;
    this.runs.clear();
  }

  /** The last statement of a transaction: the account row, when something moved it. */
  settle(): void {
    if (!this.dirty) return;
    const values = positionValues(this.position.snapshot());
    this.sql.account.run([this.pnlAtReset, ...values, this.desk.account]);
    this.dirty = false;
  }

  write(entry: Entry): void {
    switch (entry.kind) {
      case 'command':
        return this.command(entry.us, entry.command);
      case 'event':
        return this.event(entry.event, entry.runId);
      case 'equity':
        return this.equity(entry.row);
      case 'adjust':
        return this.adjust(entry.row);
      case 'halt':
        return this.halt(entry.row);
      case 'reset':
        return this.resetBaseline(entry.row);
      case 'markout': {
        const { tradeId, horizonMs, mid, bridged } = entry.row;
        const { account } = this.desk;
        this.sql.markout.run([account, tradeId, horizonMs, grid(mid), Number(bridged)]);
        return;
      }
      case 'taken':
        this.sql.taken.run([entry.us, entry.id]);
        return;
      case 'note':
        this.note(entry.us, entry.about, entry.text);
    }
  }

  note(us: Micros, about: string, text: string): void {
    const { account, run } = this.desk;
    this.sql.note.run([this.nextId(), account, run, us, about, clean(text)]);
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  private run(): number {
    assert(this.desk.run !== null, 'orders and money belong to a run: call beginRun first');
    return this.desk.run;
  }

  private command(us: Micros, command: Command): void {
    const run = this.run();
    switch (command.kind) {
      case 'place': {
        const { ordinal, side, tif, ticks, lots } = command;
        const reduceOnly = Number(command.reduceOnly);
        const price = [ticks, lots, ticks, lots];
        this.sql.place.run([run, ordinal, side, tif, reduceOnly, ...price, 'sent', 0, us]);
        this.lastOrdinal = Math.max(this.lastOrdinal, ordinal);
        return;
      }
      case 'amend': {
        const { ordinal, ticks, lots } = command;
        return this.change(run, ordinal, us, 'amend', '', ticks, lots);
      }
      case 'cancel':
        this.sql.cancel.run([us, run, command.ordinal]);
        return;
      case 'cancel-all':
        this.sql.cancelAll.run([us, run]);
        this.change(run, null, us, 'cancel-all', '');
    }
  }

  private change(
    run: number | null,
    ordinal: number | null,
    us: Micros,
    kind: string,
    detail: string,
    ticks: Value = null,
    lots: Value = null,
  ): void {
    this.sql.change.run([this.nextId(), run, ordinal, us, kind, ticks, lots, clean(detail)]);
  }

  private event(event: KeptEvent, runId: string | null): void {
    switch (event.kind) {
      case 'fill':
        return this.fill(event, runId);
      case 'funding':
        return this.funding(event);
      case 'transfer':
        return this.transfer(event);
      case 'trade-bust':
        return this.bust(event);
      case 'operator':
        return this.note(event.us, 'operator', `${event.order}: ${event.reason}`);
      case 'fault':
        return this.note(event.us, 'fault', `${event.source}: ${event.detail}`);
      default:
        this.order(event, this.runOf(runId));
    }
  }

  /** The row id of the run that owns an order; null for a run that this ledger does not know. */
  private runOf(runId: string | null): number | null {
    if (runId === null) return this.run();
    let id = this.runs.get(runId);
    if (id === undefined) {
      id = (this.sql.run.get([runId]) as { id: number } | undefined)?.id ?? null;
      this.runs.set(runId, id);
    }
    return id;
  }

  private order(event: Exclude<OrderEvent, Fill>, run: number | null): void {
    const { us, ordinal } = event;
    switch (event.kind) {
      case 'accepted':
        this.sql.accepted.run([us, run, ordinal]);
        return;
      case 'rejected':
        this.sql.rejected.run([us, run, ordinal, event.reason]);
        return this.change(run, ordinal, us, event.kind, `${event.reason}: ${event.detail}`);
      case 'closed':
        this.sql.closed.run([us, run, ordinal, event.reason, event.filledLots]);
        return;
      case 'amended':
        this.sql.amended.run([us, run, ordinal, event.ticks, event.lots]);
        return this.change(run, ordinal, us, event.kind, '', event.ticks, event.lots);
      case 'cancel-rejected':
      case 'amend-rejected':
        return this.change(run, ordinal, us, event.kind, event.reason);
      case 'unknown':
        return this.change(run, ordinal, us, event.kind, event.operation);
    }
  }

  private fill(event: Fill, runId: string | null): void {
    const { us, tradeId, side, ticks, lots, fee, maker, ordinal } = event;
    if (!isCount(lots) || !isCount(ticks) || !Number.isSafeInteger(fee)) {
      return this.note(
        us,
        'fill',
        `trade ${tradeId} makes no sense, dropped: ${JSON.stringify(event)}`,
      );
    }
    const params = [this.desk.account, tradeId, side];
    const known = this.sql.knownFill.get(params) as KnownFill | undefined;
    if (known !== undefined) {
      if (known.ticks === ticks && known.lots === lots) return;
      return this.note(
        us,
        'fill',
        `trade ${tradeId} came again with other figures; kept the first`,
      );
    }
    const orderRun = ordinal === null ? null : this.runOf(runId);
    const realised = this.position.fill(side, ticks, lots, fee, maker);
    this.fillRow(event, orderRun, ordinal, Number(event.liquidation), 0, realised);
    if (ordinal !== null) this.sql.filled.run([us, orderRun, ordinal, lots]);
  }

  private fillRow(
    moved: Moved,
    orderRun: number | null,
    ordinal: number | null,
    liquidation: number,
    adjustment: number,
    realised: Money,
  ): void {
    const { us, venueUs, tradeId, side, ticks, lots, fee, maker } = moved;
    const after = this.position;
    this.sql.fill.run([
      ...[
        this.nextId(),
        this.desk.account,
        this.run(),
        clean(tradeId),
        orderRun,
        ordinal,
        us,
        venueUs,
      ],
      ...[side, ticks, lots, fee, Number(maker), liquidation, adjustment, realised],
      ...[after.lots, after.cost, after.realised, after.fees],
    ]);
    this.dirty = true;
  }

  private adjust(row: AdjustEntry): void {
    const { us, side, ticks, lots, reason } = row;
    const tradeId = `adjust:${this.lastId + 1}`;
    const fee = ZERO_MONEY;
    const realised = adjust(this.position, side, ticks, lots, fee);
    const moved = { us, venueUs: us, tradeId, side, ticks, lots, fee, maker: false };
    this.fillRow(moved, null, null, 0, 1, realised);
    this.note(us, 'adjustment', reason);
  }

  /**
   * A trade taken back by the venue is the opposite move at its price, with its fee returned: cash
   * is as before it. Only a trade of this run, as in the engine; an older one shows as a difference
   * to the venue's position.
   */
  private bust(event: TradeBust): void {
    const { us, tradeId } = event;
    const params = [this.desk.account, tradeId, this.run()];
    const found = this.sql.fillsOfTrade.all(params) as Busted[];
    for (const { side, ticks, lots, fee } of found) {
      const id = `bust:${tradeId}`;
      const back = { side: -side as Side, ticks, lots, fee: (0 - fee) as Money };
      if (this.sql.knownFill.get([this.desk.account, id, back.side]) !== undefined) continue;
      const realised = adjust(this.position, back.side, ticks, lots, back.fee);
      this.fillRow(
        { ...back, us, venueUs: us, tradeId: id, maker: false },
        null,
        null,
        0,
        1,
        realised,
      );
    }
    const known = found.length > 0 ? '' : ', unknown in this run';
    this.note(us, 'trade-bust', `trade ${tradeId} taken back by the venue${known}`);
  }

  private funding(event: FundingPaid): void {
    const { us, amount, rate, mark } = event;
    if (!Number.isSafeInteger(amount)) return this.note(us, 'funding', `of ${amount}, dropped`);
    this.position.applyFunding(amount);
    const { account } = this.desk;
    const sum = this.position.funding;
    this.sql.funding.run([this.nextId(), account, this.run(), us, amount, rate, grid(mark), sum]);
    this.dirty = true;
  }

  private transfer(event: Transfer): void {
    const { us, amount } = event;
    if (!Number.isSafeInteger(amount)) return this.note(us, 'transfer', `of ${amount}, dropped`);
    this.position.transfer(amount);
    const { account } = this.desk;
    const sum = this.position.transfers;
    this.sql.transfer.run([this.nextId(), account, this.run(), us, amount, sum]);
    this.dirty = true;
  }

  private equity(row: EquityEntry): void {
    const p = this.position;
    const worth = this.worth(row.mark);
    this.sql.equity.run([
      ...[this.nextId(), this.desk.account, this.run(), row.us, p.lots, grid(row.mark)],
      ...[p.cash(), worth, row.accrued, row.equity],
      ...[p.cost, p.realised, p.fees, p.funding, p.transfers],
    ]);
  }

  private worth(mark: TickPrice): Money {
    const { lots } = this.position;
    return lots === 0 ? ZERO_MONEY : this.desk.instrument.worth(lots, mark);
  }

  private halt(row: HaltEntry): void {
    const { account, run } = this.desk;
    const { cause } = row;
    this.sql.halt.run([
      ...[this.nextId(), account, run, row.us, row.from, row.to],
      ...[cause?.guard ?? null, cause?.severity ?? null, clean(cause?.reason ?? '')],
      cause?.untilUs ?? 0,
    ]);
  }

  private resetBaseline(row: ResetEntry): void {
    const { account, run } = this.desk;
    const { lots, realised, fees, funding } = this.position;
    const pnl = this.position.pnl(row.mark);
    this.sql.reset.run([
      ...[this.nextId(), account, run, row.us, clean(row.reason), lots, grid(row.mark)],
      ...[realised, fees, funding, this.position.unrealised(row.mark), pnl],
    ]);
    this.pnlAtReset = pnl;
    this.dirty = true;
  }
}
