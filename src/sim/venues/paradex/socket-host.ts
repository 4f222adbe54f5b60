// What a connection asks of the face that it belongs to, as an interface: the two files do not know each other.
import type { Timer } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';
import type { SbeVersion } from '#clients/paradex/endpoints';
import type { ParadexAccount } from './account.js';
import type { Channel } from './channels.js';
import type { ParadexMarket } from './market.js';
import type { ParadexQuirks } from './quirks.js';
import type { ParadexSocket, RpcAnswer } from './socket.js';

export interface News {
  readonly data: () => unknown;
  readonly frame: ((version: SbeVersion) => Uint8Array) | null;
}

export interface SocketHost {
  readonly quirks: ParadexQuirks;
  readonly market: ParadexMarket;
  readonly nodeId: string;
  now(): Micros;
  after(span: SpanMicros, run: () => void): Timer;
  /** Rows of this instant come before the command. */
  catchUp(): void;
  /** Throws Refusal. */
  accountOfToken(token: string): ParadexAccount;
  /** Null: no such method. Throws Refusal. */
  orderMethod(
    account: ParadexAccount,
    method: string,
    params: unknown,
    from: ParadexSocket,
  ): RpcAnswer | null;
  /** What a new subscriber of a channel hears first, if anything. */
  firstNews(channel: Channel): News | null;
  heartbeat(version: SbeVersion): Uint8Array;
  ended(socket: ParadexSocket, code: number): void;
}
