// `mm config`: the effective value of every setting and where it came from; secrets as stars.
import type { Command } from 'commander';
import type { Layered } from '#config/layers';
import { PARAMETERS, PARAMETER_KEYS, fileKeyOf, variableOf } from '#config/parameters';
import type { Parameter } from '#config/parameters';
import { environmentTemplate } from '#config/template';
import { ALL_GROUPS, addParameters, settingsFrom } from './options.js';

interface Row {
  readonly name: string;
  readonly value: string | null;
  readonly from: string;
}

function rows(layered: Layered): Row[] {
  return PARAMETER_KEYS.map((key) => {
    const definition: Parameter<unknown> = PARAMETERS[key];
    const found = layered.texts.get(key);
    if (!found)
      return { name: fileKeyOf(key), value: null, from: `derived: ${definition.derived ?? ''}` };
    const from = found.origin === 'environment' ? `environment ${variableOf(key)}` : found.origin;
    return { name: fileKeyOf(key), value: definition.secret ? '***' : found.text, from };
  });
}

export function addConfig(program: Command): void {
  const command = program
    .command('config')
    .description('print the effective settings and where each came from')
    .option('--json', 'as one JSON object')
    .option('--template', 'print a .env file with every variable and its default instead');
  addParameters(command, ALL_GROUPS).action((options: Record<string, unknown>) => {
    if (options['template'] === true) {
      process.stdout.write(environmentTemplate());
      return;
    }
    const table = rows(settingsFrom(options));
    if (options['json'] === true) {
      const settings = Object.fromEntries(
        table.map(({ name, value, from }) => [name, { value, from }]),
      );
      process.stdout.write(`${JSON.stringify({ schemaVersion: 1, settings }, null, 2)}\n`);
      return;
    }
    for (const { name, value, from } of table) {
      process.stdout.write(`${name.padEnd(20)} ${(value ?? '-').padEnd(36)} ${from}\n`);
    }
  });
}
