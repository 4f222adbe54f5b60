// `mm ab`: static and dynamic at once in one process, each with an account, a ledger and a lock of its own, on two
// copies of the same market played to the same moments. Neither sees the other: each has its own venue, and what one
// fills is still there for the other.
import { StartProblem } from '#config/problem';
import type { Layered } from '#config/layers';
import type { ParameterValues } from '#config/parameters';
import { moneyToNumber } from '#core/money';
import type { Money, Seconds } from '#core/units';
import { abTable, evidenceLines } from '#report/ab-text';
import { AbWatch, startOf } from './ab-watch.js';
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
import { RunHost } from './run-host.js';
import { stateDirOf } from './state-dir.js';

export interface AbRequest {
  readonly layered: Layered;
  readonly market: MarketChoice;
  readonly duration: Seconds | null;
  readonly speed: number;
  readonly terminal: boolean;
  readonly version: string;
}

const MODES = ['static', 'dynamic'] as const satisfies readonly Mode[];
/** An account name may have 40 characters, and `-dynamic` comes after it. */
const LONGEST_NAME = 32;
/** How often the table is written where there is no terminal to redraw it on. */
const TABLE_MS = 60_000;

/** The account of each mode. Throws StartProblem. */
export function abAccount({ account }: Pick<ParameterValues, 'account'>, mode: Mode): string {
  if (account !== null && account.length > LONGEST_NAME) {
    throw new StartProblem(
      `--account "${account}" must have at most ${LONGEST_NAME} characters for mm ab, which adds -static and -dynamic`,
    );
  }
  return `${account ?? 'paper'}-${mode}`;
}

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
      const console = (line: string, runId: string): void =>
        view.line(`${runId} ${mode.padEnd(7)} ${line}`);
      const { instrument } = market;
      const account = accounts[i] as string;
      open.push(await openRun({ values, stateDir, account, mode, instrument, console }));
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
  const [fixed, measured] = begin(request, market, open, clock);
  const watch = new AbWatch(market.name, fixed, measured, clock.startUs);
  let tableMs = performance.now() + TABLE_MS;
  const show = (): void => {
    if (request.terminal) return view.block(abTable(watch.standing, false));
    if (performance.now() < tableMs) return;
    tableMs += TABLE_MS;
    view.line(abTable(watch.standing, true));
  };
  const played = (us: number): void => watch.played(us);
  const host = new RunHost({
    runs: [fixed.run, measured.run],
    clock,
    show,
    played,
    // Its account is free again, and mm metrics and mm reset see an account at rest, while the other goes on.
    ended: (run) => giveBack(open[run === fixed.run ? 0 : 1] as OpenRun, view),
  });
  try {
    return await host.untilEnd();
  } finally {
    // Also when the recording broke off; not when there never was a price.
    if (watch.standing.difference !== null) sumUp(watch, request.layered.values.capital, view);
  }
}

function sumUp(watch: AbWatch, capital: Money, view: ConsoleView): void {
  const { standing } = watch;
  const dollars = moneyToNumber(capital);
  const worth = evidenceLines(standing, watch.evidence(dollars), dollars);
  view.line(`\n${[abTable(standing, true), ...worth].join('\n')}`);
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
): [Watched, Watched] {
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
      begun.push({ run, mode: one.mode, start });
    }
  } catch (error) {
    for (const { run } of begun) run.cannotStart();
    throw error;
  }
  return begun as [Watched, Watched];
}
