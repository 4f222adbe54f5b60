// All accounts of the simulated ApeX, made on demand with test funds: an account exists once its API key has proved
// itself for the first time (credentials.ts says which secrets a key has).
import type { ApexAccount } from './account.js';
import type { ZkChecks } from './zk-checks.js';

export class Accounts {
  readonly all = new Map<string, ApexAccount>();
  private readonly l2Keys = new Map<string, string>();

  constructor(
    private readonly checks: ZkChecks,
    private readonly make: (key: string) => ApexAccount,
  ) {}

  /** `key` has proved itself. */
  of(key: string): ApexAccount {
    let account = this.all.get(key);
    if (account === undefined) this.all.set(key, (account = this.make(key)));
    return account;
  }

  l2KeyOf({ key }: ApexAccount): string {
    let l2Key = this.l2Keys.get(key);
    if (l2Key === undefined) this.l2Keys.set(key, (l2Key = this.checks.l2Key(key)));
    return l2Key;
  }
}
