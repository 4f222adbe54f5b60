// The private stream: login, the snapshot that follows it, and how it comes back. It has no sequence numbers, so no
// order may leave before `ready`: logged in, snapshot heard, and orders, fills and account reconciled by REST on this
// very connection. There is no cancel-on-disconnect at ApeX: when it is lost, the owner cancels by REST.
import type { Timer } from '#core/outside';
import { fromSeconds } from '#core/units';
import type { LinkParts } from './client-link.js';
import { ApexLink } from './client-link.js';
import type { AccountFrame } from './codec/account.js';
import { readAccountFrame } from './codec/account.js';
import type { ControlFrame } from './codec/control.js';
import { TOPICS } from './endpoints.js';
import type { ApiKey } from './sign/request.js';
import { loginFrame } from './sign/request.js';

/** down -> opening (login) -> armed (reconciling) -> ready. */
export type PrivatePhase = 'down' | 'opening' | 'armed' | 'ready';
const SNAPSHOT_WITHIN = fromSeconds(5);

export interface PrivateHooks {
  /** Logged in, snapshot heard: reconcile, then call `markReady`. */
  onArmed(): void;
  /** It was open and is gone; orders may rest. */
  onDown(detail: string): void;
  onFrame(frame: AccountFrame): void;
}

export interface PrivateParts extends Omit<LinkParts, 'hooks' | 'which'> {
  readonly api: ApiKey;
  readonly hooks: PrivateHooks;
}

export class PrivateLink {
  phase: PrivatePhase = 'down';
  /** Identifies the present connection. */
  number = 0;
  private readonly link: ApexLink;
  private snapshot: Timer | null = null;

  constructor(private readonly parts: PrivateParts) {
    this.link = new ApexLink({
      ...parts,
      which: 'private',
      hooks: {
        onOpen: () => this.opened(),
        onDown: (detail) => this.down(detail),
        onControl: (frame) => this.control(frame),
        onData: (frame) => this.data(frame),
        // What it said is lost: only a new connection and its reconciliation tell.
        onUnreadable: () => this.restart('a frame that cannot be read'),
      },
    });
  }

  open(): void {
    this.link.session.open();
  }

  /** Orders may be sent. */
  get ready(): boolean {
    return this.phase === 'ready';
  }

  /** Everything is reconciled. False when the connection that was armed is gone. */
  markReady(): boolean {
    if (this.phase !== 'armed') return false;
    this.phase = 'ready';
    return true;
  }

  /** Back to reconciling on the same connection (after a ban). */
  rearm(): void {
    if (this.phase === 'ready') this.phase = 'armed';
  }

  restart(detail: string): void {
    this.link.session.restart(detail);
  }

  close(): void {
    this.phase = 'down';
    this.number += 1;
    this.snapshot?.cancel();
    this.link.close();
  }

  private opened(): void {
    const { api, time } = this.parts;
    this.phase = 'opening';
    this.number += 1;
    const topics = [TOPICS.account, TOPICS.notify];
    this.link.send(loginFrame(api, time.nowMs(), topics));
    const mine = this.number;
    this.snapshot = time.clock.after(SNAPSHOT_WITHIN, () => {
      if (mine === this.number && this.phase === 'opening') this.restart('no snapshot after login');
    });
  }

  private control(frame: ControlFrame): void {
    if (frame.kind !== 'refused') return;
    if (frame.op === 'login' || this.phase === 'opening') {
      this.parts.inbox.note('warn', `private login refused: ${frame.detail}`);
      this.restart('login refused');
    } else this.parts.inbox.note('warn', `private socket: ${frame.detail}`);
  }

  private data(raw: unknown): void {
    const frame = readAccountFrame(raw);
    if (frame === null) return; // notices and the like
    if (frame.unreadable > 0) {
      this.parts.counters.unreadable += 1;
      this.parts.hooks.onFrame(frame);
      this.restart('a record that cannot be read');
      return;
    }
    this.parts.hooks.onFrame(frame);
    if (this.phase !== 'opening' || !frame.snapshot) return;
    this.snapshot?.cancel();
    this.phase = 'armed';
    this.parts.hooks.onArmed();
  }

  private down(detail: string): void {
    this.phase = 'down';
    this.number += 1;
    this.snapshot?.cancel();
    this.parts.hooks.onDown(detail);
  }
}
