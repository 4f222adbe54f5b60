// The real Network: ws and node:http(s). It classifies what became of a request (reply, unsent, unknown) and holds no
// opinion on it; it never retries, never follows a redirect, never inflates, and never says a header or a body aloud.
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket as TcpSocket } from 'node:net';
import type { RawData } from 'ws';
import { WebSocket } from 'ws';
import type { Clock, HttpOutcome, HttpRequest, Network, Socket } from '#core/outside';
import type { SocketHandlers } from '#core/outside';
import { MICROS_PER_MS } from '#core/units';

/** A whole-book snapshot of a big market is a few kB; an account list at most some hundred. */
const MAX_FRAME = 4 * 1024 * 1024;
const MAX_BODY = 16 * 1024 * 1024;
const HANDSHAKE_MS = 5_000;
const CLOSED_ABNORMALLY = 1006;

/** Sockets and HTTP of this machine; `clock` times the requests out. */
export function realNetwork(clock: Clock): Network {
  const agents = {
    http: new HttpAgent({ keepAlive: true, maxSockets: 16, scheduling: 'lifo' }),
    https: new HttpsAgent({ keepAlive: true, maxSockets: 16, scheduling: 'lifo' }),
  };
  return {
    connect,
    request: (wanted, done) => {
      sendRequest(clock, agents, wanted, done);
    },
  };
}

function connect(url: string, handlers: SocketHandlers): Socket {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_FRAME,
    handshakeTimeout: HANDSHAKE_MS,
    skipUTF8Validation: false,
  });
  socket.binaryType = 'nodebuffer';
  let failure = '';
  socket.on('upgrade', (response: IncomingMessage) => response.socket.setNoDelay(true));
  socket.on('open', () => handlers.onOpen());
  socket.on('pong', () => handlers.onPong?.());
  socket.on('message', (data: RawData, isBinary: boolean) => {
    const bytes = whole(data);
    if (isBinary) handlers.onBinary(bytes);
    else handlers.onText(bytes.toString('utf8'));
  });
  socket.on('error', (error) => (failure = plain(error)));
  socket.on('close', (code, reason) => {
    const said = reason.toString('utf8').slice(0, 120);
    handlers.onClose(code === 0 ? CLOSED_ABNORMALLY : code, said === '' ? failure : said);
  });
  const isOpen = (): boolean => socket.readyState === WebSocket.OPEN;
  return {
    send: (text) => {
      if (!isOpen()) return false;
      socket.send(text);
      return true;
    },
    ping: () => {
      if (!isOpen()) return false;
      socket.ping();
      return true;
    },
    close: () => socket.close(1000),
    terminate: () => socket.terminate(),
  };
}

function whole(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Before the connection stood nothing can have left; after that nobody knows. */
function sendRequest(
  clock: Clock,
  agents: Agents,
  wanted: HttpRequest,
  done: (outcome: HttpOutcome) => void,
): void {
  let connected = false;
  let finished = false;
  let message: ClientRequest | null = null;
  const finish = (outcome: HttpOutcome): void => {
    if (finished) return;
    finished = true;
    timer.cancel();
    done(outcome);
  };
  const fail = (detail: string): void => finish({ kind: connected ? 'unknown' : 'unsent', detail });
  const timer = clock.after(wanted.timeout, () => {
    fail(`no answer within ${wanted.timeout / MICROS_PER_MS} ms`);
    message?.destroy();
  });
  try {
    message = open(agents, wanted);
  } catch (error) {
    // Never from inside the call: the caller may not be ready for its answer.
    const detail = plain(error);
    clock.after(0 as HttpRequest['timeout'], () => fail(detail));
    return;
  }
  message.on('socket', (socket: TcpSocket) => {
    socket.setNoDelay(true);
    if (!socket.connecting) connected = true;
    else socket.once(socket instanceof Object && 'encrypted' in socket ? 'secureConnect' : 'connect', () => (connected = true)); // prettier-ignore
  });
  message.on('error', (error) => fail(plain(error)));
  message.on('response', (response) => readReply(response, fail, finish));
  message.end(wanted.body);
}

function open(agents: Agents, wanted: HttpRequest): ClientRequest {
  const secure = wanted.url.startsWith('https:');
  const length = wanted.body === undefined ? 0 : Buffer.byteLength(wanted.body);
  const sized = wanted.body !== undefined || wanted.method === 'POST' || wanted.method === 'PUT';
  const headers = sized ? { ...wanted.headers, 'content-length': String(length) } : wanted.headers;
  const options: RequestOptions = { method: wanted.method, headers };
  return secure
    ? httpsRequest(wanted.url, { ...options, agent: agents.https })
    : httpRequest(wanted.url, { ...options, agent: agents.http });
}

function readReply(
  response: IncomingMessage,
  fail: (detail: string) => void,
  finish: (outcome: HttpOutcome) => void,
): void {
  const parts: Buffer[] = [];
  let size = 0;
  response.on('data', (part: Buffer) => {
    size += part.length;
    if (size > MAX_BODY) {
      fail(`an answer of more than ${MAX_BODY} bytes`);
      response.destroy();
    } else parts.push(part);
  });
  response.on('error', (error) => fail(plain(error)));
  response.on('aborted', () => fail('the answer broke off'));
  response.on('end', () => {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(response.headers))
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    const body = Buffer.concat(parts).toString('utf8');
    finish({ kind: 'reply', status: response.statusCode ?? 0, headers, body });
  });
}

/** What went wrong in few words; the messages of Node's network errors hold addresses, never headers. */
function plain(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : error.message.slice(0, 120);
}
