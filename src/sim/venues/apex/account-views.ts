// How an account of the simulated ApeX looks on the wire: account, balance, positions, wallets, and the contents of a
// private snapshot. Pure: it reads the account at the moment and makes values.
import { formatMoney, mulDiv } from '#core/money';
import type { Lots, Micros, Money } from '#core/units';
import type { PositionWire, PrivateContents, DashSymbol } from '#clients/apex/wire';
import { decimal, rateText } from '../decimals.js';
import type { ApexAccount } from './account.js';
import { ethereumAddressOf } from './credentials.js';
import { msOf } from './order.js';
import { MARKET_LIMITS } from './symbols.js';

/** Always one LONG and one SHORT row; the empty one says 0. */
export function positionRows(account: ApexAccount): readonly PositionWire[] {
  const { exchange, instrument } = account;
  const { position } = exchange.account;
  const { lots } = position;
  const row = (side: 'LONG' | 'SHORT'): PositionWire => {
    const sign = side === 'LONG' ? 1 : -1;
    const own = Math.max(0, sign * lots) as Lots;
    const entry = own === 0 ? '0' : decimal(position.averageEntry() * instrument.tickSize, 10);
    return {
      ...{ symbol: instrument.spec.symbol as DashSymbol, side, size: instrument.formatSize(own) },
      ...{ entryPrice: entry, exitPrice: '0', fee: '0', openValue: '0', sumOpen: '0' },
      ...{ sumClose: '0', fundingFee: own === 0 ? '0' : formatMoney(position.funding) },
      realizedPnl: formatMoney(position.realised),
      ...{ customImr: '', customInitialMarginRate: '0', lightNumbers: '', status: '' },
      ...{ accountId: account.id, isPrelaunch: false, createdAt: msOf(account.createdUs) },
      ...{ updatedAt: msOf(account.updatedUs), updatedTime: msOf(account.updatedUs) },
    } as PositionWire;
  };
  return [row('LONG'), row('SHORT')];
}

export function walletRows(account: ApexAccount): readonly unknown[] {
  const balance = formatMoney(account.exchange.account.position.cash());
  const none = { pendingDepositAmount: '0', pendingWithdrawAmount: '0' };
  const moves = { pendingTransferOutAmount: '0', pendingTransferInAmount: '0' };
  return [{ token: 'USDT', asset: 'USDT', accountId: account.id, balance, ...none, ...moves }];
}

export function contractAccountWire(account: ApexAccount, l2Key: string) {
  const { makerFee, takerFee } = account.instrument.spec;
  const rates = { makerFeeRate: rateText(makerFee), takerFeeRate: rateText(takerFee) };
  return {
    ...{ accountId: account.id, l2Key, ...rates, minInitialMarginRate: '0', status: 'NORMAL' },
    ...{ unrealizePnlPriceType: 'INDEX_PRICE', createdAt: msOf(account.createdUs) },
    updatedAt: msOf(account.updatedUs),
  };
}

export function accountWire(account: ApexAccount, l2Key: string): unknown {
  return {
    ...{ id: account.id, ethereumAddress: ethereumAddressOf(account.key), l2Key, version: 'v3' },
    spotAccount: {
      ...{ createdAt: msOf(account.createdUs), updatedAt: msOf(account.createdUs) },
      ...{
        zkAccountId: account.id.slice(-6),
        isMultiSigEthAddress: false,
        defaultSubAccountId: '0',
      },
      ...{ nonce: 1, status: 'NORMAL', subAccounts: [] },
    },
    spotWallets: [],
    contractAccount: contractAccountWire(account, l2Key),
    contractWallets: walletRows(account),
    experienceMoney: [],
    positions: positionRows(account),
    isNewUser: false,
  };
}

export function balanceWire(account: ApexAccount, nowUs: Micros): unknown {
  const { exchange, instrument } = account;
  const mark = exchange.markPrice;
  const { position } = exchange.account;
  const equity = exchange.account.equity(nowUs, mark);
  const notional = position.lots === 0 || mark <= 0 ? 0 : instrument.notional(position.lots, mark);
  const initial = mulDiv(notional as Money, Number(MARKET_LIMITS.initialMarginRate) * 1e6, 1e6);
  const unrealised = position.lots === 0 || mark <= 0 ? (0 as Money) : position.unrealised(mark);
  return {
    totalEquityValue: formatMoney(equity),
    totalValueWithoutDiscount: formatMoney(equity),
    availableBalance: formatMoney(Math.max(0, equity - initial) as Money),
    initialMargin: formatMoney(initial as Money),
    maintenanceMargin: formatMoney(exchange.account.maintenance(mark)),
    walletBalance: formatMoney(position.cash()),
    realizedPnl: formatMoney(position.realised),
    unrealizedPnl: formatMoney(unrealised),
    totalRisk: '0',
    symbolToOraclePrice: {
      [instrument.spec.symbol]: {
        oraclePrice: mark > 0 ? decimal(mark * instrument.tickSize, 8) : '0',
        createdTime: msOf(nowUs),
      },
    },
  };
}

/** What the private stream says after a login, and GET /account-snapshot. */
export const snapshotContents = (account: ApexAccount, l2Key: string): PrivateContents => ({
  contractAccounts: [contractAccountWire(account, l2Key)],
  contractWallets: walletRows(account),
  orders: [...account.openOrders].map((order) => account.wire(order)),
  positions: positionRows(account),
  fills: [],
});
