// The text of .env.example: every variable, commented out, with its meaning and its safe default.
import { PARAMETERS, PARAMETER_KEYS, variableOf } from './parameters.js';
import type { Parameter } from './parameters.js';

const HEAD = [
  '# Settings of mm. Copy to .env and uncomment what you change; everything has a safe default.',
  '# A flag beats the environment, which beats this file, which beats --config FILE.',
  '# Keys belong here too (and never into a commit): the paper mode needs none.',
];

/** `mm config --template`; a test holds .env.example to it. */
export function environmentTemplate(): string {
  const lines = [...HEAD];
  let group = '';
  for (const key of PARAMETER_KEYS) {
    const definition: Parameter<unknown> = PARAMETERS[key];
    if (definition.group !== group) {
      group = definition.group;
      lines.push('', `# --- ${group}`);
    }
    const fallback = definition.fallback ?? '';
    const note = definition.fallback === null ? ` Default: ${definition.derived ?? ''}.` : '';
    lines.push(`# ${definition.help}.${note}`, `#${variableOf(key)}=${fallback}`);
  }
  return `${lines.join('\n')}\n`;
}
