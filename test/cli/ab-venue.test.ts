// `mm ab` on the loopback venues, from dist: bots that trade through the real clients on accounts of one served venue.
// What must hold: all of them quote, one that is stopped leaves the others alone, Ctrl-C and `mm stop` end all with
// nothing open, a venue that dies ends its own two. The longer ones: MM_AB_CAMPAIGN=1 npx vitest run test/cli/ab-venue.test.ts
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readLayers } from '#config/layers';
import { LedgerReader } from '#ledger/reader';
import { verifyLedger } from '#ledger/verify';
import { runAbOnVenues } from '#run/ab-venue';
import { home, mm, started } from './command.js';
import type { Running } from './command.js';

const AB = ['ab', '--synthetic', 'fast', '--latency', 'feed=1ms,order=1ms,reply=1ms'];
const SLOW = { timeout: 90_000 };
const MODES = ['static', 'dynamic'] as const;

/** Each of them has quoted; `label` stands before the mode where there are several venues. */
async function quoting(at: string, venues: string): Promise<Running> {
  const run = started(at, [...AB, '--venue', venues]);
  const names = venues.split(',');
  const labels = names.length === 1 ? [''] : names.map((name) => `${name.padEnd(7)} `);
  const lines = labels.flatMap((label) => MODES.map((mode) => `${label}${mode.padEnd(7)}`));
  await Promise.all(lines.map((line) => run.said(new RegExp(`${line} \\S+ INFO +quote \\d`))));
  return run;
}

/** Why and how the last run of a ledger ended; nothing is open in it, and it is sound. */
function endOf(at: string, ledger: string): string {
  const reader = LedgerReader.open(join(at, 'state', `${ledger}.ledger`));
  try {
    expect(verifyLedger(reader).problems).toEqual([]);
    const run = reader.lastRun();
    expect([...reader.orders(run?.id ?? 0)].length).toBeGreaterThan(0);
    const open = reader.openOrders(run?.id ?? 0).length;
    return `${run?.mode} ${run?.endReason} ${run?.exitCode} open ${open}`;
  } finally {
    reader.close();
  }
}

const liveIn = async (at: string): Promise<string[]> => {
  const { out } = await mm(at, ['metrics', '--json']);
  const { runs } = JSON.parse(out) as { runs: { venue: string; mode: string; live: boolean }[] };
  return runs.map(({ venue, mode, live }) => `${venue} ${mode} ${live}`).sort();
};

/** Every line of the folder is of that mode or of its watchdog. */
function modesIn(at: string, folder: string): string[] {
  const path = join(at, 'logs', folder);
  const lines = readdirSync(path).flatMap((name) =>
    readFileSync(join(path, name), 'utf8').trim().split('\n'),
  ); // prettier-ignore
  const said = lines.map((line) => JSON.parse(line) as { mode: string; msg: string });
  // A start warns of nothing that is merely still to come, and money is never booked to make the books fit.
  expect(said.filter(({ msg }) => /stale-feed|transfer/.test(msg))).toEqual([]);
  return [...new Set(said.map(({ mode }) => mode))].sort();
}

test('one venue: two bots, two ledgers, two logs, one table; Ctrl-C ends both', SLOW, async () => {
  const at = home();
  const run = await quoting(at, 'paradex');
  run.process.kill('SIGINT');
  expect([await run.ended, run.err()]).toEqual([0, '']);
  for (const mode of MODES) {
    expect(endOf(at, `paradex-paper-${mode}`)).toBe(`${mode} SIGINT 0 open 0`);
    expect(modesIn(at, `paradex-paper-${mode}`)).toEqual([mode, 'watchdog'].sort());
  }
  const table = run.out().slice(run.out().lastIndexOf('A/B on'));
  expect(table).toMatch(
    /^A\/B on synthetic fast, seed 1 on paradex, the same flow for both: \d+s /,
  );
  expect(table).toMatch(/^account +paper-static +paper-dynamic$/m);
  expect(table).toMatch(/^both sides quoted % +\d+\.\d +\d+\.\d +[-+]?\d+\.\d$/m);
  expect(table).toMatch(/^What this length could have shown: nothing/m);
});

test.each([
  ['paradex', { speed: 2 }, /time on --venue paradex is real/],
  ['paradex,paradex', {}, /name each venue once/],
  ['sim,apex', {}, /plays in its own time: mm ab --venue sim/],
  [
    'apex',
    { network: 'testnet' },
    /start mm run --static --venue apex --network testnet --account testnet-static and mm run --dynamic/,
  ],
] as const)('refused before anything starts: %s %j', async (venues, change, message) => {
  const { speed = 1, ...flags } = change as { speed?: number; network?: string };
  const none = { env: {}, dotenvPath: null, configPath: null };
  const layers = venues
    .split(',')
    .map((venue) => readLayers({ flags: { venue, stateDir: '/nowhere', ...flags }, ...none }));
  const market = { tape: null, synthetic: null };
  const rest = { market, duration: null, terminal: false, version: '0' };
  await expect(runAbOnVenues({ layers, speed, ...rest })).rejects.toThrow(message);
});

