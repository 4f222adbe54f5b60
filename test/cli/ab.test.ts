// `mm ab` as a user runs it: two accounts, two ledgers, one flow. What must hold of it: both see the same market, one
// that is stopped leaves the other alone, nothing is left open or locked, and the two can be told apart everywhere.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LedgerReader } from '#ledger/reader';
import type { RunRow } from '#ledger/rows';
import { verifyLedger } from '#ledger/verify';
import { home, mm, played, started } from './command.js';
import type { Finished, Running } from './command.js';

const AB = ['ab', '--synthetic', 'fast', '--maker-fee', '0'];
const SLOW = { timeout: 60_000 };

const ledgerOf = (at: string, account: string): string =>
  join(at, 'state', `sim-${account}.ledger`);

function read<T>(at: string, account: string, work: (reader: LedgerReader, run: RunRow) => T): T {
  const reader = LedgerReader.open(ledgerOf(at, account));
  try {
    expect(verifyLedger(reader).problems).toEqual([]);
    const run = reader.lastRun();
    if (run === null) throw new Error(`no run of ${account}`);
    return work(reader, run);
  } finally {
    reader.close();
  }
}

/** How the last run of an account ended, with nothing open. */
const endOf = (at: string, account: string): Pick<RunRow, 'endReason' | 'exitCode'> =>
  read(at, account, (reader, run) => {
    expect(reader.openOrders(run.id)).toEqual([]);
    expect([...reader.orders(run.id)].length).toBeGreaterThan(0);
    return { endReason: run.endReason, exitCode: run.exitCode };
  });

interface Listed {
  readonly runs: readonly {
    readonly runId: string;
    readonly mode: string;
    readonly live: boolean;
  }[];
}
const modesOf = ({ out }: Finished): string[] =>
  (JSON.parse(out) as Listed).runs.map(({ mode, live }) => `${mode} ${live}`).sort();

