// What a loopback ApeX says of an account over REST, held against what the ledger says: every fill, fee, position,
// balance and equity. The reader is no part of the bot.
import { API, PATHS } from '#clients/apex/endpoints';
import { signedHeaders } from '#clients/apex/sign/request';
import type { FillWire } from '#clients/apex/wire';
import { Instrument } from '#core/instrument';
import { parseMoney } from '#core/money';
import type { Network } from '#core/outside';
import { fromSeconds } from '#core/units';
import { LedgerReader } from '#ledger/reader';
import { apexApiKey } from '#run/apex-account';
import { ask } from '#run/ask-venue';
import { fillsThatDiffer, unequal } from './soak-books.js';
import type { Comparison, Sums, ToldFill } from './soak-books.js';

const PAGE = 100;
const TIMEOUT = fromSeconds(5);

interface Balance {
  readonly totalEquityValue: string;
  readonly walletBalance: string;
  readonly realizedPnl: string;
  readonly unrealizedPnl: string;
}

interface Books {
  readonly fills: readonly FillWire[];
  readonly open: number;
  readonly positions: readonly { readonly side: string; readonly size: string }[];
  readonly balance: Balance;
}

export interface ApexAccess {
  readonly network: Network;
  readonly origin: string;
  readonly paperKey: string;
  readonly nowMs: () => number;
}

async function read({ network, origin, paperKey, nowMs }: ApexAccess, query: string) {
  const path = `${API}${query}`;
  const stamp = Math.floor(nowMs());
  const headers = signedHeaders(apexApiKey({} as never, paperKey), stamp, 'GET', path, '');
  const said = await ask(network, {
    ...{ method: 'GET', url: `${origin}${path}`, headers, timeout: TIMEOUT },
  });
  if (said.kind !== 'reply' || said.status !== 200) throw new Error(`${query} was not answered`);
  return (JSON.parse(said.body) as { data: unknown }).data;
}

async function booksOf(access: ApexAccess): Promise<Books> {
  const fills: FillWire[] = [];
  for (let page = 0; ; page += 1) {
    const query = `${PATHS.fills}?limit=${PAGE}&page=${page}`;
    const { orders } = (await read(access, query)) as { orders: FillWire[] };
    fills.push(...orders);
    if (orders.length < PAGE) break;
  }
  const open = ((await read(access, PATHS.openOrders)) as unknown[]).length;
  const { positions } = (await read(access, PATHS.account)) as Pick<Books, 'positions'>;
  const balance = (await read(access, PATHS.balance)) as Balance;
  return { fills, open, positions, balance };
}

/** Fees are negative here. */
const paid = (fill: FillWire): ToldFill => ({
  ...fill,
  fee: fill.fee.replace(/^-/, ''),
  liquidity: fill.liquidity ?? fill.direction ?? 'TAKER',
});

const money = (text: string): number => parseMoney(text) ?? NaN;

/** Compares the newest account of the ledger at `path` with the venue's word. */
export async function compareApexBooks(path: string, access: ApexAccess): Promise<Comparison> {
  const books = await booksOf(access);
  const reader = LedgerReader.open(path);
  try {
    const account = reader.accounts().at(-1);
    if (account === undefined) return { fills: 0, differences: ['the ledger has no account'] };
    const instrument = new Instrument(account.spec);
    const ours = [...reader.rows('fills', null)];
    const own = account.position;
    const settled = own.transfers + own.realised - own.fees + own.funding;
    const lots = books.positions.reduce(
      (sum, { side, size }) => sum + (side === 'LONG' ? 1 : -1) * (instrument.parseSize(size) ?? NaN),
      0,
    ); // prettier-ignore
    const { balance } = books;
    const equity = money(balance.walletBalance) + own.cost + money(balance.unrealizedPnl);
    const pairs: Sums = [
      ['number of fills', ours.length, books.fills.length],
      ['fees', own.fees, books.fills.reduce((sum, { fee }) => sum + Math.abs(money(fee)), 0)],
      ['position (lots)', own.lots, lots],
      ['realised P&L', own.realised, money(balance.realizedPnl)],
      ['cash', settled - own.cost, money(balance.walletBalance)],
      ['equity', settled + money(balance.unrealizedPnl), equity],
    ];
    const differences = [
      ...fillsThatDiffer(ours, books.fills.map(paid), instrument),
      ...unequal(pairs),
      ...(books.open === 0 ? [] : [`${books.open} orders are open at the venue`]),
      ...reader.damage(),
    ];
    return { fills: ours.length, differences };
  } finally {
    reader.close();
  }
}
