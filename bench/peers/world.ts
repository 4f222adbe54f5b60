// The world that both engines of the comparison see: one recording, several times over, on one file of ours and one of
// theirs made of it by our own writer; feed latency constant, so that both mean the same by it. And our side of it:
// the whole engine (guards, reconciler, simulated venue) with the plainest of rules, one quote a side at the touch.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLayers } from '#config/layers';
import { engineParams } from '#config/settings';
import { Instrument } from '#core/instrument';
import { moneyFromNumber } from '#core/money';
import { RowBlock } from '#core/rows';
import type { RowKind, RowSource } from '#core/rows';
import type { Decision, Quote, Strategy, View } from '#core/strategy';
import type {
  Aggressor,
  Bps,
  InventoryUnits,
  Lots,
  Micros,
  Seconds,
  SpanMicros,
  TickPrice,
  Ticks,
} from '#core/units';
import { Engine } from '#engine/engine';
import { RiskBreaker } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import { HashingSink } from '#run/command-hash';
import { Simulation } from '#run/simulation';
import { PowerQueue } from '#sim/queue';
import { SimVenue } from '#sim/venue';
import { HeldRows } from '#tape/held';
import { importTape } from '#tape/import';
import { exportNpz } from '#tape/npz-write';
import { TapeSource, readInfo } from '#tape/read';
import { RepeatedSource } from '#tape/repeated';
import { TapeWriter } from '#tape/write';

export const NAME = 'binance_usdm_btcusdt_2023-04-04';
export const FEED_US = 10_000;
export const ORDER_US = 5_000;
export const REPLY_US = 5_000;
export const EXPONENT = 2;
/** Size of a quote: one lot, which cannot fill in part. Theirs stops with an error on exact partial fills (#312, #316). */
export const LOTS = 1;

export interface World {
  readonly tape: string;
  readonly npz: string;
  /** The tape once more, in memory: read, checked and decoded before any clock starts, as theirs is. */
  readonly held: HeldRows;
  readonly rows: number;
  readonly tick: number;
  readonly lot: number;
  readonly notes: readonly string[];
}

/** One clock for both: a row happens when it was recorded and is seen FEED_US later. */
class PeerRows implements RowSource {
  constructor(private readonly source: RowSource) {}

  get totalRows(): number | null {
    return this.source.totalRows;
  }

  next(reuse?: RowBlock): RowBlock | null {
    const block = this.source.next(reuse);
    if (block === null) return null;
    for (let i = 0; i < block.count; i += 1) {
      const us = block.localUs[i] as number;
      block.exchangeUs[i] = us;
      block.localUs[i] = us + FEED_US;
    }
    return block;
  }

  close(): void {
    this.source.close();
  }
}

function copy(source: RowSource, path: string, from: string): void {
  const { instrument } = readInfo(from);
  const writer = new TapeWriter(path, { instrument, writtenBy: 'bench' }, { overwrite: true });
  const block = new RowBlock();
  for (let b = source.next(block); b !== null; b = source.next(block)) {
    for (let i = 0; i < b.count; i += 1) {
      const [us, localUs] = [b.exchangeUs[i] as number, b.localUs[i] as number];
      writer.push(
        b.kind[i] as RowKind,
        b.side[i] as Aggressor,
        us,
        localUs,
        b.price[i] as number,
        b.size[i] as number,
      );
    }
  }
  writer.finish([]);
}

/** Builds both files in `folder`; null where the recording is absent. */
export async function makeWorld(
  data: string,
  folder: string,
  times: number,
): Promise<World | null> {
  const files = ['incremental_book_L2', 'trades'].map((kind) =>
    join(data, `${NAME}_${kind}.csv.gz`),
  );
  if (!files.every((file) => existsSync(file))) return null;
  const once = join(folder, 'once.tape');
  await importTape({ files, out: once, overwrite: true });
  const tape = join(folder, 'peers.tape');
  copy(new PeerRows(new RepeatedSource(() => new TapeSource(once), times)), tape, once);
  const npz = join(folder, 'peers.npz');
  const { notes } = await exportNpz(tape, npz, { stored: true, overwrite: true });
  const { rows, instrument } = readInfo(tape);
  return {
    tape,
    npz,
    held: new HeldRows(new TapeSource(tape)),
    rows,
    tick: Number(instrument.tickSize),
    lot: Number(instrument.lotSize),
    notes,
  };
}

