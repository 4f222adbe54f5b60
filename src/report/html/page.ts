// One self-contained HTML page: style, charts and tables inline, no script, nothing fetched. Reads on a laptop, prints on
// paper. Everything it shows comes from ReportData, which is written beside it as JSON.
import type { Judgement } from '#search/bootstrap';
import { INTERVAL_BLOCKS, TRADED_BLOCKS } from '#search/bootstrap';
import type { Group, MarkoutPoint } from '../breakdown.js';
import { figure, percentOf } from '../table.js';
import type { ReportData } from './data.js';
import { escaped } from './plot.js';
import {
  attributionChart, equityCharts, intensityChart, markoutChart, parameterCharts, quoteChart,
} from './sections.js'; // prettier-ignore
import { grouped, money } from './words.js';

const STYLE = `
:root { color: #20262e; background: #fff; font: 14px/1.45 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
body { max-width: 960px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 22px; margin: 0 0 2px; } h2 { font-size: 16px; margin: 30px 0 8px; border-bottom: 1px solid #d5dae0; padding-bottom: 4px; }
p { margin: 6px 0; } .sub, .note { color: #5a636e; } .warn { color: #b3322e; font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px; margin: 16px 0; }
dl div { border: 1px solid #d5dae0; border-radius: 6px; padding: 8px 10px; }
dt { color: #5a636e; font-size: 12px; } dd { margin: 0; font-size: 18px; font-variant-numeric: tabular-nums; } dd small { display: block; font-size: 11.5px; color: #5a636e; }
figure { margin: 10px 0; break-inside: avoid; } svg { width: 100%; height: auto; display: block; }
svg text { font-family: inherit; } .title { font-size: 13px; font-weight: 600; fill: #20262e; } .unit, .tick, .legend { font-size: 11px; fill: #5a636e; }
.grid { stroke: #e8ebee; } .zero { stroke: #9aa3ad; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 4px 20px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { text-align: right; white-space: nowrap; padding: 3px 6px; border-bottom: 1px solid #e8ebee; } th:first-child, td:first-child { text-align: left; }
th { color: #5a636e; font-weight: 600; } tr.first td { border-top: 2px solid #d5dae0; }
@media screen { figure, .wide { overflow-x: auto; } }
@media screen and (max-width: 700px) { dl { grid-template-columns: 1fr 1fr; } .two { grid-template-columns: 1fr; } figure svg { min-width: 660px; } .two svg { min-width: 0; } dd { font-size: 16px; } }
@media print { @page { margin: 10mm 14mm; } body { max-width: none; padding: 0 2px; font-size: 11px; } h2 { break-after: avoid; margin: 14px 0 4px; } figure { margin: 3px 0; } table { font-size: 10.5px; } tr { break-inside: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;

function judged({ interval, blocks, traded, smallestVisible }: Judgement, places: number): string {
  const visible =
    smallestVisible === null ? '' : `; smallest visible ${smallestVisible.toFixed(places)}`;
  if (blocks === 0) return 'too short for blocks of 15 min';
  if (interval !== null)
    return `95 %: ${grouped(interval.low, places)} to ${grouped(interval.high, places)}${visible}`;
  const few =
    blocks < INTERVAL_BLOCKS
      ? `${blocks} of ${INTERVAL_BLOCKS} blocks`
      : `fills in ${traded} blocks, ${TRADED_BLOCKS} needed`;
  return `too short for an interval (${few})${visible}`;
}

const tile = (name: string, value: string, small = ''): string =>
  `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}<small>${escaped(small)}</small></dd></div>`;

/** Below one whole block there is still the plain mean over the fills. */
function edgeTile({ judged: { netEdgeBps: j }, markouts }: ReportData): string {
  const name = 'net edge per fill';
  if (j.estimate !== null) return tile(name, `${grouped(j.estimate, 3)} bp`, judged(j, 3));
  const { bps, error } = markouts[0]?.netEdge ?? { bps: null, error: null };
  if (bps === null) return tile(name, '–', 'no fill is 30 s old');
  const about = error === null ? '' : `± ${error.toFixed(2)}, fills taken as independent; `;
  return tile(name, `${grouped(bps, 2)} bp`, `${about}too short for blocks of 15 min`);
}

function headline(data: ReportData): string {
  const { figures, judged: j, attribution } = data;
  const dollars = (text: string): string => money(Number(text));
  const orDash = (value: number | null, places: number): string =>
    value === null ? '–' : money(value, places);
  const tiles = [
    tile('P&L', dollars(figures.pnl), `${grouped(figures.returnPct, 4)} % of capital`),
    edgeTile(data),
    tile(
      'net edge per $1M',
      orDash(j.netEdgePerMillion.estimate, 0),
      judged(j.netEdgePerMillion, 0),
    ),
    tile('P&L per day', orDash(j.pnlPerDay.estimate, 2), judged(j.pnlPerDay, 2)),
    tile('fills', grouped(figures.fills, 0), `${grouped(figures.fillsPerHour, 1)} an hour`),
    tile('volume', dollars(figures.volume), `maker ${percentOf(figures.makerShare)}`),
    tile('fees', dollars(attribution.fees), `funding ${dollars(attribution.funding)}`),
    tile(
      'max drawdown',
      `${grouped(figures.maxDrawdownPct, 4)} %`,
      `final position ${figures.finalPosition}`,
    ),
  ];
  return `<dl>${tiles.join('')}</dl>${correlated(j)}`;
}

/** Spells of good and bad hours make blocks alike: then the interval claims too much. */
function correlated(of: ReportData['judged']): string {
  const names = [
    ['net edge', of.netEdgeBps],
    ['P&L', of.pnlPerDay],
  ] as const;
  const found = names.flatMap(([name, { lagOne, blocks }]) =>
    lagOne !== null && lagOne > 2 / Math.sqrt(blocks) ? [`${name} (${lagOne.toFixed(2)})`] : [],
  );
  if (found.length === 0) return '';
  return `<p class="warn">Neighbouring blocks are alike in ${escaped(found.join(' and '))}: the intervals are narrower than they should be.</p>`;
}

const point = ({ bps, error }: MarkoutPoint): string =>
  bps === null ? '–' : `${grouped(bps, 2)}${error === null ? '' : ` ± ${error.toFixed(2)}`}`;

function markoutTable(groups: readonly Group[]): string {
  const head = ['', 'fills', 'captured', '1 s', '5 s', '30 s', '60 s', 'net edge'];
  const rows = groups.map((group, i) => {
    const cells = [
      `${group.by === 'all' ? '' : `${group.by}: `}${group.name}`,
      grouped(group.fills, 0),
      ...group.curve.map(point),
      point(group.netEdge),
    ];
    const first = i > 0 && groups[i - 1]?.by !== group.by ? ' class="first"' : '';
    return `<tr${first}>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  });
  return `<div class="wide"><table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>
<p class="note">bp of the fill price, + is ours; ± one standard error, fills taken as independent. Net edge: 30 s markout after the fee. ${groups[0]?.dropped ?? 0} fills without a mid 30 s later are counted, not averaged.</p>`;
}

