// What an order signature of Paradex costs: ours against `starknet` 7.1.0 in interleaved pairs, with a new price, size
// and timestamp each time; the same with everything but the price hashed in idle time; the check that the simulated
// venue makes; and the first signature of a fresh process, from the import on, tables and self-test included.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ec, shortString, typedData } from 'starknet';
import {
  fastSigner,
  verifyOrder,
  type ParadexSigner,
  type SignableOrder,
} from '#clients/paradex/sign';
import { orderFields, typedDataOf } from '#clients/paradex/sign/starknet';
import { interleave, spread, timed, yardstick, yardstickSeconds } from './measure.js';

const OPTIONS = {
  privateKey: '0x543b6cf6c91817a87174aaea4fb370ac1c694e864d7740d728f8344d53e815',
  account: '0x129c135ed63df9353885e292be4426b8ed6122b13c6c0e1bb787288a1f5adfa',
  chainId: 'PRIVATE_SN_POTC_SEPOLIA',
};
const PAIRS = 25;
const FAST_RUNS = 100;
const SLOW_RUNS = 2;
const FRESH = 9;

let serial = 0;

/** No two alike, as a quoting bot sends them. */
function nextOrder(): SignableOrder {
  serial += 1;
  return {
    timestampMs: 1_763_683_200_000 + serial,
    market: 'BTC-USD-PERP',
    side: serial % 2 === 0 ? 'BUY' : 'SELL',
    type: 'LIMIT',
    size: `0.${String(10_000 + (serial % 89_999))}`,
    price: `${91_000 + (serial % 977)}.${serial % 10}`,
  };
}

const chainId = shortString.encodeShortString(OPTIONS.chainId);

function slowSignature(): string {
  const data = typedDataOf(chainId, 'Order', orderFields(nextOrder()));
  const hash = typedData.getMessageHash(data, OPTIONS.account);
  const { r, s } = ec.starkCurve.sign(hash, OPTIONS.privateKey);
  return `["${r}","${s}"]`;
}

const times = (count: number, act: () => unknown) => (): void => {
  for (let i = 0; i < count; i++) act();
};

/** Seconds of one signature whose order, but for the price, was hashed before the clock started. */
function prehashed(signer: ParadexSigner): number {
  const orders = Array.from({ length: 50 }, nextOrder);
  for (const order of orders) signer.prehash('create', order);
  return timed(() => orders.forEach((order) => signer.signOrder(order))) / orders.length;
}

/** Verifies `FAST_RUNS` different good signatures, as the simulated venue does. */
function checker(signer: ParadexSigner): () => void {
  const who = { ...OPTIONS, publicKey: signer.publicKey };
  const signed = Array.from({ length: FAST_RUNS }, nextOrder).map((order) => ({
    order,
    signature: signer.signOrder(order),
  }));
  return () => {
    for (const { order, signature } of signed) {
      if (!verifyOrder(who, order, signature)) throw new Error('a good signature was refused');
    }
  };
}

const FIRST = `const t = performance.now();
const { fastSigner } = await import(process.argv[1]);
const signer = fastSigner(${JSON.stringify(OPTIONS)});
signer.signOrder(${JSON.stringify(nextOrder())});
console.log(performance.now() - t);`;

/** Milliseconds from the import of the signer to its first signature, in processes of their own. */
function firstSignatures(): number[] {
  const door = new URL('../clients/paradex/sign.js', import.meta.url).href;
  const args = ['--input-type=module', '-e', FIRST, door];
  return Array.from({ length: FRESH }, () => Number(execFileSync(process.execPath, args)));
}

const ms = (seconds: readonly number[], runs: number): string => {
  const s = spread(seconds.map((x) => (x / runs) * 1e3));
  return `${s.median.toFixed(3)} ms (quartiles ${s.lower.toFixed(3)} to ${s.upper.toFixed(3)})`;
};

export function benchParadexSigning(): string[] {
  const signer = fastSigner(OPTIONS);
  const taken = interleave(
    {
      fast: times(FAST_RUNS, () => signer.signOrder(nextOrder())),
      slow: times(SLOW_RUNS, slowSignature),
      check: checker(signer),
      yardstick,
    },
    PAIRS,
  );
  const idle = Array.from({ length: PAIRS }, () => prehashed(signer));
  const parse = spread(taken.yardstick.map(yardstickSeconds)).median;
  const inParses = (spread(taken.fast).median / FAST_RUNS / parse).toFixed(1);
  const faster = spread(
    taken.slow.map((slow, i) => slow / SLOW_RUNS / ((taken.fast[i] ?? NaN) / FAST_RUNS)),
  );
  const first = spread(firstSignatures());
  return [
    `Paradex order signature: ${ms(taken.fast, FAST_RUNS)}, ${inParses} of a 1 kB JSON.parse`,
    `  all but the price hashed in idle time: ${ms(idle, 1)}`,
    `  starknet 7.1.0: ${ms(taken.slow, SLOW_RUNS)}; ours is ${faster.median.toFixed(0)} times ` +
      `faster (quartiles ${faster.lower.toFixed(0)} to ${faster.upper.toFixed(0)}; ${PAIRS} pairs)`,
    `  the simulated venue's check of one: ${ms(taken.check, FAST_RUNS)}`,
    `  first of a process, import, tables and self-test included: ${first.median.toFixed(0)} ms ` +
      `(quartiles ${first.lower.toFixed(0)} to ${first.upper.toFixed(0)}; ${FRESH} processes)`,
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(benchParadexSigning().join('\n'));
}
