// Everything that a user can get wrong, typed at the real program: each time one line a problem on stderr that says
// what is wrong and what to do, exit code 2 (3 for a latched account), no stack trace, nothing left behind.
// SCENARIO_TABLE=1 prints what each says.
import {
  existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync,
} from 'node:fs'; // prettier-ignore
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demandFreshBuild } from '../support/fresh-build.js';
import { manyLines } from '../support/many-lines.js';
import type { Answer } from '../support/many-lines.js';
import { badFiles } from './bad-files.js';
import { Place, QUOTE } from './bot.js';
import { ledgerOf, reading } from './evidence.js';

const place = new Place();
const inputs = join(place.folder, 'inputs');
mkdirSync(inputs);
const file = badFiles(inputs) as Record<string, string>;
const said: string[] = [];

beforeAll(() => demandFreshBuild());
afterAll(async () => {
  await place.clear();
  if (process.env['SCENARIO_TABLE']) console.log(`\n${said.join('\n')}\n`);
});

const RUN = ['run', '--static', '--synthetic', 'fast', '--duration', '1s'];
const BACKTEST = ['backtest', '--static'];
const data = (name: string): string[] => [...BACKTEST, '--data', file[name] as string];
const tape = (name: string): string[] => [...BACKTEST, '--tape', file[name] as string];

interface Expected {
  readonly code?: number;
  readonly env?: Record<string, string>;
}
type Case = readonly [
  what: string,
  args: readonly string[],
  lines: readonly RegExp[],
  more?: Expected | undefined,
];

/** Files below a folder. */
const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
        statSync(join(folder, name)).isFile(),
      )
    : [];

/** Whatever was typed: these lines on stderr, in words, and nothing else. */
function judge([what, , lines, more = {}]: Case, code: number | null, out: string[], errors: string[]) {
  const err = errors.map((line) =>
    line.replaceAll(`${place.folder}/`, '').replaceAll('inputs/', ''),
  );
  said.push(`| ${what} | ${code} | ${err.join('<br>').replaceAll('|', '\\|')} |`);
  expect(err.length, err.join('\n')).toBe(lines.length);
  lines.forEach((expected, i) => expect(err[i]).toMatch(expected));
  for (const line of err) {
    expect(line).toMatch(/^mm: /);
    expect(line).not.toMatch(/^\s+at |\.js:\d+|undefined|NaN ticks|\[object/);
  }
  expect(code).toBe(more.code ?? 2);
  expect(out, 'nothing on stdout').toEqual([]);
} // prettier-ignore

async function refused(case_: Case): Promise<void> {
  const bot = place.mm(case_[1], case_[3]?.env);
  const { code } = await bot.ended;
  judge(case_, code, bot.out, bot.err);
}

/** And no file of a ledger, a log or a half-made tape is left (a tape that was imported well may stay). */
async function leavesNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = filesIn(place.folder);
  const result = await work();
  const left = filesIn(place.folder).filter((name) => !before.includes(name));
  expect(left.filter((name) => !/tapes\/\w+\.tape$/.test(name))).toEqual([]);
  return result;
}
const refusedCleanly = (case_: Case): Promise<void> => leavesNothing(() => refused(case_));

/** For test.each: played in one process when the first is asked for, as a start of the program costs more than they all. */
function played(cases: readonly Case[]): readonly { name: string; refused: () => Promise<void> }[] {
  const play = (): Promise<readonly Answer[]> => {
    const lines = cases.map(([, args, , more]) => ({ args, env: more?.env }));
    return leavesNothing(() => manyLines(lines, place.folder, place.env()));
  };
  let answers: Promise<readonly Answer[]> | undefined;
  const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);
  return cases.map((case_, i) => ({
    name: case_[0],
    refused: async () => {
      const { code, out, err } = (await (answers ??= play()))[i] as Answer;
      judge(case_, code, linesOf(out), linesOf(err));
    },
  }));
}
const alone = (cases: readonly Case[]): readonly { name: string; refused: () => Promise<void> }[] =>
  cases.map((case_) => ({ name: case_[0], refused: () => refusedCleanly(case_) }));

