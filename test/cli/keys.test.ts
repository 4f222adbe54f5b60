// `mm keys` from dist: shows what belongs to the keys of .env and never the keys; writes one only into a new file that its
// owner alone can read. Everything that it leaves behind is searched for the secrets.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { privateKeyFromEthereum } from '#clients/paradex/keys';
import { serveVenue } from '#run/venue-serve';
import { loopbackCredentials } from '#sim/venues/apex/credentials';
import { home, mm } from './command.js';
import type { Finished } from './command.js';

/** The well-known key 0 of local Ethereum nodes: opens nothing. */
const ETHEREUM = 'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const JOB = { port: 0, tape: null, synthetic: 'normal', relay: null, faults: null, speed: 1 };

async function served(venue: 'paradex' | 'apex'): Promise<readonly string[]> {
  const hooks = { note: () => undefined, onEnd: () => undefined };
  const { origin, close } = await serveVenue({ ...JOB, venue, seed: 1 }, hooks);
  onTestFinished(close);
  return ['--network', 'testnet', `--${venue}-url`, origin];
}

/** Text of every file below, but for those named. */
const textBelow = (at: string, but: readonly string[]): string =>
  (readdirSync(at, { recursive: true }) as string[])
    .filter((name) => !but.includes(name) && statSync(join(at, name)).isFile())
    .map((name) => readFileSync(join(at, name), 'utf8'))
    .join('\n');

function keepsSecret(at: string, ran: readonly Finished[], secrets: readonly string[], but: string[]) {
  const said = ran.map(({ out, err }) => `${out}${err}`).join('\n') + textBelow(at, but);
  for (const secret of secrets) expect(said.toLowerCase()).not.toContain(secret.toLowerCase());
} // prettier-ignore

test('paradex: the derived key goes into a new file of mode 600, and nowhere else', { timeout: 30_000 }, async () => {
  const at = home();
  writeFileSync(join(at, '.env'), `MM_PARADEX_ETHEREUM_KEY=0x${ETHEREUM}\n`, { mode: 0o600 });
  const there = await served('paradex');
  const file = join(at, 'l2.env');
  const written = await mm(at, ['keys', 'paradex', ...there, '--export', file]);
  expect([written.code, written.err]).toEqual([0, '']);
  expect(written.out).toMatch(/^written to .*l2\.env; keep it secret/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const l2 = await privateKeyFromEthereum(`0x${ETHEREUM}`, '11155111');
  expect(readFileSync(file, 'utf8')).toBe(`MM_PARADEX_PRIVATE_KEY=${l2}\n`);

  const again = await mm(at, ['keys', 'paradex', ...there, '--export', file]);
  expect([again.code, again.out]).toEqual([2, '']);
  expect(again.err).toMatch(/l2\.env cannot be written \(EEXIST\); it must not exist yet\n$/);
  expect(readFileSync(file, 'utf8')).toBe(`MM_PARADEX_PRIVATE_KEY=${l2}\n`);

  // Both keys lead to the same account, and neither is said.
  const byEthereum = await mm(at, ['keys', 'paradex', ...there]);
  writeFileSync(join(at, '.env'), readFileSync(file), { mode: 0o600 });
  const byL2 = await mm(at, ['keys', 'paradex', ...there]);
  expect(byEthereum.out).toMatch(/^account +0x37ff1c9d89a50b3dd3a4f90e020ea80251b09ba28049efbe4f7d3fec2995c4a$/m); // as published
  expect([byL2.code, byL2.out]).toEqual([0, byEthereum.out]);
  keepsSecret(at, [written, again, byEthereum, byL2], [ETHEREUM, l2.replace(/^0x0*/, '')], ['l2.env', '.env']);
}); // prettier-ignore

test('apex: the account of the API key, whether the seed is its own, never a secret', { timeout: 30_000 }, async () => {
  const at = home();
  const there = await served('apex');
  const { key, secret, passphrase, seed } = loopbackCredentials('keys');
  const env = { MM_APEX_KEY: key, MM_APEX_SECRET: secret, MM_APEX_PASSPHRASE: passphrase };
  const own = await mm(at, ['keys', 'apex', ...there], { ...env, MM_APEX_SEED: seed });
  expect([own.code, own.err]).toEqual([0, '']);
  expect(own.out).toMatch(/^l2Key +0x[0-9a-f]{64}\nthe seed +is that of the account$/m);
  const other = loopbackCredentials('others').seed;
  const wrong = await mm(at, ['keys', 'apex', ...there, '--json'], { ...env, MM_APEX_SEED: other });
  expect(JSON.parse(wrong.out)).toMatchObject({ network: 'testnet', matches: false });
  const none = await mm(at, ['keys', 'apex', ...there, '--export', join(at, 'x')], { ...env, MM_APEX_SEED: seed });
  expect([none.code, none.err]).toEqual([2, 'mm: there is no key to derive at apex: leave --export out\n']);
  keepsSecret(at, [own, wrong, none], [secret, passphrase, seed, other], []);
}); // prettier-ignore
