// Where each value comes from: flag, else environment (.env included), else the --config file, else the default.
// Unknown names are problems, not shrugs: a misspelt limit that is silently ignored costs money.
import { readFileSync } from 'node:fs';
import { parse as parseDotenv } from 'dotenv';
import {
  PARAMETERS, PARAMETER_KEYS, fileKeyOf, flagOf, variableOf,
} from './parameters.js'; // prettier-ignore
import type { Parameter, ParameterKey, ParameterValues } from './parameters.js';
import { nearest } from './nearest.js';
import { BadValue, StartProblem } from './problem.js';

export type Origin = 'flag' | 'environment' | '.env' | 'file' | 'default';
export interface Layered {
  readonly values: ParameterValues;
  readonly texts: ReadonlyMap<ParameterKey, { readonly text: string; readonly origin: Origin }>;
}
export interface LayerInput {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dotenvPath: string | null;
  readonly configPath: string | null;
}

/** Variables that are read elsewhere and are no parameters. */
const OTHER_VARIABLES = new Set([
  'MM_CONFIG',
  'MM_HISTORIES',
  'MM_KILLS',
  'MM_DISCONNECTS',
  'MM_FRAMES',
  'MM_SIGNATURES',
  'MM_TRIALS',
  'MM_PATHS',
  'MM_WHOLE',
  'MM_BROWSER',
  'MM_WATCHDOG_KILLS',
]);

function readDotenv(path: string | null): string {
  if (path === null) return '';
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new StartProblem(
      `${path} cannot be read (${(error as Error).message}); mend or remove it`,
    );
  }
}

/** Lines of .env that look like a limit or another setting of ours and set none. Never says what follows the name. */
function deafLines(text: string, dotenv: Readonly<Record<string, string>>): string[] {
  const found: string[] = [];
  for (const [, name = ''] of text.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)/gm)) {
    const upper = name.toUpperCase();
    const key = PARAMETER_KEYS.find((one) => [upper, `MM_${upper}`].includes(variableOf(one)));
    if (key === undefined) continue;
    const known = variableOf(key);
    const { group } = PARAMETERS[key];
    if (name === known && dotenv[name] === undefined)
      found.push(`the line of ${name} in .env sets nothing; write ${name}=VALUE`);
    // Other programs may keep a NETWORK or a SEED there; a limit is meant for us.
    if (name !== known && (upper === known || group === 'risk' || group === 'size'))
      found.push(`${name} in .env sets nothing: the name is ${known}`);
  }
  return found;
}

function readConfigFile(path: string | null): Record<string, string> {
  if (path === null) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new StartProblem(
      `--config ${path} cannot be used: ${(error as Error).message}; it must be a JSON object such as {"sigma": "40%/yr"}`,
    );
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new StartProblem(
      `--config ${path} must hold one JSON object such as {"sigma": "40%/yr"}`,
    );
  }
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(parsed)) {
    if (key.startsWith('$') || key === 'schemaVersion') continue; // comments and stamps of generated files
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw new StartProblem(`--config ${path}: "${key}" must be a string or a number`);
    }
    out[key] = String(value);
  }
  return out;
}

function unknownNames(env: Record<string, unknown>, file: Record<string, string>): string[] {
  const variables = PARAMETER_KEYS.map(variableOf);
  const keys = PARAMETER_KEYS.map(fileKeyOf);
  const fromEnv = Object.keys(env)
    .filter(
      (name) => name.startsWith('MM_') && !variables.includes(name) && !OTHER_VARIABLES.has(name),
    )
    .map((name) => `${name} is no setting of mm${nearest(name, variables)}; correct or unset it`);
  const fromFile = Object.keys(file)
    .filter((key) => !keys.includes(key))
    .map(
      (key) =>
        `"${key}" in --config is no setting of mm${nearest(key, keys)}; correct or remove it`,
    );
  return [...fromEnv, ...fromFile];
}

/** Reads all layers and parses every value. Throws StartProblem with every problem at once. */
export function readLayers(input: LayerInput): Layered {
  return readKeys(input, PARAMETER_KEYS, true) as Layered;
}

/** Some of the values, for commands that must work whatever is wrong with the others (mm stop). */
export type SomeLayered<K extends ParameterKey> = Pick<Layered, 'texts'> & {
  readonly values: Pick<ParameterValues, K>;
};

/** The same for some keys; what stands at other names is not looked at. Throws StartProblem. */
export function readSome<K extends ParameterKey>(
  input: LayerInput,
  keys: readonly K[],
): SomeLayered<K> {
  return readKeys(input, keys, false) as SomeLayered<K>;
}

function readKeys(
  input: LayerInput,
  keys: readonly ParameterKey[],
  strict: boolean,
): Pick<Layered, 'texts'> & { readonly values: unknown } {
  const dotenvText = readDotenv(input.dotenvPath);
  const dotenv = parseDotenv(dotenvText);
  const file = readConfigFile(input.configPath);
  const problems = strict
    ? [...unknownNames({ ...dotenv, ...input.env }, file), ...deafLines(dotenvText, dotenv)]
    : [];
  const values: Partial<Record<ParameterKey, unknown>> = {};
  const texts = new Map<ParameterKey, { text: string; origin: Origin }>();
  for (const key of keys) {
    const definition: Parameter<unknown> = PARAMETERS[key];
    const candidates: readonly (readonly [string | undefined, Origin, string])[] = [
      [definition.secret ? undefined : input.flags[key], 'flag', flagOf(key)],
      [input.env[variableOf(key)] || undefined, 'environment', variableOf(key)],
      [dotenv[variableOf(key)] || undefined, '.env', `${variableOf(key)} in .env`],
      [file[fileKeyOf(key)], 'file', `"${fileKeyOf(key)}" in --config`],
      [definition.fallback ?? undefined, 'default', flagOf(key)],
    ];
    const found = candidates.find(([text]) => text !== undefined);
    if (!found) {
      values[key] = null;
      continue;
    }
    const [text, origin, name] = found as readonly [string, Origin, string];
    try {
      values[key] = definition.parse(text);
      texts.set(key, { text: definition.secret ? '***' : text, origin });
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      // An address may have a password in it.
      const shown = definition.secret ? '***' : `"${text.replace(/\/\/[^/]*@/, '//***@')}"`;
      problems.push(`${name} ${shown} ${error.message}`);
    }
  }
  if (problems.length > 0) throw new StartProblem(problems);
  return { values, texts };
}
