// The wire side of the twin: a real client with a real signer, the loopback venue behind latency lanes and an in-memory
// pipe, and the host's own driver (WireInbox, WireInput, WireSide), all on one stepped clock. One drain settles once:
// everything that is heard at one instant is in it. What differs by venue is in paradex-twin.ts and apex-twin.ts.
import type { VenueClient, VenueFacts } from '#clients/net/venue-client';
import type { ParameterValues } from '#config/parameters';
import type { Instrument } from '#core/instrument';
import type { Command } from '#core/messages';
import type { Clock, Network } from '#core/outside';
import { parseMoney } from '#core/money';
import { Position } from '#core/position';
import type { CommandSink } from '#core/ports';
import type { RowSource } from '#core/rows';
import type { Micros, Money } from '#core/units';
import { assemble } from '#run/assembly';
import type { Assembly, Mode } from '#run/assembly';
import { REPORT_EVERY, simulateRun } from '#run/backtest';
import { HashingSink } from '#run/command-hash';
import { firstMid } from '#run/markets';
import type { Market } from '#run/markets';
import { withFeesOf } from '#run/wire-machine';
import { WireInbox } from '#run/wire-inbox';
import { WireInput } from '#run/wire-input';
import { WireSide } from '#run/wire-side';
import { queueModelOf } from '#sim/queue';
import type { QueueModel } from '#sim/queue';
import type { Face } from '#sim/venues/face';
import { MarketPlayer } from '#sim/venues/feed';
import type { Feed } from '#sim/venues/feed';
import { delayed } from '#sim/venues/lanes';
import { pipe } from '#sim/venues/pipe';
import { SteppedClock } from '#sim/venues/stepped-clock';

/** The start-up is over long before the first row: a backtest has none. */
const BEFORE_US = 9e6;
/** The host's longest sleep: it looks at least this often whether anything is due (run-host.ts). */
const TURN_US = 100_000;

export interface TwinSetup {
  readonly values: ParameterValues;
  readonly market: Market;
  readonly mode: Mode;
}

export interface FaceParts {
  readonly clock: Clock;
  readonly instrument: Instrument;
  readonly feed: Feed;
  readonly values: ParameterValues;
  readonly queue: QueueModel;
  readonly useQuotes: boolean;
}

export interface ClientParts {
  readonly clock: Clock;
  readonly network: Network;
  readonly inbox: WireInbox;
  readonly values: ParameterValues;
  readonly instrument: Instrument;
}

/** A venue and its client, as the twin needs them. */
export interface TwinVenue {
  face(parts: FaceParts): Face;
  client(parts: ClientParts): Promise<VenueClient>;
}

/** One command as the hash has it, for a difference that a person can read. */
export const wordOf = (us: number, command: Command): string => {
  const { kind } = command;
  if (kind === 'cancel-all') return `${us} ${kind}`;
  if (kind === 'cancel') return `${us} ${kind} ${command.ordinal}`;
  return `${us} ${kind} ${command.ordinal} ${command.side} ${command.ticks} ${command.lots}`;
};

export interface TwinOutcome {
  readonly hash: string;
  readonly commands: readonly string[];
  readonly fills: number;
  /** Heard of by the bot on the wire, paid by the venue in a backtest. */
  readonly funding: Money;
}

class Listing implements CommandSink {
  readonly words: string[] = [];
  constructor(private readonly next: CommandSink) {}
  send(us: Micros, commands: readonly Command[]): void {
    for (const command of commands) this.words.push(wordOf(us, command));
    this.next.send(us, commands);
  }
}

export function backtestTwin(setup: TwinSetup, facts: VenueFacts): TwinOutcome {
  const { market, mode } = setup;
  const values = withFeesOf(setup.values, facts);
  let list: Listing | null = null;
  const result = simulateRun({
    ...{ values, mode, shadow: true, market, duration: null, fillModel: 'queue' },
    tap: (next) => (list = new Listing(next)),
  });
  const { words } = list as unknown as Listing;
  const { commandHash, fills, funding } = result;
  return { hash: commandHash, commands: words, fills, funding: parseMoney(funding) as Money };
}

export class WireTwin {
  readonly clock: SteppedClock;
  readonly notes: string[] = [];
  private readonly inbox: WireInbox;
  private readonly face: Face;
  private readonly firstUs: number;
  private lastUs = Infinity;
  private client!: VenueClient;
  facts!: VenueFacts;
  private assembly!: Assembly;
  private side!: WireSide;
  private sink!: HashingSink;
  private list!: Listing;

