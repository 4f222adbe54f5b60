// What `mm calibrate` prints for a person: the parameters with their errors first, then what they rest on, then
// where the tape misleads.
import type { Calibration, Figure, MarkoutPoint } from './calibration.js';
import { bars, logPlot } from './calibration-plot.js';
import { figure, percentOf, table } from './table.js';

const count = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 0 });
const dash = (value: number | null, places: number, unit = ''): string =>
  value === null ? '-' : `${figure(value, places)}${unit}`;

const seen = ({ value, effectiveCount }: Figure, places: number): string =>
  effectiveCount > 0 ? figure(value, places) : '-';

function parameterRow(name: string, unit: string, it: Figure, places: number): string[] {
  if (it.effectiveCount === 0)
    return [name, figure(it.value, places), unit, '-', '(not measured)', '0'];
  const interval = `${figure(it.low, places)} .. ${figure(it.high, places)}`;
  return [
    name, figure(it.value, places), unit, figure(it.standardError, places), interval,
    count(it.effectiveCount),
  ]; // prettier-ignore
}

function parameters(c: Calibration): string {
  const rows = [['parameter', 'value', 'unit', 's.e.', '95 % interval', 'effective n']];
  rows.push(parameterRow('sigma', 'bp/√s', c.sigma, 3));
  const sided = [
    ['kappa', '/bp', c.kappa, 3],
    ['alpha (A)', '/s', c.alpha, 4],
    ['epsilon', 'bp', c.epsilon, 3],
  ] as const;
  for (const [name, unit, { both, bid, ask }, places] of sided) {
    rows.push(parameterRow(name, unit, both, places));
    if (c.orders.unknownSide === 1) continue; // the sides are halves of the same orders
    rows.push(parameterRow('  resting bids', unit, bid, places));
    rows.push(parameterRow('  resting asks', unit, ask, places));
  }
  return table(rows);
}

function head(c: Calibration): string {
  const hours =
    c.seconds >= 7_200 ? `${figure(c.seconds / 3_600, 1)} h` : `${figure(c.seconds / 60, 1)} min`;
  const holes =
    c.gaps.count === 0
      ? 'no holes'
      : `${count(c.gaps.count)} ${c.gaps.count === 1 ? 'hole' : 'holes'}, ${count(c.gaps.seconds)} s`;
  const { prior: p } = c;
  return [
    `${c.market}: ${c.source}`,
    `${c.from.slice(0, 19)} to ${c.to.slice(0, 19)} UTC, ${hours}, ${count(c.rows)} rows; ${percentOf(c.usable)} usable (${holes})`,
    `alpha, kappa and epsilon from orders that reach ${figure(c.band.from, 2)} bp, kappa up to ${figure(c.band.to, 2)} bp; the whole tape counts alike`,
    `leaning on sigma ${figure(p.sigma, 3)}, kappa ${figure(p.kappa, 2)}, alpha ${figure(p.alpha, 2)}, epsilon ${figure(p.epsilon, 2)} as 20 returns, 5 orders a side, 20 orders would`,
  ].join('\n');
}

function fit(c: Calibration): string {
  const other = c.otherBands.map(({ from, to, kappa, alpha }) => [
    `  ${figure(from, 2)} to ${figure(to, 2)} bp`, seen(kappa, 3), seen(alpha, 4),
    count(kappa.effectiveCount),
  ]); // prettier-ignore
  const rested = c.resting.map(({ seconds, kappa, alpha, r2 }) => [
    `  resting ${seconds} s (R² ${figure(r2, 2)})`, figure(kappa, 3), figure(alpha, 4), '',
  ]); // prettier-ignore
  return [
    `Goodness of fit in the band: KS ${figure(c.fit.ks, 3)}, R² ${dash(c.fit.r2, 2)}, ${count(c.fit.orders)} orders`,
    table([['kappa and alpha seen otherwise', 'kappa', 'alpha', 'n'], ...other, ...rested]),
  ].join('\n');
}

