// `mm ab` on the wire, on paper: one or several venues on 127.0.0.1, each with two accounts that trade copies of the same
// flow, and on each account a bot as `mm run` makes it: real client, real sockets, ledger, log, lock and watchdog of its
// own. All bots live in one process under one host, which alone has signals, screen and the end.
import { basename } from 'node:path';
import type { Layered } from '#config/layers';
import { StartProblem } from '#config/problem';
import { MICROS_PER_MS } from '#core/units';
import type { Seconds } from '#core/units';
import { makeStateFolder } from '#ledger/paths';
import { namedLine, sideOf } from './ab.js';
import { AbPlay, MODES, abAccount, keptIn } from './ab-play.js';
import type { Pair } from './ab-play.js';
import { startOf } from './ab-watch.js';
import type { Watched } from './ab-watch.js';
import { WallClock } from './clock.js';
import { ConsoleView } from './console-view.js';
import type { LiveRun } from './live-run.js';
import type { MarketChoice } from './markets.js';
import { startPaperVenue } from './paper-venue.js';
import type { PaperVenue } from './paper-venue.js';
import { stateDirOf } from './state-dir.js';
import { paperJob } from './venue-live.js';
import { minuteOf } from './venue-process.js';
import { openOnVenue } from './venue-open.js';
import type { VenueRun } from './venue-open.js';
import type { VenuePlace } from './venue-place.js';
import { venueCalled, venueNamed } from './venue-registry.js';

export interface AbVenueRequest {
  /** The settings for each venue, which differ in the venue alone. */
  readonly layers: readonly Layered[];
  readonly market: Pick<MarketChoice, 'tape' | 'synthetic'>;
  readonly duration: Seconds | null;
  readonly speed: number;
  readonly terminal: boolean;
  readonly version: string;
}

/** One venue, served for two bots. */
export interface Stand {
  readonly layered: Layered;
  readonly paper: PaperVenue;
}

/** Returns the worst exit code of all bots. Throws StartProblem, LedgerProblem or AccountHeld before a quote is sent. */
export async function runAbOnVenues(request: AbVenueRequest): Promise<number> {
  const found = refusals(request);
  if (found.length > 0) throw new StartProblem(found);
  makeStateFolder(stateDirOf((request.layers[0] as Layered).values)); // before anything is started for nothing
  const stands = await startStands(request);
  try {
    return await playAb(request, stands);
  } finally {
    await Promise.all(stands.map(({ paper }) => paper.close()));
  }
}

/** The venues, each with room for two bots. Throws StartProblem; then none is left running. */
export async function startStands({ layers, market }: AbVenueRequest): Promise<Stand[]> {
  const startUs = minuteOf(Date.now() * MICROS_PER_MS); // one for all: their markets are then the same
  const { settled, problem } = await all(layers, async (layered): Promise<Stand> => {
    const venue = venueCalled(layered.values.venue, 'mm ab --venue');
    const job = paperJob(layered, { ...market, relay: null });
    const paper = await startPaperVenue({ ...job, venue, port: 0, startUs, bots: MODES.length });
    return { layered, paper };
  });
  if (problem === null) return settled;
  await Promise.all(settled.map(({ paper }) => paper.close()));
  throw problem.reason;
}

/** Plays both modes on every stand to the end; the stands go on. */
export async function playAb(request: AbVenueRequest, stands: readonly Stand[]): Promise<number> {
  const clock = new WallClock();
  const view = new ConsoleView(request.terminal);
  const seats = stands.flatMap((stand) => MODES.map((mode) => new Seat(stand, mode)));
  try {
    const { problem } = await all(seats, (seat) => seat.open(request, clock, view));
    if (problem !== null) throw problem.reason;
    return await hosted(request, stands, seats, clock, view);
  } finally {
    await Promise.all(seats.map((seat) => seat.close(view)));
    clock.release();
  }
}

async function hosted(
  request: AbVenueRequest,
  stands: readonly Stand[],
  seats: readonly Seat[],
  clock: WallClock,
  view: ConsoleView,
): Promise<number> {
  const begun = beginAll(seats);
  const pairs = stands.map((_, i): Pair => [begun[2 * i] as Watched, begun[2 * i + 1] as Watched]);
  const seatOf = (run: LiveRun): Seat | undefined =>
    seats[begun.findIndex((watched) => watched.run === run)];
  const { values } = (stands[0] as Stand).layered;
  const ab = new AbPlay({
    ...{ pairs, market: playedOn(request), clock, view, terminal: request.terminal },
    capital: values.capital,
    ended: (run) => void seatOf(run)?.close(view),
  });
  for (const seat of seats) seat.onArrival(() => ab.host.poke());
  stands.forEach(({ layered, paper }, i) =>
    paper.whenGone((why) => {
      view.line(`${layered.values.venue}: ${why}`);
      for (const { run } of pairs[i] ?? []) run.venueGone(why);
      ab.host.poke();
    }),
  );
  try {
    return await ab.host.untilEnd();
  } finally {
    await Promise.all(seats.map((seat) => seat.close(view)));
    ab.sumUp();
  }
}

