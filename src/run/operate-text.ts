// What became of an order of the operator, in one line each: what is true now, and what to do next. Words only.
import type { BreakerSnapshot } from '#core/guard';
import { formatMoney } from '#core/money';
import type { BotAnswer } from './ask-bot.js';
import type { RestOutcome } from './at-rest.js';
import type { AccountLedger } from './ledgers.js';
import type { OperateRequest } from './operate.js';
import { whereOf } from './targets.js';
import type { OperatorCommand } from './targets.js';

type Asked = Pick<OperateRequest, 'command' | 'flatten' | 'reason'>;

const resetHint = (target: AccountLedger): string =>
  `to trade again: mm reset --account ${target.account} --reason "..."`;

/** A live bot's answer, or its silence. */
export function botLine(
  target: AccountLedger,
  market: string,
  { command }: Asked,
  { kind, pid, orders, runId, seconds }: BotAnswer,
): string {
  const bot = `the bot (${pid === null ? 'pid unknown' : `pid ${pid}`})`;
  const run = `run ${runId ?? '(unknown)'}, ${whereOf(target, market)}`;
  const after = `after ${seconds.toFixed(1)} s`;
  if (kind === 'flattening') {
    return `stopped, but ${bot} could not close its position; ${run} goes on trying; Ctrl-C there ends it as it is`;
  }
  if (kind === 'silent') {
    const names = orders.length === 0 ? 'none that the ledger knows' : orders.join(' ');
    const where =
      target.venue === 'sim'
        ? 'on --venue sim they live only inside the bot'
        : 'cancel them at the venue';
    return (
      `${bot} does not answer; its orders: ${names}; ${where}; ` +
      `the ${command} is left in the inbox and will be obeyed when it wakes or at its next start (${run})`
    );
  }
  switch (command) {
    case 'stop':
      return `stopped: ${run}: no order is open, confirmed ${after}; latched; ${resetHint(target)}`;
    case 'pause':
      return `paused: ${run}: the bot has withdrawn its quotes, ${after}; mm resume goes on`;
    case 'resume':
      return `resumed: ${run}: obeyed ${after}; a latch or a timed pause would still hold (mm metrics)`;
    case 'reset':
      return `reset: ${run}: obeyed ${after}; losses are measured from now on`;
  }
}

export const flatteningLine = ({ account }: AccountLedger, position: string): string =>
  `account ${account} quotes no more and works its position down, ${position} left; Ctrl-C here ends the waiting only`;

/** Nothing was live: what is in the ledger now. */
export function restLine(
  target: AccountLedger,
  market: string,
  asked: Asked,
  rest: RestOutcome,
): string {
  const parts = [restHead(target, whereOf(target, market), asked.command, rest)];
  if (rest.waiting.length > 0) {
    const names = rest.waiting.map(({ command, reason }) => `${command} (${reason})`).join(', ');
    parts.push(`orders that no bot had read were obeyed first: ${names}`);
  }
  if (rest.orders.length > 0 && target.venue === 'sim') {
    parts.push(
      `open orders of the killed run ${rest.runId ?? ''} count as cancelled, they lived inside it: ${rest.orders.join(' ')}`,
    );
  }
  if (asked.flatten !== null && !rest.flat) {
    parts.push(`the position of ${rest.position} stays: only a live run can work it down`);
  }
  return parts.join('; ');
}

function restHead(
  target: AccountLedger,
  where: string,
  command: OperatorCommand,
  { before, after, pnl }: RestOutcome,
): string {
  switch (command) {
    case 'stop': {
      const held = before.latched !== null && before.latched === after.latched;
      const how = held ? `was latched already ${latchText(before)}` : 'is latched now';
      return `stopped: nothing runs; ${where} ${how}, and the next start obeys; ${resetHint(target)}`;
    }
    case 'pause':
      return `paused: nothing runs; the next start on ${where} quotes nothing until mm resume${stillText(target, after)}`;
    case 'resume': {
      const was = before.operatorPaused ? 'resumed' : 'resumed (it was not paused)';
      const now = after.latched === null ? 'the next start quotes' : 'it does not quote yet';
      return `${was}: nothing runs on ${where}; ${now}${stillText(target, after)}`;
    }
    case 'reset': {
      const what =
        before.latched === null
          ? `${where} was not latched`
          : `${where} is no longer latched ${latchText(before)}`;
      const left = after.operatorPaused ? '; still paused: mm resume ends that' : '';
      return `reset: ${what}; losses are measured anew from the next start, the P&L of ${formatMoney(pnl)} so far no longer counts${left}${pausedText(after)}`;
    }
  }
}

const latchText = ({ latched }: BreakerSnapshot): string =>
  latched === null ? '' : `by ${latched.guard} (${latched.reason})`;

/** What holds besides, so that nobody waits for quotes that cannot come. */
function stillText(target: AccountLedger, after: BreakerSnapshot): string {
  if (after.latched === null) return pausedText(after);
  return `; still latched ${latchText(after)}; ${resetHint(target)}`;
}

function pausedText({ paused }: BreakerSnapshot): string {
  return paused
    .map(({ guard, reason, untilUs }) => {
      const end =
        untilUs > 0 ? `until ${new Date(untilUs / 1000).toISOString()}` : 'until mm resume';
      return `; still paused by ${guard} (${reason}) ${end}`;
    })
    .join('');
}

/** The order could not even be left. */
export function failedLine(target: AccountLedger, command: OperatorCommand, why: string): string {
  const { holder, account } = target;
  const pid = holder === null || holder === 'unknown' ? null : holder.pid;
  const hand = pid === null ? 'end its process by hand' : `end it by hand: kill -INT ${pid}`;
  return `the ${command} did not reach account ${account} (${why}); if it is running, ${hand}`;
}