const REASON: Decision['reason'] = Object.freeze({
  model: 'touch',
  inventory: 0 as InventoryUnits,
  shift: 0 as Bps,
  half: 0 as Bps,
  terms: [],
  clamps: [],
  withdrawn: null,
  withdrawForMs: 0,
});

const quoteAt = (ticks: Ticks, lots: Lots): Quote => ({
  level: 0,
  ticks,
  lots,
  distance: 0 as Bps,
  reduceOnly: false,
});

/** One quote a side at the touch, whatever happens. */
const AT_TOUCH: Strategy = {
  name: 'at the touch',
  ignores: 'time and sizes',
  decide: (view: View): Decision => ({
    bids: [quoteAt(view.bidTicks, view.unitLots)],
    asks: [quoteAt(view.askTicks, view.unitLots)],
    immediate: null,
    placement: 'join',
    reason: REASON,
  }),
};

export interface OurRun {
  readonly seconds: number;
  /** CPU time, all threads of the process. */
  readonly cpu: number;
  /** Of the commands, for whoever changes the engine. */
  readonly hash: string;
  readonly rows: number;
  readonly sent: number;
  readonly fills: number;
  readonly volume: number;
  readonly position: number;
}

/** Our whole engine over the tape with a look every `intervalMs`; the time is that of the apply loop. */
export function runOurs(world: World, intervalMs: number, source: RowSource): OurRun {
  const info = readInfo(world.tape);
  const { values } = readLayers({
    flags: {
      ...{
        check: `${intervalMs}ms`,
        refresh: `${intervalMs}ms`,
        requoteBps: 'off',
        makerFee: '2bp',
        size: '1000000',
      },
      ...{
        requoteInterval: `${intervalMs}ms`,
        fillWake: 'off',
        capital: '50000000',
        positionLimit: '30000000',
      },
      ...{ maxMarketSpread: '1000bp', staleAfter: '1h' },
    },
    ...{ env: {}, dotenvPath: null, configPath: null },
  });
  const { makerFee, takerFee, capital } = values;
  const instrument = new Instrument({
    ...info.instrument,
    ...{ minNotional: '0', kind: 'linear', multiplier: '1', settle: 'USD', makerFee, takerFee },
    ...{ fundingPeriod: 28_800 as Seconds, maintenanceMargin: 0.01 },
  });
  const mid = 281_451 as TickPrice;
  const profile = { amend: false, ordersPerSecond: 1e6, orderBurst: 1e6 };
  const base = engineParams(values, instrument, profile, mid);
  const params = { ...base, size: instrument.notional(LOTS as Lots, (mid * 1.0001) as TickPrice) };
  let fills = 0;
  let volume = 0;
  const venue = new SimVenue({
    ...{ instrument, fillModel: 'queue', queue: new PowerQueue(EXPONENT) },
    account: { deposit: moneyFromNumber(5e7), leverage: 10 },
    ...{ orderDelay: ORDER_US as SpanMicros, replyDelay: REPLY_US as SpanMicros },
    onFill: (fill) => {
      fills += 1;
      volume += fill.lots;
    },
  });
  const sink = new HashingSink(venue);
  const breaker = new RiskBreaker({
    guards: makeGuards(params.risk, instrument, profile).filter(
      (g) => g.name !== 'bleed' && g.name !== 'order-rate',
    ),
  });
  const engine = new Engine({
    ...{ instrument, params, breaker, sink, makeStrategy: () => AT_TOUCH },
    start: { nowUs: info.firstUs as Micros, firstOrdinal: 1, capital },
  });
  const never = 1e15 as SpanMicros;
  const simulation = new Simulation({
    ...{ source, venue, engine, feed: FEED_US as SpanMicros, probe: null },
    reportEvery: { account: never, openOrders: never },
  });
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  simulation.advanceTo(Infinity);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  source.close();
  const position = venue.exchange.account.position.lots * world.lot;
  return {
    seconds,
    cpu: (user + system) / 1e6,
    rows: simulation.rows,
    sent: sink.count,
    hash: sink.digest(),
    fills,
    volume: volume * world.lot,
    position,
  };
}
