// Precedence flag > environment > .env > file > default, and every mistake named at once with its remedy.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLayers } from '#config/layers';
import type { LayerInput } from '#config/layers';
import { PARAMETER_KEYS, flagOf, variableOf } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { checkSettings } from '#config/settings';
import { environmentTemplate } from '#config/template';

const folder = mkdtempSync(join(tmpdir(), 'mm-config-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const read = (input: Partial<LayerInput>): ReturnType<typeof readLayers> =>
  readLayers({ flags: {}, env: {}, dotenvPath: null, configPath: null, ...input });
const problems = (input: Partial<LayerInput>): readonly string[] => {
  try {
    checkSettings(read(input).values);
  } catch (error) {
    if (error instanceof StartProblem) return error.lines;
    throw error;
  }
  return [];
};

describe('layers', () => {
  it('takes the flag, then the environment, then .env, then the file, then the default', () => {
    const dotenvPath = file('a.env', 'MM_KAPPA=3\n');
    const configPath = file('a.json', '{"kappa": 4}');
    const all = { flags: { kappa: '1' }, env: { MM_KAPPA: '2' }, dotenvPath, configPath };
    expect(read(all).values.kappa).toBe(1);
    expect(read({ ...all, flags: {} }).values.kappa).toBe(2);
    expect(read({ dotenvPath, configPath }).values.kappa).toBe(3);
    expect(read({ configPath }).values.kappa).toBe(4);
    expect(read({}).values.kappa).toBe(1.2);
    expect(read({ configPath }).texts.get('kappa')).toEqual({ text: '4', origin: 'file' });
  });

  it('an empty variable counts as not set, as .env templates have them', () => {
    expect(read({ env: { MM_KAPPA: '' } }).values.kappa).toBe(1.2);
  });

  it('names unknown variables and file keys, and the nearest known one', () => {
    expect(problems({ env: { MM_MAX_DAYLY_LOSS: '1' } })[0]).toMatch(
      /did you mean MM_MAX_DAILY_LOSS/,
    );
    expect(problems({ configPath: file('b.json', '{"sigmaa": "40%/yr"}') })[0]).toMatch(
      /did you mean sigma/,
    );
  });

  it.each([
    ['mm_capital=2000', /mm_capital in .env sets nothing: the name is MM_CAPITAL/],
    ['MAX_DAILY_LOSS=1%', /MAX_DAILY_LOSS in .env sets nothing: the name is MM_MAX_DAILY_LOSS/],
    ['export MM_MAX_DAILY_LOSS 1%', /the line of MM_MAX_DAILY_LOSS in .env sets nothing/],
    ['MM_PARADEX_PRIVATE_KEY 0xabc', /the line of MM_PARADEX_PRIVATE_KEY in .env sets nothing/],
  ])('a line of .env that sets no limit is not shrugged at: %s', (line, said) => {
    const lines = problems({ dotenvPath: file('deaf.env', `MM_KAPPA=3\n${line}\n`) });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(said);
    expect(lines[0]).not.toMatch(/abc/);
  });

  it('takes a .env and a file as Windows writes them, and settings of other programs', () => {
    const dotenvPath = file('w.env', '\uFEFFMM_KAPPA="3"\r\n# MM_SIGMA 1\r\nNETWORK=x\r\nFOO\r\n');
    const configPath = file('w.json', '\uFEFF{"alpha": 4}');
    expect(read({ dotenvPath, configPath }).values).toMatchObject({ kappa: 3, alpha: 4 });
  });

  it('lists every problem at once', () => {
    const lines = problems({ flags: { sigma: '40', kappa: '-1', levels: '1.5', gamma: 'NaN' } });
    expect(lines).toHaveLength(4);
    expect(lines.join('\n')).toMatch(/--sigma "40" is not understood; write it like 40%\/yr/);
  });

  it.each([
    [{ minSpread: '60bp' }, /--min-spread 60bp is above --max-spread 50bp/],
    [{ gamma: '1', inventoryStd: '2' }, /give one of them/],
    [{ gamma: '0' }, /must be greater than 0/],
    [{ positionLimit: '100000' }, /--position-limit \$100000 would let the hard limit/],
    [{ size: '2000' }, /--size \$2000 is above the position limit/],
    [{ check: '90s' }, /--check must not be longer than --refresh/],
    [{ maxDailyLoss: '0' }, /must be greater than 0/],
    [{ maxDrawdown: '101%' }, /must not pass 100%/],
    [{ requoteBps: '3,1' }, /NEAR must not be above FAR/],
    [{ latency: 'feed=1ms' }, /must name all of feed, order and reply/],
    [{ sigma: 'Infinity%/yr' }, /not understood/],
  ])('refuses %j', (flags, expected) => {
    expect(problems({ flags }).join('\n')).toMatch(expected);
  });

  it('gives every parameter its own flag and variable', () => {
    expect(new Set(PARAMETER_KEYS.map(flagOf)).size).toBe(PARAMETER_KEYS.length);
    expect(variableOf('maxDailyLossUsd')).toBe('MM_MAX_DAILY_LOSS_USD');
  });

  it('.env.example is what `mm config --template` prints, and works once uncommented', () => {
    const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
    expect(text).toBe(environmentTemplate());
    const active = text.replaceAll(/^#(MM_)/gm, '$1');
    expect(read({ dotenvPath: file('all.env', active) }).values).toEqual(read({}).values);
  });

  it('refuses a --config that is no JSON object', () => {
    expect(problems({ configPath: file('c.json', '[1]') })[0]).toMatch(/must hold one JSON object/);
    expect(problems({ configPath: join(folder, 'none.json') })[0]).toMatch(/cannot be used/);
  });
});

describe('what a message shows of a wrong value', () => {
  it('never the name and the password in an address', () => {
    const [line] = problems({ flags: { paradexUrl: 'http://mm:canary@127.0.0.1:4801' } });
    expect(line).toBe(
      '--paradex-url "http://***@127.0.0.1:4801" must look like http://127.0.0.1:4801',
    );
  });

  it('an amount that is beyond what can be counted', () => {
    const [line] = problems({ flags: { positionLimit: '99,999,999' } });
    expect(line).toBe('--position-limit "99,999,999" is too large; at most 90000000');
    expect(problems({ flags: { positionLimit: '90000000' } }).join()).not.toContain('too large');
  });
});
