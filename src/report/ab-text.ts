// `mm ab` as text: static and dynamic side by side with what sets them apart, one venue or several in one table, and at
// the end what this length could have shown. Takes snapshots and numbers, knows no live object.
import { BLOCK_SECONDS, FEWEST_BLOCKS, INTERVAL_BLOCKS } from './ab-evidence.js';
import type { AbEvidence } from './ab-evidence.js';
import type { AbKept } from './ab-kept.js';
import { durationText } from './metrics.js';
import type { MetricsSnapshot } from './metrics.js';
import { dollars, figure, table } from './table.js';

/** The account when this run began, in the settle currency: what was there before is no result of the run. */
export interface AbStart {
  readonly equity: number;
  readonly fees: number;
  readonly funding: number;
  readonly volume: number;
  readonly fills: number;
}

export interface AbSide {
  readonly now: MetricsSnapshot;
  readonly start: AbStart;
  /** Null while it runs. */
  readonly end: { readonly code: number; readonly reason: string } | null;
  /** What its ledger says; null while it runs. */
  readonly kept: AbKept | null;
}

/** The moment from which only one of them was trading: what comes after it compares nothing. */
export interface Parting {
  readonly mode: string;
  readonly seconds: number;
  readonly why: string;
}

export interface AbStanding {
  readonly market: string;
  /** Of market time, since the start. */
  readonly seconds: number;
  readonly fixed: AbSide;
  readonly measured: AbSide;
  readonly parting: Parting | null;
  /** P&L of dynamic less that of static up to the parting, else up to now; null before the first mark. */
  readonly difference: number | null;
}

interface Row {
  readonly label: string;
  /** Left out of the block on a terminal, which must fit on 24 lines of 80. */
  readonly more?: true;
  /** Known of ended runs only. */
  readonly late?: true;
  /** Left out there when several venues share the width. */
  readonly wide?: true;
  readonly value: (side: AbSide) => number | null;
  readonly cell?: (side: AbSide) => string;
  readonly format: (value: number) => string;
}

const WAITING_PLACES = 12;
const SECONDS_PER_HOUR = 3600;
/** Fewer fills an hour than this are no trading to judge. */
const TRADES_FROM = 20;

const money = (value: number): string => dollars(value.toFixed(WAITING_PLACES));
const places =
  (count: number) =>
  (value: number): string =>
    value.toFixed(count);

/** With its sign, also when it is positive; a rounded zero has none. */
export function signed(value: number, format: (value: number) => string): string {
  const text = format(value);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text.replace(/^-(?=[^1-9]*$)/, '');
}

const pnlOf = ({ now, start }: AbSide): number | null =>
  Number(now.mark) > 0 ? Number(now.equity) - start.equity : null;
const volumeOf = ({ now, start }: AbSide): number => Number(now.volume) - start.volume;
const fillsOf = ({ now, start }: AbSide): number => now.fills - start.fills;

function perMillion(side: AbSide): number | null {
  const [pnl, volume] = [pnlOf(side), volumeOf(side)];
  return pnl === null || volume <= 0 ? null : (pnl / volume) * 1e6;
}

const innermost = (
  { now }: AbSide,
  side: 'bid' | 'ask',
): MetricsSnapshot['quotes'][number] | null =>
  now.quotes.filter((quote) => quote.side === side).sort((a, b) => a.level - b.level)[0] ?? null;

function quoteRow(side: 'bid' | 'ask'): Row {
  return {
    wide: true,
    label: `${side} (bp from fair)`,
    value: (of) => innermost(of, side)?.distanceBps ?? null,
    cell: (of) => {
      const quote = innermost(of, side);
      return quote === null ? 'none' : `${quote.price} (${figure(quote.distanceBps, 2)})`;
    },
    format: places(2),
  };
}

const parameter = (
  label: string,
  key: 'sigma' | 'kappa' | 'alpha' | 'epsilon',
  count: number,
): Row => ({
  label,
  value: ({ now }) => now.marketParams?.[key] ?? null,
  format: places(count),
});

