// The charts of the report, each from ReportData alone.
import { moneyToNumber, parseMoney } from '#core/money';
import type { Money } from '#core/units';
import { PARTS } from '../attribution.js';
import { spoken } from '../contrast-text.js';
import { signedDollars } from './words.js';
import type { ReportData } from './data.js';
import { COLOURS, svgOf } from './plot.js';
import type { Mark } from './plot.js';

const { blue, orange, green, red, grey, ink } = COLOURS;
type Pair = readonly [number, number | null];

const column = (us: readonly number[], values: readonly number[]): Pair[] =>
  us.map((at, i) => [at, values[i] ?? null]);

export function equityCharts({ series, run }: ReportData): string {
  const { us, pnl, drawdownPct, inventory, mark } = series;
  const base = run.market.split(':')[1] ?? 'base units';
  const at = { kind: 'time', label: 'UTC' } as const;
  return [
    svgOf({
      title: 'Profit and loss', x: at, y: { label: '$', zero: true },
      marks: [{ kind: 'line', colour: blue, points: column(us, pnl), fill: true }],
    }),
    svgOf({
      title: 'Drawdown from the equity peak', x: at, height: 150,
      y: { label: '% of equity', zero: true },
      marks: [{ kind: 'line', colour: red, points: column(us, drawdownPct), fill: true }],
    }),
    svgOf({
      title: 'Inventory', x: at, height: 170, y: { label: `position in ${base}`, zero: true },
      marks: [{ kind: 'line', colour: green, points: column(us, inventory), step: true, fill: true }],
    }),
    svgOf({
      title: 'Price (mark)', x: at, height: 150, y: { label: '$' },
      marks: [{ kind: 'line', colour: grey, points: column(us, mark) }],
    }),
  ].join('\n'); // prettier-ignore
}

export function quoteChart({ quotes, quoteFills }: ReportData): string {
  const line = (pick: 'mid' | 'bid' | 'ask'): Pair[] => quotes.map((q) => [q.us, q[pick]]);
  const dots = (side: string): [number, number, null, null][] =>
    quoteFills.filter((fill) => fill.side === side).map(({ us, price }) => [us, price, null, null]);
  return svgOf({
    title: 'Quotes around the mid, with fills: the busiest ten minutes',
    x: { kind: 'time', label: 'UTC' },
    y: { label: '$' },
    height: 320,
    marks: [
      { kind: 'line', name: 'our ask', colour: red, points: line('ask'), step: true },
      { kind: 'line', name: 'mid', colour: grey, points: line('mid') },
      { kind: 'line', name: 'our bid', colour: blue, points: line('bid'), step: true },
      { kind: 'dots', name: 'bought', colour: blue, shape: 'up', points: dots('bought') },
      { kind: 'dots', name: 'sold', colour: red, shape: 'down', points: dots('sold') },
    ],
  });
}

export function markoutChart({ markouts }: ReportData): string {
  const shown = markouts.filter(({ by }) => by === 'all' || by === 'side');
  const colours = [ink, blue, red];
  return svgOf({
    title: 'Markout: what a fill was worth later, before fees (bars: ± 1.96 s.e.)',
    x: { kind: 'plain', words: ['at the fill', '1 s', '5 s', '30 s', '60 s'] },
    y: { label: 'bp of the fill price, + is ours', zero: true },
    height: 260,
    marks: shown.flatMap(({ name, curve }, i): Mark[] => {
      const known = curve.flatMap(({ bps, error }, at) =>
        bps === null ? [] : [{ x: at + (i - 1) * 0.07, bps, error: (error ?? 0) * 1.96 }],
      );
      const colour = colours[i % colours.length] ?? ink;
      return [
        { kind: 'line', name, colour, points: known.map(({ x, bps }) => [x, bps]) },
        {
          ...{ kind: 'dots', colour, shape: 'round' },
          points: known.map(({ x, bps, error }) => [x, bps, bps - error, bps + error]),
        },
      ];
    }),
  });
}

