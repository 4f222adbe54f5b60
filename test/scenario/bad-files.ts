// Files that are wrong in one way each, for bad-input.test.ts: recordings in the Tardis layout, tapes, settings.
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { MID, calm } from './markets.js';
import { scriptedTape } from '../support/scripted-market.js';

const BOOK = 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount';
const TRADES = 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount';
const T0 = 1_700_000_000_000_000;

/** One row of a book: seconds after the start, and what changed. */
type Level = readonly [
  second: number,
  snapshot: boolean,
  side: 'bid' | 'ask',
  price: string,
  amount: string,
];

const line = ([second, snapshot, side, price, amount]: Level): string => {
  const us = T0 + second * 1e6;
  return `x,BTC,${us},${us + 1_000},${String(snapshot)},${side},${price},${amount}`;
};

const START: readonly Level[] = [
  [0, true, 'bid', '29999.9', '1.501'],
  [0, true, 'ask', '30000.1', '1.501'],
];
/** A minute of a book that is fine. */
const fine = (): Level[] => [
  ...START,
  ...Array.from({ length: 120 }, (_, i): Level => [
    1 + i / 2,
    false,
    'bid',
    '29999.8',
    String(1 + (i % 7)),
  ]),
];
const book = (levels: readonly Level[]): string => `${[BOOK, ...levels.map(line)].join('\n')}\n`;

/** Everything by name, in `folder`. */
export function badFiles(folder: string): Record<string, string> {
  const put = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const gz = gzipSync(Buffer.from(book(fine())));
  const tape = (name: string): string =>
    scriptedTape(join(folder, name), { script: () => calm(), startUs: T0, seconds: 30 });
  const damaged = tape('damaged.tape');
  const bytes = readFileSync(damaged);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
  writeFileSync(damaged, bytes);
  const torn = tape('torn.tape');
  truncateSync(torn, bytes.length - 40);
  // Its first blocks are whole: a run finds out only on the way.
  const later = scriptedTape(join(folder, 'later.tape'), {
    ...{ script: () => calm(), startUs: T0, seconds: 60, blockRows: 256 },
  });
  const half = readFileSync(later);
  const at = half.length >> 1;
  half[at] = (half[at] ?? 0) ^ 0xff;
  writeFileSync(later, half);
  const headless = put('headless.tape', Buffer.alloc(4_096));
  const aFolder = join(folder, 'folder.tape');
  mkdirSync(aFolder);
  const unsorted = fine();
  const [early, late] = [unsorted[20] as Level, unsorted[90] as Level];
  unsorted[20] = late;
  unsorted[90] = early;
  return {
    missing: join(folder, 'nowhere.csv.gz'),
    missingTape: join(folder, 'nowhere.tape'),
    good: put('good.csv', book(fine())),
    truncated: put('truncated.csv.gz', gz.subarray(0, gz.length - 200)),
    notGzip: put('not-gzip.csv.gz', 'this is no gzip file'),
    columns: put('columns.csv', 'time,price,size\n1,2,3\n'),
    unsorted: put('unsorted.csv', book(unsorted)),
    crossed: put(
      'crossed.csv',
      book([...START, [1, false, 'bid', '30010', '5'], ...fine().slice(4)]),
    ),
    negative: put('negative.csv', book([...START, [1, false, 'bid', '29999.8', '-1']])),
    nan: put('nan.csv', book([...START, [1, false, 'bid', 'NaN', '1']])),
    empty: put('empty.csv', ''),
    headerOnly: put('header-only.csv', `${BOOK}\n`),
    tradesOnly: put('trades-only.csv', `${TRADES}\nx,BTC,${T0},${T0 + 9},1,buy,30000,0.5\n`),
    oneSided: put('one-sided.csv', book(fine().filter(([, , side]) => side === 'bid'))),
    cut: put('cut.csv', `${book(fine())}x,BTC,17000000`),
    damaged,
    later,
    torn,
    headless,
    aFolder,
    emptyTape: scriptedTape(join(folder, 'empty.tape'), {
      script: () => ({ book: null }),
      startUs: T0,
      seconds: -1,
    }),
    jump: scriptedTape(join(folder, 'jump.tape'), {
      script: (second) => calm(second < 10 ? MID : MID * 2.5),
      startUs: T0,
      seconds: 30,
    }),
    tape: tape('good.tape'),
    json: put('broken.json', '{"sigma": '),
    list: put('list.json', '["sigma"]'),
    unknownKey: put('unknown.json', '{"kapa": 1.2}'),
    nested: put('nested.json', '{"kappa": {"value": 1}}'),
    plainFile: put('plain-file', 'x'),
  };
}
