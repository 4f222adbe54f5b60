// `mm stop`, `pause`, `resume` and `reset` from outside: to the bot when one lives, into the ledger when none does, and
// from the one to the other when a bot dies between. What it returns has happened, or says that it may not have.
import { EXIT } from '#config/problem';
import type { Trip } from '#core/guard';
import { AccountHeld } from '#ledger/lock';
import { LedgerProblem } from '#ledger/problem';
import { askBot } from './ask-bot.js';
import type { BotAnswer } from './ask-bot.js';
import { orderAtRest } from './at-rest.js';
import { isLive, reading } from './ledgers.js';
import type { AccountLedger } from './ledgers.js';
import { botLine, failedLine, flatteningLine, restLine } from './operate-text.js';
import { chooseTargets, marketOf } from './targets.js';
import type { OperatorCommand, TargetQuery } from './targets.js';
import type { VenueKeys } from './venue-keys.js';
import { VenueStop, withVenue } from './venue-stop.js';
import type { MakeEmergency } from './venue-stop.js';

/** How long a live bot may take to answer, unless it is working a position down. */
export const PATIENCE_MS = 10_000;
const DEFAULT_REASON = 'by hand';

export interface OperateRequest {
  readonly command: OperatorCommand;
  readonly reason: string | null;
  /** `stop` only: what the bot does with its position. */
  readonly flatten: 'post-only' | 'ioc' | null;
  readonly target: TargetQuery;
  readonly patienceMs?: number;
  /** How to reach a venue on the wire, for `stop`. */
  readonly venue?: { readonly keys: VenueKeys; readonly make: MakeEmergency };
  /** Progress of something that takes long, a line each. */
  readonly notify?: (line: string) => void;
}

/**
 * obeyed: a live bot did it. written: nothing was live, the next start obeys. no-answer: a live bot did not say that
 * it obeyed, the order is in its inbox. failed: not even the order could be left.
 */
export interface OperateResult {
  readonly command: OperatorCommand;
  readonly venue: string;
  readonly account: string;
  readonly market: string | null;
  readonly runId: string | null;
  readonly pid: number | null;
  readonly outcome: 'obeyed' | 'written' | 'no-answer' | 'failed';
  /** Client ids of the orders that the ledger still counts open. */
  readonly openOrders: readonly string[];
  readonly latched: Pick<Trip, 'guard' | 'reason'> | null;
  readonly seconds: number;
  /** The result in one line, for people. */
  readonly line: string;
}

export interface OperateOutcome {
  readonly results: readonly OperateResult[];
  readonly exitCode: number;
}

/** Throws StartProblem, LedgerProblem or AccountHeld when the order reached nobody. */
export async function operate(request: OperateRequest): Promise<OperateOutcome> {
  const targets = chooseTargets(request.target, request.command);
  const results = await Promise.all(
    targets.map((target) => stopBoth(target, request, targets.length)),
  );
  const sure = results.every(({ outcome }) => outcome === 'obeyed' || outcome === 'written');
  return { results, exitCode: sure ? EXIT.clean : EXIT.ordersRemain };
}

/** A stop goes to the venue as well as to the bot, at once and whatever the bot does. */
async function stopBoth(
  target: AccountLedger,
  request: OperateRequest,
  count: number,
): Promise<OperateResult> {
  const { command, venue } = request;
  const wire = command === 'stop' && venue ? VenueStop.begin(target, venue.keys, venue.make) : null;
  if (wire === null) return toOne(target, request, count);
  const result = await toOne(target, request, 2); // a failure here must not keep the venue's word from anybody
  return withVenue(result, await wire.confirm());
}

/** With several targets, or a live one to be stopped, a failure is a result: the others must still be told. */
async function toOne(
  target: AccountLedger,
  request: OperateRequest,
  count: number,
): Promise<OperateResult> {
  try {
    return await deliver(target, request);
  } catch (error) {
    const urgent = count > 1 || (request.command === 'stop' && isLive(target));
    if (!urgent || !(error instanceof LedgerProblem)) throw error;
    const line = failedLine(target, request.command, error.message);
    const at = target.lastRun?.market ?? null;
    return { ...plain(target, request, at), outcome: 'failed', line };
  }
}

async function deliver(found: AccountLedger, request: OperateRequest): Promise<OperateResult> {
  const deadline = performance.now() + 2 * (request.patienceMs ?? PATIENCE_MS);
  let target = found;
  let left: number | null = null;
  for (;;) {
    const market = marketOf(target, request.target.market);
    if (isLive(target)) {
      const answer = await ask(target, market, request);
      if (answer.kind !== 'gone') return fromBot(target, market, request, answer);
      left = answer.id;
    }
    try {
      return atRest(target, market, request, left);
    } catch (error) {
      // Somebody took the account between our look and our lock: another order, or a run that has just begun.
      if (!(error instanceof AccountHeld) || performance.now() > deadline) throw error;
      target = { ...target, holder: error.holder ?? 'unknown' };
    }
  }
}

function ask(target: AccountLedger, market: string, request: OperateRequest): Promise<BotAnswer> {
  const { command, flatten } = request;
  const operation = command === 'stop' && flatten !== null ? `stop:${flatten}` : command;
  const reason = request.reason ?? DEFAULT_REASON;
  return askBot(target, market, {
    operation,
    reason,
    patienceMs: request.patienceMs ?? PATIENCE_MS,
    onFlattening: (position) => request.notify?.(flatteningLine(target, position)),
  });
}

const plain = (
  { venue, account }: AccountLedger,
  { command }: OperateRequest,
  market: string | null,
): Omit<OperateResult, 'outcome' | 'line'> => ({
  command,
  venue,
  account,
  market,
  runId: null,
  pid: null,
  openOrders: [],
  latched: null,
  seconds: 0,
});

function fromBot(
  target: AccountLedger,
  market: string,
  request: OperateRequest,
  answer: BotAnswer,
): OperateResult {
  const { venue, account, paths } = target;
  const { runId, pid, orders, seconds } = answer;
  const latched = reading(paths.ledger, (reader) => {
    const row = reader.account(venue, account, market);
    const breaker = row === null ? null : reader.state(row.id, 'breaker')?.value;
    return (breaker as { latched?: Trip | null } | null | undefined)?.latched ?? null;
  });
  return {
    ...plain(target, request, market),
    runId,
    pid,
    outcome: answer.kind === 'obeyed' ? 'obeyed' : 'no-answer',
    openOrders: orders,
    latched,
    seconds,
    line: botLine(target, market, request, answer),
  };
}

function atRest(
  target: AccountLedger,
  market: string,
  request: OperateRequest,
  left: number | null,
): OperateResult {
  const reason = request.reason ?? DEFAULT_REASON;
  const rest = orderAtRest(target, market, { command: request.command, reason }, left);
  return {
    ...plain(target, request, market),
    runId: rest.runId,
    outcome: 'written',
    openOrders: [],
    latched: rest.after.latched,
    line: restLine(target, market, request, rest),
  };
}
