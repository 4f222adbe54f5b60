// A seeded stream of Paradex messages, most of them damaged: valid frames and texts of one market that walk on in
// sequence, and mutations of the next one. Nothing here decides what is right; the tests hold two decoders against it.
import type { SbeVersion } from '#clients/paradex/endpoints';
import {
  accountFrame, bboFrame, bookFrame, fillFrame, fundingFrame, heartbeatFrame, orderFrame, positionFrame,
  summaryFrame, tradeFrame,
} from '#clients/paradex/codec/from-wire'; // prettier-ignore
import { Instrument } from '#core/instrument';
import type { Random } from '#core/random';
import type { Rate, Seconds } from '#core/units';
import type {
  AccountWire, BookChangeWire, BookWire, FillWire, OrderWire, PositionWire,
} from '#clients/paradex/wire'; // prettier-ignore

export const MARKET = 'BTC-USD-PERP';
export const INSTRUMENT = new Instrument({
  venue: 'paradex',
  symbol: MARKET,
  tickSize: '0.1',
  lotSize: '0.00001',
  minNotional: '10',
  kind: 'linear',
  multiplier: '1',
  settle: 'USDC',
  makerFee: 300_000 as Rate,
  takerFee: 4_500_000 as Rate,
  fundingPeriod: 28_800 as Seconds,
  maintenanceMargin: 0.01,
});
export const LOW_TICKS = 500_000;
export const HIGH_TICKS = 1_500_000;
export const MID_TICKS = 912_345;
const START_MS = 1_763_683_200_000;

const ACCOUNT = '0x37ff1c9d89a50b3dd3a4f90e020ea80251b09ba28049efbe4f7d3fec2995c4a';
const price = (ticks: number): string => INSTRUMENT.formatPrice(ticks as never);
const size = (lots: number): string => INSTRUMENT.formatSize(lots as never);

/** Changes around a fixed mid: bids below, asks above; a third removals. Bids come first, as frames have them. */
function changes(random: Random, count: number, removals: boolean): BookChangeWire[] {
  return Array.from({ length: count }, () => {
    const bid = random.bool(0.5);
    const ticks = MID_TICKS + (bid ? -1 - random.int(12) : random.int(12));
    const lots = removals && random.bool(1 / 3) ? 0 : 1 + random.int(500_000);
    return { side: bid ? 'BUY' : 'SELL', price: price(ticks), size: size(lots) } as const;
  }).sort((a, b) => Number(a.side === 'SELL') - Number(b.side === 'SELL'));
}

export function makeBook(random: Random, seq: number, snapshot: boolean): BookWire {
  return {
    market: MARKET,
    seq_no: seq,
    last_updated_at: START_MS + seq,
    update_type: snapshot ? 's' : 'd',
    inserts: changes(random, snapshot ? 8 : random.int(4), !snapshot),
    updates: [],
    deletes: [],
  };
}