describe('recordings and tapes', () => {
  const cases: readonly Case[] = [
    ['missing file', data('missing'), [/nowhere\.csv\.gz does not exist; check the path/]],
    ['truncated gzip', data('truncated'), [/ends in the middle of its gzip stream; take the file again/]],
    ['not gzip at all', data('notGzip'), [/is named \.gz but is not gzip; rename it/]],
    ['wrong columns', data('columns'), [/line 1: unknown columns "time,price,size"; expected one of/]],
    ['unsorted rows', data('unsorted'), [/line 23: local_timestamp steps back by 34\.5 s; sort the file/]],
    ['negative size', data('negative'), [/line 4: amount is negative in .*; mend or remove that row/]],
    ['NaN price', data('nan'), [/line 4: price is no number/]],
    ['cut in the middle of a row', data('cut'), [/line 124: .*; mend or remove that row/]],
    ['empty file', data('empty'), [/is empty; take the file again/]],
    ['header without rows', data('headerOnly'), [/has a header but no rows/]],
    ['trades only', data('tradesOnly'), [/trades-only\.csv has no book rows; import the order book/]],
    ['bids only', data('oneSided'), [/one-sided\.csv never has a bid and an ask at once/]],
    ['a folder as recording', data('aFolder'), [/is a directory, not a file; name the file in it/]],
    ['missing tape', tape('missingTape'), [/nowhere\.tape: no such file; check the path/]],
    ['damaged tape', tape('damaged'), [/block 1 of 1: fails its CRC; import it again/]],
    ['torn tape', tape('torn'), [/is torn: its end is missing.*; import it again/]],
    ['no tape at all', tape('headless'), [/is not a tape; make one with: mm tape import/]],
    ['a CSV file as tape', tape('good'), [/is not a tape; make one with: mm tape import/]],
    ['a folder as tape', tape('aFolder'), [/is a directory, not a file/]],
    ['empty tape', tape('emptyTape'), [/empty\.tape has no book rows/]],
  ]; // prettier-ignore
  test.each(played(cases))('$name', ({ refused }) => refused());

  const others: readonly Case[] = [
    ['run on a damaged tape', ['run', '--static', '--tape', file['damaged'] as string], [/fails its CRC/]],
    ['import of a truncated gzip', ['tape', 'import', file['truncated'] as string, '--out', join(place.folder, 'x.tape')],
      [/ends in the middle of its gzip stream/]],
    ['info on no tape', ['tape', 'info', file['plainFile'] as string], [/is not a tape/]],
  ]; // prettier-ignore
  test.each(alone(others))('$name', ({ refused }) => refused());

  test('none of that has left a half-made tape', () => {
    expect(filesIn(place.folder).filter((name) => /part|x\.tape/.test(name))).toEqual([]);
  });

  test('rows that cross: imported, called by their name, and never quoted on while crossed', async () => {
    const verify = place.mm(['tape', 'verify', file['crossed'] as string]);
    await verify.ended;
    said.push(
      `| crossed rows: mm tape verify | ${(await verify.ended).code} | ${verify.out.join('<br>').replaceAll(`${inputs}/`, '')} |`,
    );
    expect(verify.out.join('\n')).toMatch(/crossed/);
    const bot = place.mm([...data('crossed'), '--json']);
    expect((await bot.ended).code).toBe(0);
    const { runs } = JSON.parse(bot.out.join('\n')) as {
      runs: { fills: number; states: Record<string, number> }[];
    };
    for (const run of runs) {
      expect(run.states['withdrawn']).toBeGreaterThan(0.9);
      // What was quoted before: the crossing bid went through our ask.
      expect(run.fills).toBeLessThanOrEqual(1);
    }
  });

  test('a tape whose damage a run meets on the way: cancels, says so, exit 2', async () => {
    const env = { MM_STATE_DIR: join(place.folder, 'later') };
    const bot = place.mm(
      ['run', '--static', '--speed', '20', '--tape', file['later'] as string],
      env,
    );
    const { code } = await bot.ended;
    said.push(
      `| a tape damaged half-way: mm run | ${code} | ${bot.err.join('<br>').replaceAll(`${inputs}/`, '')} |`,
    );
    expect(code).toBe(2);
    expect(bot.err.length).toBe(1);
    expect(bot.err[0]).toMatch(/^mm: .*later\.tape, block \d+ of \d+: fails its CRC/);
    reading(ledgerOf(env.MM_STATE_DIR), (reader) => {
      const run = reader.lastRun();
      expect(run?.endReason).toMatch(/fails its CRC/);
      const orders = [...reader.orders(run?.id ?? 0)];
      expect(orders.length).toBeGreaterThan(0);
      for (const order of orders)
        expect([order.state, order.reason]).toEqual(['closed', 'cancelled']);
    });
  });

  test('a tape with a jump of 150 % is a market like any other', async () => {
    const bot = place.mm([...tape('jump'), '--json']);
    expect((await bot.ended).code).toBe(0);
    const { runs } = JSON.parse(bot.out.join('\n')) as { runs: { fills: number; pnl: string }[] };
    // One quote a side was there to be hit: $100 short at 100,000, worth 250,000 now.
    expect(runs.map((run) => run.fills)).toEqual([1, 1, 1]);
    for (const run of runs) expect(Number(run.pnl)).toBeCloseTo(-150, 0);
  });
});

