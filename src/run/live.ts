// `mm run`: opens the account, plays the market up to the present moment again and again, and leaves only when no
// order can be open. One timer drives it; everything that happens in a turn is synchronous.
import { randomBytes } from 'node:crypto';
import { EXIT } from '#config/problem';
import { openLog } from '#config/log';
import type { OpenLog } from '#config/log';
import type { Layered } from '#config/layers';
import { Instrument } from '#core/instrument';
import type { Micros, Seconds } from '#core/units';
import { metricsText } from '#report/metrics';
import type { OpenAccount } from './account-files.js';
import { openAccount } from './account-files.js';
import { RunClock } from './clock.js';
import { ConsoleView } from './console-view.js';
import { LiveRun } from './live-run.js';
import { firstMid, openMarket } from './markets.js';
import type { Market, MarketChoice } from './markets.js';
import { stateDirOf } from './state-dir.js';

export interface LiveRequest {
  readonly layered: Layered;
  readonly mode: 'static' | 'dynamic';
  readonly market: MarketChoice;
  readonly duration: Seconds | null;
  readonly speed: number;
  readonly terminal: boolean;
  readonly version: string;
}

/** Ten letters and digits: part of every client order id, never used again. */
export function newRunId(): string {
  const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz';
  return [...randomBytes(10)].map((byte) => alphabet[byte % 36]).join('');
}

/** Runs until stopped; returns the exit code. Throws StartProblem, LedgerProblem, AccountHeld before anything is sent. */
export async function runLive(request: LiveRequest): Promise<number> {
  const { values } = request.layered;
  const account = values.account ?? `paper-${request.mode}`;
  const stateDir = stateDirOf(values);
  const found = await openMarket(request.market, values, null, stateDir);
  const market: Market = {
    ...found,
    instrument: new Instrument({ ...found.instrument.spec, venue: values.venue }),
  };
  const view = new ConsoleView(request.terminal);
  const runId = newRunId();
  let logFailure: string | null = null;
  const log = await openLog({
    directory: values.logDir,
    keepDays: values.logDays,
    nowMs: Date.now(),
    console: (line) => view.line(line),
    base: { run: runId, mode: request.mode },
    onFailure: (message) => (logFailure = message),
  });
  let opened: OpenAccount | null = null;
  try {
    opened = openAccount(
      stateDir,
      account,
      market.instrument,
      runId,
      (Date.now() * 1000) as Micros,
    );
    const refusal = refusesToStart(opened, account);
    if (refusal !== null) {
      log.logger.fatal(refusal);
      return EXIT.latched;
    }
    return await play(request, {
      market,
      account,
      runId,
      view,
      log,
      opened,
      failed: () => logFailure,
    });
  } finally {
    opened?.close();
    log.close();
  }
}

/** A latch from an earlier run, or a stop that was left for this one. */
function refusesToStart(opened: OpenAccount, account: string): string | null {
  const latch = opened.restored.breaker?.latched ?? null;
  if (latch === null) return null;
  return `not started: latched by ${latch.guard} (${latch.reason}); look into it, then mm reset --account ${account} --reason "..."`;
}

interface Parts {
  readonly market: Market;
  readonly account: string;
  readonly runId: string;
  readonly view: ConsoleView;
  readonly log: OpenLog;
  readonly opened: OpenAccount;
  readonly failed: () => string | null;
}

async function play(request: LiveRequest, parts: Parts): Promise<number> {
  const { market, opened } = parts;
  const clock = new RunClock(request.speed, opened.restored.newestUs);
  const mid = firstMid(market, clock.startUs);
  const run = new LiveRun({ ...request, ...parts, clock, mid });
  const code = await run.untilEnd();
  parts.view.line(`\n${metricsText(run.finalStatus())}`);
  return code;
}
