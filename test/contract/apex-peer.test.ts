// A client that is not ours on the loopback ApeX: the official Python SDK, unmodified, pointed there by URL and keys
// alone (test/peers/apexomni-py). Skipped unless PEER_PYTHON names a Python that has it, because it needs packages
// from PyPI.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { serveVenue } from '#run/venue-serve';
import { loopbackCredentials } from '#sim/venues/apex/credentials';

const PYTHON = process.env['PEER_PYTHON'];
const SCRIPT = fileURLToPath(new URL('../peers/apexomni-py/trade.py', import.meta.url));

test.skipIf(PYTHON === undefined)(
  'apexomni (PyPI) reads, places, cancels and sees its fills (skips without PEER_PYTHON)',
  async () => {
    const nothing = (): void => undefined;
    const venue = await serveVenue(
      {
        ...{ venue: 'apex', port: 0, tape: null, synthetic: 'normal', relay: null },
        ...{ faults: null, seed: 3, speed: 1 },
      },
      { note: nothing, onEnd: nothing },
    );
    const { key, secret, passphrase, seed } = loopbackCredentials('peer');
    const run = promisify(execFile);
    const said = await run(PYTHON as string, [SCRIPT, venue.origin, key, secret, passphrase, seed])
      .then(({ stdout }) => stdout)
      .catch((error: { stdout?: string; stderr?: string }) => `${error.stdout}\n${error.stderr}`)
      .finally(() => venue.close());
    expect(said).toContain('the official SDK trades on the loopback venue');
    console.log(said);
  },
  120_000,
);
