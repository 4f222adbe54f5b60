// How fast the simulated exchange takes rows while nothing of ours fills, and what a row allocates: one quote a side
// a little behind the touch, a synthetic stream of levels with one print in twenty. Bar: 15 M rows/s, 0 bytes a row.
// `node dist/bench/exchange.js`, or through the figures command.
import { fileURLToPath } from 'node:url';
import { L2Book } from '#core/book';
import { Instrument } from '#core/instrument';
import { moneyFromNumber, rateFromBps } from '#core/money';
import { Random } from '#core/random';
import { ROW_LEVEL, ROW_TRADE, RowBlock, applyRow } from '#core/rows';
import type { Lots, Micros, Seconds, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { Exchange } from '#sim/exchange';
import type { FillModel } from '#sim/exchange';
import { allocatedBytes, interleave, spread, yardstick, yardstickSeconds } from './measure.js';

const ROWS = 1 << 20;
const MID = 500_000;
const OURS = 12;
const MODELS: readonly FillModel[] = ['floor', 'queue', 'ceiling'];

/** Levels around a touch that moves by up to 8 ticks and never reaches us; prints at the touch; 4 rows an instant. */
function makeRows(): RowBlock {
  const random = new Random('bench exchange');
  const rows = new RowBlock(ROWS);
  let shift = 0;
  while (!rows.full) {
    const us = 1e15 + Math.floor(rows.count / 4) * 1000;
    if (random.int(20) === 0) {
      const side: Side = random.bool(0.5) ? BID : ASK;
      rows.push(ROW_TRADE, side, us, us, MID + shift + side, 1 + random.int(1000));
      continue;
    }
    if (random.int(50) === 0 && Math.abs(shift) < 8) shift += random.bool(0.5) ? 1 : -1;
    if (Math.abs(shift) === 8) shift = 0;
    const side: Side = random.bool(0.5) ? BID : ASK;
    const away = Math.max(random.int(40), side * shift);
    rows.push(
      ROW_LEVEL,
      side,
      us,
      us,
      MID - side * (1 + away),
      random.bool(0.3) ? 0 : 1 + random.int(9e4),
    );
  }
  return rows;
}

function makeExchange(fillModel: FillModel): Exchange {
  const instrument = new Instrument({
    ...{ venue: 'bench', symbol: 'BTC', tickSize: '0.1', lotSize: '0.001', minNotional: '0' },
    ...{ kind: 'linear', multiplier: '1', settle: 'USD', fundingPeriod: 28_800 as Seconds },
    ...{ makerFee: rateFromBps(2), takerFee: rateFromBps(5), maintenanceMargin: 0.005 },
  });
  const account = { deposit: moneyFromNumber(1e6), leverage: 10 };
  const emit = (event: { kind: string }): void => {
    if (event.kind !== 'accepted')
      throw new Error(`the bench means to fill nothing: ${event.kind}`);
  };
  const exchange = new Exchange({ instrument, fillModel, account, emit });
  for (const side of [BID, ASK] as const) {
    exchange.submit(1 as Micros, {
      ...{ kind: 'place', ordinal: side + 1, side, ticks: (MID - side * OURS) as Ticks },
      ...{ lots: 5 as Lots, tif: 'post-only', reduceOnly: false },
    });
  }
  return exchange;
}

/** As the driver does it: the clock once an instant, then every row of the instant. */
function drive(exchange: Exchange, rows: RowBlock, from: number, to: number): void {
  let now = 0;
  for (let i = from; i < to; i++) {
    const us = rows.localUs[i] as number;
    if (us !== now) exchange.nowUs = us as Micros;
    now = us;
    applyRow(rows, i, exchange);
  }
}

function bookOnly(book: L2Book, rows: RowBlock): void {
  for (let i = 0; i < ROWS; i++) {
    if (rows.kind[i] !== ROW_LEVEL) continue;
    book.apply(rows.side[i] as Side, rows.price[i] as Ticks, rows.size[i] as Lots);
  }
}

/** One line of figures per fill model, ready to print. */
export function benchExchange(rounds = 9): string[] {
  const rows = makeRows();
  const book = new L2Book();
  return MODELS.map((model) => {
    const exchange = makeExchange(model);
    const run = (): void => drive(exchange, rows, 0, ROWS);
    const seconds = interleave({ run, book: () => bookOnly(book, rows), yardstick }, rounds);
    const million = (taken: number): string => (ROWS / taken / 1e6).toFixed(1);
    const taken = spread(seconds.run);
    const perParse = spread(seconds.yardstick.map(yardstickSeconds)).median;
    const bytes = allocatedBytes((from, count) => {
      const start = from % (ROWS - count);
      drive(exchange, rows, start, start + count);
    });
    return (
      `exchange, ${model}, a quote a side: ${million(taken.median)} M rows/s ` +
      `(quartiles ${million(taken.upper)} to ${million(taken.lower)}; its book alone ` +
      `${million(spread(seconds.book).median)}), ${(taken.median / ROWS / perParse).toFixed(4)} ` +
      `of a 1 kB JSON.parse (${(perParse * 1e6).toFixed(2)} us), ${bytes.toFixed(3)} bytes/row`
    );
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchExchange().join('\n'));
