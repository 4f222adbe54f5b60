// From what the collector kept to the figures of spec.md section 6. Money stays whole; only ratios become floats.
import type { MarketEstimates } from '#core/analyzer';
import type { Instrument } from '#core/instrument';
import { formatMoney } from '#core/money';
import type { Lots, Money } from '#core/units';
import type { Collector, FillRecord } from './collector.js';
import { MARKOUT_HORIZONS } from '#core/markout';
import { hourEnds, hourRows } from './hours.js';
import type { FillModelName, Markouts, RunResult } from './run-result.js';

const HOURS_PER_YEAR = 8760;
const EDGE_HORIZON = 2; // index of 30 s

export interface RunFacts {
  readonly mode: 'static' | 'dynamic';
  readonly model: string;
  readonly fillModel: FillModelName;
  readonly rows: number;
  readonly seconds: number;
  readonly wallSeconds: number;
  readonly capital: Money;
  readonly pnl: Money;
  readonly fees: Money;
  readonly funding: Money;
  readonly volume: Money;
  readonly makerVolume: Money;
  readonly positionLots: Lots;
  readonly commands: number;
  readonly commandHash: string;
  readonly estimates: MarketEstimates | null;
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;

/** Of the sample; null below two values. */
function deviation(values: readonly number[]): number | null {
  const average = mean(values);
  if (average === null || values.length < 2) return null;
  const squares = values.reduce((sum, x) => sum + (x - average) * (x - average), 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** side x (later - price) / price in bp; null when there was no later mid. */
function markoutBps(fill: FillRecord, horizon: number): number | null {
  const mid = fill.mids[horizon] as number;
  return mid === 0 ? null : (fill.side * (mid - fill.ticks) * 10_000) / fill.ticks;
}

function feeBps(fill: FillRecord, instrument: Instrument): number {
  return (fill.fee / instrument.notional(fill.lots, fill.ticks)) * 10_000;
}

function netEdges(fills: readonly FillRecord[], instrument: Instrument): number[] {
  const edges: number[] = [];
  for (const fill of fills) {
    const markout = markoutBps(fill, EDGE_HORIZON);
    if (markout !== null) edges.push(markout - feeBps(fill, instrument));
  }
  return edges;
}

function markouts(fills: readonly FillRecord[]): Markouts {
  const at = (horizon: number): number | null =>
    mean(fills.map((fill) => markoutBps(fill, horizon)).filter((value) => value !== null));
  const [a, b, c, d] = MARKOUT_HORIZONS.map((_, index) => at(index));
  return { 1: a ?? null, 5: b ?? null, 30: c ?? null, 60: d ?? null };
}

/** P&L by cause; a fill without a mid then or later has no spread or adverse part and stays in `inventory`. */
function attribute(collector: Collector, facts: RunFacts): RunResult['attribution'] {
  let spread = 0;
  let adverse = 0;
  for (const fill of collector.fills) {
    if (fill.mid === 0) continue;
    const captured = collector.edge(fill, fill.mid);
    spread += captured;
    const later = fill.mids[EDGE_HORIZON] as number;
    if (later !== 0) adverse += collector.edge(fill, later) - captured;
  }
  const inventory = facts.pnl + facts.fees - facts.funding - spread - adverse;
  return {
    spreadCaptured: formatMoney(spread as Money),
    adverseSelection: formatMoney(adverse as Money),
    inventory: formatMoney(inventory as Money),
    fees: formatMoney(-facts.fees as Money),
    funding: formatMoney(facts.funding),
  };
}

function gapLine(collector: Collector): RunResult['gap'] {
  const touched = collector.fills.filter((fill) => fill.gap);
  let pnl = 0;
  for (const fill of touched) {
    const later = (fill.mids[3] || fill.mids[2] || fill.mid) as number;
    pnl += (later > 0 ? collector.edge(fill, later) : 0) - fill.fee;
  }
  return { fills: touched.length, pnl: formatMoney(pnl as Money) };
}

/** Annualised from hourly returns on capital; null below 24 h or without variance. */
function sharpe(collector: Collector, facts: RunFacts): number | null {
  if (facts.seconds < 86_400) return null;
  const ends = hourEnds(collector).map(([, pnl]) => pnl);
  const returns = ends.map(
    (pnl, i) => (pnl - (i > 0 ? (ends[i - 1] as number) : 0)) / facts.capital,
  );
  const average = mean(returns) ?? 0;
  const variance =
    returns.reduce((s, r) => s + (r - average) * (r - average), 0) / (returns.length - 1);
  return variance > 0 ? (average / Math.sqrt(variance)) * Math.sqrt(HOURS_PER_YEAR) : null;
}

function perMillion(collector: Collector, instrument: Instrument): number | null {
  let money = 0;
  let volume = 0;
  for (const fill of collector.fills) {
    const later = fill.mids[EDGE_HORIZON] as number;
    if (later === 0) continue;
    money += collector.edge(fill, later) - fill.fee;
    volume += instrument.notional(fill.lots, fill.ticks);
  }
  return volume > 0 ? (money / volume) * 1e6 : null;
}

const shares = (seconds: ReadonlyMap<string, number>, total: number): Record<string, number> =>
  Object.fromEntries([...seconds].map(([name, time]) => [name, total > 0 ? time / total : 0]));

export function summarise(
  collector: Collector,
  instrument: Instrument,
  facts: RunFacts,
): RunResult {
  const { fills, inventory } = collector;
  const filledLots = fills.filter((f) => f.maker).reduce((total, fill) => total + fill.lots, 0);
  const perHour = facts.seconds > 0 ? (fills.length * 3600) / facts.seconds : 0;
  const captured = fills
    .filter((fill) => fill.mid > 0)
    .map((fill) => (fill.side * (fill.mid - fill.ticks) * 10_000) / fill.ticks);
  const edges = netEdges(fills, instrument);
  const { decisions, measured, jumps } = collector;
  const resolved = fills.filter((fill) => fill.mids[EDGE_HORIZON] !== 0).length;
  return {
    schemaVersion: 1,
    runId: null,
    mode: facts.mode,
    model: facts.model,
    market: `${instrument.spec.venue}:${instrument.spec.symbol}`,
    fillModel: facts.fillModel,
    rows: facts.rows,
    seconds: facts.seconds,
    rowsPerSecond: facts.wallSeconds > 0 ? Math.round(facts.rows / facts.wallSeconds) : 0,
    pnl: formatMoney(facts.pnl),
    returnPct: (facts.pnl / facts.capital) * 100,
    maxDrawdownPct: collector.maxDrawdown * 100,
    sharpe: sharpe(collector, facts),
    fills: fills.length,
    fillsPerHour: perHour,
    fillRate: collector.postedLots > 0 ? filledLots / collector.postedLots : null,
    makerShare: facts.volume > 0 ? facts.makerVolume / facts.volume : null,
    fees: formatMoney(facts.fees),
    funding: formatMoney(facts.funding),
    volume: formatMoney(facts.volume),
    netEdgeBps: mean(edges),
    netEdgeStdBps: deviation(edges),
    netEdgePerMillion: perMillion(collector, instrument),
    inventory: { mean: inventory.mean, std: inventory.std, max: inventory.max },
    position: `${facts.positionLots < 0 ? '-' : ''}${instrument.formatSize(Math.abs(facts.positionLots) as Lots)}`,
    markoutBps: markouts(fills),
    markoutCounts: {
      resolved,
      bridged: collector.bridged(EDGE_HORIZON),
      dropped: fills.length - resolved,
    },
    attribution: attribute(collector, facts),
    spreadCapturedBps: mean(captured),
    gap: gapLine(collector),
    clamped: shares(collector.clampUs, facts.seconds * 1e6),
    decisions,
    commands: facts.commands,
    halts: collector.halts,
    states: shares(collector.stateSeconds, facts.seconds),
    measuredShare: decisions > 0 ? measured / decisions : 0,
    jumps: facts.estimates === null ? null : jumps,
    estimates: facts.estimates,
    commandHash: facts.commandHash,
    doesNotTrade: perHour < 20,
    hours: hourRows(collector, instrument, (some) => mean(netEdges(some, instrument))),
    judged: null,
  };
}
