// The ways in which the world ends a run: signals, a parent that dies, an output that closes, a bug. Each time
// everything is cancelled and confirmed within five seconds, the ledger says why, and no order is left in it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Random } from '#core/random';
import { ASK } from '#core/units';
import { demandFreshBuild } from '../support/fresh-build.js';
import { scriptedTape } from '../support/scripted-market.js';
import { MAIN, Place, QUOTE, ROOT, sleep } from './bot.js';
import type { Bot } from './bot.js';
import { SELLER, calm, sweep } from './markets.js';
import { expectSound, ledgerOf, reading } from './evidence.js';

const SIGNALS = Number(process.env['SCENARIO_SIGNALS'] ?? 3);
const SEED = Number(process.env['SCENARIO_SEED'] ?? Math.floor(Math.random() * 1e9));
const SLOW = { timeout: 30_000 };
const RUN = ['run', '--static', '--synthetic', 'fast', '--maker-fee', '0'];

let place: Place;
beforeAll(() => demandFreshBuild());
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** A bot whose first quotes have reached the venue. */
async function quoting(
  args: readonly string[] = RUN,
  env: Record<string, string> = {},
): Promise<Bot> {
  const bot = place.mm(args, env);
  await bot.said(QUOTE);
  await sleep(400);
  return bot;
}

/** How the last run ended, by its ledger: nothing open, every order with an end, the money exact. */
function lastEnd(): { reason: string | null; code: number | null; orders: number; pid: number } {
  const found = reading(ledgerOf(place.state), (reader) => {
    expectSound(reader);
    const run = reader.lastRun();
    if (run === null) throw new Error('no run in the ledger');
    expect(reader.openOrders(run.id)).toEqual([]);
    const orders = [...reader.orders(run.id)].length;
    return { reason: run.endReason, code: run.exitCode, orders, pid: run.pid };
  });
  if (found === null) throw new Error('no ledger');
  return found;
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Waits until the ledger says that the last run has ended; its reason, and how long that took. */
async function ended(within: number): Promise<string | null> {
  const deadline = performance.now() + within;
  for (;;) {
    const reason = reading(ledgerOf(place.state), (reader) => reader.lastRun()?.endReason ?? null);
    if (reason !== null || performance.now() > deadline) return reason;
    await sleep(50);
  }
}

describe('a signal', () => {
  const name = `SIGINT, SIGTERM, SIGHUP, ${SIGNALS} times at random moments: cancels, confirms, sums up, exits 0`;
  test(name, { timeout: 30_000 + SIGNALS * 7_000 }, async () => {
    const random = new Random(SEED);
    const took: number[] = [];
    for (let i = 0; i < SIGNALS; i += 1) {
      const bot = place.mm([...RUN, '--speed', String(1 + random.int(30))]);
      await bot.said('run begins');
      await sleep(random.int(1_500));
      const signal = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)[i % 3] ?? 'SIGINT';
      const asked = performance.now();
      expect((await bot.signal(signal)).code, `seed ${SEED}, signal ${i}`).toBe(0);
      took.push(performance.now() - asked);
      expect(lastEnd()).toMatchObject({ reason: signal, code: 0 });
      expect(bot.err).toEqual([]);
      expect(bot.has('run ends')).toBe(true);
      expect(bot.has(/equity +\$/)).toBe(true);
    }
    took.sort((a, b) => a - b);
    expect(took.at(-1)).toBeLessThan(5_000);
    const at = (share: number): number =>
      Math.round(took[Math.floor(share * (took.length - 1))] ?? NaN);
    console.log(
      `seed ${SEED}: ${SIGNALS} signals, ended after ${at(0.5)} ms in the median, ${at(0.99)} ms at 99 %, ${at(1)} ms at most`,
    );
  });

  test('a second one: exits at once, and names the orders that it leaves', SLOW, async () => {
    // Replies that take two seconds: the first signal cannot have been answered yet.
    const bot = await quoting([...RUN, '--latency', 'feed=10,order=10,reply=2000']);
    bot.process.kill('SIGINT');
    await bot.said('operator: shutdown');
    await sleep(500);
    const asked = performance.now();
    const { code } = await bot.signal('SIGINT');
    expect(performance.now() - asked).toBeLessThan(500);
    expect(code).toBe(4);
    const { runId } =
      reading(ledgerOf(place.state), (reader) => ({ runId: reader.lastRun()?.run })) ?? {};
    expect(bot.has('orders may remain open')).toBe(true);
    expect(bot.has(`mm-${runId}-1"`)).toBe(true);
  });

  test(
    'the same one twice in a moment, as Ctrl-C under npm arrives: one request',
    SLOW,
    async () => {
      const bot = await quoting();
      bot.process.kill('SIGINT');
      await sleep(50);
      expect((await bot.signal('SIGINT')).code).toBe(0);
      expect(lastEnd().reason).toBe('SIGINT');
    },
  );

  test('while it works a position down: leaves that at once, too', SLOW, async () => {
    // One seller fills our bid, then nobody trades any more: an order that joins the touch waits for ever.
    const script = (second: number) => (second === 2 ? sweep(SELLER) : calm());
    const tape = scriptedTape(join(place.folder, 'quiet.tape'), {
      script,
      startUs: 1.7e15,
      seconds: 60,
    });
    const bot = await quoting(['run', '--static', '--tape', tape]);
    await bot.said('fill: ');
    const stop = place.mm(['stop', '--flatten', 'post-only']);
    await bot.said('STOPPED by operator');
    const resting = () =>
      reading(ledgerOf(place.state), (reader) => {
        const open = reader.openOrders(reader.lastRun()?.id ?? 0);
        return open.map((order) => [order.side, order.reduceOnly]);
      });
    await expect.poll(resting, { timeout: 10_000 }).toEqual([[ASK, 1]]);
    bot.process.kill('SIGINT');
    const asked = performance.now();
    const { code } = await bot.ended;
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(code).toBe(3); // it is latched
    await stop.ended;
    lastEnd();
  });
});

