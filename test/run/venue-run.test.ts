// A run on the wire from start to end against a venue in memory: what is refused and adopted at the start, what it does
// with the venue's word while it runs, and that it never ends without that word on an empty book.
import {
  existsSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync,
} from 'node:fs'; // prettier-ignore
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readLayers } from '#config/layers';
import { Instrument } from '#core/instrument';
import type { PlaceCommand } from '#core/messages';
import type { Micros, Money, Rate, TickPrice } from '#core/units';
import { AccountLock } from '#ledger/lock';
import { accountPaths } from '#ledger/paths';
import { LedgerReader } from '#ledger/reader';
import { Ledger } from '#ledger/writer';
import { WallClock } from '#run/clock';
import { explainRun } from '#run/explain-run';
import { firstMidOf } from '#run/first-mid';
import type { PaperVenue } from '#run/paper-venue';
import { replayRun } from '#run/replay-run';
import { RunRecording, recordingPaths } from '#run/run-recording';
import { runOnVenue } from '#run/venue-run';
import { WireInbox } from '#run/wire-inbox';
import { readInfo } from '#tape/read';
import { home } from '../cli/command.js';
import { FAKE_SPEC, FakeClient, FakeVenue, MID, stranger } from './fake-venue.js';

// Each run listens to both to the end of the process, and here are more runs than a process has.
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(30);

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
  paper?: PaperVenue,
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
    ...(paper === undefined ? {} : { paper }),
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

  test('mm explain --last has the fees of the venue, as the run had', async () => {
    const at = home();
    await run(at, new FakeVenue());
    const logs = readdirSync(join(at, 'logs')).map((name) => join(at, 'logs', name));
    const half = /at +0\.0 units: half-spread [\d.]+ bp/;
    const said = half.exec(logs.map((path) => readFileSync(path, 'utf8')).join('\n'))?.[0];
    const { lines } = explainRun(join(at, 'state'), null, null);
    expect(half.exec(lines.join('\n'))?.[0]).toBe(said);
  });

  test('exit code 4 when the venue never answers the cancels', async () => {
    const venue = new FakeVenue();
    venue.deaf = true;
    const { code } = await run(home(), venue);
    expect(code).toBe(4);
  }, 20_000);

  test('our own paper venue dies: one line, its orders died with it, and no wait for an answer', async () => {
    const venue = new FakeVenue();
    venue.deaf = true;
    const whenGone = (tell: (why: string) => void): void =>
      void setTimeout(() => tell('the paper venue is gone (killed)'), 400);
    const at = home();
    const { code } = await run(at, venue, 60, false, {}, { whenGone } as PaperVenue);
    expect(code).toBe(1);
    const [log = ''] = readdirSync(join(at, 'logs')).filter((name) => name.endsWith('.log'));
    const said = readFileSync(join(at, 'logs', log), 'utf8');
    expect(said).toContain('the paper venue is gone (killed), and its orders with it');
    expect(said).not.toContain('may remain open');
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

  test('funding that was paid and no run heard of is funding, and no transfer', async () => {
    const venue = new FakeVenue();
    const at = home();
    const { ledger } = await run(at, venue, 0.2);
    const us = reading(ledger, (reader) => reader.newestUs());
    const paid = { kind: 'funding' as const, amount: -3e8 as Money, rate: 0 as Rate };
    for (const at of [us, 1 as Micros]) venue.payments.push({ ...paid, us: at, mark: MID as TickPrice });
    venue.equity -= 3e8;
    expect((await run(at, venue, 0.2)).code).toBe(0);
    const row = reading(ledger, (r) => r.account('paradex', 'testnet', 'BTC-USD-PERP'));
    expect(row?.position).toMatchObject({ funding: -3e8, transfers: 5_000e8, lots: 0 });
  }); // prettier-ignore

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

  test('killed: what was saved leads to the orders of the ledger, and with another kappa to others', async () => {
    const at = home();
    const { ledger } = await run(at, new FakeVenue());
    const id = reading(ledger, (reader) => reader.lastRun())?.run ?? '';
    const { tape, facts } = recordingPaths(ledger, id);
    // As SIGKILL leaves it: no footer, a block begun, a line begun.
    const { index } = readInfo(tape);
    const last = index.at(-1) as { offset: number; bytes: number };
    const bytes = readFileSync(tape);
    rmSync(tape);
    const saved = (end: number): void => writeFileSync(`${tape}.part`, bytes.subarray(0, end));
    saved(last.offset + last.bytes + 20);
    const text = readFileSync(facts, 'utf8');
    writeFileSync(facts, `${text}{"at":9999,"ev`);
    const outcome = replayRun(join(at, 'state'), id);
    expect(outcome.torn?.otherwise).toEqual([]);
    expect(outcome.torn?.orders).toBeGreaterThan(1);
    expect(outcome.same).toBe(true);
    writeFileSync(facts, text.replace(/"kappa":"1.2"/, '"kappa":"1.3"'));
    expect(replayRun(join(at, 'state'), id)).toMatchObject({ same: false, torn: { otherwise: [1, 2] } }); // prettier-ignore
    writeFileSync(facts, `${text.split('\n')[0]}\n`); // nothing but the start was saved
    expect(replayRun(join(at, 'state'), id)).toMatchObject({ rows: 0, same: false, torn: { untilUs: null } }); // prettier-ignore
  });

  test('old ones are deleted at the start of a run, with a line; nothing else is', async () => {
    const at = home();
    const runs = join(at, 'state', 'runs');
    mkdirSync(runs, { recursive: true });
    const old = ['dead.tape', 'dead.jsonl', 'killed.tape.part', 'mine.tape', 'notes.txt'];
    for (const name of [...old, 'young.tape']) writeFileSync(join(runs, name), 'x'.repeat(1000));
    for (const name of old) utimesSync(join(runs, name), 1, 1);
    // One that lives, however long it has not written.
    const paths = accountPaths(join(at, 'state'), 'apex', 'testnet');
    Ledger.open(paths.ledger, { durable: false }).close();
    const holder = { pid: process.pid, runId: 'mine', market: 'm', sinceUs: 1 as Micros };
    const lock = AccountLock.acquire(paths, holder);
    const { ledger } = await run(at, new FakeVenue(), 0.2, false, { replayDays: '2' });
    lock.release();
    const id = reading(ledger, (reader) => reader.lastRun())?.run ?? '';
    const left = ['mine.tape', 'notes.txt', 'young.tape', `${id}.tape`, `${id}.jsonl`];
    expect(readdirSync(runs).sort()).toEqual(left.sort());
    const logs = readdirSync(join(at, 'logs')).map((name) => join(at, 'logs', name));
    const lines = logs.flatMap((path) => readFileSync(path, 'utf8').split('\n'));
    expect(lines.filter((line) => /deleted/.test(line))).toEqual([
      expect.stringMatching(/recordings of 2 runs older than 2 days deleted \(0.0 MB\); --replay-days/),
    ]); // prettier-ignore
  });

  test('is saved every few seconds, facts no later than rows', () => {
    const at = home();
    const recording = RunRecording.begin(join(at, 'x.ledger'), 'r', new Instrument(FAKE_SPEC));
    const { tape, facts } = recordingPaths(join(at, 'x.ledger'), 'r');
    const rows = (): number => readInfo(`${tape}.part`, { torn: 'keep' }).rows;
    recording?.settle(1e9 as Micros, false);
    expect(rows()).toBe(1);
    recording?.flatten(null);
    recording?.settle((1e9 + 4e6) as Micros, false);
    expect([rows(), existsSync(facts)]).toEqual([1, false]);
    recording?.settle((1e9 + 5e6) as Micros, true);
    expect([rows(), readFileSync(facts, 'utf8')]).toEqual([3, '{"at":1,"flatten":null}\n']);
    recording?.close();
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
