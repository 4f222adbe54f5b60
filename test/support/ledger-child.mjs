// A process of its own for the ledger's tests, to be killed: runs from dist, which `pretest`
// builds, because the sources are TypeScript. Acknowledges each commit on stdout with a synchronous
// write, after it has returned. Usage: node ledger-child.mjs hold|write|burst|refuse <folder> <run
// id> [commits]
import { writeSync } from 'node:fs';
import { Instrument } from '../../dist/src/core/instrument.js';
import { Position } from '../../dist/src/core/position.js';
import { AccountLock } from '../../dist/src/ledger/lock.js';
import { accountPaths } from '../../dist/src/ledger/paths.js';
import { LedgerReader } from '../../dist/src/ledger/reader.js';
import { restoreAccount } from '../../dist/src/ledger/restore.js';
import { Ledger } from '../../dist/src/ledger/writer.js';

const [mode, folder, runId, commits = 'Infinity'] = process.argv.slice(2);
const say = (text) => writeSync(1, `${text}\n`);
const paths = accountPaths(folder, 'sim', 'test');
const instrument = new Instrument({
  venue: 'sim', symbol: 'BTC-USD-PERP', tickSize: '0.1', lotSize: '0.001', minNotional: '10', kind: 'linear',
  multiplier: '1', settle: 'USD', makerFee: 2_000_000, takerFee: 5_000_000, fundingPeriod: 28_800,
  maintenanceMargin: 0.02,
}); // prettier-ignore
const nowUs = () => Date.now() * 1000;

let lock;
try {
  lock = AccountLock.acquire(paths, {
    pid: process.pid,
    runId,
    market: instrument.spec.symbol,
    sinceUs: nowUs(),
  });
} catch (error) {
  say(`refused ${error.message}`);
  process.exit(2);
}
say('held');
if (mode === 'hold') setInterval(() => lock, 1000);
if (mode === 'write' || mode === 'burst') write(Number(commits));

function restored() {
  const reader = LedgerReader.open(paths.ledger);
  const state = restoreAccount(reader, 'test', instrument);
  reader.close();
  return Position.restore(instrument, state.position);
}

function write(count) {
  const ledger = Ledger.open(paths.ledger, { durable: true });
  const position = restored();
  ledger.beginRun({
    runId, account: 'test', instrument, kind: 'sim', mode: 'static', version: '0.1.0', pid: process.pid,
    capital: 500_000_000_000, params: {}, startedUs: nowUs(), deadOrders: 'restart',
  }); // prettier-ignore
  for (let n = 1; n <= count; n += 1) {
    const us = nowUs();
    const side = n % 3 === 0 ? -1 : 1;
    if (n > 1) {
      const [ordinal, ticks, lots] = [2 * n - 3, 600_000 + (n % 97), 1 + (n % 5)];
      ledger.event({ kind: 'accepted', us, ordinal });
      const trade = {
        tradeId: `${runId}-${n}`,
        ordinal,
        side,
        ticks,
        lots,
        fee: 100 + n,
        maker: true,
      };
      ledger.event({ kind: 'fill', us, venueUs: us, liquidation: false, ...trade });
      position.fill(side, ticks, lots, 100 + n, true);
      ledger.event({ kind: 'funding', us, amount: n - 50, rate: 1000, mark: ticks });
      position.applyFunding(n - 50);
      const mark = ticks + 0.5;
      ledger.equity({ us, mark, accrued: n, equity: position.equity(mark, n) });
      ledger.state(us, 'count', { runId, n });
    }
    const order = {
      kind: 'place',
      side,
      ticks: 600_000,
      lots: 10,
      tif: 'post-only',
      reduceOnly: false,
    };
    ledger.recordIntents(us, [
      { ...order, ordinal: 2 * n - 1 },
      { ...order, ordinal: 2 * n },
    ]);
    say(`ack ${n} ${2 * n}`);
    if (n % 5 === 0) ledger.idle();
  }
  process.kill(process.pid, 'SIGKILL');
}
