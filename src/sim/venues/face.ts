// A venue's face: its HTTP and WebSocket protocol as a state machine without sockets. Everything happens within the call
// or on the injected clock; server.ts puts one on 127.0.0.1, pipe.ts behind an in-memory network, faults.ts and
// delays.ts wrap one in another. A peer must not call back into the face from within `text`, `binary` or `close`.

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface FaceRequest {
  readonly method: HttpMethod;
  /** Path and query as they were asked for: "/v1/orders?market=BTC-USD-PERP". */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whom the limits per address count. */
  readonly ip: string;
}

export interface FaceReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Public frames may be dropped and delayed apart from answers and account events. */
export type Lane = 'public' | 'private';

/** The client's end of a WebSocket, as the face sees it. */
export interface FacePeer {
  text(text: string, lane: Lane): void;
  /** `bytes` belongs to the peer from now on. */
  binary(bytes: Uint8Array, lane: Lane): void;
  /** A protocol ping; the answer comes as `FaceLink.pong`. */
  ping(): void;
  /** The venue closes. 1006: cut without a word. `FaceLink.closed` is not called for it. */
  close(code: number, reason: string): void;
}

/** The face's end of a WebSocket. */
export interface FaceLink {
  text(text: string): void;
  pong(): void;
  /** The client closed, or was lost (1006). At most once. */
  closed(code: number): void;
}

export interface Face {
  /** Calls `reply` exactly once, within the call or later; null = the connection is cut without an answer. */
  request(request: FaceRequest, reply: (reply: FaceReply | null) => void): void;
  /** An upgrade: the link, or the HTTP answer that refuses it. */
  connect(
    target: string,
    headers: Readonly<Record<string, string>>,
    ip: string,
    peer: FacePeer,
  ): FaceLink | FaceReply;
  /** Stops every timer. */
  close(): void;
}

export const isRefusal = (answer: FaceLink | FaceReply): answer is FaceReply => 'status' in answer;
