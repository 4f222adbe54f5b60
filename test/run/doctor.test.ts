// `mm doctor` against loopback venues over real sockets: a healthy account of each, and each thing that can be wrong, as
// the venue's own answers changed on their way. What the answers change is all that differs.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLayers } from '#config/layers';
import { venueDoctor } from '#run/doctor';
import { noMarket } from '#run/market-names';
import type { Check } from '#run/venue-module';
import { venueNamed } from '#run/venue-registry';
import type { ServedVenue } from '#run/venue-serve';
import { serveVenue } from '#run/venue-serve';
import { loopbackCredentials } from '#sim/venues/apex/credentials';

type Json = Record<string, unknown>;
/** A changed answer: other JSON, or another status with a body. */
type Change = (path: string, json: Json) => Json | { readonly status: number; readonly body: Json };

const { key, secret, passphrase, seed } = loopbackCredentials('doctor');
const KEYS = {
  MM_PARADEX_PRIVATE_KEY: '0x5ec7e75ec7e7',
  ...{ MM_APEX_KEY: key, MM_APEX_SECRET: secret, MM_APEX_PASSPHRASE: passphrase, MM_APEX_SEED: seed },
}; // prettier-ignore
const VENUES = ['paradex', 'apex'] as const;
type Venue = (typeof VENUES)[number];
const served = new Map<Venue, ServedVenue>();
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mm-doctor-'));
  const hooks = { note: () => undefined, onEnd: () => undefined };
  const job = { port: 0, tape: null, synthetic: 'normal', relay: null, faults: null, speed: 1 };
  for (const venue of VENUES) served.set(venue, await serveVenue({ ...job, venue, seed: 4 }, hooks));
}); // prettier-ignore
afterAll(async () => {
  for (const venue of served.values()) await venue.close();
  rmSync(folder, { recursive: true, force: true });
});

const isAnswer = (value: object): value is { status: number; body: Json } =>
  'status' in value && 'body' in value;

