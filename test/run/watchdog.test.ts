// The watchdog against a venue in memory: when it fires and when not, what it takes for an empty book, when it may go;
// and what a run does that its watchdog has left.
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { EmergencyClient } from '#clients/net/venue-client';
import { readLayers } from '#config/layers';
import { StartProblem } from '#config/problem';
import { runOnVenue } from '#run/venue-run';
import type { VenuePlace } from '#run/venue-place';
import { emptyForSure } from '#run/watchdog-empty';
import { WatchdogLink, startWatchdog } from '#run/watchdog-link';
import * as words from '#run/watchdog-words';
import { BEAT, FIRED, GOODBYE, Lines, Silence, watchdogJob } from '#run/watchdog-words';
import { Watchdog } from '#run/watchdog';
import { home } from '../cli/command.js';
import { FakeVenue, stranger } from './fake-venue.js';

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const TIMEOUT_MS = 200;
/** Of the host (run-host.ts). */
const LONGEST_TURN_MS = 100;

function watchdogOn(client: EmergencyClient, gone: (problem: string) => boolean = () => false) {
  const told: string[] = [];
  const notes: string[] = [];
  const watchdog = new Watchdog({
    ...{ client, runId: 'r', timeoutMs: TIMEOUT_MS, gone },
    tell: (line) => void told.push(line),
    note: (text) => void notes.push(text),
  });
  return { watchdog, told, notes, fired: () => told.some((line) => line.startsWith(FIRED)) };
}

const venueWith = (...ids: string[]): FakeVenue => {
  const venue = new FakeVenue();
  for (const id of ids) venue.open.set(id, stranger(id));
  return venue;
};

describe.concurrent('the watchdog', () => {
  test('a goodbye: it goes and touches nothing', async () => {
    const venue = venueWith('mm-r-1');
    const { watchdog, fired } = watchdogOn(venue.emergency());
    const end = watchdog.watch();
    watchdog.hear(BEAT);
    watchdog.hear(GOODBYE);
    watchdog.lost();
    expect(await end).toBe('goodbye');
    expect(fired()).toBe(false);
    expect(venue.calls).toEqual([]);
  });

  test('a closed pipe: it cancels at once, and again what lands later, and looks for 2 s', async () => {
    const venue = venueWith('mm-r-1', 'mm-r-2');
    const { watchdog } = watchdogOn(venue.emergency());
    const began = performance.now();
    const end = watchdog.watch();
    watchdog.lost();
    await sleep(100);
    expect(venue.open.size).toBe(0);
    venue.open.set('mm-r-3', stranger('mm-r-3'));
    await sleep(900);
    expect(venue.open.size).toBe(0);
    expect(await end).toBe('emptied');
    expect(performance.now() - began).toBeGreaterThan(2_000);
    expect(venue.calls.length).toBe(2);
  });

  test('orders of others and of another run neither go nor keep it', async () => {
    const venue = venueWith('alien', 'mm-r-1');
    const client = venue.emergency();
    const end = emptyForSure(client, 'r', { note: () => undefined, gone: () => false });
    await sleep(50);
    venue.open.set('mm-next-1', stranger('mm-next-1'));
    expect((await end).cancels).toBe(1);
    expect([...venue.open.keys()]).toEqual(['alien', 'mm-next-1']);
  });

  test('a venue that does not answer is asked until it does', async () => {
    const venue = venueWith('mm-r-1');
    const client = venue.emergency();
    let failures = 0;
    const deaf: EmergencyClient = {
      ...client,
      cancelAll: () => {
        failures += 1;
        return failures < 4 ? Promise.reject(new Error('HTTP 503')) : client.cancelAll();
      },
    };
    const notes: string[] = [];
    const done = await emptyForSure(deaf, 'r', { note: (text) => void notes.push(text), gone: () => false }); // prettier-ignore
    expect(done.cancels).toBe(4);
    expect(notes.every((text) => text.includes('HTTP 503'))).toBe(true);
    expect(venue.open.size).toBe(0);
  });

  test('a paper venue that is gone has taken its orders along; a real one never is', async () => {
    const refused: EmergencyClient = {
      cancelAll: () => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:1')),
      openOrders: () => Promise.resolve([]),
      close: () => Promise.resolve(),
    };
    const { watchdog } = watchdogOn(refused, (problem) => problem.includes('ECONNREFUSED'));
    watchdog.lost();
    expect(await watchdog.watch()).toBe('emptied');
    const real = watchdogOn(refused);
    real.watchdog.lost();
    const end = await Promise.race([real.watchdog.watch(), sleep(700).then(() => 'still there')]);
    expect(end).toBe('still there');
  });

  test('silence: it cancels, stays while the bot hangs, and goes after one more look', async () => {
    const venue = venueWith('mm-r-1');
    const { watchdog, told, fired } = watchdogOn(venue.emergency());
    const end = watchdog.watch();
    await sleep(2 * TIMEOUT_MS); // before the first beat nothing was sent
    expect(fired()).toBe(false);
    for (let i = 0; i < 8; i += 1) {
      watchdog.hear(BEAT);
      await sleep(TIMEOUT_MS / 4);
    }
    expect(fired()).toBe(false);
    expect(told).toEqual(Array.from({ length: 8 }, () => BEAT));
    await sleep(2 * TIMEOUT_MS);
    expect(fired()).toBe(true);
    expect(venue.open.size).toBe(0);
    let ended = false;
    void end.then(() => (ended = true));
    await sleep(2_500);
    expect(ended).toBe(false);
    venue.open.set('mm-r-2', stranger('mm-r-2')); // half sent before it froze
    watchdog.hear(BEAT);
    expect(await end).toBe('emptied');
    expect(venue.open.size).toBe(0);
  }, 10_000);

  test('a bot that answers while it cancels does not keep it', async () => {
    const { watchdog, fired } = watchdogOn(venueWith('mm-r-1').emergency());
    const end = watchdog.watch();
    watchdog.hear(BEAT);
    await vi.waitFor(() => expect(fired()).toBe(true), 2_000);
    watchdog.hear(BEAT);
    expect(await end).toBe('emptied');
  }, 10_000);
});

