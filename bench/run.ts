// `npm run bench`: every bench in turn (or those named), printed; with `-- --write` also put between the marks in
// README.md. Each runs in a process of its own: what one bench teaches the compiler must not slow or box another.
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
if (args.includes('--write')) {
  const block = `<!-- bench -->\n\n\`\`\`text\n${printed.join('\n')}\n\`\`\`\n\n<!-- /bench -->`;
  writeFileSync(
    README,
    readFileSync(README, 'utf8').replace(BLOCK, () => block),
  );
}