test('a venue that is none is named', async () => {
  const { code, out, err } = await mm(home(), ['ab', '--venue', 'paradex,nowhere']);
  expect([code, out, err]).toEqual([
    2,
    '',
    expect.stringMatching(/--venue "nowhere" must be one of/),
  ]);
});

test('a venue that dies ends its two, the others go on', SLOW, async () => {
  const at = home();
  const run = await quoting(at, 'paradex,apex');
  process.kill(venueOf(run, 'apex'), 'SIGKILL');
  await run.said(/^apex: the paper venue is gone \(killed\)$/m);
  await run.said(/apex +static +\S+ INFO +run ends: the paper venue is gone/);
  await run.said(/apex +dynamic +\S+ INFO +run ends: the paper venue is gone/);
  expect(await liveIn(at)).toEqual(['paradex dynamic true', 'paradex static true']);
  expect(run.out()).not.toMatch(/may remain open/);
  run.process.kill('SIGINT');
  expect(await run.ended).toBe(1);
  for (const mode of MODES) expect(endOf(at, `paradex-paper-${mode}`)).toMatch(/SIGINT 0 open 0$/);
});

describe.runIf(process.env['MM_AB_CAMPAIGN'] === '1')('campaign', () => {
  test('both venues: four bots, one stopped alone, mm stop ends the rest', SLOW, async () => {
    const at = home();
    const run = await quoting(at, 'paradex,apex');
    const four = ['apex dynamic true', 'apex static true', 'paradex dynamic true', 'paradex static true']; // prettier-ignore
    expect(await liveIn(at)).toEqual(four);
    const one = ['stop', '--venue', 'apex', '--account', 'paper-static', '--reason', 'enough'];
    expect((await mm(at, one)).code).toBe(0);
    await run.said(/apex +static +\S+ INFO +run ends: latched/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await liveIn(at)).toEqual(four.filter((name) => name !== 'apex static true'));
    expect((await mm(at, ['stop'])).code).toBe(0);
    expect(await run.ended).toBe(3);
    for (const venue of ['paradex', 'apex'])
      for (const mode of MODES)
        expect(endOf(at, `${venue}-paper-${mode}`)).toBe(`${mode} latched 3 open 0`);
    expect(run.out()).toMatch(/^apex: static stopped trading after [\dm ]+s \(operator: enough\)/m);
    expect(run.out()).toMatch(/^ +paradex +paradex +apex +apex$/m);
    const again = await mm(at, [...AB, '--venue', 'paradex']);
    expect([again.code, again.err.includes('latched by operator')]).toEqual([3, true]);
  });

  test(
    'killed: the watchdogs empty both accounts, and mm stop says so by the venue',
    SLOW,
    async () => {
      const at = home();
      const run = await quoting(at, 'apex');
      run.process.kill('SIGKILL');
      await new Promise((resolve) => run.process.once('exit', resolve));
      const stop = await mm(at, ['stop']);
      expect(stop.out.match(/is latched now.*the venue lists no order of ours/g)).toHaveLength(2);
      expect(stop.code).toBe(0);
    },
  );

  test(
    'one account is held: refused by name, and nothing stays locked or running',
    SLOW,
    async () => {
      const at = home();
      const holder = started(at, ['run', '--dynamic', '--venue', 'apex']);
      await holder.said(/INFO +quote \d/);
      const { code, out, err } = await mm(at, [...AB, '--venue', 'paradex,apex']);
      expect([code, err]).toEqual([
        2,
        expect.stringMatching(/apex-paper-dynamic\.lock: held by run/),
      ]);
      expect(out).not.toMatch(/quote \d/);
      expect(await liveIn(at)).toEqual(['apex dynamic true']);
      const free = ['run', '--static', '--venue', 'paradex', '--duration', '1s'];
      expect((await mm(at, free)).code).toBe(0);
    },
  );

  test('a second Ctrl-C leaves at once', SLOW, async () => {
    const at = home();
    const slow = ['--latency', 'feed=10,order=10,reply=900'];
    const run = started(at, ['ab', '--venue', 'paradex', '--synthetic', 'fast', ...slow]);
    await Promise.all(MODES.map((mode) => run.said(new RegExp(`${mode} +\\S+ INFO +quote \\d`))));
    run.process.kill('SIGINT');
    await run.said(/dynamic .*operator: shutdown/);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const asked = performance.now();
    run.process.kill('SIGINT');
    // Not the end of its output: the venue that it leaves behind holds that for 5 s more.
    const code = await new Promise((resolve) => run.process.once('exit', resolve));
    expect(code).toBe(4);
    expect(performance.now() - asked).toBeLessThan(1_000);
  });
});

/** The process that serves it, a child of `mm ab`. */
function venueOf({ process: { pid } }: Running, venue: string): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const serves = (child: string): boolean =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(`\0venue\0${venue}\0`);
  return Number(children.find(serves));
}
