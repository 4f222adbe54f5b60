// `npm run bench`: every bench in turn (or those named), printed; with `-- --write` also put between the marks in
// README.md. Each file says what it compares with.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { benchBacktest } from './backtest.js';
import { benchBook } from './book.js';
import { benchEngine } from './engine.js';
import { benchExchange } from './exchange.js';
import { benchGuards } from './guards.js';
import { benchLedger } from './ledger.js';
import { benchMicroPrice } from './micro-price.js';
import { benchStrategy } from './strategy.js';

const README = new URL('../../README.md', import.meta.url);
const BLOCK = /<!-- bench -->[\s\S]*<!-- \/bench -->/;

const sections: readonly (readonly [string, () => string[] | Promise<string[]>])[] = [
  ['backtest', () => benchBacktest()],
  ['engine', () => benchEngine()],
  ['strategy', () => benchStrategy()],
  ['guards', () => benchGuards()],
  ['book', () => benchBook()],
  ['exchange', () => benchExchange()],
  ['ledger', () => benchLedger()],
  ['micro-price', () => benchMicroPrice()],
];

const args = process.argv.slice(2);
const only = args.filter((arg) => !arg.startsWith('--'));
const printed: string[] = [];
const print = (text: string): void => {
  printed.push(text);
  console.log(text);
};

print(`Node ${process.version}, ${cpus().length} cores`);
for (const [name, run] of sections) {
  if (only.length > 0 && !only.includes(name)) continue;
  print(`\n${name}:\n${(await run()).join('\n')}`);
}
if (args.includes('--write')) {
  const block = `<!-- bench -->\n\n\`\`\`text\n${printed.join('\n')}\n\`\`\`\n\n<!-- /bench -->`;
  writeFileSync(
    README,
    readFileSync(README, 'utf8').replace(BLOCK, () => block),
  );
}
