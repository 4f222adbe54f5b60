// What a venue says of an account over REST, held against what the ledger says: every fill, fee, the position, cash and
// equity, to the last unit. The reader is no part of the bot and asks again when an injected fault eats its answer.
import { setTimeout as sleep } from 'node:timers/promises';
import { PATHS } from '#clients/paradex/endpoints';
import type { AccountWire, FillWire, OrderWire, PositionWire } from '#clients/paradex/wire';
import { Instrument } from '#core/instrument';
import { parseMoney } from '#core/money';
import type { HttpRequest, Network } from '#core/outside';
import { fromSeconds } from '#core/units';
import { LedgerReader } from '#ledger/reader';
import type { AccountRow, FillRow } from '#ledger/rows';
import { ask } from '#run/ask-venue';
import type { ParadexIdentity } from '#run/paradex-account';

const TRIES = 60;
const PAGE = 500;
const TIMEOUT = fromSeconds(5);

export interface VenueBooks {
  readonly fills: readonly FillWire[];
  readonly account: AccountWire;
  /** Before and after `account` was asked for, at the same mark. */
  readonly position: PositionWire | null;
  readonly after: PositionWire | null;
  readonly open: readonly OrderWire[];
}

/** Throws after sixty failures in a row. */
export class BooksReader {
  private token: string | null = null;

  constructor(
    private readonly network: Network,
    private readonly identity: ParadexIdentity,
    private readonly nowMs: () => number,
  ) {}

  async read(): Promise<VenueBooks> {
    const fills = await this.allFills();
    const open = await this.get<{ results: OrderWire[] }>(PATHS.orders);
    let position = await this.position();
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const account = await this.get<AccountWire>(PATHS.account);
      const after = await this.position();
      if (pricePart(position) === pricePart(after))
        return { fills, account, position, after, open: open.results };
      position = after;
    }
    throw new Error(`the mark moved between two answers in ${TRIES} attempts`);
  }

  private async position(): Promise<PositionWire | null> {
    const { results } = await this.get<{ results: PositionWire[] }>(PATHS.positions);
    return results[0] ?? null;
  }

  /** Oldest first. */
  private async allFills(): Promise<FillWire[]> {
    const found: FillWire[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { results: FillWire[]; next: string | null } = await this.get(
        `${PATHS.fills}?page_size=${PAGE}${query}`,
      );
      found.push(...page.results);
      cursor = page.next;
    } while (cursor !== null);
    return found.reverse();
  }

  private async get<T>(path: string): Promise<T> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      this.token ??= await this.newToken();
      const headers = { authorization: `Bearer ${this.token ?? ''}` };
      const said = await this.once('GET', path, headers);
      if (said.status === 200) return JSON.parse(said.body) as T;
      if (said.status === 401) this.token = null;
      await sleep(250);
    }
    throw new Error(`${path} was not answered in ${TRIES} attempts`);
  }

  private async newToken(): Promise<string | null> {
    const { signer } = this.identity;
    const nowS = Math.floor(this.nowMs() / 1000);
    const expires = nowS + 1_800;
    const headers = {
      'PARADEX-STARKNET-ACCOUNT': signer.account,
      'PARADEX-STARKNET-SIGNATURE': signer.signAuth(nowS, expires),
      'PARADEX-TIMESTAMP': String(nowS),
      'PARADEX-SIGNATURE-EXPIRATION': String(expires),
    };
    const said = await this.once('POST', PATHS.auth(signer.publicKey), headers);
    if (said.status !== 200) return null;
    return (JSON.parse(said.body) as { jwt_token: string }).jwt_token;
  }

  private async once(
    method: HttpRequest['method'],
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const url = `${this.identity.environment.rest}${path}`;
    const outcome = await ask(this.network, { method, url, headers, timeout: TIMEOUT });
    return outcome.kind === 'reply' ? outcome : { status: 0, body: '' };
  }
}

export interface Comparison {
  readonly fills: number;
  /** One line each; empty when the ledger equals the books of the venue. */
  readonly differences: readonly string[];
}

