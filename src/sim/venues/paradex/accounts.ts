// All accounts of the simulated Paradex, made on demand with test funds: an account exists once a key has proved itself
// for its address. A key that is not the address' own counts as a subkey when it is the first to come.
import type { Micros } from '#core/units';
import type { ParadexAccount } from './account.js';
import { invalid, Refusal } from './refusal.js';
import type { SignatureChecks } from './signatures.js';

export const hexOf = (text: string): string => {
  if (!/^0x[0-9a-fA-F]{1,64}$/.test(text)) throw invalid(`${text.slice(0, 70)} is no 0x… number`);
  return `0x${BigInt(text).toString(16)}`;
};

export interface AuthClaim {
  readonly account: string;
  /** Of the path `/auth/{public_key}`; null: the account's known key. */
  readonly publicKey: string | null;
  readonly signature: string;
  readonly timestampS: number;
  readonly expirationS: number;
}

const LONGEST_SIGNATURE_S = 7 * 86_400;
const MOST_SKEW_S = 60;

export class Accounts {
  readonly all = new Map<string, ParadexAccount>();

  constructor(
    private readonly checks: SignatureChecks,
    private readonly make: (address: string) => ParadexAccount,
  ) {}

  get(address: string): ParadexAccount | undefined {
    return this.all.get(hexOf(address));
  }

  /** The account for whom the claim holds, made when it is new. Throws Refusal. */
  authenticate(claim: AuthClaim, nowUs: Micros): ParadexAccount {
    const address = hexOf(claim.account);
    const nowS = nowUs / 1e6;
    const { timestampS, expirationS } = claim;
    if (!Number.isSafeInteger(timestampS) || timestampS > nowS + MOST_SKEW_S || nowS > expirationS)
      throw new Refusal(400, 'INVALID_TIMESTAMP', 'timestamp or expiration is out of range');
    if (expirationS > nowS + LONGEST_SIGNATURE_S + MOST_SKEW_S)
      throw new Refusal(400, 'INVALID_TIMESTAMP', 'a signature lasts a week at most');
    const known = this.all.get(address);
    const keys = claim.publicKey !== null ? [hexOf(claim.publicKey)] : [...(known?.keys ?? [])];
    if (keys.length === 0)
      throw new Refusal(400, 'NOT_ONBOARDED', `account ${address} is not onboarded`);
    const key = keys.find((publicKey) =>
      this.checks.auth({ publicKey, account: address }, timestampS, expirationS, claim.signature),
    );
    if (key === undefined)
      throw new Refusal(401, 'STARKNET_SIGNATURE_VERIFICATION_FAILED', 'signature is invalid');
    return this.admit(address, key);
  }

  onboard(account: string, publicKey: string, signature: string): ParadexAccount {
    const address = hexOf(account);
    const key = hexOf(publicKey);
    if (!this.checks.onboarding({ publicKey: key, account: address }, signature))
      throw new Refusal(400, 'INVALID_STARKNET_SIGNATURE', 'onboarding signature is invalid');
    return this.admit(address, key);
  }

  private admit(address: string, key: string): ParadexAccount {
    const known = this.all.get(address);
    if (known === undefined) {
      const made = this.make(address);
      made.keys.add(key);
      this.all.set(address, made);
      return made;
    }
    if (known.keys.has(key)) return known;
    if (this.checks.addressOf(key) !== address)
      throw new Refusal(401, 'INVALID_SUBKEY', 'public key is not registered for this account');
    known.keys.add(key);
    return known;
  }
}
