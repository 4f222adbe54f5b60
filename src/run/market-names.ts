// A market that a venue does not have: which ones it has, the nearest first, and where they are listed. Pure text.
import { nearest } from '#config/nearest';

const SHOWN = 5;

/** One line with the remedy. `where` names the venue, `listed` is an address that lists the markets. */
export function noMarket(
  name: string,
  names: readonly string[],
  where: string,
  listed: string,
): string {
  const all = `all of them: ${listed}`;
  if (names.length === 0) return `no market ${name} at ${where}; ${all}`;
  const base = baseOf(name);
  const kin = names.filter((known) => baseOf(known) === base);
  const hint = kin.length === 0 ? nearest(name.toUpperCase(), names) : ` (did you mean ${kin.slice(0, SHOWN).join(', ')}?)`; // prettier-ignore
  const count = `it has ${names.length}: ${names.slice(0, SHOWN).join(', ')}`;
  const more = names.length > SHOWN ? `, ...; ${all}` : '';
  return `no market ${name} at ${where}${hint}; ${count}${more}`;
}

/** "btc", "BTC-USD" and "BTC-USD-PERP" are of one coin. */
const baseOf = (name: string): string => name.toUpperCase().split(/[-_/]/)[0] ?? '';
