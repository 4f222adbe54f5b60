// How an account of the simulated Paradex looks on the wire: position, balance, summary, fees, and the binary forms of
// its private news. Pure: it reads the account at the moment and makes values.
import { formatMoney, mulDiv } from '#core/money';
import type { Micros, Money } from '#core/units';
import { writeFrame } from '#clients/paradex/codec/frame';
import { ACCOUNT, FILL, ORDER, POSITION } from '#clients/paradex/codec/schema';
import type { SbeVersion } from '#clients/paradex/endpoints';
import type {
  AccountInfoWire, AccountWire, BalanceWire, FillWire, OrderWire, PositionWire,
} from '#clients/paradex/wire'; // prettier-ignore
import type { ParadexAccount } from './account.js';
import { decimal, rateText } from '../decimals.js';

/** Initial margin as a fraction: 2 % as the venue has it for BTC. */
const INITIAL_E6 = 20_000;
const ms = (us: number): number => Math.floor(us / 1000);
/** jsonText writes bigints as plain digits. */
const long = (value: bigint): number => value as unknown as number;

export function accountWire(account: ParadexAccount, nowUs: Micros, seq: bigint): AccountWire {
  const { exchange, instrument } = account;
  const mark = exchange.markPrice;
  const { lots } = exchange.account.position;
  const value = exchange.account.equity(nowUs, mark);
  const notional = lots === 0 || mark <= 0 ? (0 as Money) : instrument.notional(lots, mark);
  const initial = mulDiv(notional, INITIAL_E6, 1_000_000) as Money;
  const maintenance = exchange.account.maintenance(mark);
  return {
    account: account.address,
    account_value: formatMoney(value),
    total_collateral: formatMoney(
      (exchange.account.position.cash() - account.untoldFunding) as Money,
    ),
    free_collateral: formatMoney(Math.max(0, value - initial) as Money),
    initial_margin_requirement: formatMoney(initial),
    maintenance_margin_requirement: formatMoney(maintenance),
    margin_cushion: formatMoney((value - maintenance) as Money),
    settlement_asset: 'USDC',
    status: exchange.account.liquidatable(mark) ? 'LIQUIDATION' : 'ACTIVE',
    seq_no: long(seq),
    updated_at: ms(nowUs),
  };
}

/** What a mantissa of 1e-8 in 64 bits holds; a tiny position of a rich account would be liquidated beyond it: never. */
const FARTHEST = 9e10;

export function positionWire(account: ParadexAccount, nowUs: Micros, seq: bigint): PositionWire {
  const { exchange, instrument, market, address } = account;
  const { position } = exchange.account;
  const { lots } = position;
  const mark = exchange.markPrice;
  const entry = lots === 0 ? '0' : decimal(position.averageEntry() * instrument.tickSize, 8);
  const untold = account.untoldFunding;
  const funding = (exchange.account.accrued(nowUs, mark) + untold) as Money;
  const unrealised = lots === 0 || mark <= 0 ? (0 as Money) : position.unrealised(mark);
  const below = exchange.account.liquidateBelow;
  const above = exchange.account.liquidateAbove;
  const edge = lots > 0 ? below : lots < 0 ? above : 0;
  const far = edge * instrument.tickSize;
  const liquidation = far > 0 && far < FARTHEST ? decimal(far, 8) : '0';
  return {
    ...{ id: `${address}-${market}`, account: address, market },
    side: lots < 0 ? 'SHORT' : 'LONG',
    size: instrument.formatSize(lots),
    ...{ average_entry_price: entry, average_entry_price_usd: entry, average_exit_price: '0' },
    cost: formatMoney(position.cost),
    cost_usd: formatMoney(position.cost),
    unrealized_pnl: formatMoney((unrealised + funding) as Money),
    unrealized_funding_pnl: formatMoney(funding),
    realized_positional_pnl: formatMoney(position.realised),
    realized_positional_funding_pnl: formatMoney((position.funding - untold) as Money),
    ...{
      cached_funding_index: '0',
      liquidation_price: liquidation,
      leverage: String(account.leverage),
    },
    status: lots === 0 ? 'CLOSED' : 'OPEN',
    last_fill_id: account.fills[account.fills.length - 1]?.id ?? '',
    seq_no: long(seq),
    created_at: ms(account.createdUs),
    last_updated_at: ms(account.updatedUs),
  };
}

export function balanceWire(account: ParadexAccount): BalanceWire {
  const cash = formatMoney(account.exchange.account.position.cash());
  const last_updated_at = ms(account.updatedUs);
  return { token: 'USDC', size: cash, last_updated_at, cost: cash, cost_usd: cash };
}

export function infoWire(account: ParadexAccount): AccountInfoWire & Record<string, unknown> {
  const { makerFee, takerFee } = account.instrument.spec;
  const fees = {
    ...{ maker_rate: rateText(makerFee), taker_rate: rateText(takerFee) },
    ...{ spot_maker_rate: '0', spot_taker_rate: '0' },
    ...{ dated_option_maker_rate: '0', dated_option_taker_rate: '0' },
  };
  return {
    ...{ account: account.address, parent_account: '', kind: 'main', fees },
    public_key: [...account.keys][0] ?? '',
    ...{ derivation_path: '', isolated_market: '', username: '', is_profile_public: false },
    created_at: ms(account.createdUs),
  };
}

// --- binary --------------------------------------------------------------------------------------------------------

