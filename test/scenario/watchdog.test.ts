// Bots that are killed and frozen on a venue that does not cancel for them: the watchdog does, within its longest silence
// and 3 s, orders on their way included. MM_WATCHDOG_KILLS=100 npx vitest run test/scenario/watchdog.test.ts is the
// campaign and adds the slow cases (frozen, its watchdog killed, both killed). The seed is printed and can be given.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '#core/random';
import { demandFreshBuild } from '../support/fresh-build.js';
import { Place, sleep } from './bot.js';
import type { Bot } from './bot.js';
import { watchedApex, watchedParadex } from './watched-venue.js';
import type { WatchedVenue } from './watched-venue.js';

const KILLS = Number(process.env['MM_WATCHDOG_KILLS'] ?? 1);
const SEED = Number(process.env['SCENARIO_SEED'] ?? Math.floor(Math.random() * 1e6));
const CAMPAIGN = KILLS > 1;
const WITHIN_MS = 3_000;
/** No quote of a bot that hangs may live longer. */
const FROZEN_MS = 2_000;
const RECOVERED_MS = 10_000;
/** What a bot was about to send when it froze leaves it when it wakes, and is looked after. */
const HALF_SENT_MS = 500;
/** A quote lives for a second: some order is nearly always about to leave. */
const RUN = ['run', '--static', '--account', 'watched', '--refresh', '1s', '--check', '500ms'];
/** Bots side by side, each on a venue of its own. */
const LANES = CAMPAIGN ? 2 : 1;
const VENUES = { paradex: watchedParadex, apex: watchedApex } as const;
type VenueName = keyof typeof VENUES;

const scenes: Scene[] = [];
beforeAll(() => demandFreshBuild(['src', 'strategies', 'analyzers', 'clients']));
afterAll(async () => {
  for (const scene of scenes) await scene.close();
});

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function until(what: string, within: number, done: () => boolean): Promise<number> {
  const began = performance.now();
  while (!done()) {
    if (performance.now() - began > within) throw new Error(`${what}: not within ${within} ms`);
    await sleep(3);
  }
  return performance.now() - began;
}

interface LogLine {
  readonly run: string;
  readonly mode: string;
  readonly msg: string;
}

interface Life {
  readonly bot: Bot;
  readonly runId: string;
  readonly watchdog: number;
  /** From the start of the process: its account and orders are known, its first order is in the book. */
  readonly reconciledMs: number;
  readonly quotingMs: number;
}

/** One account on one venue, and the bots that trade it one after the other. */
class Scene {
  readonly place = new Place();
  private readonly watchdogs = new Set<number>();

  private constructor(readonly venue: WatchedVenue) {}

  static async open(name: VenueName, seed: number): Promise<Scene> {
    const scene = new Scene(await VENUES[name](seed));
    scenes.push(scene);
    return scene;
  }

  /** What all watchdogs of this place have written. */
  lines(): LogLine[] {
    const texts = readdirSync(this.place.logs).map((name) =>
      readFileSync(join(this.place.logs, name), 'utf8'),
    );
    const lines = texts.flatMap((text) => text.split('\n'));
    return lines.filter((line) => line.includes('"watchdog"')).map((l) => JSON.parse(l) as LogLine);
  }

  /** The newest watchdog of a run. */
  watchdogOf(runId: string): number {
    const pids = this.lines()
      .filter(({ run }) => run === runId)
      .map(({ msg }) => /\(pid (\d+)\) watches/.exec(msg)?.[1]);
    return Number(pids.filter((pid) => pid !== undefined).at(-1));
  }

  /** A bot with an order in the book. */
  async live(): Promise<Life> {
    const { venue, place } = this;
    const before = new Set(venue.open());
    const bot = place.mm([...RUN, ...venue.args], venue.env);
    const fresh = (): string | undefined => venue.open().find((id) => !before.has(id));
    const dead = bot.ended.then(() => {
      throw new Error([...bot.out, ...bot.err].slice(-8).join('\n'));
    });
    dead.catch(() => undefined);
    const reconciled = bot.said(/link up.*channel=private/);
    reconciled.catch(() => undefined);
    const quotes = until('no order', 20_000, () => fresh() !== undefined);
    const quotingMs = await Promise.race([quotes, dead]);
    const runId = (fresh() ?? '').split('-')[1] ?? '';
    const reconciledMs = await reconciled;
    const watchdog = this.watchdogOf(runId);
    this.watchdogs.add(watchdog);
    return { bot, runId, watchdog, reconciledMs, quotingMs };
  }