export const ORDER: OrderWire = {
  id: '1763683200000201703010000', account: ACCOUNT, market: MARKET, side: 'SELL', type: 'LIMIT',
  size: '0.01', remaining_size: '0.004', price: '91234.4', avg_fill_price: '91234.4',
  status: 'OPEN', cancel_reason: '', client_id: 'mm-Ab3-7', instruction: 'POST_ONLY', flags: ['REDUCE_ONLY'],
  stp: 'EXPIRE_TAKER', trigger_price: '', timestamp: START_MS, created_at: START_MS,
  received_at: START_MS, published_at: START_MS, last_updated_at: START_MS,
  seq_no: '1763683200123456789',
  request_info: { id: 'req-1', request_type: 'MODIFY_ORDER', status: 'SUCCESS', message: '' },
}; // prettier-ignore
export const FILL: FillWire = {
  id: 'f-1', order_id: ORDER.id, client_id: 'mm-Ab3-7', market: MARKET, side: 'SELL', liquidity: 'MAKER',
  price: '91234.4', size: '0.006', remaining_size: '0.004', fee: '-0.0109', fee_currency: 'USDC',
  fill_type: 'FILL', flags: ['fastfill'], realized_pnl: '', realized_funding: '-0.001',
  underlying_price: '91200', orderbook_seq_no: 2003, created_at: START_MS, account: ACCOUNT,
}; // prettier-ignore
export const POSITION: PositionWire = {
  id: 'p', account: ACCOUNT, market: MARKET, side: 'SHORT', size: '-0.006', average_entry_price: '91234.4',
  average_entry_price_usd: '91240', average_exit_price: '', cost: '547.4', cost_usd: '547.44',
  unrealized_pnl: '-0.02', unrealized_funding_pnl: '0.0001', realized_positional_pnl: '0',
  realized_positional_funding_pnl: '0', cached_funding_index: '-2819.5', liquidation_price: '',
  leverage: '0.5', status: 'OPEN', last_fill_id: 'f-1', seq_no: '1763683200123456789',
  created_at: START_MS, last_updated_at: START_MS,
}; // prettier-ignore
export const ACCOUNT_STATE: AccountWire = {
  account: ACCOUNT, account_value: '1000', total_collateral: '1000', free_collateral: '950.5',
  initial_margin_requirement: '49.5', maintenance_margin_requirement: '25', margin_cushion: '975',
  settlement_asset: 'USDC', status: 'ACTIVE', seq_no: '1763683200123456789', updated_at: START_MS,
}; // prettier-ignore

