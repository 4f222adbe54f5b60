// One market of an account in one set of units (tick, lot, multiplier): its row, and how the
// position moves over to a new row when the venue changes the units. Money never changes in that
// move; lots are converted or refused.
import { Instrument, type InstrumentSpec } from '#core/instrument';
import { Position, type PositionSnapshot } from '#core/position';
import type { Lots, Money, Side, Ticks } from '#core/units';
import type { Connection, Statement } from './connection.js';
import { LedgerProblem } from './problem.js';
import type { AccountRow } from './rows.js';

const POSITION = `json_object('lots', lots, 'cost', cost, 'realised', realised, 'fees', fees,
  'funding', funding, 'transfers', transfers, 'volume', volume,
  'makerVolume', maker_volume, 'fills', fills)`;
export const ACCOUNT_COLUMNS = `id, venue, account, market, spec, pnl_at_reset AS pnlAtReset,
  ${POSITION} AS position`;

export const emptyPosition = (instrument: Instrument): PositionSnapshot =>
  new Position(instrument).snapshot();

/**
 * Moves a position as a fill would, without its counts: a bust taken back (fee returned), a
 * position adopted.
 */
export function adjust(
  position: Position,
  side: Side,
  ticks: Ticks,
  lots: Lots,
  fee: Money,
): Money {
  const { volume, makerVolume, fills } = position;
  const realised = position.fill(side, ticks, lots, fee, false);
  Object.assign(position, { volume, makerVolume, fills });
  return realised;
}

/** The position as the values of the nine columns. */
export const positionValues = (p: PositionSnapshot): number[] => [
  ...[p.lots, p.cost, p.realised, p.fees, p.funding],
  ...[p.transfers, p.volume, p.makerVolume, p.fills],
];

/** A row as the driver gives it, with its JSON read. */
export function readAccount(row: unknown): AccountRow {
  const raw = row as Omit<AccountRow, 'spec' | 'position'> & { spec: string; position: string };
  const { id, venue, account, market, pnlAtReset } = raw;
  const spec = JSON.parse(raw.spec) as InstrumentSpec;
  const position = JSON.parse(raw.position) as PositionSnapshot;
  return { id, venue, account, market, spec, pnlAtReset, position };
}

/** The statement whose newest row is the present account of (venue, account, market). */
export const prepareAccount = (db: Connection): Statement =>
  db.prepare(`SELECT ${ACCOUNT_COLUMNS} FROM accounts
    WHERE venue = ? AND account = ? AND market = ? ORDER BY id DESC LIMIT 1`);

/** True when ticks and lots mean the same under both; fees and minimum sizes may differ. */
export function sameUnits(a: InstrumentSpec, b: InstrumentSpec): boolean {
  const units = (s: InstrumentSpec): (string | number)[] => [
    ...[s.kind, s.settle, Number(s.tickSize), Number(s.lotSize), Number(s.multiplier)],
  ];
  return units(a).every((value, i) => value === units(b)[i]);
}

/**
 * The position under a new spec. Throws LedgerProblem when an open position is no whole number of
 * the new lots, or when it would be worth something else (another kind, multiplier or currency).
 */
export function carryPosition(
  from: InstrumentSpec,
  to: InstrumentSpec,
  position: PositionSnapshot,
): PositionSnapshot {
  if (sameUnits(from, to) || position.lots === 0) return position;
  const same = from.kind === to.kind && from.settle === to.settle;
  const size = new Instrument(from).formatSize(position.lots);
  const magnitude = new Instrument(to).parseSize(size.replace('-', ''));
  if (!same || Number(from.multiplier) !== Number(to.multiplier) || magnitude === null) {
    throw new LedgerProblem(
      'disagreement',
      `${to.venue} ${to.symbol} has other units now, but there is an open position of ${size}`,
      'close that position first, or use another --account',
    );
  }
  return { ...position, lots: (position.lots < 0 ? -magnitude : magnitude) as Lots };
}

/** What the writer needs of an account row. */
export type Present = Pick<AccountRow, 'id' | 'position' | 'pnlAtReset'>;

/**
 * Finds or makes the present row of this account and market. Inside a transaction of the caller.
 */
export function ensureAccount(db: Connection, instrument: Instrument, account: string): Present {
  const { spec } = instrument;
  const found = prepareAccount(db).get([spec.venue, account, spec.symbol]);
  const row = found === undefined ? null : readAccount(found);
  if (row !== null && sameUnits(row.spec, spec)) {
    db.prepare('UPDATE accounts SET spec = ? WHERE id = ?').run([JSON.stringify(spec), row.id]);
    return row;
  }
  const position = row ? carryPosition(row.spec, spec, row.position) : emptyPosition(instrument);
  const pnlAtReset = row?.pnlAtReset ?? (0 as Money);
  db.prepare(
    `INSERT INTO accounts (venue, account, market, spec, pnl_at_reset, lots, cost, realised, fees,
     funding, transfers, volume, maker_volume, fills)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run([
    ...[spec.venue, account, spec.symbol, JSON.stringify(spec), pnlAtReset],
    ...positionValues(position),
  ]);
  const made = readAccount(prepareAccount(db).get([spec.venue, account, spec.symbol]));
  if (row !== null) {
    db.prepare(
      'INSERT INTO state SELECT ?, key, us, value FROM state AS old WHERE old.account = ?',
    ).run([made.id, row.id]);
  }
  return made;
}