/** Compares the newest account of the ledger at `path` with the venue's word. */
export function compareBooks(path: string, venue: VenueBooks): Comparison {
  const reader = LedgerReader.open(path);
  try {
    const account = reader.accounts().at(-1);
    if (account === undefined) return { fills: 0, differences: ['the ledger has no account'] };
    const fills = [...reader.rows('fills', null)];
    const trades = fills.filter((fill) => fill.adjustment === 0);
    const differences = [
      ...(trades.length === fills.length ? [] : ['the ledger holds adjustments']),
      ...fillsThatDiffer(trades, venue.fills, new Instrument(account.spec)),
      ...sumsThatDiffer(account, trades, venue),
      ...venue.open.map((order) => `order ${order.client_id} is open at the venue`),
      ...reader.runs().flatMap(({ id }) => reader.openOrders(id)).map(
        ({ runId, ordinal }) => `order ${ordinal} of run ${runId} is open in the ledger`,
      ),
      ...reader.damage(),
    ]; // prettier-ignore
    return { fills: trades.length, differences };
  } finally {
    reader.close();
  }
}

/** A fill as any of the venues says it; a fee > 0 is paid. */
export type ToldFill = Pick<FillWire, 'id' | 'side' | 'price' | 'size' | 'fee' | 'liquidity'>;

export function fillsThatDiffer(
  ours: readonly FillRow[],
  theirs: readonly ToldFill[],
  instrument: Instrument,
): string[] {
  const byId = new Map(ours.map((fill) => [fill.tradeId, fill]));
  const found: string[] = [];
  if (byId.size !== ours.length) found.push(`${ours.length - byId.size} fills are booked twice`);
  for (const wire of theirs) {
    const fill = byId.get(wire.id);
    byId.delete(wire.id);
    if (fill === undefined) {
      found.push(`fill ${wire.id} is missing in the ledger`);
      continue;
    }
    const pairs: readonly (readonly [string, unknown, unknown])[] = [
      ['side', fill.side, wire.side === 'BUY' ? 1 : -1],
      ['price', fill.ticks, instrument.parsePrice(wire.price)],
      ['size', fill.lots, instrument.parseSize(wire.size)],
      ['fee', fill.fee, parseMoney(wire.fee)],
      ['maker', fill.maker, wire.liquidity === 'MAKER' ? 1 : 0],
    ];
    for (const [name, own, told] of pairs)
      if (own !== told) found.push(`fill ${wire.id}: ${name} ${String(own)}, not ${String(told)}`);
  }
  for (const id of byId.keys()) found.push(`fill ${id} is not known to the venue`);
  return found;
}

const money = (text: string | undefined): number =>
  text === undefined ? 0 : (parseMoney(text) ?? NaN);

/** Unrealised by the price alone: the position's figure includes accrued funding. */
const pricePart = (position: PositionWire | null): number =>
  money(position?.unrealized_pnl) - money(position?.unrealized_funding_pnl);

/** Name, by the ledger, by the venue. */
export type Sums = readonly (readonly [string, number, number])[];

export const unequal = (sums: Sums): string[] =>
  sums.flatMap(([name, ours, theirs]) =>
    ours === theirs ? [] : [`${name}: ${ours} in the ledger, ${theirs} at the venue`],
  );

function sumsThatDiffer(
  { position: own, spec }: AccountRow,
  trades: readonly FillRow[],
  { fills, account, position, after }: VenueBooks,
): string[] {
  const instrument = new Instrument(spec);
  const size = (position?.size ?? '0').replace(/^-/, '');
  const lots = (instrument.parseSize(size) ?? 0) * (position?.side === 'SHORT' ? -1 : 1);
  const settled = own.transfers + own.realised - own.fees + own.funding;
  const pairs: Sums = [
    ['number of fills', trades.length, fills.length],
    ['fees', own.fees, fills.reduce((sum, fill) => sum + money(fill.fee), 0)],
    ['position (lots)', own.lots, lots === 0 ? 0 : lots],
    ['cost of the position', own.cost, money(position?.cost)],
    ['realised P&L', own.realised, money(position?.realized_positional_pnl)],
    ['funding', own.funding, money(position?.realized_positional_funding_pnl)],
    ['cash', settled - own.cost, money(account.total_collateral)],
  ];
  const differences = unequal(pairs);
  const accrued = [money(position?.unrealized_funding_pnl), money(after?.unrealized_funding_pnl)];
  const equity = settled + pricePart(position);
  const off = money(account.account_value) - equity;
  if (off < Math.min(...accrued) || off > Math.max(...accrued))
    differences.push(`equity: ${equity} by the ledger, ${account.account_value} at the venue`);
  return differences;
}
