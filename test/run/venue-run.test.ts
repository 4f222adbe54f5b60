// A run on the wire from start to end against a venue in memory: what is refused and adopted at the start, what it does
// with the venue's word while it runs, and that it never ends without that word on an empty book.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readLayers } from '#config/layers';
import type { PlaceCommand } from '#core/messages';
import { LedgerReader } from '#ledger/reader';
import { WallClock } from '#run/clock';
import { firstMidOf } from '#run/first-mid';
import { replayRun } from '#run/replay-run';
import { recordingPaths } from '#run/run-recording';
import { runOnVenue } from '#run/venue-run';
import { WireInbox } from '#run/wire-inbox';
import { home } from '../cli/command.js';
import { FakeClient, FakeVenue, stranger } from './fake-venue.js';

interface Ended {
  readonly code: number;
  readonly ledger: string;
}

/** One run of `seconds`; the console is silent. */
async function run(
  at: string,
  venue: FakeVenue,
  seconds = 0.4,
  adopt = false,
  flags: Record<string, string> = {},
): Promise<Ended> {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const stateDir = join(at, 'state');
  const layered = readLayers({
    flags: { venue: 'paradex', network: 'testnet', stateDir, logDir: join(at, 'logs'), ...flags },
    env: {},
    dotenvPath: null,
    configPath: null,
  });
  const code = await runOnVenue({
    ...{ layered, adopt, place: venue.place(), mode: 'static', terminal: false, version: '0' },
    duration: seconds as never,
  });
  return { code, ledger: join(stateDir, 'paradex-testnet.ledger') };
}

const reading = <T>(path: string, work: (reader: LedgerReader) => T): T => {
  const reader = LedgerReader.open(path);
  try {
    return work(reader);
  } finally {
    reader.close();
  }
};

describe('a run on the wire', () => {
  test('quotes both sides, and ends with an empty book by the word of the venue', async () => {
    const venue = new FakeVenue();
    const { code, ledger } = await run(home(), venue);
    expect(code).toBe(0);
    expect(venue.open.size).toBe(0);
    expect(new Set(venue.placed.map(({ side }) => side))).toEqual(new Set([1, -1]));
    expect(venue.calls.at(-1)).toBe('open-orders');
    const last = reading(ledger, (reader) => reader.lastRun());
    expect(last?.exitCode).toBe(0);
  });

  test('exit code 4 when the venue never answers the cancels', async () => {
    const venue = new FakeVenue();
    venue.deaf = true;
    const { code } = await run(home(), venue);
    expect(code).toBe(4);
  }, 20_000);

  test('a bug cancels everything past the engine and exits 1', async () => {
    const venue = new FakeVenue();
    const planted = Object.defineProperty(
      { kind: 'account', us: 1, venueUs: 9e15 },
      'marginRatio',
      {
        get: () => {
          throw new Error('planted');
        },
      },
    );
    venue.onPlace = () => venue.inbox?.event(planted as never);
    const { code } = await run(home(), venue, 30);
    expect(code).toBe(1);
    expect(venue.calls).toContain('emergency cancel-all');
    expect(venue.open.size).toBe(0);
  }, 20_000);

  test('a venue without a sound book: cannot start', async () => {
    const venue = new FakeVenue();
    venue.oneSided = true;
    const clock = new WallClock();
    const inbox = new WireInbox(clock);
    new FakeClient(venue, 'r', inbox, clock).open();
    await expect(firstMidOf(inbox, 100)).rejects.toThrow(/no book with a bid and an ask.*fake/);
  });
});

describe('what the ledger does not know', () => {
  test('an order that is not ours: refused by name, left alone with --adopt', async () => {
    const at = home();
    const venue = new FakeVenue();
    venue.open.set('alien', stranger('alien'));
    await expect(run(at, venue)).rejects.toThrow(/client id alien[^]*--adopt/);
    expect(venue.placed).toEqual([]);
    const { code } = await run(at, venue, undefined, true);
    expect(code).toBe(0);
    expect([...venue.open.keys()]).toEqual(['alien']);
  });

  test('an order of an earlier run of ours is cancelled before anything else', async () => {
    const venue = new FakeVenue();
    venue.open.set('mm-old-7', stranger('mm-old-7'));
    const { code } = await run(home(), venue);
    expect(code).toBe(0);
    expect(venue.calls[0]).toBe('emergency cancel-all');
    expect(venue.clients).toBe(2); // asked again after the cancel
    expect(venue.open.size).toBe(0);
  });

  test('a second name for the same account of the venue: refused, and nothing is cancelled', async () => {
    const at = home();
    const venue = new FakeVenue();
    const first = run(at, venue, 1.5);
    await vi.waitFor(() => expect(venue.open.size).toBe(2), { timeout: 5_000 });
    const resting = [...venue.open.keys()];
    await expect(run(at, venue, 0.4, true, { account: 'other' })).rejects.toThrow(
      /as account testnet/,
    );
    expect([...venue.open.keys()]).toEqual(resting);
    expect((await first).code).toBe(0);
  }, 20_000);

  test('a position: refused, and with --adopt the ledger has it and its money from then on', async () => {
    const at = home();
    const venue = new FakeVenue();
    venue.position = 100;
    await expect(run(at, venue)).rejects.toThrow(/position of 0.001, the ledger knows 0/);
    const { code, ledger } = await run(at, venue, undefined, true);
    expect(code).toBe(0);
    const row = reading(ledger, (r) => r.account('paradex', 'testnet', 'BTC-USD-PERP'));
    expect(row?.position.lots).toBe(100);
    // and the next start knows it
    expect((await run(at, venue)).code).toBe(0);
  });

  test('money that moved between runs is a transfer, no profit', async () => {
    const at = home();
    const venue = new FakeVenue();
    await run(at, venue);
    venue.equity += 250e8;
    const { ledger } = await run(at, venue);
    const row = reading(ledger, (r) => r.account('paradex', 'testnet', 'BTC-USD-PERP'));
    expect(row?.position.transfers).toBe(5_250e8);
    expect(row?.position.realised).toBe(0);
  });
});

describe('a recorded run', () => {
  test('fed back leads to the same commands, and with another kappa to others', async () => {
    const at = home();
    const { ledger } = await run(at, new FakeVenue(), 0.8);
    const last = reading(ledger, (reader) => reader.lastRun());
    const outcome = replayRun(join(at, 'state'), last?.run ?? '');
    expect(outcome.recorded).toBe(last?.commandHash);
    expect(outcome.commands).toBeGreaterThan(2);
    expect(outcome.same).toBe(true);
    const { facts } = recordingPaths(ledger, last?.run ?? '');
    writeFileSync(facts, readFileSync(facts, 'utf8').replace(/"kappa":"1.2"/, '"kappa":"1.3"'));
    expect(replayRun(join(at, 'state'), last?.run ?? '').same).toBe(false);
  });

  test('there is none: said with the reason', () => {
    expect(() => replayRun(join(home(), 'state'), 'abc')).toThrow(/no run abc/);
  });
});

test('a place carries what the strategy wanted', async () => {
  const venue = new FakeVenue();
  const seen: PlaceCommand[] = [];
  venue.onPlace = (place) => void seen.push(place);
  await run(home(), venue, 0.4, false, { size: '200' });
  expect(seen.every(({ tif, reduceOnly }) => tif === 'post-only' && !reduceOnly)).toBe(true);
});
