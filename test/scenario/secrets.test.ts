// A bot with keys of its own on a venue that loses, damages and refuses: everything that it and its watchdog leave behind
// (screen, log, ledger, recording, notes) is searched for the keys, and for anything that looks like a token. Real
// processes; SCENARIO_SECONDS=120 npx vitest run test/scenario/secrets.test.ts makes it a campaign.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { FAULT_PROFILES } from '#sim/venues/fault-profiles';
import { demandFreshBuild } from '../support/fresh-build.js';
import { Place, sleep } from './bot.js';
import { watchedApex, watchedParadex } from './watched-venue.js';

const SECONDS = Number(process.env['SCENARIO_SECONDS'] ?? 3);
const RUN = ['run', '--static', '--account', 'secret', '--check', '500ms'];
const VENUES = { paradex: watchedParadex, apex: watchedApex } as const;
/** A JSON web token, whoever signed it. */
const TOKEN = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}/;
/** An API key is a name; what signs is a secret. */
const IS_NAME = /_APEX_KEY$/;

beforeAll(() => demandFreshBuild(['src', 'strategies', 'analyzers', 'clients']));

function leftBehind(folder: string): [string, string][] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => [path, readFileSync(path, 'latin1')]);
}

describe.concurrent.each(['paradex', 'apex'] as const)('on %s', (name) => {
  test(
    `${SECONDS} s of faults, and no secret anywhere`,
    { timeout: 60_000 + SECONDS * 2_000 },
    async () => {
      const venue = await VENUES[name](7, FAULT_PROFILES.heavy);
      const place = new Place();
      const bot = place.mm([...RUN, ...venue.args], venue.env);
      try {
        await bot.said(/link up.*channel=private/);
        venue.faults.enabled = true;
        await sleep(SECONDS * 1_000);
        venue.faults.enabled = false;
        await bot.signal('SIGTERM');
        const said: [string, string] = ['its screen', [...bot.out, ...bot.err].join('\n')];
        const all = [said, ...leftBehind(place.folder)];
        expect(all.length).toBeGreaterThan(3);
        expect(all.some(([, text]) => /link (down|gap)|unknown|again/.test(text))).toBe(true);
        const secrets = Object.entries(venue.env).filter(([variable]) => !IS_NAME.test(variable));
        for (const [path, text] of all) {
          const lower = text.toLowerCase();
          for (const [variable, secret] of secrets) {
            const bare = secret.toLowerCase().replace(/^0x/, '');
            expect(lower.includes(bare), `${variable} in ${path}`).toBe(false);
          }
          expect(TOKEN.exec(text)?.[0], path).toBeUndefined();
        }
      } finally {
        await place.clear();
        await venue.close();
      }
    },
  );
});
