// One socket to ApeX: a Session whose address gets a fresh stamp at each connect, the venue's own ping both ways on the
// very socket that it came from, and frames sorted into control and data. Both links are built on it.
import type { Clock, Network, Timer } from '#core/outside';
import type { Random } from '#core/random';
import { fromMs } from '#core/units';
import { tryParseJson } from '#clients/net/long-json';
import { Session, TIMING } from '#clients/net/session';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import type { ControlFrame } from './codec/control.js';
import { pingFrame, pongFrame, readControl } from './codec/control.js';
import type { ApexEnvironment } from './endpoints.js';
import { PING_EVERY_MS, socketUrl } from './endpoints.js';
import type { ApexSwitches } from './switches.js';

export interface LinkHooks {
  onOpen(): void;
  onDown(detail: string): void;
  /** An acknowledgement or a refusal; pings are answered here already. */
  onControl(frame: ControlFrame): void;
  onData(frame: unknown): void;
  onUnreadable(): void;
}

export interface LinkParts {
  readonly network: Network;
  readonly time: VenueTime;
  readonly random: Random;
  readonly environment: ApexEnvironment;
  readonly which: 'public' | 'private';
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  readonly switches: ApexSwitches;
  readonly hooks: LinkHooks;
}

export class ApexLink {
  readonly session: Session;
  private beat: Timer | null = null;

  constructor(private readonly parts: LinkParts) {
    const { network, time, random, environment, which, inbox, switches } = parts;
    const { clock } = time;
    const stamped: Network = {
      connect: (_url, handlers) =>
        network.connect(socketUrl(environment, which, time.nowMs()), handlers),
      request: (request, done) => network.request(request, done),
    };
    this.session = new Session(environment.sockets, {
      ...{ network: stamped, clock, random, timing: TIMING },
      hooks: {
        onOpen: () => this.opened(clock),
        onText: (text) => this.text(text),
        onBinary: () => this.unreadable(),
        onDown: (detail) => this.down(detail),
        onFailed: (detail) => inbox.note('info', `${which} socket not opened: ${detail}`),
        ping: () => this.ping(),
      },
      byHook: switches.heartbeat === 'application',
    });
  }

  send(text: string): boolean {
    return this.session.send(text);
  }

  private opened(clock: Clock): void {
    this.parts.counters.connects += 1;
    this.keepAlive(clock);
    this.parts.hooks.onOpen();
  }

  /** The documented ping, whatever else tells life: without it the venue ends the socket after 150 s. */
  private keepAlive(clock: Clock): void {
    this.beat = clock.after(fromMs(PING_EVERY_MS), () => {
      this.ping();
      this.keepAlive(clock);
    });
  }

  private ping(): void {
    this.send(pingFrame(this.parts.time.nowMs()));
  }

  private text(text: string): void {
    this.parts.counters.messages += 1;
    const frame = tryParseJson(text);
    if (frame === undefined) return this.unreadable();
    const control = readControl(frame);
    if (control === null) this.parts.hooks.onData(frame);
    else if (control.kind === 'ping') {
      this.send(pongFrame(control.stamp || String(this.parts.time.nowMs())));
    } else if (control.kind === 'pong') this.session.alive();
    else this.parts.hooks.onControl(control);
  }

  private unreadable(): void {
    this.parts.counters.unreadable += 1;
    this.parts.hooks.onUnreadable();
  }

  private down(detail: string): void {
    this.stop();
    this.parts.counters.cuts += 1;
    this.parts.hooks.onDown(detail);
  }

  /** For good. */
  close(): void {
    this.stop();
    this.session.close();
  }

  private stop(): void {
    this.beat?.cancel();
    this.beat = null;
  }
}