const enumOf = (list: readonly string[], word: string): number => {
  const i = list.indexOf(word);
  return i < 0 ? 254 : i + 1;
};
const STATUS = ['NEW', 'UNTRIGGERED', 'OPEN', 'CLOSED'];
const SIDE = ['BUY', 'SELL'];
const TYPE = [
  ...['LIMIT', 'MARKET', 'STOP_LIMIT', 'STOP_MARKET', 'TAKE_PROFIT_LIMIT', 'TAKE_PROFIT_MARKET'],
  ...['STOP_LOSS_LIMIT', 'STOP_LOSS_MARKET'],
];
const TIME_IN_FORCE = ['GTC', 'IOC', 'POST_ONLY', 'RPI'];
const STP = ['EXPIRE_MAKER', 'EXPIRE_TAKER', 'EXPIRE_BOTH'];
const REQUEST = ['PENDING', 'PROCESSED', 'REJECTED', 'SUCCESS'];
const FILL_TYPE = ['FILL', 'LIQUIDATION', 'UNWIND_TRANSFER', 'SETTLE_MARKET', 'RPI', 'BLOCK_TRADE'];
const orNull = (text: string): string | null => (text === '' ? null : text);

export function orderFrame(order: OrderWire, nowUs: Micros, version: SbeVersion): Uint8Array {
  const info = order.request_info;
  const later =
    version === 2
      ? {
          requestStatus: info === undefined ? 0 : enumOf(REQUEST, info.status),
          requestType: info === undefined ? 0 : 1,
        }
      : {};
  const laterTexts =
    version === 2 ? { requestId: info?.id ?? '', requestMessage: info?.message ?? '' } : {};
  return writeFrame(ORDER, version, {
    values: {
      ...{ ts: nowUs, seq: BigInt(order.seq_no), status: enumOf(STATUS, order.status) },
      ...{ side: enumOf(SIDE, order.side), orderType: enumOf(TYPE, order.type) },
      timeInForce: enumOf(TIME_IN_FORCE, order.instruction),
      ...{ price: order.price, triggerPrice: orNull(order.trigger_price), size: order.size },
      ...{ sizeOpen: order.remaining_size, avgFillPrice: orNull(order.avg_fill_price) },
      ...{ createdAt: order.created_at * 1000, updatedAt: order.last_updated_at * 1000 },
      account: order.account,
      receivedAt: Number(BigInt(order.received_at) / 1000n),
      publishedAt: Number(BigInt(order.published_at) / 1000n),
      stp: order.stp === '' ? 0 : enumOf(STP, order.stp),
      flags: order.flags.includes('REDUCE_ONLY') ? 1 : 0,
      ...later,
    },
    texts: {
      ...{ orderId: order.id, clientOrderId: order.client_id, market: order.market },
      cancelReason: order.cancel_reason,
      ...laterTexts,
    },
  });
}

export function fillFrame(
  fill: FillWire,
  seq: bigint,
  nowUs: Micros,
  version: SbeVersion,
): Uint8Array {
  const later =
    version === 2 ? { flags: 0, orderbookSeqNo: BigInt(fill.orderbook_seq_no ?? 0) } : {};
  return writeFrame(FILL, version, {
    values: {
      ...{ ts: nowUs, seq, fillType: enumOf(FILL_TYPE, fill.fill_type) },
      ...{ side: enumOf(SIDE, fill.side), liquidity: fill.liquidity === 'MAKER' ? 1 : 2 },
      ...{ price: fill.price, size: fill.size, fee: fill.fee, realizedPnl: fill.realized_pnl },
      ...{ createdAt: fill.created_at * 1000, account: fill.account },
      ...{ underlyingPrice: fill.underlying_price, realizedFunding: fill.realized_funding },
      ...later,
    },
    texts: {
      ...{ fillId: fill.id, orderId: fill.order_id, clientOrderId: fill.client_id },
      ...{ tradeId: fill.id, market: fill.market },
      ...(version === 2 ? { feeCurrency: fill.fee_currency } : {}),
    },
  });
}

export function positionFrame(
  position: PositionWire,
  nowUs: Micros,
  version: SbeVersion,
): Uint8Array {
  return writeFrame(POSITION, version, {
    values: {
      ...{ ts: nowUs, seq: BigInt(position.seq_no), side: position.side === 'SHORT' ? 2 : 1 },
      size: position.size.replace('-', ''),
      avgEntryPrice: position.average_entry_price,
      unrealizedPnl: position.unrealized_pnl,
      realizedPnl: position.realized_positional_pnl,
      liquidationPrice: position.liquidation_price,
      leverage: position.leverage,
      updatedAt: position.last_updated_at * 1000,
      account: position.account,
      avgEntryPriceUsd: position.average_entry_price_usd,
      ...{ cost: position.cost, costUsd: position.cost_usd },
      cachedFundingIndex: position.cached_funding_index,
      unrealizedFundingPnl: position.unrealized_funding_pnl,
      status: position.status === 'OPEN' ? 1 : 2,
    },
    texts: { market: position.market, lastFillId: position.last_fill_id },
  });
}

export function accountFrame(account: AccountWire, nowUs: Micros, version: SbeVersion): Uint8Array {
  return writeFrame(ACCOUNT, version, {
    values: {
      ...{ ts: nowUs, seq: BigInt(account.seq_no), totalCollateral: account.total_collateral },
      freeCollateral: account.free_collateral,
      initialMarginReq: account.initial_margin_requirement,
      maintenanceMarginReq: account.maintenance_margin_requirement,
      accountValue: account.account_value,
      updatedAt: account.updated_at * 1000,
      account: account.account,
      marginCushion: account.margin_cushion,
      status: account.status === 'ACTIVE' ? 1 : 2,
    },
    texts: { settlementAsset: account.settlement_asset },
  });
}
