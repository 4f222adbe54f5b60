// Order signatures as the simulated ApeX verifies them: the real ones, over the 36 bytes of the order, with the public key
// that belongs to the account. An option verifies a seeded share only, for long campaigns. Nonsense is a signature that
// does not hold, never an exception.
import { Random } from '#core/random';
import { keyFromSeed, l2KeyOf, parseSeed } from '#clients/apex/sign/keys';
import { verifyMusig } from '#clients/apex/sign/musig';
import type { OrderTerms, SignableOrder } from '#clients/apex/sign/order';
import { orderMessage } from '#clients/apex/sign/order';
import type { Affine } from '#clients/apex/sign/zk';
import { Zk } from '#clients/apex/sign/zk';
import { loopbackCredentials } from './credentials.js';

export interface ZkChecks {
  /** `l2Key` of the account of an API key. */
  l2Key(key: string): string;
  order(key: string, order: SignableOrder, terms: OrderTerms, signature: string): boolean;
}

/** `share` of the orders is verified, drawn from the seed; 1 = all. */
export function zkChecks(share = 1, seed: number | string = 1): ZkChecks {
  const random = new Random(seed).fork('zk share');
  const points = new Map<string, Affine>();
  let zk: Zk | null = null;
  const pointOf = (key: string): Affine => {
    const known = points.get(key);
    if (known !== undefined) return known;
    zk ??= new Zk();
    const bytes = parseSeed(loopbackCredentials(key).seed) as Uint8Array;
    const { point } = keyFromSeed(zk, bytes);
    points.set(key, point);
    return point;
  };
  return {
    l2Key: (key) => l2KeyOf(pointOf(key)),
    order: (key, order, terms, signature) => {
      if (share < 1 && random.next() >= share) return true;
      const point = pointOf(key);
      try {
        return verifyMusig(zk as Zk, point, orderMessage(order, terms), signature);
      } catch {
        return false; // a price or size that cannot be signed
      }
    },
  };
}
