// What a signer must get right before it may sign anything real: one key and one signature known from the venue's own
// library (vectors/apex-signing.json: keys[0], musig[1]). A miscompiled module fails here, not at the venue.
import { Buffer } from 'node:buffer';
import { keyFromSeed, l2KeyOf } from './keys.js';
import { signMusig, verifyMusig } from './musig.js';
import type { Zk } from './zk.js';

const SEED = `${'5f'.repeat(32)}${'2a'.repeat(32)}1b`;
const L2_KEY = '0xd439977b962455675ed6848528a5e126049ccbbda433d69b6ef58e4c027a779b';
const MESSAGE = Uint8Array.of(1, 2, 3, 4);
const SIGNATURE =
  '6354aa9e811f08310999ff4ed9091520d846fd84728bcc9a085f236fc936f004' +
  '053b249a953d70b17555bfdd37d83175a2964532764c140fab9ac4687e411e02';

/** Throws an Error saying what is wrong; takes about two signatures' time. */
export function selfTest(zk: Zk): void {
  const key = keyFromSeed(zk, Uint8Array.from(Buffer.from(SEED, 'hex')));
  const sound =
    l2KeyOf(key.point) === L2_KEY &&
    signMusig(zk, key, MESSAGE) === SIGNATURE &&
    verifyMusig(zk, key.point, MESSAGE, SIGNATURE) &&
    !verifyMusig(zk, key.point, Uint8Array.of(1, 2, 3, 5), SIGNATURE);
  if (!sound)
    throw new Error('the zk signer fails its self-test on this machine; nothing is signed');
}
