// The outer half of every venue client: sorts the engine's commands, cancels first, and hands them to the parts of the
// machine in the turn in which they are given. Before `start` has made a machine it does nothing.
import type { AmendCommand, Command, PlaceCommand } from '#core/messages';
import type { Clock } from '#core/outside';
import type { Micros } from '#core/units';
import { QuietInbox } from './quiet-inbox.js';
import type { Begun } from './start.js';
import type { VenueClient, VenueFacts, VenueInbox } from './venue-client.js';
import { newCounters } from './venue-client.js';

/** The parts of a client for one market, wired once its instrument is known. */
export interface Machine extends Begun {
  readonly cancels: { all(): void; orders(ordinals: readonly number[]): void };
  readonly trade: {
    place(commands: readonly PlaceCommand[]): void;
    amend(command: AmendCommand): void;
  };
  open(): void;
}

export abstract class MachineClient<Parts extends Machine> implements VenueClient {
  readonly counters = newCounters();
  protected machine: Parts | null = null;

  protected readonly inbox: VenueInbox;

  constructor(inbox: VenueInbox, clock: Clock) {
    this.inbox = new QuietInbox(inbox, clock);
  }

  abstract start(): Promise<VenueFacts>;
  abstract close(): Promise<void>;

  open(): void {
    this.machine?.open();
  }

  send(_nowUs: Micros, commands: readonly Command[]): void {
    const { machine } = this;
    if (machine === null) return;
    const cancelled: number[] = [];
    const places: PlaceCommand[] = [];
    let all = false;
    for (const command of commands) {
      if (command.kind === 'cancel-all') all = true;
      else if (command.kind === 'cancel') cancelled.push(command.ordinal);
      else if (command.kind === 'place') places.push(command);
    }
    if (all) machine.cancels.all();
    if (cancelled.length > 0) machine.cancels.orders(cancelled);
    for (const command of commands) if (command.kind === 'amend') machine.trade.amend(command);
    if (places.length > 0) machine.trade.place(places);
  }

  requestAccount(): void {
    this.machine?.account.ask((state) => {
      if (state !== null) this.inbox.event(state.report);
    });
  }

  requestOpenOrders(): void {
    this.machine?.list.report();
  }
}
