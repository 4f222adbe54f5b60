// A face on a real socket: a client that does not read is dropped, one that reads is not, however much there is.
import { afterEach, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { Face, FacePeer } from '#sim/venues/face';
import { serve } from '#sim/venues/server';
import type { FaceServer } from '#sim/venues/server';

const TEXT = 'x'.repeat(4_000);
const MOST = 12_000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let server: FaceServer;
afterEach(() => server.close());

/** Sends to one client until it is closed or has got enough; how many were sent, and the code of its end. */
async function flood(
  reads: boolean,
): Promise<{ sent: number; code: number | null; heard: number }> {
  let peer: FacePeer | null = null;
  let code: number | null = null;
  const face: Face = {
    request: (_request, reply) => reply(null),
    connect: (_target, _headers, _ip, connected) => {
      peer = connected;
      return { text: () => undefined, pong: () => undefined, closed: (with_) => (code = with_) };
    },
    close: () => undefined,
  };
  server = await serve(face, 0);
  const client = new WebSocket(server.origin.replace('http', 'ws'), { perMessageDeflate: false });
  let heard = 0;
  client.on('message', () => (heard += 1)).on('error', () => undefined);
  await new Promise((resolve) => client.once('open', resolve));
  if (!reads) client.pause();
  let sent = 0;
  for (; sent < MOST && code === null; sent += 1) {
    (peer as FacePeer | null)?.text(TEXT, 'public');
    if (sent % 20 === 0) await turn();
  }
  for (let i = 0; i < 2_000 && heard < sent && code === null; i += 1) await turn();
  client.terminate();
  return { sent, code, heard };
}

test('a client that does not read is dropped after some 2,000 messages', async () => {
  const { sent, code } = await flood(false);
  expect(code).toBe(1006);
  expect(sent).toBeGreaterThan(2_000);
  expect(sent).toBeLessThan(MOST);
});

test('one that reads gets all of it', async () => {
  expect(await flood(true)).toMatchObject({ sent: MOST, code: null, heard: MOST });
});
