// What a live run on the wire is made of: the same engine, strategy, guards, ledger and recorder as everywhere, between a
// venue's client and its inbox. Built once the first sound book is there, driven by live-run.ts.
import type { VenueClient, VenueFacts } from '#clients/net/venue-client';
import type { ParameterValues } from '#config/parameters';
import type { Money, TickPrice } from '#core/units';
import { assemble } from './assembly.js';
import { REPORT_EVERY } from './backtest.js';
import { HashingSink } from './command-hash.js';
import type { WallClock } from './clock.js';
import { DurableSink } from './durable-sink.js';
import { around } from './machine.js';
import type { LiveRunParts, Machine, MachineHooks } from './machine.js';
import { Recorder } from './recorder.js';
import type { RunRecording } from './run-recording.js';
import type { Watch } from './watchdog-link.js';
import type { WireInbox } from './wire-inbox.js';
import { WireInput } from './wire-input.js';
import { WireSide } from './wire-side.js';

export interface Wire {
  readonly client: VenueClient;
  readonly facts: VenueFacts;
  readonly inbox: WireInbox;
  readonly clock: WallClock;
  /** First sound mid: decides `--size auto`. */
  readonly mid: TickPrice;
  readonly recording: RunRecording | null;
  /** Cancels everything of ours over a connection of its own; must not throw. */
  readonly cancelAll: () => void;
  readonly watch: Pick<Watch, 'turn'>;
}

/** The venue says what it charges: that counts, wherever fees decide a default. */
export const withFeesOf = (
  values: ParameterValues,
  { instrument }: VenueFacts,
): ParameterValues => ({
  ...values,
  makerFee: instrument.spec.makerFee,
  takerFee: instrument.spec.takerFee,
});

export function buildWire(parts: LiveRunParts, hooks: MachineHooks, wire: Wire): Machine {
  const { layered, instrument, opened, clock } = parts;
  const { client, facts, inbox, recording } = wire;
  const values = withFeesOf(layered.values, facts);
  const { ledger, restored } = opened;
  const recorder = new Recorder(ledger, parts.log.logger, instrument);
  const sink = new HashingSink(new DurableSink(ledger, client, hooks.enqueue));
  // Orders on paper rest in no public book: what the face plays, or relays, is a market without us.
  const profile = { ...facts.profile, ownQuotesInBook: parts.opening.kind !== 'paper' };
  const start = {
    nowUs: clock.startUs,
    firstOrdinal: 1,
    position: ledger.position,
    capital: values.capital,
    capitalBaseline: (values.capital - ledger.pnlAtReset) as Money,
  };
  recording?.start({
    ...{ runId: parts.runId, mode: parts.mode, spec: instrument.spec, profile, mid: wire.mid },
    ...{ engine: start, breaker: restored.breaker, learnt: opened.learnt },
    texts: Object.fromEntries(
      [...layered.texts]
        .filter(([, { text }]) => text !== '***')
        .map(([key, { text }]) => [key, text]),
    ),
  });
  const assembly = assemble({
    values,
    instrument,
    profile,
    mid: wire.mid,
    sink,
    observer: recorder,
    start,
    restored: restored.breaker,
    onStart: hooks.onStart,
    mode: parts.mode,
    shadow: true,
  });
  const { engine } = assembly;
  const input = new WireInput(assembly, recording);
  const side = new WireSide({
    ...{ engine, input, inbox, client, ledger, clock: wire.clock, reportEvery: REPORT_EVERY },
    cancelAll: wire.cancelAll,
    unwatched: () => wire.watch.turn(),
    warn: (text) => parts.log.logger.warn(text),
    close: () => recording?.close(),
  });
  return { ...around(parts, assembly, recorder), side, input, sink };
}
