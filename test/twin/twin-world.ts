// The wire side of the twin: the real ParadexClient with a real signer, the loopback Paradex behind latency lanes and an
// in-memory pipe, and the host's own driver (WireInbox, WireInput, WireSide), all on one stepped clock. One drain settles
// once: everything that is heard at one instant is in it.
import { ParadexClient } from '#clients/paradex/client';
import type { ParadexSwitches } from '#clients/paradex/switches';
import type { VenueFacts } from '#clients/net/venue-client';
import type { ParameterValues } from '#config/parameters';
import { Instrument } from '#core/instrument';
import type { Command } from '#core/messages';
import type { VenueProfile } from '#core/params';
import { Position } from '#core/position';
import type { CommandSink } from '#core/ports';
import type { RowSource } from '#core/rows';
import type { Micros, SpanMicros } from '#core/units';
import { assemble } from '#run/assembly';
import type { Assembly, Mode } from '#run/assembly';
import { REPORT_EVERY, simulateRun } from '#run/backtest';
import { HashingSink } from '#run/command-hash';
import { firstMid } from '#run/markets';
import type { Market } from '#run/markets';
import { onboard, paradexEnvironment, paradexIdentity } from '#run/paradex-account';
import { withFeesOf } from '#run/wire-machine';
import { WireInbox } from '#run/wire-inbox';
import { WireInput } from '#run/wire-input';
import { WireSide } from '#run/wire-side';
import type { ClientWays } from '#sim/client-venue';
import { queueModelOf } from '#sim/queue';
import { MarketPlayer } from '#sim/venues/feed';
import { delayed } from '#sim/venues/lanes';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import { pipe } from '#sim/venues/pipe';
import { SteppedClock } from '#sim/venues/stepped-clock';

/** The start-up is over long before the first row: a backtest has none. */
const BEFORE_US = 9e6;
/** The host's longest sleep: it looks at least this often whether anything is due (run-host.ts). */
const TURN_US = 100_000;
const KEY = '0x543b6cf6c91817a87174aaea4fb370ac1c694e864d7740d728f8344d53e815';

export interface TwinSetup {
  readonly values: ParameterValues;
  readonly market: Market;
  readonly mode: Mode;
  readonly switches: Partial<ParadexSwitches>;
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
}

class Listing implements CommandSink {
  readonly words: string[] = [];
  constructor(private readonly next: CommandSink) {}
  send(us: Micros, commands: readonly Command[]): void {
    for (const command of commands) this.words.push(wordOf(us, command));
    this.next.send(us, commands);
  }
}

/** What the client says it can do, and how it does it: the profile that makes both sides equal. */
export function profileOf(
  facts: VenueFacts,
  switches: Partial<ParadexSwitches>,
): {
  readonly profile: VenueProfile;
  readonly ways: ClientWays;
} {
  const partly = switches.modifyPartlyFilled ?? 'cancel';
  return {
    profile: facts.profile,
    ways: {
      accountTrips: 2, // positions, then account
      verifyAfter: 100_000 as SpanMicros,
      verifyAgain: 400_000 as SpanMicros,
      amendPartlyFilled: partly === 'modify' ? 'amend' : 'cancel',
    },
  };
}

export function backtestTwin(setup: TwinSetup, facts: VenueFacts): TwinOutcome {
  const { market, mode, switches } = setup;
  const values = withFeesOf(setup.values, facts);
  let list: Listing | null = null;
  const result = simulateRun({
    ...{ values, mode, shadow: true, market, duration: null, fillModel: 'queue' },
    behindClient: profileOf(facts, switches),
    tap: (next) => (list = new Listing(next)),
  });
  const { words } = list as unknown as Listing;
  const { commandHash, fills } = result;
  return { hash: commandHash, commands: words, fills };
}

export class WireTwin {
  readonly clock: SteppedClock;
  readonly notes: string[] = [];
  private readonly inbox: WireInbox;
  private readonly face: ParadexFace;
  private readonly firstUs: number;
  private lastUs = Infinity;
  private client!: ParadexClient;
  facts!: VenueFacts;
  private assembly!: Assembly;
  private side!: WireSide;
  private sink!: HashingSink;
  private list!: Listing;

  constructor(private readonly setup: TwinSetup) {
    const { values, market } = setup;
    this.firstUs = market.firstUs as number;
    this.clock = new SteppedClock((this.firstUs - BEFORE_US) as Micros);
    const { clock } = this;
    this.inbox = new WireInbox(clock);
    this.inbox.noteTo((level, text) => this.notes.push(`${clock.nowUs()} ${level} ${text}`));
    this.lastUs = lastOf(market.open(this.firstUs)) + values.latency.feed;
    const feed = new MarketPlayer({ clock, source: market.open(this.firstUs), ownTimes: true });
    this.face = new ParadexFace({
      ...{ clock, instrument: paradexInstrument(market.instrument), feed, seed: 7 },
      ...{ deposit: values.capital, leverage: Math.max(values.maxLeverage, 1) },
      ...{ queue: queueModelOf(values.queueModel), useQuotes: market.useQuotes },
    });
  }

  /** Connects, onboards, starts and opens the client, up to the moment before the first row. */
  async start(): Promise<void> {
    const { clock, face, inbox } = this;
    const { values, switches } = this.setup;
    const { order, reply, feed } = values.latency;
    const network = pipe(delayed(face, clock, { order, reply, feed }), clock);
    const environment = paradexEnvironment('paper', 'http://127.0.0.1:9');
    const keys = { paradexPrivateKey: KEY, paradexAccount: null, paradexEthereumKey: null, signer: 'fast' }; // prettier-ignore
    const identity = await this.pumped(paradexIdentity(network, environment, keys as never, (text) => this.notes.push(text))); // prettier-ignore
    await this.pumped(onboard(network, identity));
    this.client = new ParadexClient({
      ...{ network, clock, seed: 7, signer: identity.signer, environment, inbox, switches },
      ...{ market: this.setup.market.instrument.spec.symbol, runId: 'twin' },
    });
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
    const { fills } = assembly.engine.position;
    this.face.close();
    return { hash: sink.digest(), commands: list.words, fills };
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

const paradexInstrument = (instrument: Instrument): Instrument =>
  new Instrument({ ...instrument.spec, venue: 'paradex' });

function lastOf(source: RowSource): number {
  let last = 0;
  for (let block = source.next(); block !== null; block = source.next(block))
    if (block.count > 0) last = block.localUs[block.count - 1] as number;
  source.close();
  return last;
}