export function intensityChart({ intensity }: ReportData): string {
  if (intensity === null) return '<p class="note">This run kept no distances of its quotes.</p>';
  // Where a quote hardly ever stood, a single fill is a rate that dwarfs all others.
  const stood = intensity.bins.reduce((sum, { seconds }) => sum + seconds, 0);
  const bins = intensity.bins.filter(({ seconds }) => seconds >= Math.max(30, stood / 500));
  const { fitted } = intensity;
  const far = bins.at(-1)?.to ?? 5;
  const fit: Pair[] =
    fitted === null
      ? []
      : Array.from({ length: 60 }, (_, i) => {
          const d = (far * i) / 59;
          return [d, fitted.alpha * Math.exp(-fitted.kappa * d)];
        });
  return svgOf({
    title: 'Fills of a standing quote against what α·exp(−κδ) promised (bars: 95 %)',
    x: { kind: 'plain', label: 'distance from the mid, bp' },
    y: { label: 'fills per second', zero: true },
    height: 260,
    marks: [
      {
        ...{ kind: 'line', name: 'promised', colour: orange },
        points: bins.map((bin) => [bin.distance, bin.predicted / bin.seconds]),
      },
      ...(fit.length > 0
        ? [{ kind: 'line', name: 'fitted', colour: blue, points: fit, dash: true } as const]
        : []),
      {
        ...{ kind: 'dots', name: 'came', colour: blue, shape: 'round' },
        points: bins.map(({ distance, rate, low, high }) => [distance, rate, low, high]),
      },
    ],
  });
}

export function parameterCharts({ parameters }: ReportData): string {
  const titles = [
    ['sigma', 'Volatility σ', 'bp/√s'],
    ['kappa', 'Decay κ', 'per bp'],
    ['alpha', 'Arrivals α', 'per s and side'],
    ['epsilon', 'Adverse selection ε', 'bp'],
  ] as const;
  if (parameters.length === 0)
    return '<p class="note">This run kept no path of its parameters.</p>';
  const measured = parameters.some(({ sigma }) => sigma[1] !== null);
  const note = measured
    ? ''
    : '<p class="note">Nothing was measured beside them: no error bands (--dynamic or --shadow measures).</p>';
  const charts = titles.map(([key, title, label]) =>
    svgOf({
      ...{ title, x: { kind: 'time' }, y: { label }, width: 450, height: 190 },
      marks: [
        {
          ...{ kind: 'band', name: 'measured, 95 %', colour: orange },
          points: parameters.map((at) => [at.us, at[key][1], at[key][2]]),
        },
        {
          ...{ kind: 'line', name: 'in use', colour: blue, step: true },
          points: parameters.map((at) => [at.us, at[key][0]]),
        },
      ],
    }),
  );
  return `${note}<div class="two">${charts.join('\n')}</div>`;
}

/** Bars that start where the last one ended: how the parts add up to the P&L. */
export function attributionChart({ attribution }: ReportData): string {
  const value = (name: (typeof PARTS)[number] | 'pnl'): number =>
    moneyToNumber(parseMoney(attribution[name]) ?? (0 as Money));
  const bars: { name: string; from: number; to: number; colour: string }[] = [];
  let at = 0;
  for (const name of PARTS) {
    const to = at + value(name);
    bars.push({ name: spoken(name), from: at, to, colour: to >= at ? green : red });
    at = to;
  }
  bars.push({ name: 'P&amp;L', from: 0, to: value('pnl'), colour: ink });
  const ends = bars.flatMap(({ from, to }) => [from, to]);
  const [low, high] = [Math.min(...ends, 0), Math.max(...ends, 0)];
  const x = (v: number): number => 150 + ((v - low) / (high - low || 1)) * 660;
  const rows = bars.map(({ name, from, to, colour }, i) => {
    const y = 26 + i * 26;
    const [a, b] = [x(Math.min(from, to)), x(Math.max(from, to))];
    const amount = signedDollars(to - from);
    return `<text class="tick" text-anchor="end" x="140" y="${y + 13}">${name}</text><rect x="${a.toFixed(1)}" y="${y}" width="${Math.max(1, b - a).toFixed(1)}" height="18" fill="${colour}"/><text class="tick" x="${(b + 6).toFixed(1)}" y="${y + 13}">${amount}</text>`;
  });
  const zero = `<line class="zero" x1="${x(0).toFixed(1)}" x2="${x(0).toFixed(1)}" y1="20" y2="${30 + bars.length * 26}"/>`;
  return `<figure><svg viewBox="0 0 920 ${40 + bars.length * 26}" role="img" aria-label="attribution"><text class="title" x="0" y="13">Where it came from</text>${zero}${rows.join('')}</svg></figure>`;
}
