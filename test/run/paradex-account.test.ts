// Who we are at Paradex: the class hashes are the venue's own (those of production are not known), its word on the account
// counts for more than what we derive, and the user's address is held against both.
import { describe, expect, test } from 'vitest';
import { accountAddress, publicKeyFromPrivate } from '#clients/paradex/keys';
import { StartProblem } from '#config/problem';
import type { Network } from '#core/outside';
import { paradexEnvironment, paradexIdentity } from '#run/paradex-account';
import { ACCOUNT_CLASS, PROXY_CLASS } from '#sim/venues/paradex/stark-signatures';

const KEY = '0x5eed77';
const PUBLIC = publicKeyFromPrivate(KEY);
const HASHES = { proxyHash: PROXY_CLASS, accountHash: ACCOUNT_CLASS };
const OTHERS = { proxyHash: '0x1234', accountHash: '0x5678' };

/** A venue that says its class hashes, and of our key `known` (null: it has no such account). */
const venue = ({ proxyHash, accountHash }: typeof HASHES, known: string | null): Network => ({
  connect: () => {
    throw new Error('no sockets here');
  },
  request: ({ url }, done) => {
    const config = {
      ...{ starknet_chain_id: 'PRIVATE_SN_POTC_SEPOLIA', l1_chain_id: '11155111' },
      ...{ paraclear_account_proxy_hash: proxyHash, paraclear_account_hash: accountHash },
    };
    const onboarding = { address: known ?? '', exists: known !== null };
    const body = JSON.stringify(url.includes('/system/config') ? config : onboarding);
    done({ kind: 'reply', status: 200, headers: {}, body });
  },
});

const identify = (network: Network, paradexAccount: string | null = null) =>
  paradexIdentity(
    network,
    paradexEnvironment('paper', 'http://127.0.0.1:9'),
    {
      ...{ signer: 'fast', paradexAccount, paradexPrivateKey: KEY, paradexEthereumKey: null },
      ...{ paradexUrl: null, paradexSwitches: null, apexUrl: null },
      ...{ apexKey: null, apexSecret: null, apexPassphrase: null, apexSeed: null },
    },
    () => undefined,
  );

describe('the account of a key', () => {
  test('is derived with the class hashes that the venue names', async () => {
    const here = await identify(venue(HASHES, null));
    const there = await identify(venue(OTHERS, null));
    expect(here.signer.account).toBe(accountAddress(PUBLIC, HASHES));
    expect(there.signer.account).toBe(accountAddress(PUBLIC, OTHERS));
    expect(here.signer.account).not.toBe(there.signer.account);
  });

  test('is the one that the venue knows, when its class hashes have changed since', async () => {
    const old = accountAddress(PUBLIC, HASHES);
    const { signer, subkey, onboarded } = await identify(venue(OTHERS, old));
    expect([signer.account, subkey, onboarded]).toEqual([old, false, true]);
  });

  test('another address than its own: a subkey, or refused when the key has an account', async () => {
    const { signer, subkey } = await identify(venue(HASHES, null), '0xabc');
    expect([signer.account, subkey]).toEqual(['0xabc', true]);
    const own = accountAddress(PUBLIC, HASHES);
    await expect(identify(venue(HASHES, own), '0xabc')).rejects.toThrow(StartProblem);
  });

  test('class hashes that are none: in words', async () => {
    const none = { proxyHash: '', accountHash: 'x' };
    await expect(identify(venue(none, null))).rejects.toThrow(/the class hashes of the venue/);
  });
});
