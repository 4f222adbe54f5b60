// What the ledger's tests share: a market, a folder that goes away, and runs and orders with plain
// defaults.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Instrument, type InstrumentSpec } from '#core/instrument';
import type { Fill, PlaceCommand } from '#core/messages';
import type { Lots, Micros, Money, Rate, Seconds, TickPrice, Ticks } from '#core/units';
import { BID, type Side } from '#core/units';
import type { RunStart } from '#ledger/entries';
import { Ledger } from '#ledger/writer';

export const SPEC: InstrumentSpec = {
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
};
export const INVERSE: InstrumentSpec = {
  ...SPEC,
  symbol: 'BTC-USD-INV',
  lotSize: '1',
  minNotional: '0',
  kind: 'inverse',
  multiplier: '100',
  settle: 'BTC',
};
export const BTC = new Instrument(SPEC);
export const T0 = 1_795_219_200_000_000 as Micros;

export const us = (n: number): Micros => n as Micros;
export const lots = (n: number): Lots => n as Lots;
export const ticks = (n: number): Ticks => n as Ticks;
export const price = (n: number): TickPrice => n as TickPrice;
export const money = (n: number): Money => n as Money;

/** A folder for one test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mm-ledger-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export const ledgerFile = (): string => join(folder(), 'sim-test.ledger');

export const start = (change: Partial<RunStart> = {}): RunStart => ({
  runId: 'run1',
  account: 'test',
  instrument: BTC,
  kind: 'sim',
  mode: 'static',
  version: '0.1.0',
  pid: 4711,
  capital: money(500_000_000_000),
  params: { model: 'as' },
  startedUs: T0,
  deadOrders: 'restart',
  ...change,
});

/** An open durable ledger with a run on it; closed after the test. */
export function running(path: string, change: Partial<RunStart> = {}): Ledger {
  const ledger = Ledger.open(path, { durable: true });
  onTestFinished(() => closeQuietly(ledger));
  ledger.beginRun(start(change));
  return ledger;
}

export function closeQuietly(ledger: Ledger): void {
  try {
    ledger.close();
  } catch {
    // The test has already seen what it wanted to see.
  }
}

export const place = (ordinal: number, change: Partial<PlaceCommand> = {}): PlaceCommand => ({
  kind: 'place',
  ordinal,
  side: BID,
  ticks: ticks(600_000),
  lots: lots(10),
  tif: 'post-only',
  reduceOnly: false,
  ...change,
});

export const fill = (
  tradeId: string,
  ordinal: number | null,
  side: Side,
  at: number,
  size: number,
  change: Partial<Fill> = {},
): Fill => ({
  kind: 'fill',
  us: us(T0 + 1_000),
  tradeId,
  ordinal,
  side,
  ticks: ticks(at),
  lots: lots(size),
  fee: money(12_345),
  maker: true,
  venueUs: us(T0 + 900),
  liquidation: false,
  ...change,
});
