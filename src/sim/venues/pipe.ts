// An in-memory Network that ends at a face: no sockets, no promises, everything on the injected clock, so the real client
// and the venue run on virtual time. Latency is lanes.ts around the face; here a message only ever takes "now", one
// timer later, because neither side may be called from within the other.
import type {
  Clock, HttpOutcome, HttpRequest, Network, Socket, SocketHandlers,
} from '#core/outside'; // prettier-ignore
import type { SpanMicros } from '#core/units';
import type { Face, FaceLink, FacePeer } from './face.js';
import { isRefusal } from './face.js';

const NOW = 0 as SpanMicros;
const IP = '127.0.0.1';

/** Paths and queries of the URLs are handed on, hosts are not looked at. */
export function pipe(face: Face, clock: Clock): Network {
  return {
    connect: (url, handlers) => new PipeSocket(face, clock, url, handlers),
    request: (request, done) => send(face, clock, request, done),
  };
}

const targetOf = (url: string): string => url.replace(/^[a-z]+:\/\/[^/?]+/, '') || '/';

function send(
  face: Face,
  clock: Clock,
  request: HttpRequest,
  done: (outcome: HttpOutcome) => void,
): void {
  let open = true;
  const finish = (outcome: HttpOutcome): void => {
    if (!open) return;
    open = false;
    timeout.cancel();
    done(outcome);
  };
  const timeout = clock.after(request.timeout, () =>
    finish({ kind: 'unknown', detail: 'timed out' }),
  );
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  const { method, url, body = '' } = request;
  clock.after(NOW, () => {
    face.request({ method, target: targetOf(url), headers, body, ip: IP }, (reply) => {
      clock.after(NOW, () => {
        if (reply === null) finish({ kind: 'unknown', detail: 'the connection was cut' });
        else finish({ kind: 'reply', ...reply });
      });
    });
  });
}

class PipeSocket implements Socket {
  private state: 'opening' | 'open' | 'closed' = 'opening';
  private link: FaceLink | null = null;

  constructor(
    face: Face,
    private readonly clock: Clock,
    url: string,
    private readonly handlers: SocketHandlers,
  ) {
    clock.after(NOW, () => {
      if (this.state === 'closed') return;
      const link = face.connect(targetOf(url), {}, IP, this.peer());
      if (isRefusal(link)) {
        this.ended(1006, `HTTP ${link.status}`);
        return;
      }
      this.link = link;
      this.state = 'open';
      handlers.onOpen();
    });
  }

  send(text: string): boolean {
    if (this.state !== 'open') return false;
    this.clock.after(NOW, () => this.link?.text(text));
    return true;
  }

  close(): void {
    this.leave(1000);
  }

  terminate(): void {
    this.leave(1006);
  }

  private leave(code: number): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.clock.after(NOW, () => {
      const { link } = this;
      this.link = null;
      link?.closed(code);
      this.handlers.onClose(code, '');
    });
  }

  /** The venue's side ended it. */
  private ended(code: number, reason: string): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.link = null;
    this.handlers.onClose(code, reason);
  }

  private peer(): FacePeer {
    const later = (run: () => void): void => {
      this.clock.after(NOW, () => {
        if (this.state === 'open') run();
      });
    };
    return {
      text: (text) => later(() => this.handlers.onText(text)),
      binary: (bytes) => later(() => this.handlers.onBinary(bytes)),
      ping: () => later(() => this.link?.pong()),
      close: (code, reason) => void this.clock.after(NOW, () => this.ended(code, reason)),
    };
  }
}