  openOf(runId: string): string[] {
    return this.venue.open().filter((id) => id.startsWith(`mm-${runId}-`));
  }

  /** Until the watchdog has ended: when the last order of the run was seen, and which came after the call. */
  async emptied(life: Life, within: number): Promise<{ ms: number; late: boolean }> {
    const before = new Set(this.openOf(life.runId));
    const began = performance.now();
    let ms = 0;
    let late = false;
    await until('the watchdog is still there', within + 6_000, () => {
      const open = this.openOf(life.runId);
      if (open.length > 0) ms = performance.now() - began;
      late ||= open.some((id) => !before.has(id));
      return !alive(life.watchdog);
    });
    await until('orders are on their way for ever', 3_000, () => this.venue.underway === 0);
    this.watchdogs.delete(life.watchdog);
    expect(this.openOf(life.runId)).toEqual([]);
    expect(ms).toBeLessThan(within);
    return { ms, late };
  }

  /** A watchdog whose venue is gone would ask for ever: none may outlive a test that failed. */
  async close(): Promise<void> {
    for (const pid of this.watchdogs) if (alive(pid)) process.kill(pid, 'SIGKILL');
    await this.place.clear();
    await this.venue.close();
  }
}

/** A session of its own, and no key where others could read it. */
function expectApart({ watchdog }: Life, { env }: WatchedVenue): void {
  if (process.platform !== 'linux') return;
  const proc = (name: string): string => readFileSync(`/proc/${watchdog}/${name}`, 'utf8');
  const session = proc('stat')
    .slice(proc('stat').lastIndexOf(')') + 2)
    .split(' ')[3];
  expect(Number(session)).toBe(watchdog);
  expect(proc('cmdline')).toContain('watchdog');
  for (const key of Object.values(env)) {
    expect(proc('cmdline')).not.toContain(key);
    expect(proc('environ')).not.toContain(key);
  }
}

