// One run on the wire, opened on a place: asks the venue what it says before anything is sent, settles the past (orders
// of dead runs, positions), opens the account, has itself watched, waits for the first price. Then a LiveRun as
// everywhere, for one host alone (venue-run.ts) or with others (ab-venue.ts). It has no signal, no screen, no end of its
// own; what it opened it closes, whatever went wrong.
import type { VenueClient, VenueFacts } from '#clients/net/venue-client';
import { AccountHeld, AccountLock } from '#ledger/lock';
import { accountPaths } from '#ledger/paths';
import type { Layered } from '#config/layers';
import { EXIT, StartProblem } from '#config/problem';
import { checkSize, positionLimitOf, sizeOf } from '#config/settings';
import type { Instrument } from '#core/instrument';
import type { Seconds, TickPrice } from '#core/units';
import type { Mode } from './assembly.js';
import type { WallClock } from './clock.js';
import { emptyBook } from './empty-book.js';
import { firstMidOf, privateLink } from './first-mid.js';
import { LiveRun } from './live-run.js';
import type { Opening } from './machine.js';
import { missedFunding } from './missed-funding.js';
import { dropOldRecordings } from './old-recordings.js';
import { openRun } from './open-run.js';
import type { OpenRun } from './open-run.js';
import { newRunId } from './run-id.js';
import { RunRecording } from './run-recording.js';
import { stateDirOf } from './state-dir.js';
import { writeReach } from './venue-place.js';
import type { VenuePlace } from './venue-place.js';
import { explained } from './venue-problem.js';
import type { Watch } from './watchdog-link.js';
import { WireInbox } from './wire-inbox.js';
import { buildWire } from './wire-machine.js';
import { isOwn, openingOf, openingText, strangers } from './wire-opening.js';

const FIRST_BOOK_MS = 20_000;
const PRIVATE_LINK_MS = 5_000;
const CANCEL_WITHIN_MS = 10_000;
/** The clock may have been set back a little; more is a question for a person. */
const CLOCK_BACK_US = 5e6;

export interface VenueRunWanted {
  readonly layered: Layered;
  readonly mode: Mode;
  /** Of the ledger. */
  readonly account: string;
  readonly place: VenuePlace;
  readonly duration: Seconds | null;
  readonly version: string;
  /** Take orders and positions that the ledger does not know as they are. */
  readonly adopt: boolean;
  readonly clock: WallClock;
  /** Takes the log lines for the console. */
  readonly console: (line: string, runId: string) => void;
}

/** Throws StartProblem, LedgerProblem or AccountHeld before a quote is sent; then nothing is left open. */
export async function openOnVenue(wanted: VenueRunWanted): Promise<VenueRun> {
  const run = new VenueRun(wanted);
  try {
    await run.open();
    return run;
  } catch (error) {
    await run.close();
    throw error;
  }
}

export class VenueRun {
  private readonly runId = newRunId();
  private readonly inbox: WireInbox;
  private client: VenueClient | null = null;
  private opened: OpenRun | null = null;
  private held: AccountLock | null = null;
  private watch: Watch | null = null;
  private ready: Ready | null = null;
  private live: LiveRun | null = null;
  /** The last deed of a run with a bug: cancelling past its engine. */
  private deed: Promise<void> = Promise.resolve();

  constructor(private readonly wanted: VenueRunWanted) {
    this.inbox = new WireInbox(wanted.clock);
  }

  /** Called when something has arrived after a turn. */
  onArrival(poke: () => void): void {
    this.inbox.onArrival = poke;
  }

  async open(): Promise<void> {
    const { layered, mode, account, place, clock, console, adopt } = this.wanted;
    const { values } = layered;
    const { runId } = this;
    const before = await this.connect();
    let facts = await explained(() => before.start());
    const { instrument } = facts;
    const stateDir = stateDirOf(values);
    const real = place.network !== 'paper';
    const named = { account, mode, runId, real };
    this.opened = await openRun({ values, stateDir, instrument, console, ...named });
    const open = this.opened;
    this.held = onlyOne(this.wanted, stateDir, runId);
    await behindUs(open, clock);
    writeReach(open.opened.paths.ledger, place.reach);
    refuseStrangers(facts, open, adopt);
    if (facts.openOrders.some(isOwn)) {
      await cancelOld(place, open);
      await before.close();
      const second = await this.connect();
      facts = await explained(() => second.start()); // what filled before it was cancelled is in this one
    }
    const { logger } = open.log;
    this.inbox.noteTo((level, text) => logger[level](text));
    for (const warning of facts.warnings) logger.warn(warning);
    const client = this.client as VenueClient;
    const funding = await missedFunding(client, open.opened.restored, open.opened.paths.ledger);
    // Nothing is sent before it watches; meanwhile the feeds open.
    const watched = place.watch(runId, (level, text) => logger[level](text));
    client.open();
    const first = firstMidOf(this.inbox, FIRST_BOOK_MS);
    await Promise.allSettled([watched.then((watch) => (this.watch = watch)), first]);
    await watched;
    const mid = await first;
    await privateLink(this.inbox, PRIVATE_LINK_MS);
    fits(facts.instrument, values, mid);
    const { position, unaccounted, lastRun } = open.opened.restored;
    const us = clock.now();
    const kind = place.network;
    const opening = openingOf({ kind, facts, position, unaccounted, funding, mid, us });
    const said = openingText(opening, lastRun === null);
    if (said !== null) logger.warn(said);
    const dropped = dropOldRecordings(open.opened.paths.ledger, values.replayDays, Date.now());
    if (dropped !== null) logger.info(dropped);
    this.ready = { facts, mid, opening };
  }

