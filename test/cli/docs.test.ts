// Every `mm ...` of README.md, docs/ and .env.example, word for word: the command exists, takes these flags, and a flag that
// wants a value has one. A renamed flag breaks this test and not a reader.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, test, vi } from 'vitest';
import { build } from '#cli/program';
import { PARAMETER_KEYS, variableOf } from '#config/parameters';

vi.mock('#cli/version', () => ({ VERSION: 'of the sources' })); // it stands beside dist
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = ['README.md', 'docs/go-live.md', '.env.example'];
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** From code spans, lines of code blocks and the systemd unit; a comment behind a command is cut off. */
function commandsIn(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] as string);
  const lines = text.split('\n').filter((line) => !line.includes('`'));
  const all = [...spans, ...lines];
  const found = all.flatMap((line) => {
    const started = /^(?:mm|ExecStart=\S*node .*main\.js|.*node dist\/src\/cli\/main\.js) +(.*)$/.exec(line.trim());
    return started === null ? [] : [(started[1] as string).replace(/\s+#.*$/, '').trim()];
  }); // prettier-ignore
  return [...new Set(found)].filter((line) => /^[a-z]/.test(line));
}

/** The words of a shell line, quotes taken off. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? (match[2] as string));

/** Why the program would not take this line; null when it would. */
function complaint(line: string): string | null {
  const words = wordsOf(line);
  let command: Command = build();
  for (;;) {
    const child = command.commands.find((one) => one.name() === words[0]);
    if (child === undefined) break;
    command = child;
    words.shift();
  }
  if (command.parent === null) return `no command ${words[0]}`;
  for (let i = 0; i < words.length; i += 1) {
    const [flag = '', value] = (words[i] as string).split('=');
    if (!flag.startsWith('--') || flag === '--help') continue;
    const option = command.options.find(({ long }) => long === flag);
    if (option === undefined) return `${command.name()} has no ${flag}`;
    const next = value ?? words[i + 1];
    if (option.required && (next === undefined || next.startsWith('--'))) return `${flag} wants a value`;
  } // prettier-ignore
  return null;
}

describe.each(FILES)('%s', (file) => {
  test('its commands', () => {
    const commands = commandsIn(read(file));
    if (file !== '.env.example') expect(commands.length).toBeGreaterThan(10);
    expect(commands.map((line) => [line, complaint(line)]).filter(([, why]) => why !== null)).toEqual([]); // prettier-ignore
  });

  test('its variables', () => {
    const known = new Set([...PARAMETER_KEYS.map(variableOf), 'MM_CONFIG']);
    const named = [...new Set(read(file).match(/\bMM_[A-Z_]+[A-Z]\b/g) ?? [])];
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

test('the check itself sees what is wrong', () => {
  expect(complaint('run --static --venue paradex --capital 500')).toBe(null);
  expect(complaint('tape verify btc.tape')).toBe(null);
  expect(complaint('dance')).toBe('no command dance');
  expect(complaint('run --dynamite')).toBe('run has no --dynamite');
  expect(complaint('run --static --capital --size 5')).toBe('--capital wants a value');
  expect(commandsIn('see `mm stop`\nmm run --static  # paper\nnode dist/src/cli/main.js ab --speed 2')).toEqual(['stop', 'run --static', 'ab --speed 2']); // prettier-ignore
});
