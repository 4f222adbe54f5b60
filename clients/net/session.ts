// One WebSocket that is meant to be there: connects, notices its death (refused, closed, silent, ping unanswered) and
// comes back after a back-off with jitter. What is said over it is its owner's business, told by hooks. Everything runs
// on the injected clock, nothing here ever waits, and frames go to the owner in the turn in which they arrive.
import type { Clock, Network, Socket, Timer } from '#core/outside';
import type { Random } from '#core/random';
import type { Micros, SpanMicros } from '#core/units';

export interface SessionTiming {
  /** From connect to open. */
  readonly handshake: SpanMicros;
  /** Between two pings of ours, and how long one may stay unanswered. */
  readonly pingEvery: SpanMicros;
  readonly pongWithin: SpanMicros;
  /** Wait before the first retry; doubles up to `most`, times a jitter of 0.5 to 1. */
  readonly least: SpanMicros;
  readonly most: SpanMicros;
  /** A connection that lived this long counts as good: the back-off starts again. */
  readonly settled: SpanMicros;
}

/** Detection of a half-open socket within 4 s; the longest back-off stays below 10 s (faults.md row 7). */
export const TIMING: SessionTiming = {
  handshake: 5_000_000 as SpanMicros,
  pingEvery: 2_000_000 as SpanMicros,
  pongWithin: 2_000_000 as SpanMicros,
  least: 200_000 as SpanMicros,
  most: 5_000_000 as SpanMicros,
  settled: 3_000_000 as SpanMicros,
};

export interface SessionHooks {
  /** The socket is open: say who you are and what you want. */
  onOpen(): void;
  onText(text: string): void;
  /** `bytes` is only valid during the call. */
  onBinary(bytes: Uint8Array): void;
  /** It was open and is not any more. Exactly once for every onOpen, before any new attempt. */
  onDown(detail: string): void;
  /** An attempt that never opened. */
  onFailed?(detail: string): void;
  /** Asks the other side for a sign of life where the transport has no ping; the answer must be told by `alive`. */
  ping?(): void;
}

export interface SessionParts {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly timing: SessionTiming;
  readonly hooks: SessionHooks;
  /** Asks for life by the hook although the transport has a ping. */
  readonly byHook?: boolean;
}

type State = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

export class Session {
  state: State = 'idle';
  /** When anything was last heard on the present connection. */
  heardUs = 0 as Micros;
  private socket: Socket | null = null;
  /** Counts connections, so that a late callback of an old one is ignored. */
  private generation = 0;
  private failures = 0;
  private openedUs = 0 as Micros;
  private timer: Timer | null = null;
  private beat: Timer | null = null;
  private pingUs = 0;
  private detail = '';

  constructor(
    private readonly url: string,
    private readonly parts: SessionParts,
  ) {}

  get isOpen(): boolean {
    return this.state === 'open';
  }

  /** Begins; does nothing when it is under way already. */
  open(): void {
    if (this.state === 'idle') this.connect();
  }

  /** False: it was not open and nothing was sent. */
  send(text: string): boolean {
    return this.state === 'open' && this.socket !== null && this.socket.send(text);
  }

  /** The other side answered a sign of life that was asked for by the hook. */
  alive(): void {
    this.pingUs = 0;
  }

  /** Cuts the connection (it lies, or says nothing) and starts anew after the back-off. */
  restart(detail: string): void {
    if (this.state !== 'open' && this.state !== 'connecting') return;
    this.detail = detail;
    const { socket } = this;
    this.lost(detail);
    socket?.terminate();
  }

  /** For good: no more reconnects. Says goodbye when open. */
  close(): void {
    if (this.state === 'closed') return;
    const { socket } = this;
    this.generation += 1;
    this.state = 'closed';
    this.socket = null;
    this.stopTimers();
    socket?.close();
  }

  private connect(): void {
    const { network, clock, timing } = this.parts;
    this.generation += 1;
    const mine = this.generation;
    const current = (): boolean => mine === this.generation;
    this.state = 'connecting';
    this.detail = '';
    const late = (): void => this.restart('no answer to the handshake');
    this.timer = clock.after(timing.handshake, () => {
      if (current()) late();
    });
    this.socket = network.connect(this.url, {
      onOpen: () => {
        if (current()) this.opened();
      },
      onText: (text) => {
        if (!current()) return;
        this.heardUs = clock.nowUs();
        this.parts.hooks.onText(text);
      },
      onBinary: (bytes) => {
        if (!current()) return;
        this.heardUs = clock.nowUs();
        this.parts.hooks.onBinary(bytes);
      },
      onPong: () => {
        if (current()) this.alive();
      },
      onClose: (code, reason) => {
        if (current())
          this.lost(reason === '' ? `closed (${code})` : `closed (${code}: ${reason})`);
      },
    });
  }

  private opened(): void {
    this.timer?.cancel();
    this.state = 'open';
    this.openedUs = this.heardUs = this.parts.clock.nowUs();
    this.pingUs = 0;
    this.scheduleBeat();
    this.parts.hooks.onOpen();
  }

  private lost(detail: string): void {
    const { hooks, clock, random, timing } = this.parts;
    const wasOpen = this.state === 'open';
    this.generation += 1;
    this.state = 'waiting';
    this.socket = null;
    this.stopTimers();
    const lived = wasOpen ? clock.nowUs() - this.openedUs : 0;
    this.failures = lived >= timing.settled ? 0 : this.failures + 1;
    const doubled = timing.least * (1 << Math.min(Math.max(0, this.failures - 1), 16));
    const wait = Math.min(timing.most, doubled) * (0.5 + random.next() / 2);
    const mine = this.generation;
    this.timer = clock.after(Math.round(wait) as SpanMicros, () => {
      if (mine === this.generation) this.connect();
    });
    if (wasOpen) hooks.onDown(detail);
    else hooks.onFailed?.(detail);
  }

  private scheduleBeat(): void {
    const { clock, timing } = this.parts;
    const mine = this.generation;
    const span = this.pingUs > 0 ? timing.pongWithin : timing.pingEvery;
    this.beat = clock.after(span, () => {
      if (mine === this.generation) this.heartbeat();
    });
  }

  /** A ping that is still unanswered is the end; otherwise another one leaves. */
  private heartbeat(): void {
    if (this.pingUs > 0) {
      this.restart('ping unanswered');
      return;
    }
    this.pingUs = this.parts.clock.nowUs();
    const { socket } = this;
    const byHook = this.parts.byHook === true || socket?.ping === undefined;
    const sent = byHook ? this.askByHook() : (socket?.ping?.() ?? false);
    if (!sent) this.pingUs = 0;
    this.scheduleBeat();
  }

  private askByHook(): boolean {
    const { ping } = this.parts.hooks;
    if (ping === undefined) return false;
    ping.call(this.parts.hooks);
    return true;
  }

  private stopTimers(): void {
    this.timer?.cancel();
    this.beat?.cancel();
    this.timer = null;
    this.beat = null;
  }
}
