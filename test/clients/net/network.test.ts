// The real Network on 127.0.0.1: what becomes of a request or a socket is told once and truly: reply, unsent, unknown.
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Clock, HttpOutcome, HttpRequest, Socket } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';
import { realNetwork } from '#clients/net/network';

const CLOCK: Clock = {
  nowUs: () => (Date.now() * 1000) as Micros,
  after: (span, run) => {
    const timer = setTimeout(run, span / 1000);
    return { cancel: () => clearTimeout(timer) };
  },
};
const network = realNetwork(CLOCK);
const servers: Server[] = [];
const sockets = new Set<TcpSocket>();

async function serve(
  onRequest: Parameters<typeof createServer>[1],
): Promise<{ server: Server; url: string }> {
  const server = createServer(onRequest as never);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { server, url: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const ask = (url: string, more: Partial<HttpRequest> = {}): Promise<HttpOutcome> =>
  new Promise((resolve) => {
    let returned = false;
    const request = {
      method: 'GET' as const,
      headers: {},
      timeout: 400_000 as SpanMicros,
      ...more,
    };
    network.request({ ...request, url: `http://${url}/x` }, (outcome) => {
      expect(returned).toBe(true);
      resolve(outcome);
    });
    returned = true;
  });

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

describe('requests', () => {
  test('a reply, whatever its status, with its headers and body; redirects are not followed', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/', 'X-RateLimit-Limit': '5' });
      request.on('data', () => undefined).on('end', () => response.end(`got ${request.method}`));
    });
    const outcome = await ask(url, { method: 'DELETE', body: '{"a":1}' });
    expect(outcome).toMatchObject({ kind: 'reply', status: 302, body: 'got DELETE' });
    expect(outcome.kind === 'reply' && outcome.headers['x-ratelimit-limit']).toBe('5');
  });

  test('nobody listens: unsent', async () => {
    expect(await ask('127.0.0.1:1')).toMatchObject({ kind: 'unsent' });
  });

  test('an address that is none: unsent, and not from within the call', async () => {
    expect(await ask('127.0.0.1:99999999')).toMatchObject({ kind: 'unsent' });
  });

  test('silence after it was sent: unknown', async () => {
    const { url } = await serve(() => undefined);
    expect(await ask(url)).toMatchObject({ kind: 'unknown' });
  });

  test('cut while the answer comes: unknown', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await ask(url)).toMatchObject({ kind: 'unknown' });
  });

  test('a kept connection that the server closes under the next request: unknown, never resent', async () => {
    let count = 0;
    const { url } = await serve((request, response) => {
      count += 1;
      if (count === 1) response.end('ok');
      else request.socket.destroy();
    });
    expect(await ask(url)).toMatchObject({ kind: 'reply' });
    expect(await ask(url, { method: 'POST', body: '{}' })).toMatchObject({ kind: 'unknown' });
    expect(count).toBe(2);
  });

  test('no header and no body in any detail', async () => {
    const outcome = await ask('127.0.0.1:1', { headers: { authorization: 'canary-1' }, body: 'canary-2', method: 'POST' }); // prettier-ignore
    expect(JSON.stringify(outcome)).not.toContain('canary');
  });
});

describe('sockets', () => {
  async function socketServer(): Promise<{ wss: WebSocketServer; url: string }> {
    const { server, url } = await serve((_request, response) => response.end());
    return { wss: new WebSocketServer({ server, perMessageDeflate: true }), url: `ws://${url}/` };
  }

  test('text, binary, ping and the end, in their order; no compression even when offered', async () => {
    const { wss, url } = await socketServer();
    let extensions = 'none asked';
    wss.on('connection', (peer, request) => {
      extensions = String(request.headers['sec-websocket-extensions']);
      peer.on('message', (data) => {
        peer.send(String(data));
        peer.send(Buffer.from([1, 2]));
        peer.close(4031, 'no subscription');
      });
    });
    const heard: string[] = [];
    await new Promise<void>((resolve) => {
      const socket: Socket = network.connect(url, {
        onOpen: () => void socket.ping?.(),
        onPong: () => {
          heard.push('pong');
          socket.send('hello');
        },
        onText: (text) => heard.push(text),
        onBinary: (bytes) => heard.push([...bytes].join()),
        onClose: (code, reason) => {
          heard.push(`${code} ${reason}`);
          expect(socket.send('late')).toBe(false);
          resolve();
        },
      });
      expect(socket.send('early')).toBe(false);
    });
    expect(heard).toEqual(['pong', 'hello', '1,2', '4031 no subscription']);
    expect(extensions).toBe('undefined');
    wss.close();
  });

  test('refused: closed with 1006 once, never open', async () => {
    const codes: number[] = [];
    await new Promise<void>((resolve) => {
      network.connect('ws://127.0.0.1:1/', {
        onOpen: () => codes.push(0),
        onText: () => undefined,
        onBinary: () => undefined,
        onClose: (code) => {
          codes.push(code);
          setTimeout(resolve, 20);
        },
      });
    });
    expect(codes).toEqual([1006]);
  });
});