/** What only the ledger knows, once the run is over. */
const kept = (
  label: string,
  of: (kept: AbKept) => number | null,
  format: (value: number) => string,
): Row => ({
  late: true,
  label,
  value: (side) => (side.kept === null ? null : of(side.kept)),
  format,
});

const decimals = (text: string): number => text.split('.')[1]?.length ?? 0;

/** The rows from equity down; position is in the base unit of its market. */
function rowsOf({ fixed, measured }: AbStanding): readonly Row[] {
  const digits = Math.max(decimals(fixed.now.inventory), decimals(measured.now.inventory));
  return [
    { label: 'equity', value: ({ now }) => Number(now.equity), format: money },
    { label: 'P&L of this run', value: pnlOf, format: money },
    { label: 'P&L today', value: ({ now }) => Number(now.dailyPnl), format: money },
    { more: true, label: 'P&L per $1M traded', value: perMillion, format: money },
    { label: 'position', value: ({ now }) => Number(now.inventory), format: places(digits) },
    kept('both sides quoted %', ({ quoted }) => 100 * quoted, places(1)),
    { label: 'fills', value: fillsOf, format: places(0) },
    { more: true, label: 'volume', value: volumeOf, format: money },
    kept('net edge, bp a fill', ({ netEdgeBps }) => netEdgeBps, places(2)),
    kept('spread captured', ({ spreadCaptured }) => spreadCaptured, money),
    kept('adverse, 30 s', ({ adverseSelection }) => adverseSelection, money),
    { label: 'fees', value: ({ now, start }) => Number(now.fees) - start.fees, format: money },
    {
      more: true,
      label: 'funding',
      value: ({ now, start }) => Number(now.funding) - start.funding,
      format: money,
    },
    { more: true, label: 'drawdown %', value: ({ now }) => now.drawdownPct, format: places(3) },
    quoteRow('bid'),
    quoteRow('ask'),
    parameter('sigma, bp/√s', 'sigma', 3),
    parameter('kappa, 1/bp', 'kappa', 3),
    parameter('alpha, 1/s', 'alpha', 3),
    parameter('epsilon, bp', 'epsilon', 3),
  ];
}

function line(row: Row, { fixed, measured }: AbStanding): string[] {
  const shown = (side: AbSide): string => {
    if (row.cell) return row.cell(side);
    const value = row.value(side);
    return value === null ? '-' : row.format(value);
  };
  const [a, b] = [row.value(fixed), row.value(measured)];
  const apart = a === null || b === null ? '-' : signed(b - a, row.format);
  return [row.label, shown(fixed), shown(measured), apart];
}

const stateOf = ({ now, end }: AbSide): string => (end === null ? now.state : `ended, ${end.code}`);

/** One line for whatever keeps a side from quoting, or ended it. */
function remarkOf({ now, end }: AbSide): string[] {
  const why = now.halted ?? (end === null ? null : end.reason);
  if (why === null) return [];
  return [
    `${now.mode.padEnd(8)} ${end === null ? now.state : `ended, exit code ${end.code}`}: ${why}`,
  ];
}

/**
 * `full`: every row, for a page that scrolls; else what fits on a terminal below the log lines. Several venues, played
 * the same `market`, stand side by side.
 */
