// Every statement that the writer runs in its transactions, prepared once: the cost of a decision
// is binding values.
import type { Connection, Statement } from './connection.js';
import { OPEN_INBOX } from './inbox.js';

export interface Statements {
  readonly owner: Statement;
  readonly place: Statement;
  readonly cancel: Statement;
  readonly cancelAll: Statement;
  readonly accepted: Statement;
  readonly rejected: Statement;
  readonly closed: Statement;
  readonly amended: Statement;
  readonly filled: Statement;
  readonly change: Statement;
  readonly knownFill: Statement;
  readonly fillsOfTrade: Statement;
  readonly fill: Statement;
  readonly markout: Statement;
  readonly funding: Statement;
  readonly transfer: Statement;
  readonly equity: Statement;
  readonly halt: Statement;
  readonly reset: Statement;
  readonly note: Statement;
  readonly account: Statement;
  readonly state: Statement;
  readonly status: Statement;
  readonly decision: Statement;
  readonly inbox: Statement;
  readonly taken: Statement;
  readonly run: Statement;
}

const insert = (table: string, columns: string): string =>
  `INSERT INTO ${table} (${columns}) VALUES (${columns.replace(/[^,]+/g, '?')})`;

const PLACE = insert(
  'orders',
  'run, ordinal, side, tif, reduce_only, first_ticks, first_lots, ticks, lots, state, filled, ' +
    'placed_us',
);
/** ?1 us, ?2 run, ?3 ordinal, and what each says beside. Late facts never reopen a closed order. */
const ACCEPTED = `UPDATE orders SET accepted_us = coalesce(accepted_us, ?1),
  state = CASE state WHEN 'sent' THEN 'open' ELSE state END WHERE run = ?2 AND ordinal = ?3`;
const REJECTED = `UPDATE orders SET state = 'rejected', reason = ?4,
  closed_us = coalesce(closed_us, ?1) WHERE run = ?2 AND ordinal = ?3 AND state <> 'filled'`;
const CLOSED = `UPDATE orders SET reason = ?4, venue_filled = ?5,
  closed_us = coalesce(closed_us, ?1),
  state = CASE state WHEN 'filled' THEN 'filled' ELSE 'closed' END WHERE run = ?2 AND ordinal = ?3`;
const CANCEL = `UPDATE orders SET cancel_us = coalesce(cancel_us, ?1)
  WHERE run = ?2 AND ordinal = ?3`;
const CANCEL_ALL = `UPDATE orders SET cancel_us = coalesce(cancel_us, ?1)
  WHERE run = ?2 AND closed_us IS NULL`;
/** ?4 ticks, ?5 lots: an amend may reopen what its fills had completed, or complete it. */
const AMENDED = `UPDATE orders SET ticks = ?4, lots = ?5,
  state = CASE WHEN state IN ('closed', 'rejected') THEN state
               WHEN filled >= ?5 THEN 'filled' ELSE 'open' END,
  closed_us = CASE WHEN state IN ('closed', 'rejected') THEN closed_us
                   WHEN filled >= ?5 THEN coalesce(closed_us, ?1) ELSE NULL END
  WHERE run = ?2 AND ordinal = ?3`;
/** ?4 lots of this fill. */
const FILLED = `UPDATE orders SET filled = filled + ?4,
  state = CASE WHEN closed_us IS NULL AND filled + ?4 >= lots THEN 'filled'
               WHEN state = 'sent' THEN 'open' ELSE state END,
  closed_us = CASE WHEN closed_us IS NULL AND filled + ?4 >= lots THEN ?1 ELSE closed_us END
  WHERE run = ?2 AND ordinal = ?3`;
const MARKOUT = `INSERT INTO markouts (fill, horizon_ms, mid_256, bridged)
  SELECT id, ?3, ?4, ?5 FROM fills WHERE account = ?1 AND trade_id = ?2
  ON CONFLICT (fill, horizon_ms) DO NOTHING`;
const ACCOUNT = `UPDATE accounts SET pnl_at_reset = ?, lots = ?, cost = ?, realised = ?, fees = ?,
  funding = ?, transfers = ?, volume = ?, maker_volume = ?, fills = ? WHERE id = ?`;
const STATE = `INSERT INTO state (account, key, us, value) VALUES (?, ?, ?, ?)
  ON CONFLICT (account, key) DO UPDATE SET us = excluded.us, value = excluded.value`;
const STATUS = `INSERT INTO status (run, us, status) VALUES (?, ?, ?)
  ON CONFLICT (run) DO UPDATE SET us = excluded.us, status = excluded.status`;
const DECISION = `INSERT INTO status (run, decision_us, decision) VALUES (?, ?, ?)
  ON CONFLICT (run) DO UPDATE SET decision_us = excluded.decision_us, decision = excluded.decision`;

const FILL = insert(
  'fills',
  'id, account, run, trade_id, order_run, ordinal, us, venue_us, side, ticks, lots, fee, maker, ' +
    'liquidation, adjustment, realised, lots_after, cost_after, realised_sum, fees_sum',
);
const EQUITY = insert(
  'equity',
  'id, account, run, us, lots, mark_256, cash, worth, accrued, equity, cost, realised, fees, ' +
    'funding, transfers',
);
const RESET = insert(
  'resets',
  'id, account, run, us, reason, lots, mark_256, realised, fees, funding, unrealised, pnl',
);
const HALT = insert(
  'halts',
  'id, account, run, us, from_state, to_state, guard, severity, reason, until_us',
);

export function prepareStatements(db: Connection): Statements {
  const sql = (text: string): Statement => db.prepare(text);
  return {
    owner: sql('SELECT owner FROM meta WHERE id = 1'),
    place: sql(PLACE),
    cancel: sql(CANCEL),
    cancelAll: sql(CANCEL_ALL),
    accepted: sql(ACCEPTED),
    rejected: sql(REJECTED),
    closed: sql(CLOSED),
    amended: sql(AMENDED),
    filled: sql(FILLED),
    change: sql(insert('order_changes', 'id, run, ordinal, us, kind, ticks, lots, detail')),
    knownFill: sql('SELECT ticks, lots FROM fills WHERE account = ? AND trade_id = ? AND side = ?'),
    fillsOfTrade: sql(
      'SELECT side, ticks, lots, fee FROM fills WHERE account = ? AND trade_id = ? AND run = ?',
    ),
    fill: sql(FILL),
    markout: sql(MARKOUT),
    funding: sql(insert('funding', 'id, account, run, us, amount, rate, mark_256, funding_sum')),
    transfer: sql(insert('transfers', 'id, account, run, us, amount, transfers_sum')),
    equity: sql(EQUITY),
    halt: sql(HALT),
    reset: sql(RESET),
    note: sql(insert('notes', 'id, account, run, us, kind, text')),
    account: sql(ACCOUNT),
    state: sql(STATE),
    status: sql(STATUS),
    decision: sql(DECISION),
    inbox: sql(OPEN_INBOX),
    taken: sql('UPDATE inbox SET taken_us = ? WHERE id = ?'),
    run: sql('SELECT id FROM runs WHERE run = ?'),
  };
}
