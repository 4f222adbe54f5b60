// The worker form of the signer, from dist as it runs (pretest builds it): the same signatures as in-thread, in order,
// and a dead thread answers instead of leaving an order hanging.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { SignAnswer } from '#clients/apex/signer';
import { inThreadSigner } from '#clients/apex/signer';

const DIST = new URL('../../../dist/clients/apex/signer.js', import.meta.url);
const SEED = new Uint8Array(65).fill(0x11);
const TERMS = {
  accountId: '634283468140839001',
  pairId: 50_001,
  decimals: 18,
  makerBps: 2,
  takerBps: 5,
};
const orders = [1, 2, 3].map((i) => ({
  ...{ clientId: `mm-w-${i}`, side: 'BUY' as const, size: '0.010', price: `6000${i}.5` },
}));

test.skipIf(!existsSync(fileURLToPath(DIST)))(
  'equals the in-thread form, then dies loudly',
  async () => {
    const { workerSigner } = (await import(DIST.href)) as typeof import('#clients/apex/signer');
    const worker = await workerSigner(SEED);
    const own = inThreadSigner(SEED);
    expect(worker.l2Key).toBe(own.l2Key);
    const expected: SignAnswer[] = [];
    for (const order of orders) own.sign(order, TERMS, (answer) => expected.push(answer));
    const heard: SignAnswer[] = [];
    await new Promise<void>((resolve) => {
      for (const order of orders) {
        worker.sign(order, TERMS, (answer) => {
          heard.push(answer);
          if (heard.length === orders.length) resolve();
        });
      }
      expect(heard).toEqual([]); // never on this thread
    });
    expect(heard).toEqual(expected);
    const last = new Promise<SignAnswer>((resolve) => {
      worker.sign(orders[0] as (typeof orders)[0], TERMS, resolve);
    });
    await worker.close();
    expect((await last).kind).toBe('failed');
    const after: SignAnswer[] = [];
    worker.sign(orders[0] as (typeof orders)[0], TERMS, (answer) => after.push(answer));
    expect(after[0]?.kind).toBe('failed');
  },
);
