// The switches of a venue from one setting, "name=value,...": what nobody could confirm of it, each with the documented
// default (the client's list) and the values that mean something. A wrong value must not reach a client. Pure.
import { StartProblem } from '#config/problem';

/** What a switch takes: words, or a whole number of at least `least`, at most `most`. */
export type SwitchValues =
  readonly (string | number | boolean)[] | { readonly least: number; readonly most?: number };
type Accepted<T> = { readonly [K in keyof T]-?: SwitchValues };

const allowedText = (values: SwitchValues): string =>
  'least' in values
    ? `a whole number, at least ${values.least}${values.most === undefined ? '' : ` and at most ${values.most}`}`
    : values.map((value) => (value === '' ? 'none' : String(value))).join(' or ');

function valueOf(values: SwitchValues, text: string): string | number | boolean | undefined {
  if ('least' in values) {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    return number >= values.least && number <= (values.most ?? Infinity) ? number : undefined;
  }
  return values.find((value) => (value === '' ? 'none' : String(value)) === text);
}

/** Throws StartProblem for a name or a value that is none. An empty word is written `none`. */
export function switchesFrom<T extends object>(
  flag: string,
  text: string | null,
  accepted: Accepted<T>,
): Partial<T> {
  if (text === null) return {};
  const known = new Map<string, SwitchValues>(Object.entries(accepted));
  const found: Record<string, unknown> = {};
  for (const part of text.split(',')) {
    const [name = '', word = ''] = part.split('=').map((piece) => piece.trim());
    const values = known.get(name);
    if (values === undefined || word === '') {
      const names = [...known.keys()].join(', ');
      throw new StartProblem(`${flag} "${part}" must be NAME=VALUE with one of ${names}`);
    }
    const value = valueOf(values, word);
    if (value === undefined)
      throw new StartProblem(`${flag} ${name}: "${word}" must be ${allowedText(values)}`);
    found[name] = value;
  }
  return found as Partial<T>;
}
