// The venue of a disconnect campaign, and the key that trades there. By seed: binary or text, how late the dead-man acts,
// what a modify does to an id, how long a token lives, and whether signatures are really made and verified.
import type { Instrument } from '#core/instrument';
import type { Clock } from '#core/outside';
import { Random } from '#core/random';
import type { Money } from '#core/units';
import { fastSigner } from '#clients/paradex/sign/fast';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import { addressOfKey, CHAIN_ID, STARK_CHECKS } from '#sim/venues/paradex/stark-signatures';
import { WalkFeed } from './walk-feed.js';

/** Signing and verifying a hundred orders a minute is most of the cost of a seed, so one in five does. */
const REAL_SHARE = 0.2;
/** Seconds. The client renews after 162 to 180 of them: the short ones die in its hands, again and again. */
const TOKEN_LIVES = [300, 300, 60, 25] as const;
const DELAYS = [0, 50_000, 500_000, 3_000_000, 20_000_000];

const MOCK = {
  publicKey: '0xbeef',
  account: '0xabc',
  signAuth: (): string => '["1","2"]',
  signOrder: (): string => '["3","4"]',
  signModify: (): string => '["5","6"]',
  prehash: (): void => undefined,
};
const TRUSTING = {
  addressOf: (): string => MOCK.account,
  ...{ auth: () => true, onboarding: () => true, order: () => true, modify: () => true },
};

let real: ReturnType<typeof fastSigner> | null = null;
function realSigner(): ReturnType<typeof fastSigner> {
  const privateKey = '0x5eed0d15c0';
  const { publicKey } = fastSigner({ privateKey, account: '0x1', chainId: CHAIN_ID });
  const account = addressOfKey(publicKey);
  real ??= fastSigner({ privateKey, account, chainId: CHAIN_ID });
  return real;
}

export interface CampaignVenue {
  readonly face: ParadexFace;
  readonly signer: typeof MOCK | ReturnType<typeof fastSigner>;
  /** The private stream is binary. */
  readonly binary: boolean;
  readonly real: boolean;
  readonly tokenSeconds: number;
}

export function makeVenue(
  seed: string,
  clock: Clock,
  instrument: Instrument,
  random: Random,
): CampaignVenue {
  const own = new Random(`${seed}/venue`);
  const isReal = own.bool(REAL_SHARE);
  const tokenSeconds = TOKEN_LIVES[own.int(TOKEN_LIVES.length)] as number;
  const binary = random.bool(0.3);
  const face = new ParadexFace({
    ...{ clock, instrument, checks: isReal ? STARK_CHECKS : TRUSTING, seed: 7, tokenSeconds },
    feed: new WalkFeed(clock, random.fork('market')),
    deposit: 1e15 as Money,
    limitScale: 1_000,
    quirks: {
      disconnectDelayUs: DELAYS[random.int(DELAYS.length)] as number,
      modifyId: random.bool(0.3) ? 'new' : 'same',
      privateEncoding: binary ? 'sbe' : 'json',
    },
  });
  return { face, signer: isReal ? realSigner() : MOCK, binary, real: isReal, tokenSeconds };
}
