// What can be seen to be wrong with address, market and keys of ApeX before anything is asked; no secret is ever repeated.
import { describe, expect, test } from 'vitest';
import { StartProblem } from '#config/problem';
import { apexApiKey, apexCredentials, apexEnvironment, apexMarket } from '#run/apex-account';

type Settings = Parameters<typeof apexCredentials>[0];
const NONE: Settings = {
  ...{ signer: 'fast', paradexAccount: null, paradexPrivateKey: null, paradexEthereumKey: null },
  ...{ paradexUrl: null, paradexSwitches: null, apexUrl: null },
  ...{ apexKey: null, apexSecret: null, apexPassphrase: null, apexSeed: null },
};
const ALL: Settings = {
  ...NONE,
  ...{ apexKey: 'key-1', apexSecret: 'secret-1', apexPassphrase: 'pass-1' },
  apexSeed: '1b'.repeat(65),
};

describe('address', () => {
  test('each network has its own, the other testnet host its sockets, a served one its origin', () => {
    expect(apexEnvironment('mainnet', null).origin).toBe('https://omni.apex.exchange');
    expect(apexEnvironment('testnet', null).origin).toBe('https://testnet.omni.apex.exchange');
    const other = apexEnvironment('testnet', 'https://qa.omni.apex.exchange');
    expect(other.sockets).toBe('wss://qa-quote.omni.apex.exchange');
    const served = apexEnvironment('paper', 'http://127.0.0.1:4802');
    expect(served.sockets).toBe('ws://127.0.0.1:4802');
  });

  test.each([
    ['https://omni.apex.exchange', /is the real ApeX: say --network mainnet/],
    ['127.0.0.1:4802', /must be an origin such as/],
    ['http://127.0.0.1:4802/api/v3', /must be an origin such as/],
  ])('refused on testnet: %s', (url, line) => {
    expect(() => apexEnvironment('testnet', url)).toThrow(line);
    expect(() => apexEnvironment('testnet', url)).toThrow(StartProblem);
  });
});

test('markets are spelt with a dash', () => {
  expect(apexMarket(null)).toBe('BTC-USDT');
  expect(apexMarket('ETH-USDT')).toBe('ETH-USDT');
  expect(() => apexMarket('BTCUSDT')).toThrow(/spelt like BTC-USDT/);
});

describe('keys', () => {
  test('all that are missing are named at once; a cancel does not need the seed', () => {
    const all = /set MM_APEX_KEY, MM_APEX_SECRET, MM_APEX_PASSPHRASE, MM_APEX_SEED in/;
    expect(() => apexCredentials(NONE, null)).toThrow(all);
    expect(() => apexCredentials({ ...ALL, apexSeed: null }, null)).toThrow(/set MM_APEX_SEED in/);
    const seedless = { ...ALL, apexSeed: null };
    expect(apexApiKey(seedless, null)).toEqual({
      ...{ key: 'key-1', secret: 'secret-1', passphrase: 'pass-1' },
    });
    expect(() => apexApiKey({ ...ALL, apexSecret: null }, null)).toThrow(/set MM_APEX_SECRET in/);
  });

  test('a seed that is none is not repeated', () => {
    const bad = { ...ALL, apexSeed: '77'.repeat(64) };
    expect(() => apexCredentials(bad, null)).toThrow(/MM_APEX_SEED must be/);
    expect(() => apexCredentials(bad, null)).not.toThrow(/7777/);
  });

  test('a paper account brings its own, whatever the settings hold', () => {
    const { api, seed } = apexCredentials(ALL, 'paper-1');
    expect(api.key).toBe('paper-1');
    expect(seed).toHaveLength(65);
    expect(apexCredentials(NONE, 'paper-1').api).toEqual(api);
    expect(apexCredentials(NONE, 'paper-2').api).not.toEqual(api);
  });
});