test('whoever stood still itself has heard nothing in that time', () => {
  const silence = new Silence(0);
  expect(silence.at(400)).toBe(400);
  expect(silence.at(60_400)).toBe(1_400);
  silence.heard();
  expect(silence.at(60_500)).toBe(100);
});

test('a bot that hangs is emptied within 2 s, and one that was given up withdraws before it quotes', () => {
  const longest = words.TIMEOUT_MS;
  const beat = longest / words.BEATS_IN_TIME;
  expect(longest + beat).toBeLessThan(2_000 - 300); // the rest is for the cancel
  expect(words.STOOD_STILL_MS + beat + LONGEST_TURN_MS).toBeLessThan(longest);
});

test('lines arrive in any pieces', () => {
  const got: string[] = [];
  const lines = new Lines((line) => void got.push(line));
  for (const piece of ['be', 'at\ngood', 'bye', '\n']) lines.add(piece);
  expect(got).toEqual([BEAT, GOODBYE]);
});

const REACH = { venue: 'paradex', market: 'x', url: null, paperKey: null } as const;
const layeredIn = (at: string, env: Record<string, string> = {}) =>
  readLayers({
    flags: { venue: 'paradex', network: 'testnet', stateDir: join(at, 's'), logDir: join(at, 'l') },
    ...{ env, dotenvPath: null, configPath: null },
  });

test('keys go to the watchdog of a real account, and none where paper has its own', () => {
  const { values } = layeredIn(home(), { MM_PARADEX_PRIVATE_KEY: '0x1234' });
  const real = watchdogJob({ ...REACH, network: 'testnet' }, values, 'r');
  expect(JSON.stringify(real)).toContain('0x1234');
  const paper = watchdogJob({ ...REACH, network: 'paper', paperKey: '0x99' }, values, 'r');
  expect(JSON.stringify(paper)).not.toContain('0x1234');
});

test('one that cannot start is a reason not to start', async () => {
  // Sources are not what a process can run: here the program that is started is not there.
  const job = watchdogJob({ ...REACH, network: 'testnet' }, layeredIn(home()).values, 'r');
  const start = startWatchdog(job, () => undefined);
  await expect(start).rejects.toThrow(/^the watchdog did not start, and nothing runs without: it ended/); // prettier-ignore
  await expect(start).rejects.toBeInstanceOf(StartProblem);
  expect(new WatchdogLink(job, () => undefined).turn()).not.toBeNull(); // and until one watches nothing is quoted
});

test('whoever has left says nothing of a watchdog that failed to take over', async () => {
  const notes: string[] = [];
  const link = new WatchdogLink({} as words.WatchdogJob, (_level, text) => void notes.push(text));
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((_, no) => (reject = no));
  const start = vi.spyOn(link, 'start').mockReturnValue(promise);
  vi.useFakeTimers();
  try {
    (link as unknown as { ended(how: string): void }).ended('SIGKILL');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(start).toHaveBeenCalledOnce();
    const before = notes.length;
    link.leave(); // the run is over, its log closed
    reject(new Error('no word from it'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(notes.length).toBe(before);
    expect(start).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
  }
});

describe('a run', () => {
  const run = (place: VenuePlace, seconds: number): Promise<number> => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const layered = layeredIn(home());
    const fixed = { mode: 'static', terminal: false, version: '0', adopt: false } as const;
    return runOnVenue({ ...fixed, layered, place, duration: seconds as never });
  };

  test('says goodbye when it has confirmed an empty book', async () => {
    const venue = new FakeVenue();
    expect(await run(venue.place(), 0.3)).toBe(0);
    expect(venue.watchdog).toEqual(['begins', 'goodbye']);
  });

  test('leaves it to the watchdog when orders may remain', async () => {
    const venue = new FakeVenue();
    const planted = { kind: 'account', us: 1, venueUs: 9e15 };
    const bug = (): never => {
      throw new Error('planted');
    };
    Object.defineProperty(planted, 'marginRatio', { get: bug });
    venue.onPlace = () => venue.inbox?.event(planted as never);
    expect(await run(venue.place(), 30)).toBe(1);
    expect(venue.watchdog).toEqual(['begins', 'leave']);
  });

  test('does not begin without a watchdog', async () => {
    const venue = new FakeVenue();
    const watch = (): Promise<never> => Promise.reject(new StartProblem('no watchdog'));
    await expect(run({ ...venue.place(), watch }, 1)).rejects.toThrow('no watchdog');
    expect(venue.placed).toEqual([]);
  });

  test('withdraws at once when nobody watches any more', async () => {
    const venue = new FakeVenue();
    const over = run(venue.place(), 1.5);
    await vi.waitFor(() => expect(venue.open.size).toBeGreaterThan(0), 3_000);
    venue.unwatched = 'its watchdog is gone';
    await vi.waitFor(() => expect(venue.open.size).toBe(0), 1_000);
    const { length } = venue.placed;
    expect(await over).toBe(0);
    expect(venue.placed.length).toBe(length);
  });
});