  private async connect(): Promise<VenueClient> {
    this.client = await this.wanted.place.client(this.runId, this.inbox, this.wanted.clock);
    return this.client;
  }

  /** First sound mid of its book. */
  get mid(): TickPrice {
    return readyOf(this.ready).mid;
  }

  get instrument(): Instrument {
    return readyOf(this.ready).facts.instrument;
  }

  /** What it has opened; the ledger says what the account has from `begin` on. */
  get account(): OpenRun {
    return readyOf(this.opened);
  }

  /** The run itself, to be driven by a host from now on. Throws StartProblem. */
  begin(): LiveRun {
    const { layered, place, duration, version, clock } = this.wanted;
    const { inbox, runId } = this;
    const { facts, mid, opening } = readyOf(this.ready);
    const [open, client, watch] = [this.account, readyOf(this.client), readyOf(this.watch)];
    const recording = RunRecording.begin(open.opened.paths.ledger, runId, facts.instrument);
    const cancelAll = (): void => void (this.deed = cancelPast(place, open));
    this.live = new LiveRun({
      ...{ layered, duration, version, ...open, clock, opening },
      instrument: facts.instrument,
      marketName: place.name,
      feesFrom: `from the ${facts.feesFrom} at the venue`,
      build: (parts, hooks) =>
        buildWire(parts, hooks, { client, facts, inbox, clock, mid, recording, cancelAll, watch }),
    });
    return this.live;
  }

  /** Gives everything back. The watchdog goes with us only when nothing is open; else it is left to see to that. */
  async close(): Promise<void> {
    await this.deed;
    const code = this.live?.exitCode ?? null;
    if (code === EXIT.clean || code === EXIT.latched) await this.watch?.goodbye();
    else this.watch?.leave();
    this.inbox.noteTo(() => undefined); // answers may still arrive; there is no log any more
    await this.client?.close();
    this.opened?.close();
    this.held?.release();
  }
}

/** What is known before the first turn. */
interface Ready {
  readonly facts: VenueFacts;
  readonly mid: TickPrice;
  readonly opening: Opening;
}

function readyOf<T>(part: T | null): T {
  if (part === null) throw new Error('a run on the wire was used before it was open');
  return part;
}

/** Two names for one account of the venue would cancel each other's orders. Throws StartProblem. */
function onlyOne(
  { place, account, clock }: VenueRunWanted,
  stateDir: string,
  runId: string,
): AccountLock | null {
  if (place.network === 'paper') return null; // an account of this run alone
  const at = `at-${place.venue}-${place.network}-${place.market}`;
  const paths = accountPaths(stateDir, at, place.identity);
  const market = `${place.market} as account ${account}`;
  try {
    return AccountLock.acquire(paths, { pid: process.pid, runId, market, sinceUs: clock.now() });
  } catch (error) {
    if (!(error instanceof AccountHeld)) throw error;
    // Another --account would be another ledger of the same account.
    throw new StartProblem(
      `this account of ${place.venue} ${place.network} is traded already (${error.what}): stop that run first (mm stop), or give the keys of another account of the venue`,
    );
  }
}

/** After a bug the engine is not to be trusted: cancels everything over a connection of its own. */
async function cancelPast(place: VenuePlace, { log }: OpenRun): Promise<void> {
  try {
    const client = await place.emergency();
    const { empty, left, seconds, problem } = await emptyBook(client, CANCEL_WITHIN_MS);
    await client.close();
    const after = `after ${seconds.toFixed(1)} s`;
    if (empty) log.logger.warn(`no order is open, confirmed by the venue ${after}`);
    else
      log.logger.fatal({ orders: left }, `orders may remain open ${after}: ${problem ?? 'listed'}`);
  } catch (error) {
    log.logger.fatal(`orders may remain open: ${(error as Error).message}`);
  }
}

/** What earlier runs left resting goes first: nobody looks after it any more. Throws StartProblem. */
async function cancelOld(place: VenuePlace, { log }: OpenRun): Promise<void> {
  const client = await explained(() => place.emergency());
  const { empty, found, left, problem } = await emptyBook(client, CANCEL_WITHIN_MS);
  await client.close();
  log.logger.warn({ orders: found }, `${found.length} orders of earlier runs were open: cancelled`);
  if (empty) return;
  throw new StartProblem(
    `orders of earlier runs are open and could not be cancelled (${problem ?? left.join(' ')}); cancel them on the site of the venue, then start again`,
  );
}

function refuseStrangers(facts: VenueFacts, { opened, account }: OpenRun, adopt: boolean): void {
  const { position, unaccounted } = opened.restored;
  const found = strangers({ facts, position, unaccounted });
  if (found.length === 0 || adopt) return;
  const remedy = `account ${account}: clear this on the site of the venue, or start with --adopt to take it as it is`;
  throw new StartProblem([...found, remedy]);
}

/** Rows of the ledger never run backwards: waits a moment, or refuses. */
async function behindUs({ opened, account }: OpenRun, clock: WallClock): Promise<void> {
  const ahead = opened.restored.newestUs - clock.now();
  if (ahead > CLOCK_BACK_US) {
    const when = new Date(opened.restored.newestUs / 1000).toISOString();
    throw new StartProblem(
      `the ledger of ${account} reaches to ${when}, later than this computer's clock; set the clock, or use another --account`,
    );
  }
  if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, Math.ceil(ahead / 1000) + 1));
}

/** Throws StartProblem for a size that the venue does not take at this price. */
function fits(instrument: Instrument, values: Layered['values'], mid: TickPrice): void {
  const unitLots = instrument.lotsWithin(sizeOf(values, instrument, mid), mid);
  const limitLots = instrument.lotsWithin(positionLimitOf(values), mid);
  checkSize(instrument, { unitLots, limitLots }, mid);
}