/** Both have quotes at the venue and in their ledgers. */
async function quoting(at: string, more: readonly string[] = []): Promise<Running> {
  const run = started(at, [...AB, ...more]);
  await Promise.all([run.said(/static +\S+ INFO +quote/), run.said(/dynamic +\S+ INFO +quote/)]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  return run;
}

describe('one market for both', () => {
  test(
    'same moments, same marks, two ledgers, and a table that says what it is worth',
    SLOW,
    async () => {
      const at = home();
      const { code, out, err } = await mm(at, [
      ...AB, '--seed', '3', '--speed', '600', '--duration', '30m',
    ]); // prettier-ignore
      expect([code, err]).toEqual([0, '']);

      const [fixed, measured] = ['paper-static', 'paper-dynamic'].map((account) =>
        read(at, account, (reader, run) => ({
          run,
          runs: reader.runs().length,
          marks: new Map([...reader.rows('equity', null)].map((row) => [row.us, row.mark256])),
          fills: [...reader.rows('fills', null)].length,
        })),
      );
      if (!fixed || !measured) throw new Error('two ledgers');
      expect([fixed.run.mode, measured.run.mode]).toEqual(['static', 'dynamic']);
      expect([fixed.runs, measured.runs]).toEqual([1, 1]);
      expect(fixed.run.startedUs).toBe(measured.run.startedUs);
      expect(fixed.run.run).not.toBe(measured.run.run);
      const shared = [...fixed.marks].filter(([us]) => measured.marks.has(us));
      // Rows 5 to 10 s apart for half an hour; the mark moves all the time, so equal marks are no accident.
      expect(shared.length).toBeGreaterThan(170);
      expect(shared.length).toBeGreaterThan(0.95 * Math.max(fixed.marks.size, measured.marks.size));
      expect(new Set(shared.map(([, mark]) => mark)).size).toBeGreaterThan(0.8 * shared.length);
      for (const [us, mark] of shared) expect(measured.marks.get(us)).toBe(mark);
      expect(fixed.fills + measured.fills).toBeGreaterThan(0);

      const table = out.slice(out.lastIndexOf('A/B on'));
      expect(table).toMatch(
        /^A\/B on synthetic fast, seed 3, the same flow for both: 30m [01]s of market time\n/,
      );
      expect(table).toMatch(/^ +static +dynamic +dyn - stat$/m);
      expect(table).toMatch(new RegExp(`^run +${fixed.run.run} +${measured.run.run}$`, 'm'));
      expect(table).toMatch(/^equity +\$\d+\.\d\d +\$\d+\.\d\d +[-+]?\$\d+\.\d\d$/m);
      expect(table).toMatch(new RegExp(`^fills +${fixed.fills} +${measured.fills} `, 'm'));
      expect(table).toMatch(
        /^dynamic - static while both traded \(30m [01]s\): [-+]?\$\d+\.\d\d$/m,
      );
      expect(table).toMatch(
        /^What this length could have shown: nothing\. Its [12] whole blocks of 15 min/m,
      );

      logsCarryBoth(at, [fixed.run.run, measured.run.run]);
    },
  );

  test('another day goes on where both were, in both ledgers at once', SLOW, async () => {
    const at = home();
    // Static alone has been ahead of the wall clock: the pair must begin after it, at one moment.
    const args = ['--synthetic', 'fast', '--speed', '600', '--duration', '20m'];
    expect((await mm(at, ['run', '--static', ...args])).code).toBe(0);
    const before = read(at, 'paper-static', (reader) => reader.newestUs());
    expect((await mm(at, [...AB, '--speed', '100', '--duration', '1m'])).code).toBe(0);
    const begun = ['paper-static', 'paper-dynamic'].map((account) =>
      read(at, account, (_, run) => run.startedUs),
    );
    expect(begun[0]).toBe(begun[1]);
    expect(begun[0]).toBeGreaterThan(before);
  });
});

/** Each has a log of its own, in a folder called as its ledger, and every line says whose it is. */
function logsCarryBoth(at: string, runIds: readonly string[]): void {
  expect(readdirSync(join(at, 'logs')).sort()).toEqual(['sim-paper-dynamic', 'sim-paper-static']);
  for (const [i, mode] of ['static', 'dynamic'].entries()) {
    const folder = join(at, 'logs', `sim-paper-${mode}`);
    const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const lines = text.join('').trim().split('\n');
    const whose = lines.map((line) => JSON.parse(line) as { run?: string; mode?: string });
    expect(new Set(whose.map((one) => `${one.run} ${one.mode}`))).toEqual(
      new Set([`${runIds[i]} ${mode}`]),
    );
  }
}

describe('ends', () => {
  test(
    'one is stopped from outside: the other goes on, then Ctrl-C; the worse code',
    SLOW,
    async () => {
      const at = home();
      const run = await quoting(at, ['--speed', '20']);
      expect(modesOf(await mm(at, ['metrics', '--json']))).toEqual(['dynamic true', 'static true']);
      const stop = await mm(at, ['stop', '--account', 'paper-static', '--reason', 'enough of it']);
      expect(stop).toMatchObject({ code: 0, err: '' });
      await run.said(/static +\S+ INFO +run ends: latched/);
      expect(modesOf(await mm(at, ['metrics', '--json']))).toEqual(['dynamic true']);
      const ended = read(at, 'paper-static', (_, { run: id }) => id);
      expect(modesOf(await mm(at, ['metrics', '--run', ended, '--json']))).toEqual([
        'static false',
      ]);
      const orders = (): number =>
        read(at, 'paper-dynamic', (r, { id }) => [...r.orders(id)].length);
      await expect.poll(orders, { timeout: 20_000 }).toBeGreaterThan(orders());
      run.process.kill('SIGINT');
      expect(await run.ended).toBe(3);
      expect(endOf(at, 'paper-static')).toEqual({ endReason: 'latched', exitCode: 3 });
      expect(endOf(at, 'paper-dynamic')).toEqual({ endReason: 'SIGINT', exitCode: 0 });
      expect(run.out()).toMatch(
        /^static stopped trading after [\dm ]+s \(operator: enough of it\)/m,
      );

      const again = await mm(at, AB);
      expect(again.code).toBe(3);
      expect(again.err).toMatch(/latched by operator .*mm reset --account paper-static/);
      expect((await mm(at, ['run', '--dynamic', '--duration', '1s'])).code).toBe(0);
    },
  );

  test('Ctrl-C ends both with nothing open', SLOW, async () => {
    const at = home();
    const run = await quoting(at);
    const asked = performance.now();
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5_000);
    for (const account of ['paper-static', 'paper-dynamic']) {
      expect(endOf(at, account)).toEqual({ endReason: 'SIGINT', exitCode: 0 });
    }
    expect(run.err()).toBe('');
    expect(run.out()).toMatch(/What this length could have shown: nothing/);
  });

  test('a second Ctrl-C ends it at once and names the orders of both', SLOW, async () => {
    const at = home();
    // Replies that take three seconds: nothing can have been confirmed.
    const run = await quoting(at, ['--latency', 'feed=10,order=10,reply=3000']);
    run.process.kill('SIGINT');
    await run.said(/dynamic .*operator: shutdown/);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const asked = performance.now();
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(4);
    expect(performance.now() - asked).toBeLessThan(1_000);
    for (const account of ['paper-static', 'paper-dynamic']) {
      const id = read(at, account, (_, { run: runId }) => runId);
      expect(run.out()).toMatch(new RegExp(`orders may remain open .*mm-${id}-\\d+`));
    }
  });

  test('mm stop reaches both', SLOW, async () => {
    const at = home();
    const run = await quoting(at);
    const stop = await mm(at, ['stop', '--json']);
    const { results } = JSON.parse(stop.out) as { results: { account: string; outcome: string }[] };
    expect(results.map(({ account, outcome }) => `${account} ${outcome}`).sort()).toEqual([
      'paper-dynamic obeyed',
      'paper-static obeyed',
    ]);
    expect([stop.code, await run.ended]).toEqual([0, 3]);
    for (const account of ['paper-static', 'paper-dynamic']) {
      expect(endOf(at, account)).toEqual({ endReason: 'latched', exitCode: 3 });
    }
  });
});

