// Latency between a client and a face, as a face around a face: requests and commands arrive later, answers and account
// events leave later, public frames have a delay of their own. In each direction and lane nothing overtakes.
import type { Clock } from '#core/outside';
import type { SpanMicros } from '#core/units';
import type { Face, FaceLink, FacePeer, FaceReply, FaceRequest, Lane } from './face.js';
import { isRefusal } from './face.js';

export interface LaneDelays {
  /** From the client to the venue. */
  readonly order: SpanMicros;
  /** Answers and account events. */
  readonly reply: SpanMicros;
  /** Public frames. */
  readonly feed: SpanMicros;
}

export function delayed(face: Face, clock: Clock, delays: LaneDelays): Face {
  return {
    request: (request, reply) => delayedRequest(face, clock, delays, request, reply),
    connect: (target, headers, ip, peer) => {
      const late = new LatePeer(clock, delays, peer);
      const link = face.connect(target, headers, ip, late);
      if (isRefusal(link)) return link;
      return lateLink(clock, delays.order, link, late);
    },
    close: () => face.close(),
  };
}

function delayedRequest(
  face: Face,
  clock: Clock,
  delays: LaneDelays,
  request: FaceRequest,
  reply: (reply: FaceReply | null) => void,
): void {
  clock.after(delays.order, () => {
    face.request(request, (answer) => {
      clock.after(delays.reply, () => reply(answer));
    });
  });
}

class LatePeer implements FacePeer {
  open = true;

  constructor(
    private readonly clock: Clock,
    private readonly delays: LaneDelays,
    private readonly peer: FacePeer,
  ) {}

  text(text: string, lane: Lane): void {
    this.later(lane, () => this.peer.text(text, lane));
  }

  binary(bytes: Uint8Array, lane: Lane): void {
    this.later(lane, () => this.peer.binary(bytes, lane));
  }

  ping(): void {
    this.later('private', () => this.peer.ping());
  }

  close(code: number, reason: string): void {
    this.later('private', () => {
      this.open = false;
      this.peer.close(code, reason);
    });
  }

  private later(lane: Lane, run: () => void): void {
    const { reply, feed } = this.delays;
    this.clock.after(lane === 'public' ? feed : reply, () => {
      if (this.open) run();
    });
  }
}

function lateLink(clock: Clock, span: SpanMicros, link: FaceLink, peer: LatePeer): FaceLink {
  return {
    text: (text) => void clock.after(span, () => link.text(text)),
    pong: () => void clock.after(span, () => link.pong()),
    closed: (code) => {
      peer.open = false;
      clock.after(span, () => link.closed(code));
    },
  };
}
