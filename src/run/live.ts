// `mm run`: opens the account, plays the market up to the present moment again and again, and leaves only when no
// order can be open.
import type { Layered } from '#config/layers';
import type { Seconds } from '#core/units';
import { metricsText } from '#report/metrics';
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

export interface LiveRequest {
  readonly layered: Layered;
  readonly mode: Mode;
  readonly market: MarketChoice;
  readonly duration: Seconds | null;
  readonly speed: number;
  readonly terminal: boolean;
  readonly version: string;
}

/**
 * Runs until stopped; returns the exit code. Throws StartProblem (also for a latched account), LedgerProblem or
 * AccountHeld before anything is sent.
 */
export async function runLive(request: LiveRequest): Promise<number> {
  const { values } = request.layered;
  const { mode } = request;
  const account = values.account ?? `paper-${mode}`;
  const stateDir = stateDirOf(values);
  const market = await liveMarket(request.market, values, stateDir);
  const view = new ConsoleView(request.terminal);
  const { instrument } = market;
  const console = (line: string): void => view.line(line);
  const open = await openRun({ values, stateDir, account, mode, instrument, console, real: false });
  try {
    return await play(request, market, open, view);
  } finally {
    open.close();
  }
}

async function play(
  request: LiveRequest,
  market: Market,
  open: OpenRun,
  view: ConsoleView,
): Promise<number> {
  const clock = new RunClock(request.speed, open.opened.restored.newestUs);
  const mid = firstMid(market, clock.startUs);
  const { layered, duration, version } = request;
  const run = new LiveRun({
    ...{ layered, duration, version, ...open, clock },
    ...simParts(market, layered.values, open, mid),
  });
  const show = (): void => view.block(metricsText(run.status()));
  const code = await new RunHost({ runs: [run], clock, show }).untilEnd();
  view.line(`\n${metricsText(run.status())}`);
  return code;
}
