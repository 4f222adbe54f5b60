// How the market's parameters read as text: what is quoted on, and what was measured. For `mm metrics`, the terminal
// and the log, so that all three say it in the same words.
import type { Estimate, MarketEstimates } from '#core/analyzer';
import { figure } from './table.js';

interface Quoted {
  readonly source: string;
  readonly sigma: number;
  readonly kappa: number;
  readonly alpha: number;
  readonly epsilon: number;
}

const values = ({ sigma, kappa, alpha, epsilon }: Omit<Quoted, 'source'>): string =>
  `sigma ${figure(sigma, 2)} bp/√s  kappa ${figure(kappa, 2)}/bp  alpha ${figure(alpha, 3)}/s  epsilon ${figure(epsilon, 2)} bp`;

const measured = (name: string, { value, standardError }: Estimate, places: number): string =>
  `${name} ${figure(value, places)} ±${figure(standardError, places)}`;

/** "sigma 0.83 ±0.05  kappa ..." and why it is used or not. */
export function measuredText(e: MarketEstimates): string {
  const sigma = e.sigmaFast.value > e.sigma.value ? e.sigmaFast : e.sigma;
  const notes = [
    e.state,
    ...(e.limited.length > 0 ? [`held back to 25% a minute: ${e.limited.join(' ')}`] : []),
    ...(e.jumps > 0 ? [`jumps: ${e.jumps}`] : []),
  ];
  return [
    measured('sigma', sigma, 2),
    measured('kappa', e.kappa.both, 2),
    measured('alpha', e.alpha.both, 3),
    measured('epsilon', e.epsilon.both, 2),
    `(${notes.join('; ')})`,
  ].join('  ');
}

/** Rows for the block of `mm metrics`. In static mode also what dynamic mode would have quoted on. */
export function marketRows(
  mode: 'static' | 'dynamic',
  quoted: Quoted | null,
  estimates: MarketEstimates | null,
): string[][] {
  const market = quoted === null ? 'nothing quoted yet' : `${values(quoted)}  (${quoted.source})`;
  if (estimates === null) return [['market', market]];
  const shadow = mode === 'static' ? [['would use', values(estimates.used)]] : [];
  return [['market', market], ['measured', measuredText(estimates)], ...shadow];
}

/** One line for the log. */
export function marketLine(mode: 'static' | 'dynamic', e: MarketEstimates): string {
  const says = mode === 'static' ? 'would quote on' : `quoting on (${e.used.source})`;
  return `market: ${says} ${values(e.used)}; measured ${measuredText(e)}`;
}
