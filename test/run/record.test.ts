// `mm record`: what a venue's public feed leaves on a tape. A feed with holes leaves them as facts that `mm tape verify`
// shows and a backtest plays over; a venue that relays another one can be recorded like any other.
import { mkdtempSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readLayers } from '#config/layers';
import type { ParameterValues } from '#config/parameters';
import { Instrument } from '#core/instrument';
import type { Clock } from '#core/outside';
import { ROW_CLEAR, ROW_GAP, ROW_LEVEL, ROW_TRADE } from '#core/rows';
import type { Micros, Seconds } from '#core/units';
import { simulateRun } from '#run/backtest';
import { WallClock } from '#run/clock';
import { openMarket } from '#run/markets';
import { TapeInbox, recordVenue } from '#run/record';
import { tapeRescue, verify } from '#run/tapes';
import { HOUSES } from '#run/venue-houses';
import { serveVenue } from '#run/venue-serve';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { LEAST_BLOCK, SyntheticMarket } from '#sim/market/market';
import { FaultyFace } from '#sim/venues/faults';
import { NO_FAULTS } from '#sim/venues/fault-profiles';
import { MarketPlayer } from '#sim/venues/feed';
import { serve } from '#sim/venues/server';
import { TapeProblem } from '#tape/problem';
import { readInfo } from '#tape/read';
import { TapeWriter } from '#tape/write';

const LONG = 0.6 as Seconds;
const JOB = { port: 0, tape: null, relay: null, faults: null, seed: 4, speed: 20 };
const HOOKS = { note: () => undefined, onEnd: () => undefined };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mm-record-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const settings = (env: Record<string, string>): ParameterValues =>
  readLayers({ flags: {}, env, dotenvPath: null, configPath: null }).values;

async function record(
  venue: 'paradex' | 'apex',
  url: string,
  out: string,
  duration: Seconds = LONG,
): Promise<string[]> {
  const said: string[] = [];
  const values = settings({ [`MM_${venue.toUpperCase()}_URL`]: url });
  const say = (line: string): void => void said.push(line);
  expect(await recordVenue({ venue, values, out, overwrite: false, duration, say })).toBe(0);
  return said;
}

/** A venue that loses one public frame in ten. */
async function leakyVenue(): Promise<string> {
  const clock = new WallClock();
  const source = new SyntheticMarket({ preset: 'fast', seed: 3, startUs: clock.nowUs(), blockRows: LEAST_BLOCK }); // prettier-ignore
  const feed = new MarketPlayer({ clock, source, speed: 20 });
  const instrument = new Instrument({ ...SYNTHETIC_INSTRUMENT, venue: 'paradex' });
  const face = HOUSES.paradex.face({ clock, instrument, feed, seed: 3, useQuotes: false });
  const server = await serve(new FaultyFace(face, clock, { ...NO_FAULTS, gap: 0.1 }, 3), 0);
  onTestFinished(() => server.close());
  return server.origin;
}

test('holes of a feed are gaps on the tape, verify shows them, a backtest plays over them', async () => {
  const out = join(folder(), 'leaky.tape');
  const said = await record('paradex', await leakyVenue(), out);
  expect(said.join('\n')).toMatch(/gap: a sequence number is missing/);
  const gaps = Number(/rows, (\d+) gaps/.exec(said.at(-1) ?? '')?.[1]);
  expect(gaps).toBeGreaterThan(0);
  const { lines, report } = await verify(out, { files: [] }, () => undefined);
  expect(lines).toMatch(new RegExp(`${gaps} gaps?, .* the longest`));
  expect(report.counts).toMatchObject({ crossed: 0, oneSided: 0 });
  expect(report.verdict).toBe('usable');
  const values = settings({});
  const market = await openMarket({ tape: out, synthetic: null }, values, null, '/nowhere');
  const source = market.open(0);
  const request = { values, mode: 'static' as const, market, duration: null, source };
  const { rows } = simulateRun({ ...request, fillModel: 'queue' });
  expect(rows).toBe(readInfo(out).rows);
});

test('both venues, one of them relayed by another, leave whole books', async () => {
  const at = folder();
  const first = await serveVenue({ ...JOB, venue: 'paradex', synthetic: 'fast' }, HOOKS);
  const second = await serveVenue({ ...JOB, venue: 'paradex', synthetic: null, relay: first.origin }, HOOKS); // prettier-ignore
  const third = await serveVenue({ ...JOB, venue: 'apex', synthetic: 'fast' }, HOOKS);
  const venues = { 'relayed.tape': second, 'apex.tape': third };
  await Promise.all(
    Object.entries(venues).map(([name, { origin }]) =>
      record(name === 'apex.tape' ? 'apex' : 'paradex', origin, join(at, name)),
    ),
  );
  for (const venue of [third, second, first]) await venue.close();
  for (const name of Object.keys(venues)) {
    const { report } = await verify(join(at, name), { files: [] }, () => undefined);
    expect(report.counts).toMatchObject({ crossed: 0, oneSided: 0, gapUs: 0 });
    expect(readInfo(join(at, name)).kinds.trade).toBeGreaterThan(0);
  }
});