  constructor(
    private readonly venue: TwinVenue,
    private readonly setup: TwinSetup,
  ) {
    const { values, market } = setup;
    this.firstUs = market.firstUs as number;
    this.clock = new SteppedClock((this.firstUs - BEFORE_US) as Micros);
    const { clock } = this;
    this.inbox = new WireInbox(clock);
    this.inbox.noteTo((level, text) => this.notes.push(`${clock.nowUs()} ${level} ${text}`));
    this.lastUs = lastOf(market.open(this.firstUs)) + values.latency.feed;
    const feed = new MarketPlayer({ clock, source: market.open(this.firstUs), ownTimes: true });
    const { instrument, useQuotes } = market;
    const queue = queueModelOf(values.queueModel);
    this.face = venue.face({ clock, instrument, feed, values, queue, useQuotes });
  }

  /** Connects, onboards, starts and opens the client, up to the moment before the first row. */
  async start(): Promise<void> {
    const { clock, face, inbox } = this;
    const { values, market } = this.setup;
    const { order, reply, feed } = values.latency;
    const network = pipe(delayed(face, clock, { order, reply, feed }), clock);
    const { instrument } = market;
    const made = this.venue.client({ clock, network, inbox, values, instrument });
    this.client = await this.pumped(made);
    this.facts = await this.pumped(this.client.start());
    this.client.open();
    clock.advanceTo((this.firstUs - 1) as Micros);
  }

  /** Plays the whole tape, until the last row has reached the bot. */
  run(): TwinOutcome {
    this.build();
    const { clock, lastUs, side } = this;
    let turnUs = this.firstUs;
    while (clock.nowUs() < lastUs) {
      const next = Math.min(clock.nextUs, side.nextUs, turnUs + TURN_US, lastUs);
      clock.advanceTo(Math.max(next, clock.nowUs()) as Micros);
      const begun = clock.nowUs() > this.firstUs + this.setup.values.latency.feed - 1;
      if (begun) side.advanceTo();
      turnUs = clock.nowUs();
    }
    const { sink, list, assembly } = this;
    const { fills, funding } = assembly.engine.position;
    this.face.close();
    return { hash: sink.digest(), commands: list.words, fills, funding };
  }

  private build(): void {
    const { facts, inbox, client, clock, setup } = this;
    const values = withFeesOf(setup.values, facts);
    const paidIn = new Position(facts.instrument);
    paidIn.transfer(values.capital); // the opening transfer of a run on the wire
    const position = paidIn.snapshot();
    this.list = new Listing(client);
    this.sink = new HashingSink(this.list);
    const note = (us: number, text: string): void => void this.notes.push(`${us} engine ${text}`);
    this.assembly = assemble({
      ...{ values, instrument: facts.instrument, profile: facts.profile, sink: this.sink },
      ...{ mid: firstMid(setup.market, this.firstUs), mode: setup.mode, shadow: true },
      observer: { onNote: note, onTransition: (us, from, to, cause) => note(us, `${from} -> ${to} ${cause?.reason ?? ''}`) }, // prettier-ignore
      start: { nowUs: this.firstUs as Micros, firstOrdinal: 1, capital: values.capital, position },
      restored: null,
    });
    clock.advanceTo(this.firstUs as Micros);
    const { engine } = this.assembly;
    this.side = new WireSide({
      ...{ engine, input: new WireInput(this.assembly, null), inbox, client, clock },
      ...{ ledger: { knowsTrade: () => false }, reportEvery: REPORT_EVERY },
      ...{ cancelAll: () => undefined, unwatched: () => null, close: () => undefined },
      warn: (text) => void this.notes.push(`${clock.nowUs()} warn ${text}`),
    });
  }

  /** Virtual time goes on until the promise is settled: 1 ms for every few turns of the microtask queue. */
  private async pumped<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const settled = promise.finally(() => (done = true));
    settled.catch(() => undefined);
    for (let i = 0; i < 200_000 && !done; i += 1) {
      if (i % 8 === 7) this.clock.advanceTo((this.clock.nowUs() + 1_000) as Micros);
      await Promise.resolve();
      if (i % 64 === 63) await new Promise((resolve) => setImmediate(resolve));
    }
    return await settled;
  }
}

function lastOf(source: RowSource): number {
  let last = 0;
  for (let block = source.next(); block !== null; block = source.next(block))
    if (block.count > 0) last = block.localUs[block.count - 1] as number;
  source.close();
  return last;
}