describe('a parent', () => {
  test(
    'npm start ends in exec node, and SIGTERM to npm reaches the bot',
    { timeout: 60_000 },
    async () => {
      const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
        scripts: Record<string, string>;
      };
      expect(scripts['start']).toMatch(/^(\w+=\S+ )*exec node /);
      // Without its pre-script: this is no place to build.
      const npm = place.start(
        'npm',
        ['start', '--ignore-scripts', '--', '--venue', 'sim', '--synthetic', 'fast'],
        ROOT,
      );
      await npm.said(QUOTE);
      npm.process.kill('SIGTERM');
      expect(await ended(5_000)).toBe('SIGTERM');
      await npm.ended;
      const { code, pid } = lastEnd();
      expect(code).toBe(0);
      expect(pid).not.toBe(npm.process.pid);
      expect(alive(pid)).toBe(false);
    },
  );

  test('that is killed takes the bot with it, in order', SLOW, async () => {
    const shell = place.start(
      'sh',
      ['-c', `"${process.execPath}" "${MAIN}" ${RUN.join(' ')} & wait`],
      place.folder,
    );
    await shell.said(QUOTE);
    shell.process.kill('SIGKILL');
    expect(await ended(5_000)).toBe('the parent process is gone');
    expect(lastEnd().code).toBe(0);
  });
});

describe('an output that closes', () => {
  test.each([['stdout'], ['stdout', 'stderr']] as const)(
    '%s %s: no stack trace, an orderly end',
    SLOW,
    async (...streams) => {
      const bot = await quoting();
      for (const stream of streams) bot.process[stream]?.destroy();
      const { code, signal } = await bot.ended;
      expect([code, signal]).toEqual([0, null]);
      expect(bot.err).toEqual([]);
      expect(lastEnd().reason).toMatch(/output/);
    },
  );

  test('a command that only prints just stops', SLOW, async () => {
    const bot = place.mm(['config']);
    bot.process.stdout?.destroy();
    expect((await bot.ended).code).toBe(0);
    expect(bot.err).toEqual([]);
  });
});

describe('a bug', () => {
  /** Runs `code` a moment after the first quotes are said, however long the start took. */
  const planted = (code: string): Record<string, string> => {
    const all = `
      let waiting = true;
      const write = process.stdout.write.bind(process.stdout);
      process.stdout.write = (text, ...rest) => {
        if (waiting && ${String(QUOTE)}.test(text)) {
          waiting = false;
          setTimeout(() => { ${code} }, 300);
        }
        return write(text, ...rest);
      };`;
    return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(all)}` };
  };

  test.each([
    ['an exception that nobody catches', 'throw new Error("planted");'],
    ['a promise that nobody awaits', 'void Promise.reject(new Error("planted"));'],
  ])('%s: everything is cancelled, exit code 1, the ledger says so', SLOW, async (_name, code) => {
    const bot = place.mm(RUN, planted(code));
    await bot.said(QUOTE);
    expect((await bot.ended).code).toBe(1);
    expect(bot.has(/bug.*planted/)).toBe(true);
    const run = reading(ledgerOf(place.state), (reader) => reader.lastRun());
    expect([run?.endReason, run?.exitCode]).toEqual(['bug', 1]);
    // The next start finds an account in order.
    const next = await quoting();
    expect((await next.signal('SIGINT')).code).toBe(0);
  });
});

test(
  'a second instance on the account: exit 2, naming who holds it; the first one goes on',
  SLOW,
  async () => {
    const first = await quoting();
    const second = await place.mm(RUN).ended;
    const again = place.mm(RUN);
    expect([second.code, (await again.ended).code]).toEqual([2, 2]);
    const run = reading(ledgerOf(place.state), (reader) => reader.lastRun());
    expect(again.err.length).toBe(1);
    expect(again.err[0]).toContain(
      `held by run ${run?.run} on BTC-USD-PERP (pid ${first.process.pid}`,
    );
    expect(again.err[0]).toMatch(/^mm: .*mm stop/);
    expect((await first.signal('SIGINT')).code).toBe(0);
    expect(lastEnd().reason).toBe('SIGINT');
    expect(existsSync(join(place.state, 'sim-paper-static.holder.json'))).toBe(false);
  },
);