describe('settings', () => {
  const flag = (what: string, args: readonly string[], ...lines: RegExp[]): Case => [
    what,
    [...RUN, ...args],
    lines,
  ];
  const cases: readonly Case[] = [
    flag('gamma of 0', ['--gamma', '0'], /--gamma "0" must be greater than 0/),
    flag('gamma below 0', ['--gamma', '-1'], /--gamma "-1" must be greater than 0/),
    flag('NaN', ['--kappa', 'NaN'], /--kappa "NaN" is not understood; write it like 1\.2/),
    flag('no number', ['--size', 'abc'], /--size "abc" is not an amount; write it like 5000/),
    flag('min > max', ['--min-spread', '60bp'], /--min-spread 60bp is above --max-spread 50bp; raise the one or lower/),
    flag('a unit is missing', ['--sigma', '40'], /--sigma "40" is not understood; write it like 40%\/yr/),
    flag('three at once', ['--kappa', 'x', '--alpha', '-1', '--levels', '0'],
      /--kappa "x" is not/, /--alpha "-1" must be greater than 0/, /--levels "0" must be a whole number from 1 to 10/),
    flag('two ways to say gamma', ['--gamma', '1', '--inventory-std', '2'], /say the same thing three ways; give one/),
    flag('near beyond far', ['--requote-bps', '3,1'], /NEAR must not be above FAR; write the smaller one first/),
    flag('size above the limit', ['--size', '2000'], /above the position limit \$1000; lower it or raise/),
    flag('limit beyond the capital', ['--position-limit', '100000'], /at most \$3333\.33, or raise one of them/),
    flag('loss limit of 200 %', ['--max-daily-loss', '200%'], /must not pass 100%/),
    flag('unknown flag', ['--kapa', '1'], /unknown option '--kapa' \(Did you mean --kappa\?\)/),
    flag('an argument too many', ['quickly'], /too many arguments/),
    flag('unknown preset', ['--synthetic', 'wild'], /"wild" must be one of calm, normal, fast/),
    flag('speed 0', ['--speed', '0'], /--speed "0" must be a number above 0/),
    flag('duration without unit', ['--duration', '5'], /write it like 5m, 60s or 24h/),
    flag('another market', ['--market', 'ETH'], /this data is of BTC-USD-PERP; leave --market out/),
    flag('tape and synthetic', ['--tape', file['tape'] as string], /cannot be used with option '--synthetic/),
    flag('size below the lot', ['--size', '5'], /\(0\.0001 at this price\); the smallest valid one is --size 10\.01$/),
    flag('models of backtests only', ['--order-class', 'paradex-retail', '--latency-model', 'sampled'], /--latency-model, --order-class act in backtests only .*; leave them out of mm run$/),
    flag('no such --config', ['--config', file['missing'] as string], /cannot be used: ENOENT.*must be a JSON object/),
    flag('broken --config', ['--config', file['json'] as string], /cannot be used: .*must be a JSON object/),
    flag('a list as --config', ['--config', file['list'] as string], /must hold one JSON object/),
    flag('unknown key in --config', ['--config', file['unknownKey'] as string], /"kapa".*did you mean kappa\?/),
    flag('nested --config', ['--config', file['nested'] as string], /"kappa" must be a string or a number/),
    ['unknown variable', RUN, [/MM_KAPA is no setting of mm \(did you mean MM_KAPPA\?\)/], { env: { MM_KAPA: '1' } }],
    ['bad variable', RUN, [/MM_KAPPA "abc" is not understood/], { env: { MM_KAPPA: 'abc' } }],
    ['no mode', ['run'], [/choose a mode: --static .* --dynamic .*; for example mm run --static/]],
    ['both modes', ['run', '--static', '--dynamic'], [/exclude each other; give one of them/]],
    ['unknown command', ['rnu'], [/unknown command 'rnu' \(Did you mean run\?\)/]],
    ['backtest on nothing', BACKTEST, [/say what to run on: one of --data FILES, --tape FILE, --klines FILE or --synthetic/]],
    ['backtest: size below the lot', [...BACKTEST, '--synthetic', 'calm', '--size', '5'], [/valid one is --size 10\.01$/]],
    ['explain: gamma of 0', ['explain', '--gamma', '0'], [/--gamma "0" must be greater than 0/]],
    ['explain: size below the lot', ['explain', '--size', '5'], [/the smallest valid one is --size \d/]],
    ['explain: unknown flag', ['explain', '--sigm', '1'], [/Did you mean --sigma\?/]],
    ['config: unknown flag', ['config', '--kapa', '1'], [/Did you mean --kappa\?/]],
    ['config: bad value', ['config', '--kappa', '-1'], [/--kappa "-1" must be greater than 0/]],
  ]; // prettier-ignore
  test.each(played(cases))('$name', ({ refused }) => refused());

  test('the size that it names is valid', async () => {
    const bot = place.mm([...RUN, '--size', '10.01']);
    expect((await bot.ended).code).toBe(0);
    expect(bot.has(QUOTE)).toBe(true);
  });

  test('every problem of a .env file, with the file named', async () => {
    const dotenv = join(place.folder, '.env');
    writeFileSync(dotenv, 'MM_KAPA=1\nMM_GAMMA=0\nMM_SIZE=$many\n');
    await refusedCleanly(['a .env file with three mistakes', ['run', '--static'], [
      /MM_KAPA is no setting/, /MM_SIZE in \.env .* is not an amount|MM_GAMMA/, /must be greater than 0|MM_SIZE/,
    ]]); // prettier-ignore
    rmSync(dotenv);
  });
});

describe('places', () => {
  const plain = file['plainFile'] as string;

  test('a file where the logs folder should be', () =>
    refusedCleanly([
      'a file where the logs folder should be',
      RUN,
      [/log folder .* cannot be used .*choose another with --log-dir/],
      { env: { MM_LOG_DIR: plain } },
    ]));

  test('a file where the state folder should be', () =>
    refused([
      'a file where the state folder should be',
      RUN,
      [/move it away, or set MM_STATE_DIR/],
      { env: { MM_STATE_DIR: plain } },
    ]));

  test('something else where the ledger should be', async () => {
    const state = join(place.folder, 'garbage');
    mkdirSync(state);
    writeFileSync(join(state, 'sim-paper-static.ledger'), 'x'.repeat(8_192));
    await refused([
      'garbage where the ledger should be',
      RUN,
      [/is not a ledger.*move that file away/],
      { env: { MM_STATE_DIR: state } },
    ]);
  });

  test('nothing has run yet', async () => {
    const env = { MM_STATE_DIR: join(place.folder, 'nobody') };
    for (const args of [
      ['metrics'],
      ['stop'],
      ['explain', '--last'],
      ['export', 'csv'],
      ['reset', '--reason', 'x'],
    ]) {
      await refusedCleanly([
        `${args[0]} before any run`,
        args,
        [/nothing has run yet .*start with mm run --static/],
        { env },
      ]);
    }
    expect(existsSync(env.MM_STATE_DIR)).toBe(false);
    await refusedCleanly([
      'reset without a reason',
      ['reset'],
      [/needs a reason.*for example mm reset --reason/],
    ]);
  });

  test('no variable of the environment reaches any output, log or ledger', async () => {
    const canary = 'c4n4ry-5ecret';
    const env = {
      MM_STATE_DIR: join(place.folder, 'canary'),
      MM_LOG_DIR: join(place.folder, 'canary-logs'),
    };
    const bot = place.mm(RUN, { ...env, PARADEX_PRIVATE_KEY: canary, APEX_PASSPHRASE: canary });
    expect((await bot.ended).code).toBe(0);
    const files = Object.values(env).flatMap((folder) =>
      filesIn(folder).map((name) => join(folder, name)),
    );
    expect(files.length).toBeGreaterThan(2);
    for (const path of files) expect(readFileSync(path).includes(canary), path).toBe(false);
    expect(bot.has(canary)).toBe(false);
  });

  test('a latched account: exit code 3, and what to do', async () => {
    expect((await place.mm(RUN).ended).code).toBe(0);
    expect((await place.mm(['stop', '--reason', 'enough']).ended).code).toBe(0);
    await refused([
      'a latched account',
      RUN,
      [/not started: latched by operator \(enough\); look into it, then mm reset/],
      { code: 3 },
    ]);
    expect((await place.mm(['reset', '--reason', 'looked']).ended).code).toBe(0);
    expect((await place.mm(RUN).ended).code).toBe(0);
  });
});
