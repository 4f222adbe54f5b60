// Every number that the HTML report shows, as one JSON object (its names are a contract: add, never rename). Long series
// are thinned to what a page can show; figures are made from the whole.
import { moneyToNumber, formatMoney } from '#core/money';
import type { Lots, Money } from '#core/units';
import { attributionOf, attributionText } from '../attribution.js';
import type { AttributionText } from '../attribution.js';
import { breakdownOf } from '../breakdown.js';
import type { Group } from '../breakdown.js';
import { intensityOf } from '../intensity.js';
import { judgedOf } from '../judged.js';
import type { Judged } from '../judged.js';
import type { IntensityFit } from '../intensity.js';
import type { Level, RunRecord } from '../record.js';
import { restsOn } from '../rests-on.js';
import type { ParameterMoment } from '../parameter-path.js';

const MOST_POINTS = 1_600;

export interface ReportData {
  readonly schemaVersion: 1;
  readonly run: {
    readonly id: string;
    readonly kind: string;
    readonly mode: string;
    readonly model: string | null;
    readonly market: string;
    readonly from: string;
    readonly to: string;
    readonly hours: number;
    readonly capital: string;
    /** 'book' = mids of the book at each fill and after it; 'marks' = marks kept every few seconds. */
    readonly mids: string;
    readonly commandHash: string | null;
  };
  readonly figures: {
    readonly pnl: string;
    readonly returnPct: number;
    readonly maxDrawdownPct: number;
    readonly fills: number;
    readonly fillsPerHour: number;
    readonly volume: string;
    readonly makerShare: number | null;
    readonly finalPosition: string;
  };
  /** Blocks of 15 min. */
  readonly judged: Judged;
  readonly attribution: AttributionText;
  readonly markouts: readonly Group[];
  /** Null for runs that kept no distances. */
  readonly intensity: IntensityFit | null;
  /** Columns of equal length: µs since the epoch, money, percent below the peak, base units, price. */
  readonly series: {
    readonly us: readonly number[];
    readonly pnl: readonly number[];
    readonly drawdownPct: readonly number[];
    readonly inventory: readonly number[];
    readonly mark: readonly number[];
  };
  /** The busiest ten minutes: prices, null = no quote. */
  readonly quotes: readonly {
    readonly us: number;
    readonly mid: number;
    readonly bid: number | null;
    readonly ask: number | null;
  }[];
  readonly quoteFills: readonly {
    readonly us: number;
    readonly price: number;
    readonly side: string;
  }[];
  readonly parameters: readonly ParameterMoment[];
  readonly assumptions: string;
}

/** Every k-th of a long list, the last always. */
function thinned<T>(list: readonly T[], most: number): T[] {
  const every = Math.max(1, Math.ceil(list.length / most));
  return list.filter((_, i) => i % every === 0 || i === list.length - 1);
}

/** Lowest and highest of each stretch, so that no drawdown is thinned away. */
function extremes(levels: readonly Level[], most: number): Level[] {
  const every = Math.max(1, Math.ceil((2 * levels.length) / most));
  if (every === 1) return [...levels];
  const kept: Level[] = [];
  for (let i = 0; i < levels.length; i += every) {
    const part = levels.slice(i, i + every);
    const low = part.reduce((a, b) => (b.pnl < a.pnl ? b : a));
    const high = part.reduce((a, b) => (b.pnl > a.pnl ? b : a));
    kept.push(...(low === high ? [low] : low.us < high.us ? [low, high] : [high, low]));
  }
  const last = levels.at(-1);
  return last === undefined || kept.at(-1) === last ? kept : [...kept, last];
}

/** Percent that each level lies below the highest equity before it. */
function drawdowns(levels: readonly Level[], capital: number): number[] {
  let peak = capital;
  return levels.map(({ pnl }) => {
    peak = Math.max(peak, capital + pnl);
    return (100 * (peak - capital - pnl)) / peak;
  });
}

