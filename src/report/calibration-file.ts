// The parameter file that `--config` takes, out of a calibration: only what was measured, and beside it, under keys
// with a dollar sign, which the configuration ignores, where it came from and how sure it is. Pure.
import type { Calibration, Figure } from './calibration.js';

/** Four significant digits: more would be made up. */
const digits = (value: number): string => String(Number(value.toPrecision(4)));

const known = ({ value, low, high, effectiveCount }: Figure): Record<string, string> => ({
  value: digits(value),
  '95% from': digits(low),
  '95% to': digits(high),
  'effective observations': effectiveCount.toFixed(0),
});

/** JSON text. Flags still beat it; what was not measured is not in it, so that defaults hold. */
export function parameterFile(calibration: Calibration): string {
  const { sigma, kappa, alpha, epsilon, band } = calibration;
  const figures = { sigma, kappa: kappa.both, alpha: alpha.both, epsilon: epsilon.both };
  const measured = Object.entries(figures).filter(([, { effectiveCount }]) => effectiveCount > 0);
  const spell: Readonly<Record<string, (value: number) => string>> = {
    sigma: (value) => `${digits(value)}bp/√s`,
    kappa: digits,
    alpha: digits,
    epsilon: (value) => `${digits(Math.max(0, value))}bp`,
  };
  const content: Record<string, unknown> = {
    $comment:
      'Written by mm calibrate; take it with --config. Keys with a dollar sign are ignored.',
    $source: `${calibration.market}: ${calibration.source}`,
    $span: `${calibration.from} to ${calibration.to}, ${(100 * calibration.usable).toFixed(1)}% of it usable`,
    '$standard errors': Object.fromEntries(
      measured.map(([name, { standardError }]) => [name, digits(standardError)]),
    ),
    $figures: Object.fromEntries(measured.map(([name, it]) => [name, known(it)])),
    $warnings: calibration.warnings,
  };
  for (const [name, { value }] of measured) {
    content[name] = (spell[name] as (value: number) => string)(value);
  }
  if (alpha.both.effectiveCount > 0) content['band-from'] = `${digits(band.from)}bp`;
  return `${JSON.stringify(content, null, 2)}\n`;
}
