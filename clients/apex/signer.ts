// Signs orders, on this thread or on a worker's: one interface, so that live runs never block for the 4 ms that a
// signature takes and simulations stay deterministic. The seed goes in once and never comes out; an error never names it.
import { Worker } from 'node:worker_threads';
import type { ZkKey } from './sign/keys.js';
import { keyFromSeed, l2KeyOf } from './sign/keys.js';
import { signMusig } from './sign/musig.js';
import type { OrderTerms, SignableOrder } from './sign/order.js';
import { orderMessage } from './sign/order.js';
import { selfTest } from './sign/self-test.js';
import { Zk } from './sign/zk.js';

export type SignAnswer =
  | { readonly kind: 'signature'; readonly signature: string }
  | { readonly kind: 'failed'; readonly detail: string };

/** Signatures come in the order in which they were asked for. */
export interface ApexSigner {
  /** The public key in the venue's form, to compare with the account's `l2Key`. */
  readonly l2Key: string;
  /** Calls `done` once: within the call in the in-thread form, later in the worker form. */
  sign(order: SignableOrder, terms: OrderTerms, done: (answer: SignAnswer) => void): void;
  close(): Promise<void>;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

/** What both forms run: key, self-test, signature. Throws when the self-test fails. */
export class SigningBench {
  readonly l2Key: string;
  readonly #zk = new Zk();
  readonly #key: ZkKey;

  constructor(seed: Uint8Array) {
    selfTest(this.#zk);
    this.#key = keyFromSeed(this.#zk, seed);
    this.l2Key = l2KeyOf(this.#key.point);
  }

  sign(order: SignableOrder, terms: OrderTerms): SignAnswer {
    try {
      const signature = signMusig(this.#zk, this.#key, orderMessage(order, terms));
      return { kind: 'signature', signature };
    } catch (error) {
      return { kind: 'failed', detail: messageOf(error) };
    }
  }
}

/** For tests, the twin and short commands. Throws when the self-test fails. */
export function inThreadSigner(seed: Uint8Array): ApexSigner {
  const bench = new SigningBench(seed);
  return {
    l2Key: bench.l2Key,
    sign: (order, terms, done) => done(bench.sign(order, terms)),
    close: () => Promise.resolve(),
  };
}

/** What travels between the threads. */
export interface SignJob {
  readonly id: number;
  readonly order: SignableOrder;
  readonly terms: OrderTerms;
}
export type WorkerWord =
  | { readonly kind: 'ready'; readonly l2Key: string }
  | { readonly kind: 'broken'; readonly detail: string }
  | { readonly kind: 'signed'; readonly id: number; readonly answer: SignAnswer };

class WorkerSigner implements ApexSigner {
  readonly #waiting = new Map<number, (answer: SignAnswer) => void>();
  #next = 1;
  #gone = '';

  constructor(
    private readonly worker: Worker,
    readonly l2Key: string,
  ) {
    worker.on('message', (word: WorkerWord) => {
      if (word.kind === 'signed') this.#answer(word.id, word.answer);
    });
    worker.on('error', (error) => this.#lost(messageOf(error)));
    worker.on('exit', () => this.#lost('the signing thread ended'));
  }

  sign(order: SignableOrder, terms: OrderTerms, done: (answer: SignAnswer) => void): void {
    if (this.#gone !== '') {
      done({ kind: 'failed', detail: this.#gone });
      return;
    }
    const id = this.#next++;
    this.#waiting.set(id, done);
    this.worker.postMessage({ id, order, terms } satisfies SignJob);
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  #answer(id: number, answer: SignAnswer): void {
    const done = this.#waiting.get(id);
    this.#waiting.delete(id);
    done?.(answer);
  }

  #lost(detail: string): void {
    if (this.#gone === '') this.#gone = detail;
    for (const id of [...this.#waiting.keys()]) this.#answer(id, { kind: 'failed', detail });
  }
}

/** A signature is a few numbers: without these limits the thread takes some 2 MB more. */
const SMALL = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 24 };

/** Starts the thread; rejects with an Error when it cannot, or fails its self-test. Runs from dist only. */
export function workerSigner(seed: Uint8Array): Promise<ApexSigner> {
  const file = new URL('./signer-worker.js', import.meta.url);
  // No inherited flags: a test runner's import conditions would send the thread to the sources.
  const worker = new Worker(file, { workerData: seed, execArgv: [], resourceLimits: SMALL });
  return new Promise((resolve, reject) => {
    worker.once('error', (error) => reject(new Error(messageOf(error))));
    worker.once('exit', () => reject(new Error('the signing thread ended at start')));
    worker.once('message', (word: WorkerWord) => {
      if (word.kind === 'ready') {
        worker.unref(); // from now on it must not keep the process alive
        resolve(new WorkerSigner(worker, word.l2Key));
      } else reject(new Error(word.kind === 'broken' ? word.detail : 'the signing thread is mad'));
    });
  });
}
