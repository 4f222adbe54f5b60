// Every parameter once: its flag, its variable, its unit, its default and what it means. Help texts, .env.example,
// `mm config` and the parsers all come from this table. Defaults are spec'd conservative; null = derived (settings.ts).
import * as q from './quantities.js';

export interface Parameter<T> {
  readonly group: 'strategy' | 'size' | 'timing' | 'risk' | 'venue' | 'simulation' | 'files';
  /** What the value looks like in the help. */
  readonly hint: string;
  readonly help: string;
  /** Default as a user would type it; null when it follows from others, as `derived` says. */
  readonly fallback: string | null;
  readonly derived?: string;
  readonly secret?: true;
  readonly parse: (text: string) => T;
}

const parameter = <T, F extends string | null>(
  definition: Parameter<T> & { readonly fallback: F },
): Parameter<T> & { readonly fallback: F } => definition;

export const PARAMETERS = {
  model: parameter({ group: 'strategy', hint: 'NAME', fallback: 'as', parse: q.oneOf('as', 'glft', 'prd-f2'), help: 'spread model: as (Avellaneda-Stoikov), glft (Gueant-Lehalle-Fernandez-Tapia), prd-f2 (the product formula)' }),
  glftSolution: parameter({ group: 'strategy', hint: 'HOW', fallback: 'exact', parse: q.oneOf('exact', 'closed'), help: 'glft only: exact (eigenvector) or closed (closed form)' }),
  sigma: parameter({ group: 'strategy', hint: 'VOL', fallback: '40%/yr', parse: q.volatility, help: 'volatility, as 40%/yr or 0.71bp/√s' }),
  kappa: parameter({ group: 'strategy', hint: 'PER_BP', fallback: '1.2', parse: q.perBp, help: 'decay of fill intensity with the distance from mid, per bp' }),
  alpha: parameter({ group: 'strategy', hint: 'PER_S', fallback: '0.2', parse: q.perSecond, help: 'taker orders per second per side that reach the mid (the A of the theory)' }),
  epsilon: parameter({ group: 'strategy', hint: 'BPS', fallback: '0.2bp', parse: q.bps, help: 'adverse selection: mean mid move per taker order, in its direction, after 5 s' }),
  bandFrom: parameter({ group: 'strategy', hint: 'BPS', fallback: null, derived: 'half the minimum spread, not below the maker fee', parse: q.bps, help: 'nearest distance to mid at which the measured taker orders count' }),
  horizon: parameter({ group: 'strategy', hint: 'TIME', fallback: '5m', parse: q.seconds, help: 'constant time horizon of as and prd-f2' }),
  session: parameter({ group: 'strategy', hint: 'TIME', fallback: 'off', parse: q.orWord('off', q.seconds), help: "the paper's session clock instead of a constant horizon, e.g. 24h" }),
  inventoryStd: parameter({ group: 'strategy', hint: 'UNITS', fallback: null, derived: '2, unless --skew-at-limit or --gamma is given', parse: q.positiveNumber, help: 'risk aversion as the wanted standard deviation of inventory, in order sizes' }),
  skewAtLimit: parameter({ group: 'strategy', hint: 'BPS', fallback: null, derived: 'off', parse: q.positiveBps, help: 'risk aversion as the shift of both quotes at the position limit, in bp' }),
  gamma: parameter({ group: 'strategy', hint: 'NUMBER', fallback: null, derived: 'off', parse: q.positiveNumber, help: 'expert: risk aversion itself, dimensionless (gamma x size x price)' }),
  levels: parameter({ group: 'strategy', hint: 'N', fallback: '1', parse: q.whole(1, 10), help: 'quotes per side' }),
  levelStep: parameter({ group: 'strategy', hint: 'BPS', fallback: null, derived: '1/kappa', parse: q.positiveBps, help: 'distance between levels' }),
  sizeShape: parameter({ group: 'strategy', hint: 'SHAPE', fallback: 'flat', parse: q.oneOf('flat', 'linear', 'geometric'), help: 'how --size is spread over the levels' }),
  minSpread: parameter({ group: 'strategy', hint: 'BPS', fallback: null, derived: 'max(1bp, 2 x maker fee)', parse: q.bps, help: 'smallest full width between our quotes' }),
  maxSpread: parameter({ group: 'strategy', hint: 'BPS', fallback: '50bp', parse: q.positiveBps, help: 'largest full width; wider withdraws (prd-f2: clamps)' }),
  placement: parameter({ group: 'strategy', hint: 'RULE', fallback: 'behind', parse: q.oneOf('behind', 'join', 'improve'), help: 'relative to the touch: strictly behind it, may join it, may improve it' }),
  fair: parameter({ group: 'strategy', hint: 'PRICE', fallback: 'mid', parse: q.oneOf('mid', 'weighted', 'micro'), help: 'reference price of the quotes' }),
  prdPerSide: parameter({ group: 'strategy', hint: 'HOW', fallback: 'full', parse: q.oneOf('full', 'half'), help: 'prd-f2 only: the whole base width on each side (to the letter) or half of it' }),
  skewMax: parameter({ group: 'strategy', hint: 'NUMBER', fallback: '1', parse: q.positiveNumber, help: 'prd-f2 only: skew at the position limit' }),
  addCosts: parameter({ group: 'strategy', hint: 'on|off', fallback: 'off', parse: q.onOff, help: 'prd-f2 only: add fee and adverse selection to each side' }),

  capital: parameter({ group: 'size', hint: 'USD', fallback: '5000', parse: q.money, help: 'capital that limits and returns are measured on' }),
  size: parameter({ group: 'size', hint: 'USD', fallback: '100', parse: q.orWord('auto', q.money), help: 'order size a side, all levels together; auto = max(venue minimum, position limit / 10)' }),
  positionLimit: parameter({ group: 'size', hint: 'USD', fallback: null, derived: 'min($1,000, capital x max-leverage / 1.5)', parse: q.money, help: 'soft limit on the position at mark; hard limit is 1.5 times it' }),
  maxLeverage: parameter({ group: 'size', hint: 'X', fallback: '1', parse: q.positiveNumber, help: 'largest exposure as a multiple of capital' }),

  check: parameter({ group: 'timing', hint: 'TIME', fallback: '5s', parse: q.span, help: 'longest time between two decisions' }),
  refresh: parameter({ group: 'timing', hint: 'TIME', fallback: '60s', parse: q.span, help: 'longest life of a resting quote (cancel and replace)' }),
  requoteBps: parameter({ group: 'timing', hint: 'BPS', fallback: 'auto', parse: q.requote, help: 'requote when a quote is NEAR bp too close or FAR bp too far: auto (0.5/kappa, 1.5/kappa), NEAR,FAR or off (the literal clock)' }),
  requoteInterval: parameter({ group: 'timing', hint: 'TIME', fallback: '250ms', parse: q.span, help: 'at most one requote a side in this time' }),
  fillWake: parameter({ group: 'timing', hint: 'on|off', fallback: 'on', parse: q.onOff, help: 'decide again after every fill' }),

  maxDailyLoss: parameter({ group: 'risk', hint: 'PCT', fallback: '5%', parse: q.percent, help: 'loss since UTC midnight, of capital, that pauses until the next day' }),
  maxDailyLossUsd: parameter({ group: 'risk', hint: 'USD', fallback: null, derived: 'off', parse: q.money, help: 'the same as an absolute cap' }),
  maxDrawdown: parameter({ group: 'risk', hint: 'PCT', fallback: '20%', parse: q.percent, help: 'fall from the equity peak that stops for good (until mm reset)' }),
  maxDrawdownUsd: parameter({ group: 'risk', hint: 'USD', fallback: null, derived: 'off', parse: q.money, help: 'the same as an absolute cap' }),
  maxMarketSpread: parameter({ group: 'risk', hint: 'BPS', fallback: '20bp', parse: q.positiveBps, help: 'withdraw while the market is wider than this' }),
  priceBand: parameter({ group: 'risk', hint: 'BPS', fallback: '50bp', parse: q.positiveBps, help: "no quote farther than this from the venue's mark" }),
  staleAfter: parameter({ group: 'risk', hint: 'TIME', fallback: '2s', parse: q.span, help: 'withdraw when no book frame came for this long' }),
  onHalt: parameter({ group: 'risk', hint: 'WHAT', fallback: 'hold', parse: q.oneOf('hold', 'post-only', 'reduce-only-ioc'), help: 'what becomes of the position at a halt' }),

  venue: parameter({ group: 'venue', hint: 'NAME', fallback: 'sim', parse: q.oneOf('sim', 'paradex', 'apex'), help: 'where to trade: sim (simulated exchange in this process), paradex or apex; a backtest then sends what a run behind the client of that venue would' }),
  network: parameter({ group: 'venue', hint: 'NAME', fallback: 'paper', parse: q.oneOf('paper', 'testnet', 'mainnet'), help: 'which one of the venue: paper (served on 127.0.0.1, no key, no money), testnet, mainnet (real money: needs --yes-real-money too)' }),
  signer: parameter({ group: 'venue', hint: 'NAME', fallback: 'fast', parse: q.oneOf('fast', 'starknet'), help: 'Paradex: what signs orders: fast (our own, checked at start), starknet (starknet.js, some 50 times slower)' }),
  paradexAccount: parameter({ group: 'venue', hint: 'ADDRESS', fallback: null, derived: 'the address that belongs to the key; a subkey needs it', parse: q.hexNumber, help: 'Paradex: account address, 0x...' }),
  paradexPrivateKey: parameter({ group: 'venue', hint: 'KEY', fallback: null, derived: 'none', secret: true, parse: q.hexNumber, help: 'Paradex: private key that signs (a subkey that can only trade, or the main L2 key), 0x...' }),
  paradexEthereumKey: parameter({ group: 'venue', hint: 'KEY', fallback: null, derived: 'none', secret: true, parse: q.hexNumber, help: 'Paradex: Ethereum private key to derive the L2 key from, where no private key is given, 0x...' }),
  paradexUrl: parameter({ group: 'venue', hint: 'URL', fallback: null, derived: 'that of the network', parse: q.origin, help: 'Paradex: another address of the venue, such as http://127.0.0.1:4801 (mm venue paradex)' }),
  paradexSwitches: parameter({ group: 'venue', hint: 'LIST', fallback: null, derived: 'as documented', parse: q.switchList, help: 'Paradex: what nobody could confirm yet, as name=value,... (docs/go-live.md)' }),
  apexKey: parameter({ group: 'venue', hint: 'KEY', fallback: null, derived: 'none', secret: true, parse: q.credential, help: 'ApeX: API key' }),
  apexSecret: parameter({ group: 'venue', hint: 'SECRET', fallback: null, derived: 'none', secret: true, parse: q.credential, help: 'ApeX: secret of the API key' }),
  apexPassphrase: parameter({ group: 'venue', hint: 'TEXT', fallback: null, derived: 'none', secret: true, parse: q.credential, help: 'ApeX: passphrase of the API key' }),
  apexSeed: parameter({ group: 'venue', hint: 'SEED', fallback: null, derived: 'none', secret: true, parse: q.seed65, help: 'ApeX: the Omni Key that signs orders, 130 hexadecimal digits' }),
  apexUrl: parameter({ group: 'venue', hint: 'URL', fallback: null, derived: 'that of the network', parse: q.origin, help: 'ApeX: another address of the venue, such as http://127.0.0.1:4802 (mm venue apex)' }),
  apexSwitches: parameter({ group: 'venue', hint: 'LIST', fallback: null, derived: 'as documented', parse: q.switchList, help: 'ApeX: what nobody could confirm yet, as name=value,... (docs/go-live.md)' }),
  market: parameter({ group: 'venue', hint: 'NAME', fallback: null, derived: 'the market of the tape or the synthetic one', parse: q.text, help: 'market to trade' }),
  account: parameter({ group: 'venue', hint: 'NAME', fallback: null, derived: 'paper-static or paper-dynamic; testnet or mainnet there', parse: q.accountName, help: 'account name: one ledger and one lock for each' }),
  makerFee: parameter({ group: 'venue', hint: 'BPS', fallback: '2bp', parse: q.fee, help: 'maker fee where the venue does not say' }),
  takerFee: parameter({ group: 'venue', hint: 'BPS', fallback: '5bp', parse: q.fee, help: 'taker fee where the venue does not say' }),

  seed: parameter({ group: 'simulation', hint: 'N', fallback: '1', parse: q.whole(0, 4_294_967_295), help: 'seed of everything random in a simulation' }),
  latency: parameter({ group: 'simulation', hint: 'LIST', fallback: 'feed=100ms,order=150ms,reply=150ms', parse: q.latency, help: 'delays between us and the simulated venue' }),
  latencyModel: parameter({ group: 'simulation', hint: 'NAME', fallback: 'constant', parse: q.oneOf('constant', 'sampled', 'recorded'), help: "backtest: constant (--latency), sampled (lognormal around it) or recorded (the tape's own two clocks; orders as slow as the feed)" }),
  latencySpread: parameter({ group: 'simulation', hint: 'NUMBER', fallback: '0.5', parse: q.positiveNumber, help: 'sampled latency only: standard deviation of its logarithm' }),
  queueModel: parameter({ group: 'simulation', hint: 'NAME', fallback: 'pessimistic', parse: q.oneOf('pessimistic', 'power', 'log', 'behind-ui'), help: 'queue position: only trades at the price advance us (pessimistic), cancels too by a power or log law, or everyone at the price is before us (behind-ui: API orders at Paradex)' }),
  orderClass: parameter({ group: 'simulation', hint: 'NAME', fallback: 'plain', parse: q.oneOf('plain', 'paradex-pro', 'paradex-retail'), help: 'backtest: fees and delays of an order class; paradex-retail = no fee, 300 ms on submit and cancel, beyond its order budget as Pro' }),
  feeTiers: parameter({ group: 'simulation', hint: 'LIST', fallback: 'off', parse: q.orWord('off', q.feeTiers), help: 'backtest: fees by 30-day volume, VOLUME:MAKER/TAKER,..., like 0:2bp/5bp,1000000:-0.5bp/4bp (negative: rebate)' }),
  funding: parameter({ group: 'simulation', hint: 'FILE', fallback: 'off', parse: q.orWord('off', q.text), help: 'backtest: CSV of funding payments (venue,symbol,time_ms,interval_h,rate); FILE#venue/symbol where it holds several' }),

  stateDir: parameter({ group: 'files', hint: 'DIR', fallback: null, derived: '$XDG_STATE_HOME/perp-mm or ~/.local/state/perp-mm', parse: q.text, help: 'ledgers, locks and latches' }),
  logDir: parameter({ group: 'files', hint: 'DIR', fallback: 'logs', parse: q.text, help: 'daily log files' }),
  logDays: parameter({ group: 'files', hint: 'N', fallback: '30', parse: q.whole(1, 3650), help: 'days that log files are kept' }),
  replayDays: parameter({ group: 'files', hint: 'N', fallback: '30', parse: q.whole(1, 3650), help: 'days that recordings of runs on a venue are kept (runs/ in the state folder, for mm replay)' }),
} as const; // prettier-ignore

export type ParameterKey = keyof typeof PARAMETERS;
type Parsed<P> = P extends Parameter<infer T> ? T : never;
/** Values by key; null where neither given nor defaulted (settings.ts derives those). */
export type ParameterValues = {
  readonly [K in ParameterKey]:
    | Parsed<(typeof PARAMETERS)[K]>
    | ((typeof PARAMETERS)[K]['fallback'] extends string ? never : null);
};

export const PARAMETER_KEYS = Object.keys(PARAMETERS) as ParameterKey[];
const dashed = (key: string): string => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
/** maxDailyLoss -> --max-daily-loss */
export const flagOf = (key: ParameterKey): string => `--${dashed(key)}`;
/** maxDailyLoss -> MM_MAX_DAILY_LOSS */
export const variableOf = (key: ParameterKey): string =>
  `MM_${dashed(key).replaceAll('-', '_').toUpperCase()}`;
/** maxDailyLoss -> max-daily-loss, as the --config file spells it. */
export const fileKeyOf = (key: ParameterKey): string => dashed(key);
