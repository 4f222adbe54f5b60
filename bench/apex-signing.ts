// The zk signature of an ApeX order: ours against zksync-crypto, interleaved, on the same 36 bytes; verification as the
// loopback face does it; and what one quote costs the main thread when a worker signs (the post to it).
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { keyFromSeed } from '#clients/apex/sign/keys';
import { signMusig, verifyMusig } from '#clients/apex/sign/musig';
import { orderMessage } from '#clients/apex/sign/order';
import { Zk } from '#clients/apex/sign/zk';
import { workerSigner } from '#clients/apex/signer';
import { interleave, spread, timed, yardstick, yardstickSeconds } from './measure.js';

const SEED = new Uint8Array(65).fill(0x11);
const TERMS = {
  accountId: '634283468140839001',
  pairId: 50_001,
  decimals: 18,
  makerBps: 2,
  takerBps: 5,
};
const EACH = 10;
const order = (i: number) => ({
  ...{ clientId: `mm-bench-${i}`, side: 'BUY' as const, size: '0.010', price: '62028.6' },
});

const peer = createRequire(import.meta.url)('zksync-crypto') as {
  privateKeyFromSeed(seed: Uint8Array): Uint8Array;
  sign_musig(key: Uint8Array, message: Uint8Array): Uint8Array;
};

const ms = (seconds: readonly number[]): string => {
  const { median, lower, upper } = spread(seconds.map((s) => (s / EACH) * 1e3));
  return `${median.toFixed(2)} ms (${lower.toFixed(2)} to ${upper.toFixed(2)})`;
};

export async function benchApexSigning(): Promise<string[]> {
  const zk = new Zk();
  const key = keyFromSeed(zk, SEED);
  const theirs = peer.privateKeyFromSeed(SEED);
  const message = orderMessage(order(1), TERMS);
  const signature = signMusig(zk, key, message);
  const repeat = (run: () => void) => (): void => {
    for (let i = 0; i < EACH; i += 1) run();
  };
  const taken = interleave({
    ours: repeat(() => signMusig(zk, key, message)),
    zksync: repeat(() => peer.sign_musig(theirs, message)),
    verify: repeat(() => verifyMusig(zk, key.point, message, signature)),
    yardstick,
  });
  const yard = yardstickSeconds(spread(taken.yardstick).median);
  const ratios = spread(taken.ours.map((own, i) => (taken.zksync[i] ?? NaN) / own));
  const inYards = spread(taken.ours).median / EACH / yard;
  const start = timed(() => new Zk());
  return [
    `ApeX order signature: ${ms(taken.ours)}, ${inYards.toFixed(0)} of the yardstick`,
    `  zksync-crypto: ${ms(taken.zksync)}; ours is ${ratios.median.toFixed(1)} times faster (${ratios.lower.toFixed(1)} to ${ratios.upper.toFixed(1)})`,
    `  verification: ${ms(taken.verify)}; module, constants and tables once: ${(start * 1e3).toFixed(0)} ms`,
    await mainThread(),
  ];
}

/** Two quotes at a time to the worker: the longest slice of the main thread, and when both are signed. */
async function mainThread(): Promise<string> {
  const signer = await workerSigner(SEED);
  const slices: number[] = [];
  const both: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const begin = process.hrtime.bigint();
    await new Promise<void>((resolve) => {
      let missing = 2;
      const done = (): void => {
        missing -= 1;
        if (missing === 0) resolve();
      };
      for (const i of [1, 2]) slices.push(timed(() => signer.sign(order(2 * round + i), TERMS, done))); // prettier-ignore
    });
    both.push(Number(process.hrtime.bigint() - begin) / 1e9);
  }
  await signer.close();
  const longest = Math.max(...slices) * 1e3;
  const pair = spread(both);
  return `  by the worker: longest slice of the main thread ${longest.toFixed(2)} ms, both quotes signed in ${(pair.median * 1e3).toFixed(1)} ms (upper quartile ${(pair.upper * 1e3).toFixed(1)})`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log((await benchApexSigning()).join('\n'));
}
