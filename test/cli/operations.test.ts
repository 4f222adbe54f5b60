// stop, pause, resume, reset, metrics, explain and export as a user types them: against a real paper run, against none,
// and with everything that can be typed wrongly. Every refusal is one line with a remedy and exit code 2.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hang } from '../support/hang.js';
import { home, mm, played, started } from './command.js';
import type { Finished, Running } from './command.js';

const RUN = ['run', '--static', '--synthetic', 'fast'];
const QUOTING = /INFO +quote/;

interface Shown {
  readonly runId: string;
  readonly live: boolean;
  readonly state: string;
  readonly halted: string | null;
  readonly equity: string;
  readonly endReason: string | null;
  readonly runs: readonly object[];
}
/** Its first quotes are said, sent and in the ledger. */
async function resting(run: Running): Promise<void> {
  await run.said(QUOTING);
  await new Promise((resolve) => setTimeout(resolve, 500));
}

const json = ({ out }: Finished): Shown => JSON.parse(out) as Shown;

describe('one run from its start to its end', () => {
  test(
    'metrics, explain, pause, resume, stop, the latch, reset, export',
    { timeout: 60_000 },
    async () => {
      const at = home();
      const run = started(at, RUN);
      await run.said(QUOTING);
      const { runId } = json(await mm(at, ['metrics', '--json']));

      const shown = json(await mm(at, ['metrics', '--json']));
      expect(shown).toMatchObject({
        schemaVersion: 1,
        runId,
        mode: 'static',
        live: true,
        endReason: null,
      });
      expect(shown.runs).toHaveLength(1);
      expect(shown.runs[0]).toMatchObject({ runId, equity: shown.equity });
      const names =
        'runId mode equity realizedPnl unrealizedPnl dailyPnl fees funding volume volumeToday makerShare inventory openOrders quotes drawdownPct uptimeSeconds errorRate halted';
      for (const name of names.split(' ')) expect(Object.keys(shown)).toContain(name);

      const explained = await mm(at, ['explain', '--last']);
      expect(explained.out).toContain(
        `run ${runId} (static, sim:BTC-USD-PERP, account paper-static)`,
      );
      expect(explained.out).toMatch(/half-width +3\.085 bp/);

      expect((await mm(at, ['pause', '--reason', 'look'])).out).toMatch(
        /^paused: run .* the bot has withdrawn its quotes, after/,
      );
      await run.said(/operator: pause \(look\)/);
      expect((await mm(at, ['resume'])).out).toMatch(/^resumed: run/);
      expect((await mm(at, ['run', '--static'])).err).toMatch(
        /held by run .*stop it first \(mm stop\)/,
      );

      const stop = await mm(at, ['stop', '--reason', 'end of test', '--json']);
      expect(JSON.parse(stop.out)).toMatchObject({
        schemaVersion: 1,
        results: [
          {
            command: 'stop',
            account: 'paper-static',
            runId,
            outcome: 'obeyed',
            openOrders: [],
            latched: { guard: 'operator', reason: 'end of test' },
          },
        ],
      });
      expect([stop.code, await run.ended]).toEqual([0, 3]);
      const after = json(await mm(at, ['metrics', '--run', runId, '--json']));
      expect(after).toMatchObject({
        live: false,
        state: 'latched',
        halted: 'operator: end of test',
        endReason: 'latched',
      });

      const again = await mm(at, RUN);
      expect(again.code).toBe(3);
      expect(again.err).toMatch(/^mm: not started: latched by operator \(end of test\).*mm reset/);
      const reset = await mm(at, ['reset', '--reason', 'done']);
      expect(reset).toMatchObject({ code: 0, err: '' });
      expect(reset.out).toMatch(
        /^reset: account paper-static .* is no longer latched by operator \(end of test\)/,
      );
      expect((await mm(at, [...RUN, '--duration', '1s'])).code).toBe(0);

      const out = join(at, 'csv');
      const exported = await mm(at, ['export', 'csv', '--out', out, '--tables', 'halts,resets']);
      expect(exported.out).toMatch(/account paper-static \(sim\)/);
      expect(readFileSync(join(out, 'resets.csv'), 'utf8')).toContain('done');
      expect(readFileSync(join(out, 'halts.csv'), 'utf8')).toMatch(
        /latched,operator,latch,end of test/,
      );
    },
  );

  test(
    'killed: metrics says so, and stop latches the account all the same',
    { timeout: 60_000 },
    async () => {
      const at = home();
      const run = started(at, RUN);
      await resting(run);
      run.process.kill('SIGKILL');
      await run.ended;
      expect(json(await mm(at, ['metrics', '--json']))).toMatchObject({
        live: false,
        endReason: 'killed',
        state: 'running',
      });
      expect((await mm(at, ['metrics'])).out).toMatch(/^ended +killed$/m);
      const stop = await mm(at, ['stop']);
      expect(stop.code).toBe(0);
      expect(stop.out).toMatch(
        /^stopped: nothing runs; account paper-static .* is latched now.*count as cancelled/,
      );
      expect((await mm(at, RUN)).code).toBe(3);
    },
  );

  test(
    'hung: exit code 4 with its orders; awake again, it obeys',
    { timeout: 60_000 },
    async () => {
      const at = home();
      const run = started(at, RUN);
      await resting(run);
      await hang(run.process, join(at, 'state', 'sim-paper-static.ledger'));
      const stop = await mm(at, ['stop']);
      expect(stop.code).toBe(4);
      expect(stop.err).toMatch(
        /^mm: the bot \(pid \d+\) does not answer; its orders: mm-\w+-\d+ .*left in the inbox/,
      );
      expect(stop.err.trim().split('\n')).toHaveLength(1);
      run.process.kill('SIGCONT');
      expect(await run.ended).toBe(3);
    },
  );

  test(
    '--watch: a line now and then, and Ctrl-C ends it cleanly',
    { timeout: 30_000 },
    async () => {
      const at = home();
      expect((await mm(at, [...RUN, '--duration', '1s'])).code).toBe(0);
      const watch = started(at, ['metrics', '--watch']);
      await watch.said(/static equity \$5000\.00 .*ended: the duration is over/);
      watch.process.kill('SIGINT');
      expect(await watch.ended).toBe(0);
      expect(watch.err()).toBe('');
    },
  );
});

