// How well a sweep uses the cores: 500 points with one worker and with one a core, in turn, beside as many bare spinning
// workers in the same minutes. The bar is 90 % of the spinners' speed-up: the machine's own limits are not ours.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Random } from '#core/random';
import { SweepPool } from '#run/sweep-pool';
import type { TrialRequest } from '#run/sweep-trial';

const POINTS = Number(process.argv[2] ?? 500);
const ROUNDS = 5;

function pointOf(i: number): TrialRequest {
  const random = new Random(`bench ${i}`);
  const flags = {
    kappa: (0.5 + 2 * random.next()).toFixed(3),
    minSpread: `${(1 + 4 * random.next()).toFixed(3)}bp`,
    makerFee: '0bp',
  };
  return {
    ...{ flags, mode: 'static', duration: 7_200, windows: 4 },
    market: { tape: null, synthetic: 'normal' },
  };
}

const now = (): number => Number(process.hrtime.bigint()) / 1e9;

async function sweep(pool: SweepPool, from: number, count: number): Promise<number> {
  const began = now();
  await Promise.all(Array.from({ length: count }, (_, i) => pool.run(pointOf(from + i))));
  return now() - began;
}

/** Every spinner turns once; the time until the last one is done. */
async function spin(spinners: readonly ChildProcess[]): Promise<number> {
  const began = now();
  await Promise.all(
    spinners.map(
      (child) =>
        new Promise<void>((resolve) => {
          child.once('message', () => resolve());
          child.send({ spin: true });
        }),
    ),
  );
  return now() - began;
}

const jobs = availableParallelism();
const began = now();
const many = new SweepPool(jobs);
await many.run(pointOf(-1));
const startUp = now() - began;
const one = new SweepPool(1);
await one.run(pointOf(-1));
const file = fileURLToPath(new URL('./spinner.js', import.meta.url));
const spinners = Array.from({ length: jobs }, () => fork(file));
await spin(spinners);

const sums = { sweepOne: 0, sweepMany: startUp, spinOne: 0, spinMany: 0 };
const chunk = Math.ceil(POINTS / ROUNDS);
for (let round = 0; round < ROUNDS; round += 1) {
  sums.spinOne += await spin(spinners.slice(0, 1));
  sums.sweepOne += await sweep(one, round * chunk, chunk);
  sums.spinMany += await spin(spinners);
  sums.sweepMany += await sweep(many, round * chunk, chunk);
}
many.close();
one.close();
for (const child of spinners) child.disconnect();

const sweepUp = sums.sweepOne / sums.sweepMany;
const spinUp = (jobs * sums.spinOne) / sums.spinMany;
console.log(
  [
    `${chunk * ROUNDS} points, ${jobs} workers, in ${ROUNDS} turns`,
    `  one worker ${sums.sweepOne.toFixed(1)} s, ${jobs} workers ${sums.sweepMany.toFixed(1)} s (start-up ${startUp.toFixed(2)} s included): speed-up ${sweepUp.toFixed(2)}`,
    `  bare spinning workers in the same turns: speed-up ${spinUp.toFixed(2)}`,
    `  the sweep reaches ${((100 * sweepUp) / spinUp).toFixed(1)} % of it (bar: 90 %)`,
  ].join('\n'),
);