/** Throws AssertionFailure when the record contradicts itself. */
export async function reportData(
  record: RunRecord,
  assumptions: string | null,
): Promise<ReportData> {
  const { exposure } = record;
  const deep = drawdowns(record.levels, record.run.capital);
  return {
    schemaVersion: 1,
    run: runOf(record),
    figures: figuresOf(record, deep),
    judged: judgedOf(record),
    attribution: attributionText(attributionOf(record)),
    markouts: breakdownOf(record),
    intensity: exposure === null ? null : await intensityOf(exposure),
    series: seriesOf(record, deep),
    ...quotesOf(record),
    parameters: thinned(record.parameters, MOST_POINTS).map(
      ({ us, sigma, kappa, alpha, epsilon, dynamic }) => ({
        ...{ us, sigma, kappa, alpha, epsilon, dynamic },
      }),
    ),
    assumptions: assumptions ?? restsOn(record.run.kind),
  };
}

const hoursOf = ({ startUs, endUs }: RunRecord): number => (endUs - startUs) / 3_600e6;

function runOf(record: RunRecord): ReportData['run'] {
  const { run, instrument, startUs, endUs, result, mids } = record;
  const { spec } = instrument;
  return {
    ...{ id: run.run, kind: run.kind, mode: run.mode, model: result?.model ?? modelOf(run.params) },
    market: `${spec.venue}:${spec.symbol}`,
    from: new Date(startUs / 1000).toISOString(),
    to: new Date(endUs / 1000).toISOString(),
    hours: hoursOf(record),
    capital: formatMoney(run.capital),
    mids,
    commandHash: run.commandHash,
  };
}

/** Of a live run, whose settings are kept as texts. */
function modelOf(params: unknown): string | null {
  const { model } = (params ?? {}) as { readonly model?: { readonly text?: unknown } };
  return typeof model?.text === 'string' ? model.text : null;
}

function figuresOf(record: RunRecord, deep: readonly number[]): ReportData['figures'] {
  const { run, instrument, fills, levels, pnl } = record;
  const hours = hoursOf(record);
  let [volume, made] = [0, 0];
  for (const { lots, ticks, maker } of fills) {
    const notional = instrument.notional(lots, ticks);
    volume += notional;
    if (maker) made += notional;
  }
  const last = levels.at(-1)?.lots ?? (0 as Lots);
  return {
    pnl: formatMoney(pnl),
    returnPct: (100 * pnl) / run.capital,
    maxDrawdownPct: deep.reduce((most, one) => Math.max(most, one), 0),
    fills: fills.length,
    fillsPerHour: hours > 0 ? fills.length / hours : 0,
    volume: formatMoney(volume as Money),
    makerShare: volume > 0 ? made / volume : null,
    finalPosition: `${last < 0 ? '-' : ''}${instrument.formatSize(Math.abs(last) as Lots)}`,
  };
}

function seriesOf(
  { levels, instrument }: RunRecord,
  deep: readonly number[],
): ReportData['series'] {
  const shown = extremes(levels, MOST_POINTS);
  const at = new Map(levels.map((level, i) => [level, i]));
  return {
    us: shown.map(({ us }) => us),
    pnl: shown.map((level) => moneyToNumber(level.pnl)),
    drawdownPct: shown.map((level) => -(deep[at.get(level) ?? 0] ?? 0)),
    inventory: shown.map(({ lots }) => lots * instrument.lotSize),
    mark: shown.map(({ mark }) => mark * instrument.tickSize),
  };
}

function quotesOf({
  excerpt,
  fills,
  instrument,
}: RunRecord): Pick<ReportData, 'quotes' | 'quoteFills'> {
  const price = (ticks: number): number | null =>
    ticks === 0 ? null : ticks * instrument.tickSize;
  const [from, to] = [excerpt[0]?.[0] ?? 0, excerpt.at(-1)?.[0] ?? 0];
  return {
    quotes: excerpt.map(([us, mid, bid, ask]) => ({
      ...{ us, mid: mid * instrument.tickSize, bid: price(bid), ask: price(ask) },
    })),
    quoteFills: fills
      .filter(({ us }) => us >= from && us <= to)
      .map(({ us, ticks, side }) => ({
        us,
        price: ticks * instrument.tickSize,
        side: side === 1 ? 'bought' : 'sold',
      })),
  };
}