function plots(c: Calibration): string {
  const points = c.fillCurve.map(({ distance, seen, fitted }) => ({ x: distance, seen, fitted }));
  const curve = logPlot(points, 'bp from mid');
  const signature = c.signature.flatMap(({ seconds, sigma }) =>
    sigma === null ? [] : [{ name: `${seconds} s`, value: sigma }],
  );
  return [
    ...(curve === ''
      ? []
      : ['Orders per second and side that reach it (o seen, . fitted, @ both)', curve, '']),
    'Volatility signature, bp/√s',
    signature.length > 0 ? bars(signature) : 'no returns',
  ].join('\n');
}

function reach(c: Calibration): string {
  const rows = [['chance of reach', 'seen', 'from A and kappa', 'from the resting fit']];
  for (const { seconds, distance, seen, fitted, resting } of c.reach) {
    rows.push([
      `  ${seconds} s, ${distance} bp${distance < c.band.from ? ' *' : ''}`, percentOf(seen, 2), percentOf(fitted, 2), percentOf(resting, 2),
    ]); // prettier-ignore
  }
  const near = c.reach.some(({ distance }) => distance < c.band.from);
  return `${table(rows)}${near ? '\n  * nearer than the band: what the fits say there is a guess' : ''}`;
}

const moved = ({ bps, standardError }: MarkoutPoint): string =>
  bps === null ? '-' : `${figure(bps, 3)} ± ${dash(standardError, 3)}`;

function flow({ markouts, orders, touch }: Calibration): string {
  const header = [
    'mid after taker orders, bp',
    ...markouts.all.map(({ seconds }) => `${seconds} s`),
    'n',
  ];
  const row = (name: string, points: readonly MarkoutPoint[]): string[] => [
    name, ...points.map(moved), count(points[0]?.orders ?? 0),
  ]; // prettier-ignore
  return [
    table([header, row('  all', markouts.all), row('  in the band', markouts.inBand)]),
    '',
    `Orders: ${figure(orders.perSecond, 2)}/s (${figure(orders.printsPerSecond, 2)} prints/s); Fano ${dash(orders.fano1, 2)} at 1 s, ${dash(orders.fano60, 1)} at 60 s; side unknown ${percentOf(orders.unknownSide, 0)}`,
    `Touch: spread ${dash(touch.spreadBps, 3, ' bp')} (tick ${dash(touch.tickBps, 3, ' bp')}), one tick or less ${percentOf(touch.oneTick, 0)}, locked ${percentOf(touch.locked, 0)} of the time`,
    `       ${dash(touch.bid, 3)} bid, ${dash(touch.ask, 3)} ask ($${count(touch.bidWorth ?? 0)}, $${count(touch.askWorth ?? 0)})`,
  ].join('\n');
}

function regimes({ regimes: { windowSeconds, unclassified, classes } }: Calibration): string {
  const length = `windows of ${figure(windowSeconds / 60, 1)} min`;
  if (classes.length === 0) return `Regimes: too few ${length} with enough returns`;
  const rows = [
    ['regime', 'windows', 'hours', 'sigma from .. to', 'sigma', 'kappa', 'alpha', 'epsilon', 'n'],
  ];
  for (const r of classes) {
    rows.push([
      `  ${r.name}`, String(r.windows), figure(r.seconds / 3_600, 2),
      `${figure(r.sigmaFrom, 2)} .. ${figure(r.sigmaTo, 2)}`, figure(r.sigma.value, 3),
      seen(r.kappa, 2), seen(r.alpha, 3), seen(r.epsilon, 2),
      count(r.kappa.effectiveCount),
    ]); // prettier-ignore
  }
  const left = unclassified > 0 ? `; ${unclassified} say nothing` : '';
  return `Regimes: thirds of this tape by sigma, ${length}${left}\n${table(rows)}`;
}

export function calibrationText(c: Calibration): string {
  const blocks = [
    head(c), parameters(c), fit(c), plots(c), reach(c), flow(c), regimes(c),
  ]; // prettier-ignore
  if (c.warnings.length > 0) {
    blocks.push(['Mind:', ...c.warnings.map((line) => `- ${line}`)].join('\n'));
  }
  return blocks.join('\n\n');
}