export function abTable(standings: readonly AbStanding[], full: boolean): string {
  const several = standings.length > 1;
  const narrow = several && !full;
  const words = (label: string, of: (side: AbSide) => string): string[] => [
    label,
    ...standings.flatMap(({ fixed, measured }) => [of(fixed), of(measured), '']),
  ];
  const over = full && standings.some((of) => of.fixed.kept !== null || of.measured.kept !== null);
  const bodies = standings.map((standing) =>
    rowsOf(standing)
      .filter(({ more, wide, late }) =>
        late === true ? over : full || (more !== true && !(narrow && wide === true)),
      )
      .map((row) => line(row, standing)),
  );
  const body = (bodies[0] ?? []).map(([label = ''], i) => [
    label,
    ...bodies.flatMap((rows) => (rows[i] ?? []).slice(1)),
  ]);
  const rows = [
    ...(several ? [words('', ({ now }) => now.venue)] : []),
    ['', ...standings.flatMap(() => ['static', 'dynamic', 'dyn - stat'])],
    ...(full ? [words('run', ({ now }) => now.runId)] : []),
    words('account', ({ now }) => now.account),
    words('state', stateOf),
    ...body,
    words('parameters in use', ({ now }) => now.marketParams?.source ?? '-'),
  ];
  const shown = narrow ? rows.map((row) => row.filter((_, i) => i === 0 || i % 3 !== 0)) : rows;
  return [
    `A/B on ${standings[0]?.market ?? ''}, the same flow for both: ${durationText(standings[0]?.seconds ?? 0)} of market time`,
    table(shown),
    ...standings.flatMap(({ fixed, measured, parting }) =>
      [
        ...remarkOf(fixed),
        ...remarkOf(measured),
        ...(parting === null ? [] : [partingLine(parting)]),
      ].map((text) => (several ? `${fixed.now.venue}: ${text}` : text)),
    ),
  ].join('\n');
}

const partingLine = ({ mode, seconds, why }: Parting): string =>
  `${mode} stopped trading after ${durationText(seconds)} (${why}): what comes later compares nothing`;

/** How much the difference is worth. */
export function evidenceLines(
  standing: AbStanding,
  evidence: AbEvidence,
  capital: number,
): string[] {
  const { difference, parting, seconds } = standing;
  const together = parting?.seconds ?? seconds;
  const apart = difference === null ? 'unknown' : signed(difference, money);
  return [
    `dynamic - static while both traded (${durationText(together)}): ${apart}`,
    ...[standing.fixed, standing.measured].flatMap((side) => idleLine(side, seconds)),
    ...worthLines(evidence, capital),
  ];
}

function idleLine(side: AbSide, seconds: number): string[] {
  const rate = (fillsOf(side) * SECONDS_PER_HOUR) / Math.max(seconds, 1);
  if (rate >= TRADES_FROM) return [];
  return [
    `${side.now.mode} does not trade: ${rate.toFixed(1)} fills an hour, fewer than ${TRADES_FROM}`,
  ];
}

function worthLines(
  { blocks, smallestVisible, interval, daysToTell }: AbEvidence,
  capital: number,
): string[] {
  const lead = 'What this length could have shown:';
  const minutes = BLOCK_SECONDS / 60;
  if (smallestVisible === null) {
    return [
      `${lead} nothing. Its ${blocks} whole blocks of ${minutes} min say too little of chance; ${FEWEST_BLOCKS} say how large a difference would stand out, ${INTERVAL_BLOCKS} give an interval.`,
    ];
  }
  if (smallestVisible === 0) {
    return [
      `${lead} nothing. The two made and lost the same in each of ${blocks} blocks: they quoted alike.`,
    ];
  }
  const share = ((100 * smallestVisible) / capital).toFixed(3);
  const days = (percent: number): string => daysText(daysToTell(percent));
  return [
    `${lead} a difference of ${money(smallestVisible)} or more (${share} % of capital; at 95 %, four times in five).`,
    `Of market time it takes ${days(0.2)} to tell 0.20 % of capital a month from nothing, ${days(0.05)} to tell 0.05 %.`,
    interval === null
      ? `Too short for an interval: ${blocks} of ${INTERVAL_BLOCKS} blocks of ${minutes} min.`
      : `95 % interval from ${blocks} blocks of ${minutes} min: ${signed(interval.low, money)} to ${signed(interval.high, money)}; ${interval.low > 0 || interval.high < 0 ? 'chance alone does not explain it' : 'chance explains it'}.`,
  ];
}

const daysText = (days: number | null): string =>
  days === null ? '-' : days < 1 ? 'less than a day' : `about ${Math.ceil(days)} days`;
