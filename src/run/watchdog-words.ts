// What a bot and its watchdog say to each other, a line each, over the watchdog's standard input and output: neither
// argv nor a file ever holds a key. The bot's end closes with the bot, however it ends. Pure.
import { resolve } from 'node:path';
import type { ParameterValues } from '#config/parameters';
import { VENUE_KEYS } from './venue-keys.js';
import type { VenueKeys } from './venue-keys.js';
import type { Reach } from './venue-place.js';

/** The first line from the bot. */
export interface WatchdogJob {
  readonly reach: Reach;
  readonly keys: VenueKeys;
  /** Whose orders must be gone before the watchdog goes. */
  readonly runId: string;
  /** Longest silence of a bot that lives. */
  readonly timeoutMs: number;
  readonly logDir: string;
  readonly logDays: number;
}

/** Longest silence of a bot, 10 beats: no quote of a bot that hangs may live longer than 2 s, the cancel included. */
export const TIMEOUT_MS = 1_500;
/**
 * A turn this long after the one before withdraws before anything else. A beat and a turn's wait shorter than the longest
 * silence: a bot whose watchdog has fired never quotes before it has heard of it.
 */
export const STOOD_STILL_MS = 1_200;
/** Longest silence of a watchdog. It may be cancelling, and a false alarm costs some seconds without quotes. */
export const ANSWER_WITHIN_MS = 5_000;

/** No key goes along where a paper account has its own. */
export function watchdogJob(reach: Reach, values: ParameterValues, runId: string): WatchdogJob {
  const own = VENUE_KEYS.map((name) => [name, values[name]]);
  const none = VENUE_KEYS.map((name) => [name, name === 'signer' ? values[name] : null]);
  const keys = Object.fromEntries(reach.network === 'paper' ? none : own) as VenueKeys;
  const { logDays } = values;
  return { reach, keys, runId, timeoutMs: TIMEOUT_MS, logDir: resolve(values.logDir), logDays };
}

/** Every later line from the bot; the watchdog repeats each beat. */
export const BEAT = 'beat';
/** Nothing is open any more, by the venue's word: the watchdog may go. */
export const GOODBYE = 'goodbye';

/** Lines from the watchdog, besides the beats: it has seen the account; it cannot; it has begun to cancel. */
export const READY = 'ready';
export const PROBLEM = 'problem ';
export const FIRED = 'fired ';

/** A beat comes this many times within the longest silence. */
export const BEATS_IN_TIME = 10;
/** No step of time counts for more than this: who was stopped or starved itself has not been listening. */
const MOST_STEP_MS = 1_000;

/** For how long nothing was heard, in time in which somebody listened. */
export class Silence {
  private silentMs = 0;

  constructor(private lastMs: number) {}

  heard(): void {
    this.silentMs = 0;
  }

  /** Call it several times a second. Milliseconds of silence. */
  at(nowMs: number): number {
    this.silentMs += Math.min(MOST_STEP_MS, Math.max(0, nowMs - this.lastMs));
    this.lastMs = nowMs;
    return this.silentMs;
  }
}

/** Cuts a stream of text into lines. */
export class Lines {
  private rest = '';

  constructor(private readonly take: (line: string) => void) {}

  add(text: string): void {
    const parts = (this.rest + text).split('\n');
    this.rest = parts.pop() ?? '';
    for (const line of parts) this.take(line);
  }
}
