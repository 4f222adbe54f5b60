// The switches of what nobody could confirm of Paradex, from one setting: "amend=replace,schemaVersion=2". Names and
// documented defaults are the client's (clients/paradex/switches.ts).
import { PARADEX_SWITCHES, type ParadexSwitches } from '#clients/paradex/switches';
import { StartProblem } from '#config/problem';

/** Throws StartProblem for a name that is none, or a value of another kind than the default. */
export function paradexSwitches(text: string | null): Partial<ParadexSwitches> {
  if (text === null) return {};
  const found: Record<string, unknown> = {};
  const known: Readonly<Record<string, unknown>> = { ...PARADEX_SWITCHES };
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=').map((piece) => piece.trim());
    const fallback = known[name];
    if (fallback === undefined || value === '') {
      const names = Object.keys(known).join(', ');
      throw new StartProblem(
        `--paradex-switches "${part}" must be NAME=VALUE with one of ${names}`,
      );
    }
    if (typeof fallback === 'number') {
      if (!/^\d+$/.test(value))
        throw new StartProblem(`--paradex-switches ${name} must be a number`);
      found[name] = Number(value);
    } else if (typeof fallback === 'boolean') {
      if (value !== 'true' && value !== 'false')
        throw new StartProblem(`--paradex-switches ${name} must be true or false`);
      found[name] = value === 'true';
    } else found[name] = value;
  }
  return found as Partial<ParadexSwitches>;
}