describe('refusals', () => {
  test.each(['static', 'dynamic'])(
    'account NAME-%s is held: who, and nothing stays locked',
    SLOW,
    async (held) => {
      const at = home();
      const other = held === 'static' ? 'dynamic' : 'static';
      const holder = started(at, ['run', '--static', '--account', `t-${held}`]);
      await holder.said(/INFO +quote/);
      const refused = await mm(at, [...AB, '--account', 't']);
      expect([refused.code, refused.out]).toEqual([2, '']);
      expect(refused.err).toMatch(
        new RegExp(`^mm: .*sim-t-${held}\\.lock: held by run \\w+ on .*\\n$`),
      );
      expect(existsSync(join(at, 'state', `sim-t-${other}.holder.json`))).toBe(false);
      const free = await mm(at, ['run', '--static', '--account', `t-${other}`, '--duration', '1s']);
      expect(free.code).toBe(0);
      expect(holder.process.exitCode).toBeNull();
    },
  );

  test.each(
    played(
      [
        [['--static'], /unknown option '--static'/],
        [['--account', 'a'.repeat(33)], /must have at most 32 characters for mm ab/],
        [['--speed', '0'], /--speed "0" must be a number above 0/],
        [['--tape', 'x.tape', '--synthetic', 'fast'], /cannot be used with option/],
      ],
      ['ab'],
    ),
  )('mm ab %j', async (_args, message, answer) => {
    const { code, err } = await answer();
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
