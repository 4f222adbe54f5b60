// GET /symbols of the simulated venue: one contract, its settle asset, the chains. What a tape does not say (largest order,
// price range, margin steps) is what the venue had for BTC-USDT in June 2026.
import type { Instrument } from '#core/instrument';
import type { ContractWire, CrossSymbol, DashSymbol } from '#clients/apex/wire';

/** `l2PairId` of the contracts we know; others share the first. */
const PAIRS: Readonly<Record<string, string>> = { BTC: '50001', ETH: '50002', SOL: '50003' };
export const DECIMALS = 18;
export const MARKET_LIMITS = Object.freeze({
  maxOrderSize: '50',
  maxPositionSize: '500',
  /** Of aggressive prices, around the mark. */
  maxMarketPriceRange: '0.1',
  initialMarginRate: '0.02',
});

/** A symbol as ApeX spells it: BTC-USDT for BTC-USD-PERP, BTCUSDT, XBTUSD and the like. */
export function apexSymbol(symbol: string): string {
  if (/^[0-9A-Z]{1,20}-USDT$/.test(symbol)) return symbol;
  const bare = symbol.toUpperCase().replace(/-?(PERP|SWAP)$/, '').replace(/[^0-9A-Z]/g, ''); // prettier-ignore
  const base = /^(.{2,}?)(USDT|USDC|USD)$/.exec(bare)?.[1] ?? bare;
  return `${base === 'XBT' ? 'BTC' : base}-USDT`;
}

export const pairIdOf = (instrument: Instrument): string =>
  PAIRS[instrument.spec.symbol.split('-')[0] as string] ?? '50001';

export function contractWire(instrument: Instrument): ContractWire & Record<string, unknown> {
  const { spec } = instrument;
  const [base = spec.symbol] = spec.symbol.split('-');
  return {
    symbol: spec.symbol as DashSymbol,
    crossSymbolName: spec.symbol.replace('-', '') as CrossSymbol,
    ...{ symbolDisplayName: spec.symbol, l2PairId: pairIdOf(instrument), crossSymbolId: 10 },
    ...{ baseTokenId: base, settleAssetId: 'USDT', underlyingCurrencyId: base },
    ...{ tickSize: spec.tickSize, stepSize: spec.lotSize },
    minOrderSize: spec.minSize ?? spec.lotSize,
    ...{ maxOrderSize: MARKET_LIMITS.maxOrderSize, maxPositionSize: MARKET_LIMITS.maxPositionSize },
    maxMarketPriceRange: MARKET_LIMITS.maxMarketPriceRange,
    ...{ enableTrade: true, enableOpenPosition: true, enableDisplay: true, isPrelaunch: false },
    initialMarginRate: MARKET_LIMITS.initialMarginRate,
    maintenanceMarginRate: String(spec.maintenanceMargin),
    defaultInitialMarginRate: '0.05',
    ...{ fundingMaxRate: '0.000469', fundingMinRate: '-0.000469', fundingInterestRate: '0.0003' },
    ...{ digitMerge: '0.1,1,10,100', kline1minOpen: true },
    riskLimitConfig: { positionSteps: [], imrSteps: [], mmrSteps: [] },
  };
}

export function symbolsWire(contract: ContractWire): unknown {
  const usdt = { token: 'USDT', tokenId: '60141', displayName: 'USDT', decimals: DECIMALS, showStep: '0.01', iconUrl: '' }; // prettier-ignore
  const chains = [{ chain: 'Arbitrum One', chainId: 9, chainType: '0', l1ChainId: '42161', tokens: [] }]; // prettier-ignore
  return {
    contractConfig: {
      assets: [usdt],
      tokens: [usdt],
      global: { feeAccountId: '', feeAccountL2Key: '' },
      perpetualContract: [contract],
      ...{ stockContract: [], predictionContract: [], prelaunchContract: [] },
    },
    spotConfig: {
      assets: [usdt],
      spot: [],
      global: { orderExpireDays: 0, defaultRegisterTransferToken: 'USDT' },
      multiChain: { chains, maxWithdraw: '1000000', minDeposit: '0', minWithdraw: '0' },
    },
  };
}
