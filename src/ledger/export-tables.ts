// The tables of `mm export csv`: which columns, in which units, from where. Data only; export.ts
// does the work.
import type { FormatName } from './csv.js';

export interface Source {
  /** CSV name, format, SQL expression. */
  readonly columns: readonly (readonly [string, FormatName, string])[];
  /** `t` is the table itself and leads the join, so that pages follow its key. */
  readonly from: string;
  readonly key: readonly string[];
  /** Id of the account row whose units the figures have. */
  readonly account: string;
}

const RUN = ['run', 'text', 'runs.run'] as const;
const OWNED = 'LEFT JOIN runs ON runs.id = t.run';

const own = (table: string, columns: Source['columns']): Source => ({
  columns,
  from: `${table} AS t ${OWNED}`,
  key: ['t.id'],
  account: 't.account',
});

export const SOURCES = {
  runs: {
    columns: [
      RUN,
      ['started', 'time', 'runs.started_us'],
      ['ended', 'time', 'runs.ended_us'],
      ['kind', 'text', 'kind'],
      ['mode', 'text', 'mode'],
      ['venue', 'text', 'a.venue'],
      ['account', 'text', 'a.account'],
      ['market', 'text', 'a.market'],
      ['version', 'text', 'version'],
      ['pid', 'text', 'pid'],
      ['capital', 'money', 'capital'],
      ['exit_code', 'text', 'exit_code'],
      ['end_reason', 'text', 'end_reason'],
      ['command_hash', 'text', 'command_hash'],
      ['params', 'text', 'params'],
    ],
    from: 'runs LEFT JOIN accounts AS a ON a.id = runs.account',
    key: ['runs.id'],
    account: 'runs.account',
  },
  orders: {
    columns: [
      RUN,
      ['ordinal', 'text', 't.ordinal'],
      ['client_id', 'text', `'mm-' || runs.run || '-' || t.ordinal`],
      ['placed', 'time', 't.placed_us'],
      ['accepted', 'time', 't.accepted_us'],
      ['cancel_sent', 'time', 't.cancel_us'],
      ['closed', 'time', 't.closed_us'],
      ['side', 'side', 't.side'],
      ['tif', 'text', 't.tif'],
      ['reduce_only', 'flag', 't.reduce_only'],
      ['first_price', 'price', 't.first_ticks'],
      ['first_size', 'size', 't.first_lots'],
      ['price', 'price', 't.ticks'],
      ['size', 'size', 't.lots'],
      ['filled', 'size', 't.filled'],
      ['venue_filled', 'size', 't.venue_filled'],
      ['state', 'text', 't.state'],
      ['reason', 'text', 't.reason'],
    ],
    from: `orders AS t ${OWNED}`,
    key: ['t.run', 't.ordinal'],
    account: 'runs.account',
  },
  order_changes: {
    columns: [
      ['time', 'time', 't.us'],
      RUN,
      ['ordinal', 'text', 't.ordinal'],
      ['kind', 'text', 't.kind'],
      ['price', 'price', 't.ticks'],
      ['size', 'size', 't.lots'],
      ['detail', 'text', 't.detail'],
    ],
    from: `order_changes AS t ${OWNED}`,
    key: ['t.id'],
    account: 'runs.account',
  },
  fills: own('fills', [
    ['time', 'time', 't.us'],
    ['venue_time', 'time', 't.venue_us'],
    RUN,
    ['trade_id', 'text', 't.trade_id'],
    ['ordinal', 'text', 't.ordinal'],
    ['side', 'side', 't.side'],
    ['price', 'price', 't.ticks'],
    ['size', 'size', 't.lots'],
    ['fee', 'money', 't.fee'],
    ['maker', 'flag', 't.maker'],
    ['liquidation', 'flag', 't.liquidation'],
    ['adjustment', 'flag', 't.adjustment'],
    ['realised', 'money', 't.realised'],
    ['position_after', 'size', 't.lots_after'],
    ['cost_after', 'money', 't.cost_after'],
    ['realised_total', 'money', 't.realised_sum'],
    ['fees_total', 'money', 't.fees_sum'],
  ]),
  funding: own('funding', [
    ['time', 'time', 't.us'],
    RUN,
    ['amount', 'money', 't.amount'],
    ['rate', 'rate', 't.rate'],
    ['mark', 'grid', 't.mark_256'],
    ['funding_total', 'money', 't.funding_sum'],
  ]),
  transfers: own('transfers', [
    ['time', 'time', 't.us'],
    RUN,
    ['amount', 'money', 't.amount'],
    ['transfers_total', 'money', 't.transfers_sum'],
  ]),
  equity: own('equity', [
    ['time', 'time', 't.us'],
    RUN,
    ['equity', 'money', 't.equity'],
    ['cash', 'money', 't.cash'],
    ['worth', 'money', 't.worth'],
    ['accrued_funding', 'money', 't.accrued'],
    ['position', 'size', 't.lots'],
    ['mark', 'grid', 't.mark_256'],
    ['cost', 'money', 't.cost'],
    ['realised', 'money', 't.realised'],
    ['unrealised', 'money', 't.worth - t.cost'],
    ['fees', 'money', 't.fees'],
    ['funding', 'money', 't.funding'],
    ['transfers', 'money', 't.transfers'],
  ]),
  markouts: {
    columns: [
      RUN,
      ['trade_id', 'text', 'f.trade_id'],
      ['horizon_ms', 'text', 't.horizon_ms'],
      ['mid', 'grid', 't.mid_256'],
      ['bridged', 'flag', 't.bridged'],
    ],
    from: 'markouts AS t LEFT JOIN fills AS f ON f.id = t.fill LEFT JOIN runs ON runs.id = f.run',
    key: ['t.fill', 't.horizon_ms'],
    account: 'f.account',
  },
  halts: own('halts', [
    ['time', 'time', 't.us'],
    RUN,
    ['from', 'text', 't.from_state'],
    ['to', 'text', 't.to_state'],
    ['guard', 'text', 't.guard'],
    ['severity', 'text', 't.severity'],
    ['reason', 'text', 't.reason'],
    ['until', 'time', 'nullif(t.until_us, 0)'],
  ]),
  resets: own('resets', [
    ['time', 'time', 't.us'],
    RUN,
    ['reason', 'text', 't.reason'],
    ['position', 'size', 't.lots'],
    ['mark', 'grid', 't.mark_256'],
    ['pnl', 'money', 't.pnl'],
    ['realised', 'money', 't.realised'],
    ['fees', 'money', 't.fees'],
    ['funding', 'money', 't.funding'],
    ['unrealised', 'money', 't.unrealised'],
  ]),
  notes: own('notes', [
    ['time', 'time', 't.us'],
    RUN,
    ['kind', 'text', 't.kind'],
    ['text', 'text', 't.text'],
  ]),
} satisfies Readonly<Record<string, Source>>;

export type ExportTable = keyof typeof SOURCES;
export const EXPORT_TABLES = Object.keys(SOURCES) as readonly ExportTable[];