function intensityNote({ intensity }: ReportData): string {
  if (intensity === null) return '';
  const { fills, predicted, ratio, pValue, fitted } = intensity;
  const fit =
    fitted === null
      ? 'too few fills for a fit of its own'
      : `fitted to what came: α ${fitted.alpha.toFixed(3)} ± ${fitted.alphaError.toFixed(3)} per s, κ ${fitted.kappa.toFixed(2)} ± ${fitted.kappaError.toFixed(2)} per bp`;
  return `<p class="note">${grouped(fills, 0)} maker fills of quotes that were seen standing (looked at once a second); the parameters in use promised ${grouped(predicted, 0)} (ratio ${figure(ratio, 2)}, chance of so large a miss ${pValue !== null && pValue < 0.001 ? 'below 0.001' : figure(pValue, 3)}); ${fit}. The promise knows no queue and no delay; a quote at the touch waits in line.</p>`;
}

export function pageOf(data: ReportData): string {
  const { run } = data;
  const title = `${run.mode} ${run.model ?? ''} on ${run.market}`.replace('  ', ' ');
  const span = `${run.from.slice(0, 16).replace('T', ' ')} to ${run.to.slice(0, 16).replace('T', ' ')} UTC (${run.hours.toFixed(2)} h)`;
  const quiet =
    data.figures.fillsPerHour < 20
      ? '<p class="warn">Fewer than 20 fills an hour: this does not trade.</p>'
      : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · ${escaped(run.id)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1>
<p class="sub">${escaped(run.kind)} · run ${escaped(run.id)} · ${span} · capital ${money(Number(run.capital), 0)}</p>
${quiet}${headline(data)}
<h2>Profit, drawdown, inventory</h2>
${equityCharts(data)}
<h2>Attribution</h2>
${attributionChart(data)}
<p class="note">Adds up exactly. Adverse selection: the 30 s after each fill; inventory: the rest of what the market did to the position.</p>
<h2>Quotes</h2>
${data.quotes.length > 0 ? quoteChart(data) : '<p class="note">This run kept no path of its quotes.</p>'}
<h2>Markouts</h2>
${markoutChart(data)}
${markoutTable(data.markouts)}
<h2>Fill intensity</h2>
${intensityChart(data)}
${intensityNote(data)}
<h2>Parameters</h2>
${parameterCharts(data)}
<h2>What this rests on</h2>
<p>${escaped(data.assumptions)}</p>
<p class="note">Mids from ${run.mids === 'book' ? 'the book, as the run saw it' : 'marks kept every few seconds'}. Intervals: symmetric studentised bootstrap of 15 min blocks, taken as independent of each other${run.commandHash === null ? '' : `. Command hash ${escaped(run.commandHash.slice(0, 16))}`}.</p>
</body></html>
`;
}