const figures = (list: readonly number[]): string => {
  const sorted = [...list].sort((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(0);
  return `median ${at(0.5)} ms, worst ${at(1)} ms`;
};

/** What the kills of all lanes have shown. */
class Record {
  readonly emptied: number[] = [];
  readonly starts: number[] = [];
  underway = 0;
  late = 0;

  async lane(name: VenueName, seed: number, kills: number): Promise<void> {
    const random = new Random(seed);
    const scene = await Scene.open(name, seed);
    for (let i = 0; i < kills; i += 1) {
      const life = await scene.live();
      if (i === 0) expectApart(life, scene.venue);
      else this.starts.push(life.reconciledMs);
      if (i % 2 === 0) await new Promise<void>((sent) => (scene.venue.onSent = sent));
      else await sleep(random.int(1_500));
      if (scene.venue.underway > 0) this.underway += 1;
      void life.bot.signal('SIGKILL');
      const { ms, late } = await scene.emptied(life, WITHIN_MS);
      this.emptied.push(ms);
      if (late) this.late += 1;
    }
  }
}

describe.concurrent.each(['paradex', 'apex'] as const)('on %s the bot is killed', (name) => {
  const title = `${KILLS} times, an order on its way among them`;
  test(title, { timeout: 30_000 + KILLS * 15_000 }, async () => {
    const record = new Record();
    const each = Math.ceil(KILLS / LANES);
    await Promise.all(
      Array.from({ length: LANES }, (_, lane) => record.lane(name, SEED + lane * 1_000, each)),
    );
    const { emptied, starts, underway, late } = record;
    console.log(
      `${name}, seed ${SEED}: ${emptied.length} kills (${underway} with an order on its way, ${late} times it landed after the kill): book empty after ${figures(emptied)}; from the next start to reconciled ${figures(starts)}`,
    );
    expect(underway).toBeGreaterThan(0);
    if (CAMPAIGN) expect(late).toBeGreaterThan(0); // a single one may be refused for crossing
  });
});

test('started by hand it says who starts it', async () => {
  const place = new Place();
  const bot = place.mm(['watchdog']);
  expect((await bot.ended).code).toBe(2);
  expect(bot.err).toEqual([expect.stringContaining('mm watchdog is started by mm run')]);
  await place.clear();
}, 20_000);

describe.runIf(CAMPAIGN).each(['paradex', 'apex'] as const)('on %s', (name) => {
  test('frozen: emptied after the longest silence; quotes again only with another watchdog', { timeout: 300_000 }, async () => {
    const random = new Random(SEED);
    const took: number[] = [];
    const back: number[] = [];
    for (let i = 0; i < Math.max(3, KILLS / 20); i += 1) {
      const scene = await Scene.open(name, SEED + i);
      const { venue } = scene;
      const life = await scene.live();
      await sleep(random.int(1_500));
      life.bot.process.kill('SIGSTOP');
      const began = performance.now();
      let last = 0;
      await until('not cancelled', FROZEN_MS + 6_000, () => {
        if (venue.open().length > 0) last = performance.now() - began;
        return scene.lines().some(({ msg }) => msg.startsWith('no order of the run is open'));
      });
      expect(venue.open()).toEqual([]);
      took.push(last);
      expect(alive(life.watchdog)).toBe(true); // what the bot had half sent may leave it when it wakes
      await sleep(random.int(2_000));
      const wokenMs = performance.now();
      let first = Infinity;
      venue.onSent = () => {
        const now = performance.now();
        if (now - wokenMs > HALF_SENT_MS) first = Math.min(first, now);
      };
      life.bot.process.kill('SIGCONT');
      await life.bot.said('another watchdog watches');
      const watchedMs = performance.now();
      expect([venue.open(), venue.underway]).toEqual([[], 0]);
      await until('no quotes again', 20_000, () => first < Infinity);
      expect(first).toBeGreaterThan(watchedMs - 20);
      back.push(first - wokenMs);
      await sleep(1_000);
      expect((await life.bot.signal('SIGTERM')).code).toBe(0);
      await until('its watchdog stays', 2_000, () => !alive(scene.watchdogOf(life.runId)));
      expect(alive(life.watchdog)).toBe(false);
    }
    expect(Math.max(...took)).toBeLessThan(FROZEN_MS);
    console.log(`${name}: frozen ${took.length} times: its quotes lived ${figures(took)}; from waking to quoting again ${figures(back)}`); // prettier-ignore
  }); // prettier-ignore

  test('its watchdog is killed: quotes go, another watches, quotes come back', { timeout: 60_000 }, async () => {
    const scene = await Scene.open(name, SEED);
    const { venue } = scene;
    const life = await scene.live();
    process.kill(life.watchdog, 'SIGKILL');
    const gone = await until('still quoting', 5_000, () => venue.open().length === 0);
    let early = 0;
    venue.onSent = () => (early += life.bot.has('another watchdog watches') ? 0 : 1);
    await life.bot.said('another watchdog watches');
    const back = await until('no quotes', 20_000, () => venue.open().length > 0);
    expect(early).toBe(0);
    console.log(`${name}: watchdog killed: quotes gone after ${gone.toFixed(0)} ms, back ${back.toFixed(0)} ms after another watches`); // prettier-ignore
    expect((await life.bot.signal('SIGINT')).code).toBe(0);
  }); // prettier-ignore

  test('both are killed: the next start cancels, reconciles and quotes within 10 s', { timeout: 120_000 }, async () => {
    const scene = await Scene.open(name, SEED);
    const took: number[] = [];
    const quoting: number[] = [];
    for (let i = 0; i < Math.max(3, KILLS / 20); i += 1) {
      const life = await scene.live();
      process.kill(life.watchdog, 'SIGKILL');
      void life.bot.signal('SIGKILL');
      await sleep(1_200); // what was on its way has landed
      expect(scene.openOf(life.runId).length).toBeGreaterThan(0);
      const next = await scene.live();
      await until('orders of the dead run stay', 1_000, () => scene.openOf(life.runId).length === 0);
      took.push(next.reconciledMs);
      quoting.push(next.quotingMs);
      expect((await next.bot.signal('SIGTERM')).code).toBe(0);
    }
    console.log(`${name}: both killed ${took.length} times: from the next start to reconciled ${figures(took)}, to the first order ${figures(quoting)}`);
    expect(Math.max(...took)).toBeLessThan(RECOVERED_MS);
  }); // prettier-ignore
});
