// `mm ab` on the simulated venue: static and dynamic at once in one process, each with an account, a ledger, a log and a
// lock of its own, on two copies of the same market played to the same moments. Neither sees the other: each has its own
// venue, and what one fills is still there for the other.
import { join } from 'node:path';
import type { Layered } from '#config/layers';
import type { ParameterValues } from '#config/parameters';
import type { Seconds } from '#core/units';
import { AbPlay, MODES, abAccount, keptIn } from './ab-play.js';
import type { Pair } from './ab-play.js';
import { startOf } from './ab-watch.js';
import type { Watched } from './ab-watch.js';
import type { Mode } from './assembly.js';
import { RunClock } from './clock.js';
import { ConsoleView } from './console-view.js';
import { LiveRun } from './live-run.js';
import { simParts } from './machine.js';
import { firstMid } from './markets.js';
import type { Market, MarketChoice } from './markets.js';
import { liveMarket, openRun } from './open-run.js';
import type { OpenRun } from './open-run.js';
import { stateDirOf } from './state-dir.js';

export interface AbRequest {
  readonly layered: Layered;
  readonly market: MarketChoice;
  readonly duration: Seconds | null;
  readonly speed: number;
  readonly terminal: boolean;
  readonly version: string;
}

/** The settings of one side: its log has a folder of its own, called as its ledger. */
export function sideOf(layered: Layered, mode: Mode): Layered {
  const { values } = layered;
  const own = `${values.venue}-${abAccount(values, mode)}`;
  const logDir: ParameterValues['logDir'] = join(values.logDir, own);
  return { ...layered, values: { ...values, logDir } };
}

/** What goes before each line on the console. */
export const namedLine = (view: ConsoleView, name: string) => (line: string, runId: string) =>
  view.line(`${runId} ${name} ${line}`);

/**
 * Runs both until stopped; returns the worse exit code. Throws StartProblem (also for a latched account),
 * LedgerProblem or AccountHeld before anything is sent; then neither account stays locked.
 */
export async function runAb(request: AbRequest): Promise<number> {
  const { values } = request.layered;
  const accounts = MODES.map((mode) => abAccount(values, mode));
  const stateDir = stateDirOf(values);
  const market = await liveMarket(request.market, values, stateDir);
  const view = new ConsoleView(request.terminal);
  const open: OpenRun[] = [];
  try {
    for (const [i, mode] of MODES.entries()) {
      const { instrument } = market;
      const account = accounts[i] as string;
      const own = sideOf(request.layered, mode).values;
      const console = namedLine(view, mode.padEnd(7));
      open.push(
        await openRun({ values: own, stateDir, account, mode, instrument, console, real: false }),
      );
    }
    return await play(request, market, open, view);
  } finally {
    for (const one of open.reverse()) one.close();
  }
}

async function play(
  request: AbRequest,
  market: Market,
  open: readonly OpenRun[],
  view: ConsoleView,
): Promise<number> {
  // Time must not run backwards for either of them, and begin at one moment for both.
  const newest = Math.max(...open.map(({ opened }) => opened.restored.newestUs));
  const clock = new RunClock(request.speed, newest);
  const pair = begin(request, market, open, clock);
  const { layered, terminal } = request;
  const ab = new AbPlay({
    ...{ pairs: [pair], market: market.name, clock, terminal, view },
    capital: layered.values.capital,
    // Its account is free again, and mm metrics and mm reset see an account at rest, while the other goes on.
    ended: (run) => giveBack(open[run === pair[0].run ? 0 : 1] as OpenRun, view),
  });
  try {
    return await ab.host.untilEnd();
  } finally {
    ab.sumUp();
  }
}

/** A problem here is no reason to end the other one. */
function giveBack(one: OpenRun, view: ConsoleView): void {
  try {
    one.close();
  } catch (error) {
    view.line(`account ${one.account}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Puts both together before either sees a row. */
function begin(
  request: AbRequest,
  market: Market,
  open: readonly OpenRun[],
  clock: RunClock,
): Pair {
  const mid = firstMid(market, clock.startUs);
  const { layered, duration, version } = request;
  const begun: Watched[] = [];
  try {
    for (const one of open) {
      const run = new LiveRun({
        ...{ layered, duration, version, ...one, clock },
        ...simParts(market, layered.values, one, mid),
      });
      const { position } = one.opened.ledger;
      if (position.lots !== 0) {
        one.log.logger.warn(
          { lots: position.lots },
          'begins with a position: the two start uneven',
        );
      }
      const start = startOf(market.instrument, position, mid);
      const kept = () => keptIn(one.opened.paths.ledger, one.runId);
      begun.push({ run, mode: one.mode, start, kept });
    }
  } catch (error) {
    for (const { run } of begun) run.cannotStart();
    throw error;
  }
  return begun as unknown as Pair;
}
