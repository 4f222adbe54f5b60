// Puts a face on 127.0.0.1: one node:http server for REST and WebSocket alike. Never listens on any other address. No
// permessage-deflate, no protocol of its own: what a client sees comes from the face.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Face, FaceLink, FacePeer, FaceReply, HttpMethod } from './face.js';
import { isRefusal } from './face.js';

const HOST = '127.0.0.1';
const LONGEST_BODY = 1 << 20;
const MOST_PAYLOAD = 1 << 20;
/** Messages that a client has not read, beyond which the venue drops it (Paradex: about 2,000), and lets nobody fill our memory. */
const MOST_UNREAD = 2_000;

export interface FaceServer {
  readonly port: number;
  /** "http://127.0.0.1:4801"; the same address serves ws://. */
  readonly origin: string;
  close(): Promise<void>;
}

/** `port` 0: any free one. Rejects when the port is taken. */
export function serve(face: Face, port: number): Promise<FaceServer> {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MOST_PAYLOAD,
  });
  const server = createServer((request, response) => answer(face, request, response));
  server.keepAliveTimeout = 60_000;
  server.on('upgrade', (request, socket, head) => upgrade(face, sockets, request, socket, head));
  server.on('clientError', (_error, socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve({
        port: bound,
        origin: `http://${HOST}:${bound}`,
        close: () => shut(face, server, sockets),
      });
    });
  });
}

function shut(face: Face, server: Server, sockets: WebSocketServer): Promise<void> {
  face.close();
  for (const socket of sockets.clients) socket.terminate();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function answer(face: Face, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= LONGEST_BODY) chunks.push(chunk);
    else request.destroy();
  });
  request.on('error', () => undefined);
  request.on('end', () => {
    face.request(
      {
        method: (request.method ?? 'GET') as HttpMethod,
        target: request.url ?? '/',
        headers: plainHeaders(request),
        body: Buffer.concat(chunks).toString('utf8'),
        ip: request.socket.remoteAddress ?? HOST,
      },
      (reply) => {
        if (reply === null) response.destroy();
        else if (!response.destroyed) respond(response, reply);
      },
    );
  });
}

function respond(response: ServerResponse, reply: FaceReply): void {
  const body = Buffer.from(reply.body, 'utf8');
  const length = reply.status === 204 ? {} : { 'content-length': String(body.length) };
  response.writeHead(reply.status, { ...reply.headers, ...length });
  response.end(body);
}

function upgrade(
  face: Face,
  sockets: WebSocketServer,
  request: IncomingMessage,
  stream: Duplex,
  head: Buffer,
): void {
  const peer = new SocketPeer();
  const ip = request.socket.remoteAddress ?? HOST;
  const link = face.connect(request.url ?? '/', plainHeaders(request), ip, peer);
  stream.on('error', () => undefined);
  if (isRefusal(link)) {
    const body = Buffer.from(link.body, 'utf8');
    stream.end(
      `HTTP/1.1 ${link.status} Refused\r\ncontent-type: application/json\r\n` +
        `content-length: ${body.length}\r\nconnection: close\r\n\r\n${link.body}`,
    );
    return;
  }
  sockets.handleUpgrade(request, stream, head, (socket) => peer.attach(socket, link));
}

class SocketPeer implements FacePeer {
  private socket: WebSocket | null = null;
  private closing = false;
  /** Sent since the system last took everything: it has some room of its own. */
  private unread = 0;

  attach(socket: WebSocket, link: FaceLink): void {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) link.text(data.toString('utf8'));
    });
    socket.on('pong', () => link.pong());
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      if (!this.closing) link.closed(code);
    });
  }

  text(text: string): void {
    this.send(text);
  }

  binary(bytes: Uint8Array): void {
    this.send(bytes);
  }

  private send(data: string | Uint8Array): void {
    const { socket } = this;
    if (socket?.readyState !== WebSocket.OPEN) return;
    this.unread = socket.bufferedAmount === 0 ? 0 : this.unread + 1;
    if (this.unread > MOST_UNREAD)
      socket.terminate(); // its close tells the face
    else socket.send(data);
  }

  ping(): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.ping();
  }

  close(code: number, reason: string): void {
    this.closing = true;
    if (code === 1006) this.socket?.terminate();
    else this.socket?.close(code, reason);
  }
}

function plainHeaders(request: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}
