// `npm run bench`: every bench in turn (or those named), printed; with `-- --write` also put between the marks in
// README.md. Each runs in a process of its own: what one bench teaches the compiler must not slow or box another. What
// takes minutes is named at the end with its command, not run.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const README = new URL('../../README.md', import.meta.url);
const BLOCK = /<!-- bench -->[\s\S]*<!-- \/bench -->/;
const NAMES = [
  ...['backtest', 'engine', 'strategy', 'guards', 'book', 'exchange', 'ledger'],
  ...['micro-price', 'analyzer', 'apex-signing', 'paradex-codec', 'paradex-signing'],
  'wire',
];

/** Figures that take minutes each, and what gives them. */
const LONG = [
  [
    'a bot on the wire of ApeX, with and without signatures (5 min)',
    'node dist/bench/apex-wire.js',
  ],
  ['a day and ten times it, time and memory (3 min)', 'node dist/bench/scale.js'],
  ['500 points of a sweep beside bare spinners (2 min)', 'node dist/bench/sweep.js'],
  ['against hftbacktest (5 min; needs Python 3)', 'node dist/bench/peers/hftbacktest.js'],
  ['a bot for half an hour: memory, messages, its book', 'node dist/bench/soak.js'],
  ['docs/results.md (2 to 5 min)', 'npm run results'],
] as const;

const args = process.argv.slice(2);
const only = args.filter((arg) => !arg.startsWith('--'));
const printed: string[] = [];
const print = (text: string): void => {
  printed.push(text);
  console.log(text);
};

print(`Node ${process.version}, ${cpus().length} cores`);
for (const name of NAMES) {
  if (only.length > 0 && !only.includes(name)) continue;
  const file = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  print(`\n${name}:\n${execFileSync(process.execPath, [file], { encoding: 'utf8' }).trimEnd()}`);
}
if (only.length === 0) {
  print('\nnot run here, minutes each (bench/README.md has their figures):');
  for (const [what, command] of LONG) print(`  ${what}: ${command}`);
}
if (args.includes('--write')) {
  const block = `<!-- bench -->\n\n\`\`\`text\n${printed.join('\n')}\n\`\`\`\n\n<!-- /bench -->`;
  writeFileSync(
    README,
    readFileSync(README, 'utf8').replace(BLOCK, () => block),
  );
}
