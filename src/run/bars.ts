// Bars as a market. Everything printed of it says COARSE: the name of its instrument does, and so do the assumptions.
// Only its prices are real; the flow is the fill curve that the parameters give.
import { basename } from 'node:path';
import type { ParameterValues } from '#config/parameters';
import { Instrument } from '#core/instrument';
import type { InstrumentSpec } from '#core/instrument';
import { BarMarket } from '#sim/market/bars';
import { readBars } from '#tape/klines';
import type { Market } from './markets.js';

/** Notional shown at the touch and of each taker order, in the quote currency: a small venue's. */
const SHOWN = 10_000;

/** `spec`: everything but the steps and the name. Throws TapeProblem. */
export async function barMarket(
  file: string,
  values: ParameterValues,
  spec: Omit<InstrumentSpec, 'venue' | 'symbol' | 'tickSize' | 'lotSize'>,
): Promise<Market> {
  const bars = await readBars(file);
  const { tickSize, lotSize } = bars;
  const name = values.market ?? basename(file).replace(/\.csv(\.gz)?$/, '');
  const symbol = `${name} (COARSE: 1-minute bars)`;
  const instrument = new Instrument({ ...spec, venue: 'bars', symbol, tickSize, lotSize });
  const price = (bars.open[0] as number) * Number(tickSize);
  const lots = Math.max(1, Math.round(SHOWN / (price * Number(lotSize))));
  const firstUs = bars.us[0] as number;
  const withFlow = (flow: BarFlowValues): Market => ({
    name: symbol,
    instrument,
    open: () => new BarMarket(bars, flow, values.seed, lots),
    firstUs,
    seconds: ((bars.us[bars.count - 1] as number) + 60e6 - firstUs) / 1e6,
    useQuotes: false,
    coarse: coarseText(flow, bars.missing),
    withEpsilon: (epsilon) => withFlow({ ...flow, epsilon }),
  });
  return withFlow({ alpha: values.alpha, kappa: values.kappa, epsilon: values.epsilon });
}

interface BarFlowValues {
  readonly alpha: number;
  readonly kappa: number;
  readonly epsilon: number;
}

const coarseText = ({ alpha, kappa, epsilon }: BarFlowValues, missing: number): string =>
  `made of 1-minute bars (${missing} minutes missing): only their prices are real; the path inside a bar and all taker orders are drawn (${alpha}/s a side, reach ${kappa}/bp, adverse selection ${epsilon.toFixed(2)} bp), the touch is one tick wide`;