describe('refusals', () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['stop'], /nothing has run yet .*start with mm run --static/],
    [['metrics'], /nothing has run yet .*start with mm run --static/],
    [['metrics', '--watch'], /nothing has run yet/],
    [['metrics', '--run', 'x'], /nothing has run yet/],
    [['explain', '--last'], /nothing has run yet/],
    [['export', 'csv'], /nothing has run yet/],
    [['reset'], /mm reset needs a reason.*for example mm reset --reason/],
    [['reset', '--reason', '  '], /mm reset needs a reason/],
    [['stop', '--flatten', 'now'], /Allowed choices are post-only, ioc/],
    [['stop', '--acount', 'x'], /unknown option '--acount' \(Did you mean --account\?\)/],
    [['pause', '--account', 'a/b'], /--account "a\/b" must be 1 to 40 of/],
    [['explain', '--mid', 'cheap'], /--mid "cheap" is not a number/],
    [['explain', '--mid', '-5'], /--mid "-5" must be greater than 0/],
    [['explain', '--mid', 'NaN'], /--mid "NaN" is not a number/],
    [['explain', '--inventory', 'many'], /--inventory "many" is not a number/],
    [['explain', '--inventory', '1e9'], /--inventory "1e9" must be within 10000 order sizes/],
    [['explain', '--gamma', '0'], /--gamma "0" must be greater than 0/],
    [['explain', '--last', '--kappa', '2'], /--kappa and --last exclude each other/],
    [['explain', '--run', 'x', '--last'], /--last and --run exclude each other/],
    [
      ['run', '--static', '--network', 'testnet'],
      /--network testnet is of a venue: add --venue paradex/,
    ],
    [['run', '--static', '--relay', 'http://x'], /--relay needs a venue: add --venue paradex/],
    [
      ['run', '--statik'],
      /unknown option '--statik' \(Did you mean --static\?\); see mm run --help\n/,
    ],
    [['tape', 'verify', '--gab', '1s', 'x'], /; see mm tape verify --help\n/],
    [['record', '--venue', 'apex'], /'--out <FILE>' not specified; see mm record --help\n/],
    [['explain', '--tape', 'nowhere.tape'], /nowhere\.tape: no such file; check the path/],
  ];

  test.each(played(cases))('mm %j', async (_args, message, answer) => {
    const { code, out, err } = await answer();
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).toMatch(/^mm: .*\n$/);
  });

  // Node's own way to make a folder and those above it never comes back here.
  test.skipIf(!existsSync('/proc/self'))('a folder that nobody can make, at once', async () => {
    const at = home();
    for (const flag of ['--state-dir', '--log-dir'])
      for (const venue of flag === '--state-dir' ? ['sim', 'paradex'] : ['sim']) {
        const args = ['run', '--static', '--venue', venue, flag, '/proc/x/y', '--duration', '1s'];
        const { code, err } = await mm(at, args);
        expect([code, err]).toEqual([2, expect.stringMatching(/^mm: .*\/proc\/x\b.*ENOENT.*\n$/)]);
      }
  }); // prettier-ignore

  test('a file where the state folder should be, and a ledger that is none', async () => {
    const at = home();
    writeFileSync(join(at, 'state'), 'x');
    expect((await mm(at, ['metrics'])).err).toMatch(
      /^mm: .*state: a folder or a special file is in its place .*\n$/,
    );
    const other = join(at, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'sim-paper-static.ledger'), 'x'.repeat(9000));
    for (const args of [['metrics'], ['pause'], ['export', 'csv'], ['explain', '--last']]) {
      const { code, err } = await mm(at, [...args, '--state-dir', other]);
      expect([args, code, err]).toEqual([
        args,
        2,
        expect.stringMatching(/^mm: .*not a ledger .*move that file away\n$/),
      ]);
    }
  });

  test('no other mistake in the settings keeps a bot from being stopped', async () => {
    const at = home();
    expect((await mm(at, [...RUN, '--duration', '1s'])).code).toBe(0);
    writeFileSync(join(at, '.env'), 'MM_KAPPA=minus\nMM_NONSENSE=1\nMM_MARKET=ETH\n');
    expect((await mm(at, RUN)).code).toBe(2);
    expect(await mm(at, ['stop'])).toMatchObject({ code: 0, err: '' });
    expect(await mm(at, ['metrics'])).toMatchObject({ code: 0, err: '' });
  });
});

describe('help', () => {
  const pages = ['stop', 'pause', 'resume', 'reset', 'metrics', 'explain', 'export csv'];
  const cases = pages.map(
    (page) => [[...page.split(' '), '--help'], /Examples:\n {2}mm /] as const,
  );

  test.each(played(cases))('mm %j teaches by example', async (_args, examples, answer) => {
    const { code, out } = await answer();
    expect(code).toBe(0);
    expect(out).toMatch(examples);
  });

  test('a group without its command shows its help and is no bug of ours', async () => {
    expect((await mm(home(), ['export'])).code).toBe(2);
  });
});
