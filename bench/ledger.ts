// What durability costs: one decision with two orders in one transaction on disk, beside a bare
// write + fdatasync of the same disk (the yardstick: whatever we do, the disk takes that), and how
// fast the export streams. `node dist/bench/ledger.js [folder]`: the folder decides which disk is
// measured.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Instrument } from '#core/instrument';
import type { Command, Fill } from '#core/messages';
import { Position } from '#core/position';
import type { Lots, Micros, Money, Rate, Seconds, Side, TickPrice, Ticks } from '#core/units';
import { exportCsv } from '#ledger/export';
import { LedgerReader } from '#ledger/reader';
import { restoreAccount } from '#ledger/restore';
import { verifyLedger } from '#ledger/verify';
import { Ledger } from '#ledger/writer';
import { timed } from './measure.js';

const DECISIONS = 4_000;
const WARM_UP = 500;
const EXPORT_ROWS = 100_000;
const PAGE = Buffer.alloc(1_048, 0x5a);
const START = 1_795_219_200_000_000;

const INSTRUMENT = new Instrument({
  venue: 'sim',
  symbol: 'BTC-USD-PERP',
  tickSize: '0.1',
  lotSize: '0.001',
  minNotional: '10',
  kind: 'linear',
  multiplier: '1',
  settle: 'USD',
  makerFee: 2_000_000 as Rate,
  takerFee: 5_000_000 as Rate,
  fundingPeriod: 28_800 as Seconds,
  maintenanceMargin: 0.02,
});

function open(path: string, durable: boolean): Ledger {
  const ledger = Ledger.open(path, { durable });
  ledger.beginRun({
    runId: 'bench',
    account: 'bench',
    instrument: INSTRUMENT,
    kind: 'bench',
    mode: 'static',
    version: '0',
    pid: process.pid,
    capital: 0 as Money,
    params: {},
    startedUs: START as Micros,
    deadOrders: 'restart',
  });
  return ledger;
}

const place = (ordinal: number, side: Side): Command => ({
  kind: 'place',
  ordinal,
  side,
  ticks: (600_000 - side * (1 + (ordinal % 50))) as Ticks,
  lots: 10 as Lots,
  tif: 'post-only',
  reduceOnly: false,
});

const fill = (n: number, side: Side): Fill => ({
  kind: 'fill',
  us: (START + n) as Micros,
  venueUs: (START + n) as Micros,
  tradeId: `bench-${n}`,
  ordinal: n,
  side,
  ticks: (600_000 + (n % 50)) as Ticks,
  lots: 10 as Lots,
  fee: 1_200_000 as Money,
  maker: true,
  liquidation: false,
});

/** p50, p99, worst and mean of a list of seconds, in microseconds. */
function line(name: string, seconds: readonly number[]): string {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share: number): string =>
    ((sorted[Math.floor(share * (sorted.length - 1))] ?? NaN) * 1e6).toFixed(0).padStart(7);
  const mean = ((seconds.reduce((a, b) => a + b, 0) / seconds.length) * 1e6).toFixed(0);
  return `${name.padEnd(42)} p50 ${at(0.5)}  p99 ${at(0.99)}  worst ${at(1)}  mean ${mean} us`;
}

/** Interleaved, so that a noisy disk is noisy for all of them. */
function durableWrites(folder: string): string[] {
  const ledger = open(join(folder, 'durable.ledger'), true);
  const store = open(join(folder, 'store.ledger'), false);
  const file = openSync(join(folder, 'bare'), 'w');
  const seconds = { bare: [] as number[], two: [] as number[], turn: [] as number[] };
  const cancels: number[] = [];
  const batch: number[] = [];
  const position = new Position(INSTRUMENT);
  let ordinal = 0;
  for (let n = 1; n <= DECISIONS + WARM_UP; n += 1) {
    const us = (START + n * 1_000) as Micros;
    const keep = n > WARM_UP;
    const add = (list: number[], work: () => void): void => {
      const taken = timed(work);
      if (keep) list.push(taken);
    };
    add(seconds.bare, () => {
      writeSync(file, PAGE, 0, PAGE.length, n * PAGE.length);
      fdatasyncSync(file);
    });
    ordinal += 2;
    const pair = [place(ordinal - 1, 1), place(ordinal, -1)];
    add(seconds.two, () => ledger.recordIntents(us, pair));
    add(cancels, () => ledger.recordIntents(us, [{ kind: 'cancel', ordinal }]));
    ordinal += 2;
    const replaced = [place(ordinal - 1, 1), place(ordinal, -1)];
    const side = n % 2 === 0 ? 1 : -1;
    const trade = { ...fill(ordinal - 2, side), us };
    position.fill(side, trade.ticks, trade.lots, trade.fee, true);
    const mark = 600_000.5 as TickPrice;
    const equity = position.equity(mark, 0 as Money);
    const full = (into: Ledger): void => {
      into.event({ kind: 'accepted', us, ordinal: ordinal - 3 });
      into.event(trade);
      into.equity({ us, mark, accrued: 0 as Money, equity });
      into.status(us, { equity, position: position.lots });
      into.decision(us, { bids: [1], asks: [1], reason: 'a line as long as reasons are' });
      into.recordIntents(us, replaced);
    };
    add(seconds.turn, () => full(ledger));
    add(batch, () => full(store));
    if (n % 25 === 0) ledger.idle();
  }
  const lines = [
    line('bare write of 1 kB + fdatasync', seconds.bare),
    line('decision with 2 orders, durable', seconds.two),
    line('the same + fill, accept, equity, status', seconds.turn),
    line('cancel (queued only)', cancels),
    line('the full turn into a backtest store', batch),
  ];
  closeSync(file);
  ledger.close();
  store.close();
  return lines;
}

function reading(folder: string): string[] {
  const path = join(folder, 'export.ledger');
  const store = open(path, false);
  for (let n = 1; n <= EXPORT_ROWS; n += 1) {
    const side = n % 2 === 0 ? -1 : 1;
    store.recordIntents((START + n) as Micros, [place(n, side)]);
    store.event(fill(n, side));
  }
  store.close();
  const reader = LedgerReader.open(path);
  const lines: string[] = [];
  for (const table of ['orders', 'fills'] as const) {
    const taken = timed(() => void exportCsv(reader, folder, { tables: [table] }));
    lines.push(`export ${table}: ${Math.round(EXPORT_ROWS / taken)} rows/s`);
  }
  const restored = timed(() => void restoreAccount(reader, 'bench', INSTRUMENT));
  lines.push(`restart after a run of ${EXPORT_ROWS} fills: ${(restored * 1e3).toFixed(0)} ms`);
  let problems: readonly string[] = [];
  const verified = timed(() => (problems = verifyLedger(reader).problems));
  lines.push(`verify: ${(verified * 1e3).toFixed(0)} ms, ${problems.length} problems`);
  reader.close();
  return lines;
}

/** `parent` decides which disk is measured. */
export function benchLedger(parent = tmpdir()): string[] {
  const folder = mkdtempSync(join(parent, 'mm-bench-'));
  try {
    return [...durableWrites(folder), ...reading(folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(benchLedger(process.argv[2]).join('\n'));
}
