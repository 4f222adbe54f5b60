// How `npm start` runs a bot, read from package.json: what a bench measures is what a user gets.
import { readFileSync } from 'node:fs';

export interface StartFlags {
  /** Of node. */
  readonly flags: readonly string[];
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** All of it, for a line of results. */
  readonly text: string;
}

export function startFlags(): StartFlags {
  const file = new URL('../../package.json', import.meta.url);
  const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts: { start: string } };
  const [before = ''] = scripts.start.split('dist/');
  const words = before.split(' ');
  const flags = words.filter((word) => word.startsWith('--'));
  const settings = words.filter((word) => /^\w+=/.test(word));
  const env = Object.fromEntries(settings.map((word) => word.split('=') as [string, string]));
  return { flags, env, text: [...settings, ...flags].join(' ') };
}
