// The signing thread: gets the seed once, says that it is sound, then answers one job after the other. It knows nothing
// of the venue and never logs.
import { parentPort, workerData } from 'node:worker_threads';
import type { SignJob, WorkerWord } from './signer.js';
import { SigningBench } from './signer.js';

const say = (word: WorkerWord): void => parentPort?.postMessage(word);

try {
  const bench = new SigningBench(workerData as Uint8Array);
  parentPort?.on('message', ({ id, order, terms }: SignJob) => {
    say({ kind: 'signed', id, answer: bench.sign(order, terms) });
  });
  say({ kind: 'ready', l2Key: bench.l2Key });
} catch (error) {
  say({ kind: 'broken', detail: error instanceof Error ? error.message : 'unknown' });
}