test('a venue that sends nothing leaves no tape behind', async () => {
  const out = join(folder(), 'silent.tape');
  const venue = await serveVenue({ ...JOB, venue: 'paradex', synthetic: 'normal' }, HOOKS);
  const values = settings({ MM_PARADEX_URL: venue.origin });
  const request = {
    venue: 'paradex' as const,
    values,
    out,
    overwrite: false,
    say: () => undefined,
  };
  const nothing = recordVenue({ ...request, duration: 0.001 as Seconds });
  await expect(nothing).rejects.toThrow(/nothing was recorded, .* is not made/);
  await venue.close();
  expect([existsSync(out), existsSync(`${out}.part`)]).toEqual([false, false]);
});

test('what a killed recording left is kept under a name of its own, and the new one begins', async () => {
  const at = folder();
  const out = join(at, 'btc.tape');
  const header = { venue: 'paradex', symbol: 'X', tickSize: '0.1', lotSize: '0.1' };
  const killed = new TapeWriter(out, { instrument: header, writtenBy: 'record' });
  killed.push(ROW_CLEAR, 0, 1, 1_763_683_200_000_000, 0, 0);
  killed.flush();
  killed.push(ROW_LEVEL, 1, 2, 1_763_683_200_000_001, 5, 5);
  const ofRun = new TapeWriter(join(at, 'run.tape'), { instrument: header, writtenBy: 'a run' });
  ofRun.push(ROW_CLEAR, 0, 1, 1, 0, 0);
  ofRun.flush();
  expect(() => tapeRescue(join(at, 'run.tape.part'), join(at, 'run.tape'))).toThrow(
    /is of a run.*mm replay/,
  );
  const venue = await serveVenue({ ...JOB, venue: 'paradex', synthetic: 'fast' }, HOOKS);
  const said = await record('paradex', venue.origin, out, 0.2 as Seconds);
  await venue.close();
  const kept = join(at, 'btc-20251121T000000.tape');
  expect(said).toContain(`${kept}: 1 rows that a killed recording left`);
  expect([readInfo(kept).rows, existsSync(`${out}.part`)]).toEqual([1, false]);
  expect(readInfo(out).kinds.book).toBeGreaterThan(0);
});

/** Rows as a tape gets them, on a clock moved by hand. */
function inboxAt() {
  const rows: number[][] = [];
  const time = { us: 1_000, disk: true };
  const tape = {
    push: (kind: number, _side: number, exchangeUs: number, localUs: number) => {
      if (!time.disk) throw new TapeProblem('x.tape', '', 'the disk is full', 'free some space');
      rows.push([kind, exchangeUs, localUs]);
    },
  };
  const clock = { nowUs: () => time.us as Micros } as Clock;
  const inbox = new TapeInbox(tape as never, clock, () => undefined);
  const row = (kind: number) => inbox.row(kind as 1, 0, 7, 1, 1);
  const link = (state: 'up' | 'down' | 'gap') =>
    inbox.event({ kind: 'link', channel: 'public', state, detail: '', us: time.us as Micros });
  const later = async (us: number): Promise<void> => {
    await Promise.resolve();
    time.us += us;
  };
  return { rows, time, inbox, row, link, later };
}

test('a gap lasts from the last row of a whole book to the snapshot, before which it stands', async () => {
  const { rows, inbox, row, link, later } = inboxAt();
  link('down'); // never whole yet: nothing can have been lost
  row(ROW_CLEAR);
  row(ROW_LEVEL);
  link('up');
  await later(100);
  row(ROW_TRADE);
  await later(100);
  link('gap'); // no "up" follows a gap: the snapshot ends it
  await later(50);
  row(ROW_CLEAR);
  await later(10);
  link('down');
  link('gap');
  await later(10);
  inbox.end();
  expect(rows).toEqual([
    [ROW_CLEAR, 7, 1_000],
    [ROW_LEVEL, 7, 1_000],
    [ROW_TRADE, 7, 1_100],
    [ROW_GAP, 1_000, 1_250],
    [ROW_CLEAR, 7, 1_250],
    [ROW_GAP, 1_250, 1_270],
  ]);
  expect(inbox.gaps).toBe(2);
});

test('rows that come in one go are one instant; a full disk is told once and never thrown', async () => {
  const { rows, time, inbox, row, later } = inboxAt();
  row(ROW_CLEAR);
  time.us += 3;
  row(ROW_LEVEL);
  await later(1);
  row(ROW_LEVEL);
  expect(rows.map(([, , us]) => us)).toEqual([1_000, 1_000, 1_004]);
  const told: unknown[] = [];
  inbox.onFailure = (error) => told.push(error);
  time.disk = false;
  row(ROW_LEVEL);
  time.disk = true;
  row(ROW_LEVEL);
  expect(told).toEqual([expect.any(TapeProblem)]);
  expect(rows).toHaveLength(3);
});
