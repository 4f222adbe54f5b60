// Channel names of the simulated Paradex: which exist, what each one carries, whether it needs a token. Pure text.

export type PublicTopic =
  | 'deltas' | 'snapshot' | 'bbo' | 'trades' | 'summary' | 'funding' | 'markets' | 'silent'; // prettier-ignore
export type PrivateTopic =
  'orders' | 'fills' | 'positions' | 'account' | 'payments' | 'busts' | 'silent-private';

export interface Channel {
  readonly name: string;
  readonly topic: PublicTopic | PrivateTopic;
  readonly private: boolean;
  /** Microseconds between periodic snapshots; 0 for the others. */
  readonly everyUs: number;
  readonly depth: number;
  /** Levels are told in steps of this price; 0: of the market's tick. */
  readonly priceTick: number;
}

const WHOLE = { depth: Infinity, priceTick: 0 };
const open = (name: string, topic: PublicTopic): Channel => ({
  ...{ name, topic, private: false, everyUs: 0, ...WHOLE },
});
const closed = (name: string, topic: PrivateTopic): Channel => ({
  ...{ name, topic, private: true, everyUs: 0, ...WHOLE },
});

const BARE: Readonly<Record<string, Channel>> = {
  markets_summary: open('markets_summary', 'summary'),
  funding_data: open('funding_data', 'funding'),
  markets: open('markets', 'markets'),
  positions: closed('positions', 'positions'),
  account: closed('account', 'account'),
  tradebusts: closed('tradebusts', 'busts'),
  balance_events: closed('balance_events', 'silent-private'),
  transaction: closed('transaction', 'silent-private'),
  transfers: closed('transfers', 'silent-private'),
  block_trades: closed('block_trades', 'silent-private'),
  rfq: closed('rfq', 'silent-private'),
  mmp: closed('mmp', 'silent-private'),
};
/** `<word>.<market>` or, where true, `<word>.ALL`. */
const PER_MARKET: Readonly<
  Record<string, readonly [PublicTopic | PrivateTopic, boolean, boolean]>
> = {
  bbo: ['bbo', true, false],
  trades: ['trades', true, false],
  markets_summary: ['summary', true, false],
  funding_data: ['funding', true, false],
  markets: ['markets', true, false],
  orders: ['orders', true, true],
  fills: ['fills', true, true],
  positions: ['positions', true, true],
  funding_payments: ['payments', true, true],
};

/** Null: no such channel. An acknowledged name may still never carry anything (`silent`). */
export function channelOf(name: string, market: string): Channel | null {
  const bare = BARE[name];
  if (bare !== undefined && Object.hasOwn(BARE, name)) return bare;
  const book = /^order_book\.([^.]+)\.(.+)$/.exec(name);
  if (book !== null) return book[1] === market ? bookChannel(name, book[2] as string) : null;
  const interactive = /^bbo\.(.+)\.interactive$/.exec(name);
  if (interactive !== null) return interactive[1] === market ? open(name, 'bbo') : null;
  if (name.startsWith('bbo.interactive.')) return open(name, 'silent');
  const dot = name.indexOf('.');
  const word = name.slice(0, dot);
  const rest = name.slice(dot + 1);
  const known = Object.hasOwn(PER_MARKET, word) ? PER_MARKET[word] : undefined;
  if (dot < 0 || known === undefined) return null;
  const [topic, all, needsToken] = known;
  if (rest !== market && !(all && rest === 'ALL')) return null;
  return { name, topic, private: needsToken, everyUs: 0, ...WHOLE };
}

function bookChannel(name: string, rest: string): Channel | null {
  if (rest === 'deltas' || rest === 'interactive_deltas') return open(name, 'deltas');
  const periodic = /^(snapshot|interactive)@15@(50|100|200|400)ms(?:@([0-9]+(?:_[0-9]+)?))?$/.exec(
    rest,
  );
  if (periodic === null) return null;
  const everyUs = Number(periodic[2]) * 1000;
  if (periodic[1] === 'interactive' ? everyUs < 100_000 : everyUs > 100_000) return null;
  const priceTick = Number(periodic[3]?.replace('_', '.') ?? 0);
  return { name, topic: 'snapshot', private: false, everyUs, depth: 15, priceTick };
}
