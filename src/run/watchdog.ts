// The watchdog of a bot: listens to its beats, and when they end (the pipe closes: it is dead; silence: it hangs) empties
// the book. It goes only after a clean goodbye or a verified empty book, and after a hang only once the bot has woken up
// or died: what it had half sent may still leave it then. It never places anything, and never asks anybody.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmergencyClient } from '#clients/net/venue-client';
import { emptyForSure, ordersOf } from './watchdog-empty.js';
import type { EmptyingHooks } from './watchdog-empty.js';
import { BEAT, FIRED, GOODBYE, Silence } from './watchdog-words.js';

const LOOKS_IN_TIME = 20;
/** While a bot hangs and its book is empty. */
const LOOK_AGAIN_MS = 15_000;

export interface WatchdogParts extends EmptyingHooks {
  readonly client: EmergencyClient;
  readonly runId: string;
  readonly timeoutMs: number;
  /** A line to the bot. Must not throw. */
  readonly tell: (line: string) => void;
}

export type WatchdogEnd = 'goodbye' | 'emptied';

export class Watchdog {
  private readonly silence = new Silence(performance.now());
  /** Silence counts from the first beat on: before it nothing was sent. */
  private beats = 0;
  private goodbye = false;
  private closed = false;
  private changed: () => void = () => undefined;

  constructor(private readonly parts: WatchdogParts) {}

  /** A line from the bot. */
  hear(line: string): void {
    if (line === BEAT) {
      this.beats += 1;
      this.silence.heard();
      this.parts.tell(BEAT);
    } else if (line === GOODBYE) this.goodbye = true;
    this.changed();
  }

  /** Its end of the pipe is closed. */
  lost(): void {
    this.closed = true;
    this.changed();
  }

  /** Returns when there is nothing left to watch. Never throws. */
  async watch(): Promise<WatchdogEnd> {
    const why = await this.missed();
    if (why === null) return 'goodbye';
    const { beats, closed } = this;
    this.parts.tell(`${FIRED}${why}`);
    this.parts.note(`${why}: cancelling`);
    await this.empty();
    if (closed) return 'emptied'; // nothing can have left it since
    await this.stirs(beats);
    this.parts.note('the bot has woken up or ended: looking once more');
    await this.empty();
    return 'emptied';
  }

  /** Why the bot is given up; null after its goodbye. */
  private async missed(): Promise<string | null> {
    for (;;) {
      if (this.goodbye) return null;
      if (this.closed) return 'the bot is gone without a goodbye';
      const silentMs = this.silence.at(performance.now());
      if (this.beats > 0 && silentMs > this.parts.timeoutMs)
        return `no sign of life from the bot for ${(silentMs / 1000).toFixed(1)} s`;
      await this.news(this.parts.timeoutMs / LOOKS_IN_TIME);
    }
  }

  /** The bot has beaten again since, says goodbye or dies; what appears at the venue before goes. */
  private async stirs(beats: number): Promise<void> {
    let lookMs = performance.now() + LOOK_AGAIN_MS;
    for (;;) {
      if (this.closed || this.goodbye || this.beats > beats) return;
      await this.news(this.parts.timeoutMs / LOOKS_IN_TIME);
      if (performance.now() < lookMs) continue;
      lookMs = performance.now() + LOOK_AGAIN_MS;
      const left = await ordersOf(this.parts.client, this.parts.runId).catch(() => null);
      if (left === null || left.length > 0) await this.empty();
    }
  }

  /** Something was heard, or `ms` have passed; what waits in the pipe is read before anybody judges. */
  private async news(ms: number): Promise<void> {
    const heard = new Promise<void>((resolve) => (this.changed = resolve));
    const timer = new AbortController();
    await Promise.race([heard, sleep(ms, undefined, timer).catch(() => undefined)]);
    timer.abort();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  private async empty(): Promise<void> {
    const { client, runId, note } = this.parts;
    const { cancels, emptyAfterMs, seenAfterMs } = await emptyForSure(client, runId, this.parts);
    note(
      `no order of the run is open: seen after ${emptyAfterMs.toFixed(0)} ms, again after ${seenAfterMs.toFixed(0)} ms, ${cancels} cancel-all sent`,
    );
  }
}