/** The venue behind a door that changes what it says. */
async function changed(venue: Venue, change: Change): Promise<string> {
  const { origin } = served.get(venue) as ServedVenue;
  const door = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = 'GET', url = '/' } = request;
      const headers = Object.entries(request.headers).filter(([name]) => !/^(host|connection|content-length)$/.test(name)); // prettier-ignore
      const body = method === 'GET' || chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
      void fetch(`${origin}${url}`, { method, headers: Object.fromEntries(headers) as Record<string, string>, ...body }).then(async (reply) => {
        const text = await reply.text();
        const next = change(`${method} ${url}`, (text === '' ? {} : JSON.parse(text)) as Json);
        const answer = isAnswer(next) ? next : { status: reply.status, body: next };
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(reply.status === 204 ? '' : JSON.stringify(answer.body));
      }); // prettier-ignore
    });
  });
  await new Promise<void>((resolve) => void door.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void (door.close(), door.closeAllConnections()));
  return `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
}

async function doctor(
  venue: Venue,
  change: Change = (_path, json) => json,
  env: Record<string, string> = {},
  withinMs = 10_000,
): Promise<readonly Check[]> {
  const url = await changed(venue, change);
  const layered = readLayers({
    flags: {},
    env: { ...KEYS, MM_STATE_DIR: folder, MM_NETWORK: 'testnet', MM_VENUE: venue, [`MM_${venue.toUpperCase()}_URL`]: url, ...env },
    ...{ dotenvPath: null, configPath: null },
  }); // prettier-ignore
  return await venueDoctor(venue, layered, withinMs);
}

const of = (checks: readonly Check[], state: Check['state']): string[] =>
  checks.filter((check) => check.state === state).map(({ text }) => text);

/** One answer changed: field by field, of every item of its list. */
const set =
  (part: string, fields: Json): Change =>
  (path, json) => {
    if (!path.includes(part)) return json;
    const data = json['data'] as Json | undefined;
    const contract = ((data?.['contractConfig'] as Json)?.['perpetualContract'] as Json[])?.[0];
    const items = (json['results'] as Json[] | undefined) ?? [contract ?? data ?? json];
    for (const item of items) Object.assign(item, fields);
    return json;
  };
const refuse =
  (part: string, status: number, body: Json): Change =>
  (path, json) =>
    path.startsWith(part) ? { status, body } : json;

describe('a healthy account', () => {
  test.each(VENUES)('%s: no problem, every subject has its line', async (venue) => {
    const checks = await doctor(venue);
    expect(of(checks, 'problem')).toEqual([]);
    const lines = of(checks, 'ok').join('\n');
    for (const subject of [
      'configuration',
      'clock',
      'venue',
      'market',
      'fees',
      'equity',
      'position',
      'order size',
      'open orders',
      'requests',
    ])
      // prettier-ignore
      expect(lines).toContain(`${subject}:`);
    expect(lines).toMatch(/account/);
    expect(lines).toMatch(/permissions: the key may read and trade/);
    expect(of(checks, 'unknown').join('\n')).toMatch(/IP allow-list.*signature of an order/);
    const all = checks.map(({ text }) => text).join('\n');
    for (const secretText of [secret, passphrase, seed, '5ec7e75ec7e7'])
      expect(all).not.toContain(secretText);
  });
});

const FORBIDDEN = { error: 'INVALID_TOKEN_SCOPE', message: 'read-only', data: null };

const all =
  (...changes: readonly Change[]): Change =>
  (path, json) => {
    let next: ReturnType<Change> = json;
    for (const change of changes) if (!isAnswer(next)) next = change(path, next);
    return next;
  };
const withoutFees: Change = (path, json) => {
  if (path.includes('/account')) delete (json['data'] as Json)?.['contractAccount'];
  return json;
};

type Expected = readonly [Check['state'], RegExp];
type Case = readonly [string, Venue, Change | null, Record<string, string>, readonly Expected[]];
const one = (line: RegExp): readonly Expected[] => [['problem', line]];

/** Requests are dated by the venue's clock: with that one they are refused too. */
const CLOCK: readonly Expected[] = [
  ['problem', /clock is .* 500 ms are allowed: synchronise/],
  ['problem', /account could not be read/],
];

/** Each line stands exactly once, and there is no other problem. */
const CASES: readonly Case[] = [
  ['everything at once', 'paradex', all(
    set('/markets?', { max_order_size: '0.0005', max_open_orders: 3, position_limit: '0.001', open_at: 4e12 }),
    set('/markets?', { delta1_cross_margin_params: { imf_base: '900', mmf_factor: '0.5' } }),
    set('/system/state', { status: 'cancel_only' }),
    set('/v1/account', { status: 'LIQUIDATION', account_value: '0' }),
    refuse('DELETE', 403, FORBIDDEN),
  ), { MM_LEVELS: '10', MM_REFRESH: '50ms', MM_CHECK: '50ms' }, [
    ['problem', /--size is .* largest order is 0.0005: lower --size/],
    ['problem', /--levels 10 wants 20, the venue allows 3: lower --levels/],
    ['problem', /venue allows 0.001: lower --position-limit/],
    ['problem', /opens at 2096.*choose another --market/],
    ['problem', /account status LIQUIDATION/],
    ['problem', /may not trade \(HTTP 403 INVALID_TOKEN_SCOPE.*make a subkey/],
    ['problem', /nothing to trade with; pay in test funds/],
    ['problem', /alone needs 24000: lengthen --refresh/],
    ['warning', /such a position needs \$1350000.*lower --position-limit/],
    ['warning', /venue is in state cancel_only/],
    ['warning', /main key of the account, it can withdraw too: make a subkey/],
  ]],
  ['everything at once', 'apex', all(
    set('/symbols', { maxOrderSize: '0.0005', maxPositionSize: '0.001', enableTrade: false }),
    refuse('POST', 200, { code: 3, key: 'PermissionDenied', msg: 'no' }),
    withoutFees,
  ), { MM_CAPITAL: '9000000' }, [
    ['problem', /BTC-USDT does not trade now: wait/],
    ['problem', /largest order is 0.0005/],
    ['problem', /allows 0.001: lower --position-limit/],
    ['problem', /may not trade \(PermissionDenied.*make an API key/],
    ['warning', /below --capital \$9000000/],
    ['warning', /fees: .*from the configuration\): the venue did not say/],
    ['unknown', /account status: not said/],
  ]],
  ['ended, size below the least, trade unclear', 'paradex', all(
    set('/markets?', { expiry_at: 1e12, min_notional: '500' }), refuse('DELETE', 503, {})), {}, [
    ['problem', /ended at 2001/],
    ['problem', /--size is below the smallest order.*smallest valid one is --size 5\d\d/],
    ['unknown', /whether the key may trade .*try again/],
  ]],
  ['no opening', 'apex', set('/symbols', { enableOpenPosition: false }), {}, one(/lets nobody open a position/)],
  ['clock', 'paradex', set('/system/time', { server_time: '1' }), {}, CLOCK],
  ['clock', 'apex', set('/time', { time: 1e12 }), {}, CLOCK],
  ['clock', 'paradex', set('/system/time', { server_time: '4000000000000' }), {}, [['problem', /clock is \d+ ms behind the venue's/], CLOCK[1] as Expected]],
  ['signature refused', 'paradex', refuse('POST /v1/auth', 401, { error: 'INVALID_SUBKEY' }), {}, one(/account could not be read \(.*INVALID_SUBKEY.*mm keys paradex/)],
  ['key and address', 'paradex', null, { MM_PARADEX_ACCOUNT: '0x1234' }, one(/MM_PARADEX_ACCOUNT is 0x1234, but the key given made/)],
  ['nobody', 'paradex', null, { MM_NETWORK: 'mainnet', MM_PARADEX_PRIVATE_KEY: '0x77' }, one(/no account belongs to this key: log in once/)],
  ['another seed', 'apex', set('/account', { l2Key: '0x12' }), {}, one(/MM_APEX_SEED belongs to another account/)],
  ['wrong secret', 'apex', null, { MM_APEX_SECRET: 'abcdefgh' }, one(/API key, secret or passphrase refused/)],
  ['unknown market', 'apex', null, { MM_MARKET: 'BTC-USDC' }, one(/no market BTC-USDC at ApeX \(did you mean BTC-USDT\?\); it has 1/)],
  ['unknown market', 'paradex', null, { MM_MARKET: 'BTC' }, one(/no market BTC at http\S+ \(did you mean BTC-USD-PERP\?\); it has 1/)],
  ['no key', 'apex', null, { MM_APEX_SEED: '' }, one(/set MM_APEX_SEED in .env/)],
]; // prettier-ignore

describe('each thing that can be wrong', () => {
  test.each(CASES)('%s at %s', async (_what, venue, change, env, expected) => {
    const checks = await doctor(venue, change ?? undefined, env);
    for (const [state, line] of expected)
      expect([line, of(checks, state).filter((text) => line.test(text))]).toEqual([line, [expect.any(String)]]); // prettier-ignore
    const problems = expected.filter(([state]) => state === 'problem').length;
    expect(of(checks, 'problem')).toHaveLength(problems);
  });

  test.each(VENUES)('%s that never answers: bounded, and said', async (venue) => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', () => resolve()));
    onTestFinished(() => void (silent.close(), silent.closeAllConnections()));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const began = performance.now();
    const env = { [`MM_${venue.toUpperCase()}_URL`]: url };
    const checks = await doctor(venue, undefined, env, 200);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(of(checks, 'problem')).toEqual([
      expect.stringMatching(/not done within 0.2 s \(last: configuration\).*check the connection, --network and --/),
    ]); // prettier-ignore
  });

  test.each([
    ['paradex', { MM_PARADEX_PRIVATE_KEY: '' }, /needs a key: set MM_PARADEX_PRIVATE_KEY/],
    ['apex', { MM_APEX_SECRET: '' }, /needs keys: set MM_APEX_SECRET /],
  ] as const)('%s: no key and no network: both, the key first', async (venue, env, key) => {
    const nobody = { [`MM_${venue.toUpperCase()}_URL`]: 'http://127.0.0.1:1' };
    const problems = of(await doctor(venue, undefined, { ...env, ...nobody }), 'problem');
    expect(problems).toEqual([expect.stringMatching(key), expect.stringMatching(/does not answer at .*check the connection/)]); // prettier-ignore
  });

  test.each([
    ['paradex', { MM_PARADEX_PRIVATE_KEY: '' }, 'no market XY-USDT at '],
    ['apex', { MM_APEX_SECRET: '' }, 'no market XY-USDT at ApeX'],
  ] as const)('%s: a run says at once that there is no key and no such market, and which there are', async (venue, env, where) => {
    const { origin } = served.get(venue) as ServedVenue;
    const own = { ...KEYS, MM_NETWORK: 'testnet', MM_MARKET: 'XY-USDT', [`MM_${venue.toUpperCase()}_URL`]: origin };
    const { values } = readLayers({ flags: {}, env: { ...own, ...env }, dotenvPath: null, configPath: null });
    const refused = (await venueNamed(venue)).place(values, () => undefined);
    await expect(refused).rejects.toMatchObject({
      lines: [expect.stringContaining('set MM_'), expect.stringMatching(new RegExp(`^${where}.*it has 1: BTC-USD`))],
    });
  }); // prettier-ignore

  test.each([
    [0o644, 1],
    [0o600, 0],
  ])('keys in a .env of mode %i', async (mode, warnings) => {
    const file = join(folder, '.env');
    writeFileSync(file, `MM_APEX_SECRET=${secret}\n`);
    chmodSync(file, mode);
    const env = { MM_NETWORK: 'testnet', MM_VENUE: 'apex', MM_STATE_DIR: folder };
    const layered = readLayers({ flags: {}, env, dotenvPath: file, configPath: null });
    const checks = await venueDoctor('apex', layered, 1, file); // what needs no venue comes first
    expect(of(checks, 'warning').filter((text) => /chmod 600/.test(text))).toHaveLength(warnings);
  });
});

test('a market that does not exist: its kin first, then what is spelt alike, then some and where all are', () => {
  const names = ['BTC-USD-PERP', 'ETH-USD-PERP', 'SOL-USD-PERP', 'A-USD-PERP', 'B-USD-PERP', 'C-USD-PERP']; // prettier-ignore
  expect(noMarket('eth', names, 'V', 'URL')).toBe(
    'no market eth at V (did you mean ETH-USD-PERP?); it has 6: BTC-USD-PERP, ETH-USD-PERP, SOL-USD-PERP, A-USD-PERP, B-USD-PERP, ...; all of them: URL',
  );
  expect(noMarket('BCT-USD-PERP', names.slice(0, 2), 'V', 'URL')).toBe(
    'no market BCT-USD-PERP at V (did you mean BTC-USD-PERP?); it has 2: BTC-USD-PERP, ETH-USD-PERP',
  );
  expect(noMarket('X', [], 'V', 'URL')).toBe('no market X at V; all of them: URL');
});