/** All of them in one go, so that none has seen more of the market than another. */
function beginAll(seats: readonly Seat[]): Watched[] {
  const begun: Watched[] = [];
  try {
    for (const seat of seats) begun.push(seat.begin());
    return begun;
  } catch (error) {
    for (const { run } of begun) run.cannotStart();
    throw error;
  }
}

/** One bot: an account at a venue and the run on it. */
class Seat {
  private place: VenuePlace | null = null;
  private run: VenueRun | null = null;
  private closing: Promise<void> | null = null;

  constructor(
    private readonly stand: Stand,
    private readonly mode: (typeof MODES)[number],
  ) {}

  async open(request: AbVenueRequest, clock: WallClock, view: ConsoleView): Promise<void> {
    const { mode } = this;
    const { paper } = this.stand;
    const layered = sideOf(this.stand.layered, mode);
    const { values } = layered;
    const name = venueCalled(values.venue, 'mm ab --venue');
    const warn = (text: string): void => view.line(`${name} ${mode}: ${text}`);
    this.place = await (await venueNamed(name)).paperPlace(values, paper, warn);
    const several = request.layers.length > 1;
    this.run = await openOnVenue({
      ...{ layered, mode, place: this.place, clock, adopt: true },
      account: abAccount(values, mode),
      duration: request.duration,
      version: request.version,
      console: namedLine(view, `${several ? `${name.padEnd(7)} ` : ''}${mode.padEnd(7)}`),
    });
  }

  onArrival(poke: () => void): void {
    this.run?.onArrival(poke);
  }

  begin(): Watched {
    const venueRun = this.run as VenueRun;
    const run = venueRun.begin();
    const { mode, runId, opened } = venueRun.account;
    const start = startOf(venueRun.instrument, opened.ledger.position, venueRun.mid);
    return { run, mode, start, kept: () => keptIn(opened.paths.ledger, runId) };
  }

  /** A problem here is no reason to end the others. */
  close(view: ConsoleView): Promise<void> {
    this.closing ??= this.giveBack().catch((error: unknown) =>
      view.line(`${this.mode}: ${error instanceof Error ? error.message : String(error)}`),
    );
    return this.closing;
  }

  private async giveBack(): Promise<void> {
    try {
      await this.run?.close();
    } finally {
      await this.place?.close();
    }
  }
}

/** What must not be combined, and what needs more than one account's keys. */
function refusals({ layers, speed }: AbVenueRequest): string[] {
  const found: string[] = [];
  const venues = layers.map(({ values }) => values.venue);
  if (speed !== 1)
    found.push(`--speed ${speed}: time on --venue ${venues.join(',')} is real; leave --speed out`);
  if (venues.includes('sim')) found.push('--venue sim plays in its own time: mm ab --venue sim');
  if (new Set(venues).size < venues.length)
    found.push(`--venue ${venues.join(',')}: name each venue once`);
  const { network, venue } = (layers[0] as Layered).values;
  if (network === 'paper') return found;
  const run = (mode: string): string =>
    `mm run --${mode} --venue ${venue} --network ${network} --account ${network}-${mode}`;
  found.push(
    `mm ab is for --network paper; on ${network} start ${run('static')} and ${run('dynamic')} in two terminals, each with the keys of an account of its own`,
  );
  return found;
}

/** "synthetic normal, seed 1 on paradex and apex". */
function playedOn({ layers, market }: AbVenueRequest): string {
  const { seed } = (layers[0] as Layered).values;
  const played =
    market.tape === null
      ? `synthetic ${market.synthetic ?? 'normal'}, seed ${seed}`
      : basename(market.tape);
  return `${played} on ${layers.map(({ values }) => values.venue).join(' and ')}`;
}

/** Everything at once; what came of it when all are through, and the first that failed. */
async function all<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<{ readonly settled: R[]; readonly problem: PromiseRejectedResult | null }> {
  const results = await Promise.allSettled(items.map(work));
  const settled = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const problem = results.find((one) => one.status === 'rejected') ?? null;
  return { settled, problem };
}
