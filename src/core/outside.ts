// The outside as a venue client and a venue's simulated face see it: a clock with timers, sockets, HTTP. clients/net
// has the real ones; tests and the twin run have stepped ones, so that the same client runs on virtual time.
// Callbacks, not promises: whoever owns the clock decides when anything happens.
import type { Micros, SpanMicros } from './units.js';

export interface Timer {
  cancel(): void;
}

/** The only time that clients and faces know. */
export interface Clock {
  /** Unix time in microseconds. */
  nowUs(): Micros;
  /** Calls `run` once, `span` from now, unless cancelled. */
  after(span: SpanMicros, run: () => void): Timer;
}

export interface SocketHandlers {
  onOpen(): void;
  onText(text: string): void;
  /** `bytes` is only valid during the call. */
  onBinary(bytes: Uint8Array): void;
  /** The other side answered a `ping`: it lives, whatever it has to say. */
  onPong?(): void;
  /** Exactly once, also when it could never be opened (code 1006). */
  onClose(code: number, reason: string): void;
}

export interface Socket {
  /** False when it is not open: nothing was sent. True says nothing about arrival. */
  send(text: string): boolean;
  /** A protocol-level ping, answered by `onPong`; false when not open. Absent where the transport has none. */
  ping?(): boolean;
  /** A normal close: the other side is told. */
  close(): void;
  /** Cuts it at once; onClose still follows. */
  terminate(): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute. Never holds a secret. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeout: SpanMicros;
}

/** `reply`: the venue answered. `unsent`: it certainly never left. `unknown`: it may or may not have been executed. */
export type HttpOutcome =
  | {
      readonly kind: 'reply';
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'unsent' | 'unknown'; readonly detail: string };

export interface Network {
  connect(url: string, handlers: SocketHandlers): Socket;
  /** Calls `done` exactly once, never before it returns. */
  request(request: HttpRequest, done: (outcome: HttpOutcome) => void): void;
}
