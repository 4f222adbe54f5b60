// Which market a command was told to use, by --data, --tape or --synthetic.
import { StartProblem } from '#config/problem';

export interface ChosenMarket {
  readonly data: readonly string[];
  readonly tape: string | null;
  readonly synthetic: string | null;
}

/** Null when none was named. Throws StartProblem for more than one. */
export function chosenMarket(options: Readonly<Record<string, unknown>>): ChosenMarket | null {
  const data = Array.isArray(options['data']) ? (options['data'] as string[]) : [];
  const text = (name: string): string | null =>
    typeof options[name] === 'string' ? options[name] : null;
  const [tape, synthetic] = [text('tape'), text('synthetic')];
  const count = Number(data.length > 0) + Number(tape !== null) + Number(synthetic !== null);
  if (count > 1)
    throw new StartProblem('give one of --data FILES, --tape FILE or --synthetic PRESET, not two');
  return count === 0 ? null : { data, tape, synthetic };
}
