// The private socket: who we are, what we hear, cancel-on-disconnect, and how it comes back. No order may leave before
// `ready`: authenticated, subscribed, cancel-on-disconnect confirmed on this very connection, and orders, fills and
// account reconciled by REST. When it is lost the market is cancelled by REST in the same turn.
import type { Clock, Network } from '#core/outside';
import type { Random } from '#core/random';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import { Session, TIMING } from '#clients/net/session';
import { RpcLink, type RpcReply } from './client-rpc.js';
import type { TokenKeeper } from './client-token.js';
import { isRecord, parseJson, textOf } from './client-words.js';
import { CHANNELS } from './endpoints.js';
import type { ParadexSwitches } from './switches.js';

/** down → opening (auth, subscriptions, dead-man) → armed (reconciling) → ready. */
export type PrivatePhase = 'down' | 'opening' | 'armed' | 'ready';

export interface PrivateHooks {
  /** Cancel-on-disconnect is confirmed: reconcile, then call `ready`. */
  onArmed(): void;
  /** It was at least opening and is gone. `wasReady`: orders could have been sent over it. */
  onDown(wasReady: boolean, detail: string): void;
  /** One message of a channel. */
  onChannel(channel: string, data: unknown): void;
  /** A binary frame, where the venue sends private facts that way. */
  onBinary(bytes: Uint8Array): void;
}

export interface PrivateParts {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly url: string;
  readonly market: string;
  readonly token: TokenKeeper;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  readonly switches: ParadexSwitches;
  readonly hooks: PrivateHooks;
}

export class PrivateLink {
  phase: PrivatePhase = 'down';
  readonly rpc: RpcLink;
  private readonly session: Session;
  /** Counts connections: an answer of an old one must not arm a new one. */
  private connection = 0;

  constructor(private readonly parts: PrivateParts) {
    const { network, clock, random, url, counters, switches } = parts;
    this.session = new Session(url, {
      ...{ network, clock, random, timing: TIMING },
      hooks: {
        onOpen: () => this.opened(),
        onText: (text) => this.text(text),
        onBinary: (bytes) => {
          counters.messages += 1;
          parts.hooks.onBinary(bytes);
        },
        onDown: (detail) => this.down(detail),
        onFailed: (detail) => parts.inbox.note('info', `private socket not opened: ${detail}`),
        ping: () => this.askForLife(),
      },
      byHook: switches.heartbeat === 'json-rpc',
    });
    this.rpc = new RpcLink(clock, (text) => this.session.send(text), counters);
  }

  open(): void {
    this.session.open();
  }

  /** Orders may be sent. */
  get ready(): boolean {
    return this.phase === 'ready';
  }

  /** Cancels may be sent over it: it is authenticated. */
  get usable(): boolean {
    return this.phase === 'armed' || this.phase === 'ready';
  }

  /** Everything is reconciled. False when the connection that was armed is gone. */
  markReady(): boolean {
    if (this.phase !== 'armed') return false;
    this.phase = 'ready';
    return true;
  }

  restart(detail: string): void {
    this.session.restart(detail);
  }

  /** Identifies the present connection. */
  get number(): number {
    return this.connection;
  }

  close(): void {
    this.session.close();
    this.phase = 'down';
    this.connection += 1;
    this.rpc.lost('closed');
  }

  private opened(): void {
    const { counters, token } = this.parts;
    counters.connects += 1;
    this.connection += 1;
    this.phase = 'opening';
    const mine = this.connection;
    token.get((answer) => {
      if (mine !== this.connection) return;
      if (answer.kind === 'none') return this.restart(`no token: ${answer.detail}`);
      this.rpc.call('auth', { bearer: answer.token }, (reply) => {
        if (mine !== this.connection) return;
        if (reply.kind === 'result') return this.subscribe(mine);
        // Possibly a token that has just died: the next attempt gets a new one.
        token.refuse(answer.token);
        this.restart(`auth: ${rpcText(reply)}`);
      });
    });
  }

  private subscribe(mine: number): void {
    const { switches } = this.parts;
    const channels = [
      ...[CHANNELS.orders('ALL'), CHANNELS.fills('ALL'), CHANNELS.positions, CHANNELS.account],
      CHANNELS.tradeBusts,
      ...(switches.fundingFrom === 'payments' ? [CHANNELS.fundingPayments('ALL')] : []),
    ];
    let missing = channels.length;
    for (const channel of channels) {
      this.rpc.call('subscribe', { channel }, (reply) => {
        if (mine !== this.connection || this.phase !== 'opening') return;
        if (reply.kind !== 'result') return this.restart(`subscribe ${channel}: ${rpcText(reply)}`);
        missing -= 1;
        if (missing === 0) this.arm(mine);
      });
    }
  }

  private arm(mine: number): void {
    this.rpc.call('order.cancel_on_disconnect', { enabled: true }, (reply) => {
      if (mine !== this.connection || this.phase !== 'opening') return;
      const on =
        reply.kind === 'result' && isRecord(reply.result) && reply.result['enabled'] === true;
      if (!on) {
        const said = reply.kind === 'result' ? 'not confirmed' : rpcText(reply);
        return this.restart(`cancel-on-disconnect: ${said}`);
      }
      this.phase = 'armed';
      this.parts.hooks.onArmed();
    });
  }

  private text(text: string): void {
    this.parts.counters.messages += 1;
    const message = parseJson(text);
    if (!isRecord(message)) {
      this.parts.counters.unreadable += 1;
      // What it said is lost: only a new connection and its reconciliation tell.
      this.restart('a frame that cannot be read');
      return;
    }
    if ('id' in message && this.rpc.answered(message)) return;
    const params = message['params'];
    if (!isRecord(params)) {
      if ('id' in message) this.session.alive();
      return;
    }
    this.parts.hooks.onChannel(textOf(params, 'channel'), params['data']);
  }

  private down(detail: string): void {
    const wasReady = this.phase === 'ready' || this.phase === 'armed';
    this.phase = 'down';
    this.connection += 1;
    this.parts.counters.cuts += 1;
    this.parts.hooks.onDown(wasReady, detail);
    this.rpc.lost(detail);
  }

  /** An unknown method must be answered, by an error if need be. */
  private askForLife(): void {
    this.rpc.call('ping', {}, (reply) => {
      if (reply.kind === 'result' || reply.kind === 'error') this.session.alive();
    });
  }
}

export function rpcText(reply: RpcReply): string {
  if (reply.kind === 'result') return 'ok';
  return reply.kind === 'error'
    ? `error ${reply.code} ${reply.message}`
    : `${reply.kind}: ${reply.detail}`;
}