export const pushText = (channel: string, data: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', method: 'subscription', params: { channel, data } });

export const bboWire = (random: Random, seq: number) => ({
  market: MARKET,
  bid: price(MID_TICKS - 1 - random.int(3)),
  bid_size: size(1 + random.int(9999)),
  ask: random.bool(0.1) ? '' : price(MID_TICKS + random.int(3)),
  ask_size: size(1 + random.int(9999)),
  seq_no: seq,
  last_updated_at: START_MS + seq,
});
export const tradeWire = (random: Random, seq: number) => ({
  id: `17636832000002017030${10000 + seq}`,
  market: MARKET,
  side: random.bool(0.5) ? ('BUY' as const) : ('SELL' as const),
  price: price(MID_TICKS - 3 + random.int(6)),
  size: size(1 + random.int(9999)),
  created_at: START_MS + seq,
  trade_type: random.bool(0.9) ? 'FILL' : 'RPI',
});
export const summaryWire = (random: Random, seq: number) => ({
  symbol: MARKET,
  mark_price: `91230.${10_000_000 + random.int(80_000_000)}`,
  underlying_price: '91200.1',
  last_traded_price: '91234.5',
  bid: '91234.4',
  ask: '91234.6',
  bid_size: '1.5',
  ask_size: '0.75',
  funding_rate: `${random.bool(0.5) ? '-' : ''}0.0000${100 + random.int(900)}`,
  open_interest: '812.5',
  volume_24h: '123456789.12',
  total_volume: '76543210987.65',
  price_change_rate_24h: '-0.0123',
  created_at: START_MS + seq,
});
export const fundingWire = (random: Random, seq: number) => ({
  market: MARKET,
  funding_rate: `0.0000${100 + random.int(900)}`,
  funding_rate_8h: '0.0001',
  funding_premium: '9.12',
  funding_index: '-2819.53434361',
  funding_period_hours: 8,
  created_at: START_MS + seq,
});

/** A valid frame other than the book's. */
export function otherFrame(random: Random, seq: number): Uint8Array {
  const version = random.int(3) as SbeVersion;
  switch (random.int(9)) {
    case 0:
      return tradeFrame(tradeWire(random, seq), seq, version);
    case 1:
      return summaryFrame(summaryWire(random, seq), version);
    case 2:
      return fundingFrame(fundingWire(random, seq), seq, version);
    case 3:
      return orderFrame(ORDER, version);
    case 4:
      return fillFrame(FILL, seq, version);
    case 5:
      return positionFrame(POSITION, version);
    case 6:
      return accountFrame(ACCOUNT_STATE, version);
    case 7:
      return heartbeatFrame(START_MS * 1000, version);
    default:
      return bboFrame(bboWire(random, seq), version);
  }
}
export const bookBytes = (random: Random, seq: number, snapshot: boolean): Uint8Array =>
  bookFrame(makeBook(random, seq, snapshot), random.int(3) as SbeVersion);

const NASTY_64 = [
  0n, 1n, -1n, 1n << 62n, -(1n << 63n), (1n << 63n) - 1n, 1n << 53n, (1n << 53n) - 1n, 10_000_000n,
  9_123_450_000_000n, 50_000_000_000_000n, 150_000_000_000_000n, 150_000_010_000_000n,
]; // prettier-ignore

/** A damaged copy: bits, bytes, lengths, whole 64-bit fields, cuts, growth, splices. */
export function mutate(random: Random, original: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes = original.slice();
  const rounds = 1 + random.int(3);
  for (let i = 0; i < rounds; i++) {
    if (bytes.length === 0) return bytes;
    const at = random.int(bytes.length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    switch (random.int(9)) {
      case 0:
        bytes[at] = (bytes[at] as number) ^ (1 << random.int(8));
        break;
      case 1:
        bytes[at] = random.int(256);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = Uint8Array.from([...bytes, ...other.slice(0, 1 + random.int(40))]);
        break;
      case 4: // the header: lengths, template, schema, version
        bytes[random.int(Math.min(8, bytes.length))] = random.int(random.bool(0.5) ? 256 : 44);
        break;
      case 5: // a whole field
        if (bytes.length >= at + 8)
          view.setBigInt64(at, NASTY_64[random.int(NASTY_64.length)] as bigint, true);
        break;
      case 6: // a price or size of a group, moved by whole ticks
        moveLevel(random, bytes, view);
        break;
      case 7: // an extra byte inside
        bytes = Uint8Array.from([...bytes.slice(0, at), random.int(256), ...bytes.slice(at)]);
        break;
      default: // the tail of another frame
        bytes = Uint8Array.from([
          ...bytes.slice(0, at),
          ...other.slice(Math.min(at, other.length)),
        ]);
    }
  }
  return bytes;
}

function moveLevel(random: Random, bytes: Uint8Array, view: DataView): void {
  const at = 8 + 89 + 4 + 16 * random.int(8) + 8 * random.int(2);
  if (bytes.length < at + 8) return;
  const step = at % 16 === 5 ? 10_000_000n : 1000n;
  const moved = view.getBigInt64(at, true) + BigInt(random.int(2001) - 1000) * step;
  view.setBigInt64(at, BigInt.asIntN(64, moved), true);
}

const TOKENS = [
  '"', '\\', '{', '}', '[', ']', ',', ':', '-', '0', '9', 'e', '.', 'null', 'true', '1e400', '""', '-1',
  '99999999999999999999', '0.05', '912345678901234567', '{}', '[]', '"BUY"', '\u0000', '\ud800',
]; // prettier-ignore

/** A damaged copy of a text. */
export function mutateText(random: Random, original: string): string {
  let text = original;
  const rounds = 1 + random.int(3);
  for (let i = 0; i < rounds; i++) {
    const at = random.int(text.length + 1);
    const width = random.int(4);
    const token = TOKENS[random.int(TOKENS.length)] as string;
    switch (random.int(5)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + width);
        break;
      case 1:
        text = text.slice(0, at) + token + text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + token + text.slice(at + width);
        break;
      case 3: // one digit
        text = text.replace(/\d/g, (d) => (random.bool(0.02) ? String(random.int(10)) : d));
        break;
      default: // the value of one key
        text = changeValue(random, text, token);
    }
  }
  return text;
}

function changeValue(random: Random, text: string, token: string): string {
  const keys = [...text.matchAll(/"\w+":("[^"]*"|[\d.-]+)/g)];
  const key = keys[random.int(Math.max(1, keys.length))];
  if (key === undefined) return text;
  const value = key[1] as string;
  const from = key.index + key[0].length - value.length;
  return text.slice(0, from) + token + text.slice(from + value.length);
}
