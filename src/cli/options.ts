// Flags from the parameter table, and from a command's parsed flags to the layered settings.
import { Option } from 'commander';
import type { Command } from 'commander';
import { readLayers, readSome } from '#config/layers';
import type { LayerInput, Layered, SomeLayered } from '#config/layers';
import { PARAMETERS, PARAMETER_KEYS, flagOf, variableOf } from '#config/parameters';
import type { Parameter, ParameterKey } from '#config/parameters';
import { BadValue, StartProblem } from '#config/problem';
import { checkSettings } from '#config/settings';

type Group = Parameter<unknown>['group'];
const HEADINGS: Readonly<Record<Group, string>> = {
  strategy: 'Strategy:',
  size: 'Size:',
  timing: 'Timing:',
  risk: 'Risk:',
  venue: 'Venue:',
  simulation: 'Simulation:',
  files: 'Files:',
};
export const ALL_GROUPS = Object.keys(HEADINGS) as Group[];

/** Adds every parameter of these groups as a flag, with its default and its variable in the help. */
export function addParameters(command: Command, groups: readonly Group[]): Command {
  for (const key of PARAMETER_KEYS) {
    const definition: Parameter<unknown> = PARAMETERS[key];
    // A secret on the command line would be in every list of processes.
    if (!groups.includes(definition.group) || definition.secret) continue;
    const fallback = definition.fallback ?? definition.derived ?? '';
    const text = `${definition.help} (default: ${fallback}; ${variableOf(key)})`;
    command.addOption(
      new Option(`${flagOf(key)} <${definition.hint}>`, text).helpGroup(HEADINGS[definition.group]),
    );
  }
  return command.addOption(
    new Option(
      '--config <FILE>',
      'JSON file of settings, e.g. {"sigma": "40%/yr"} (MM_CONFIG)',
    ).helpGroup(HEADINGS.files),
  );
}

/** Reads flag, environment, .env, --config and default for every parameter, and refuses contradictions. */
export function settingsFrom(options: Readonly<Record<string, unknown>>): Layered {
  const layered = readLayers(layersOf(options));
  checkSettings(layered.values);
  return layered;
}

/** The same for some keys, without a look at the others: whatever is wrong with them is no reason to refuse. */
export function someSettings<K extends ParameterKey>(
  options: Readonly<Record<string, unknown>>,
  keys: readonly K[],
): SomeLayered<K> {
  return readSome(layersOf(options), keys);
}

function layersOf(options: Readonly<Record<string, unknown>>): LayerInput {
  const flags: Record<string, string | undefined> = {};
  for (const key of PARAMETER_KEYS) {
    const given = options[key];
    if (typeof given === 'string') flags[key] = given;
  }
  const config = options['config'] ?? process.env['MM_CONFIG'];
  return {
    flags,
    env: process.env,
    dotenvPath: '.env',
    configPath: typeof config === 'string' && config !== '' ? config : null,
  };
}

/** One option of a command that is no parameter: parsed, or null when not given. */
export function given<T>(
  options: Readonly<Record<string, unknown>>,
  name: string,
  parse: (text: string) => T,
): T | null {
  const value = options[name];
  if (typeof value !== 'string') return null;
  try {
    return parse(value);
  } catch (error) {
    if (error instanceof BadValue) throw new StartProblem(`--${name} "${value}" ${error.message}`);
    throw error;
  }
}
