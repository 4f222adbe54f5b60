// `mm run` on the wire: finds the venue, asks what it says before anything is sent, settles the past (orders of dead runs,
// positions), opens the account, and hands over to the same LiveRun as everywhere. Ends only after the venue's word that
// nothing is open, or says what may be.
import type { VenueClient, VenueFacts } from '#clients/net/venue-client';
import { AccountLock } from '#ledger/lock';
import { accountPaths } from '#ledger/paths';
import type { Layered } from '#config/layers';
import { EXIT, StartProblem } from '#config/problem';
import { checkSize, positionLimitOf, sizeOf } from '#config/settings';
import type { Instrument } from '#core/instrument';
import type { Seconds, TickPrice } from '#core/units';
import { metricsText } from '#report/metrics';
import type { Mode } from './assembly.js';
import { WallClock } from './clock.js';
import { ConsoleView } from './console-view.js';
import { emptyBook } from './empty-book.js';
import { firstMidOf } from './first-mid.js';
import { LiveRun } from './live-run.js';
import { openRun } from './open-run.js';
import type { OpenRun } from './open-run.js';
import { RunHost } from './run-host.js';
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
const CANCEL_WITHIN_MS = 10_000;
/** The clock may have been set back a little; more is a question for a person. */
const CLOCK_BACK_US = 5e6;

export interface VenueRequest {
  readonly layered: Layered;
  readonly mode: Mode;
  readonly place: VenuePlace;
  readonly duration: Seconds | null;
  readonly terminal: boolean;
  readonly version: string;
  /** Take orders and positions that the ledger does not know as they are. */
  readonly adopt: boolean;
}

/** The ledger of a real account is one, whoever trades it; a paper account is the mode's own. */
export const accountOf = ({ account, network }: Layered['values'], mode: Mode): string =>
  account ?? (network === 'paper' ? `paper-${mode}` : network);

/** Returns the exit code. Throws StartProblem, LedgerProblem or AccountHeld before a quote is sent. */
export async function runOnVenue(request: VenueRequest): Promise<number> {
  const { place, layered, mode } = request;
  const clock = new WallClock();
  const inbox = new WireInbox(clock);
  const runId = newRunId();
  const view = new ConsoleView(request.terminal);
  const stateDir = stateDirOf(layered.values);
  const account = accountOf(layered.values, mode);
  const connect = (): Promise<VenueClient> => place.client(runId, inbox, clock);
  let client = await connect();
  let open: OpenRun | null = null;
  let held: AccountLock | null = null;
  try {
    let facts = await explained(() => client.start());
    const { instrument } = facts;
    const console = (line: string): void => view.line(line);
    const { values } = layered;
    open = await openRun({ values, stateDir, account, mode, instrument, runId, console });
    held = onlyOne(request, open, runId, clock);
    await behindUs(open, clock);
    writeReach(open.opened.paths.ledger, place.reach);
    refuseStrangers(facts, open, request.adopt);
    if (facts.openOrders.some(isOwn)) {
      await cancelOld(place, open);
      await client.close();
      client = await connect();
      facts = await explained(() => client.start()); // what filled before it was cancelled is in this one
    }
    return await watched(request, { client, facts, inbox, clock, runId }, open, view);
  } finally {
    inbox.noteTo(() => undefined); // answers may still arrive; there is no log any more
    await client.close();
    clock.release();
    open?.close();
    held?.release();
  }
}

/** Two names for one account of the venue would cancel each other's orders. Throws AccountHeld. */
function onlyOne(
  { place, layered }: VenueRequest,
  open: OpenRun,
  runId: string,
  clock: WallClock,
): AccountLock | null {
  if (place.network === 'paper') return null; // an account of this run alone
  const at = `at-${place.venue}-${place.network}-${place.market}`;
  const paths = accountPaths(stateDirOf(layered.values), at, place.identity);
  const market = `${place.market} as account ${open.account}`;
  return AccountLock.acquire(paths, { pid: process.pid, runId, market, sinceUs: clock.now() });
}

interface Connected {
  readonly client: VenueClient;
  readonly facts: VenueFacts;
  readonly inbox: WireInbox;
  readonly clock: WallClock;
  readonly runId: string;
}

/** The watchdog goes with us only when nothing is open; else it is left to see to that. Throws StartProblem. */
async function watched(
  request: VenueRequest,
  wire: Connected,
  open: OpenRun,
  view: ConsoleView,
): Promise<number> {
  const { logger } = open.log;
  const watch = await request.place.watch(wire.runId, (level, text) => logger[level](text));
  let code: number | null = null;
  try {
    code = await play(request, wire, open, view, watch);
    return code;
  } finally {
    if (code === EXIT.clean || code === EXIT.latched) await watch.goodbye();
    else watch.leave();
  }
}

async function play(
  request: VenueRequest,
  wire: Connected,
  open: OpenRun,
  view: ConsoleView,
  watch: Watch,
): Promise<number> {
  const { layered, place, duration, version } = request;
  const { client, facts, inbox, clock } = wire;
  const { opened, log } = open;
  inbox.noteTo((level, text) => log.logger[level](text));
  for (const warning of facts.warnings) log.logger.warn(warning);
  client.open();
  const mid = await firstMidOf(inbox, FIRST_BOOK_MS);
  fits(facts.instrument, layered.values, mid);
  const { position, unaccounted, lastRun } = opened.restored;
  const us = clock.now();
  const opening = openingOf({ kind: place.network, facts, position, unaccounted, mid, us });
  const said = openingText(opening, lastRun === null);
  if (said !== null) log.logger.warn(said);
  const recording = RunRecording.begin(opened.paths.ledger, wire.runId, facts.instrument);
  let deed: Promise<void> = Promise.resolve();
  const cancelAll = (): void => void (deed = cancelPast(place, open));
  const run = new LiveRun({
    ...{ layered, duration, version, ...open, clock, opening },
    instrument: facts.instrument,
    marketName: place.name,
    feesFrom: `from the ${facts.feesFrom} at the venue`,
    build: (parts, hooks) =>
      buildWire(parts, hooks, { client, facts, inbox, clock, mid, recording, cancelAll, watch }),
  });
  const show = (): void => view.block(metricsText(run.status()));
  const host = new RunHost({ runs: [run], clock, show });
  inbox.onArrival = () => host.poke();
  try {
    const code = await host.untilEnd();
    view.line(`\n${metricsText(run.status())}`);
    return code;
  } finally {
    await deed;
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
