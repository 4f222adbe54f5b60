// Row 38 of the fault list: every setting, mutated to everything a finger or a script can make of it. Each value is
// either refused with a reason, or what follows is safe: no crash, whole positive prices and sizes, the hard limit
// holds, and the width is never less than the minimum that was asked for.
import { describe, expect, test } from 'vitest';
import { readLayers } from '#config/layers';
import { PARAMETERS, PARAMETER_KEYS, flagOf, variableOf } from '#config/parameters';
import type { ParameterKey } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { checkSettings } from '#config/settings';
import { BP, BUYER, MID, SELLER, calm, every, sweep } from './markets.js';
import { World } from './world.js';

const NASTY = [
  '', ' ', '0', '-0', '-1', '1', '1.5', '1e-300', '1e-9', '1e9', '1e300', '1e400', '-1e9', 'NaN', 'Infinity', 'abc',
  'null', 'true', 'off', 'auto', '50%', '-50%', '1000%', '0.000001bp', '0.01bp', '10000bp', '1e12bp', '1us', '1d',
  '100000000d', '1ms', '999us', '0.000001', '1000000000', '$', '$0.00000001', '$1', '$90000000', '9007199254740993', '١', '1,5', '1_000', '../x', '<script>',
  '0x10', '1/bp', '1%/yr', '1e6%/yr', '1bp/√s', '3,1', '0.001,0.002', '100,1000', 'feed=0,order=0,reply=0',
  'feed=1d,order=1d,reply=1d', 'feed=-1,order=1,reply=1',
] as const; // prettier-ignore
/** Where nothing is traded by it: files, names, what only `mm run` looks at. */
const ELSEWHERE: readonly ParameterKey[] = [
  'stateDir',
  'logDir',
  'logDays',
  'replayDays',
  'account',
  'market',
  'venue',
  'seed',
  'funding',
  // Any text may be one of these; the venue says whether it is.
  'apexKey',
  'apexSecret',
  'apexPassphrase',
];
const SECONDS = 15;

/** A lively quarter of a minute: the price moves, and now and then somebody takes everything. */
const script = (second: number) => {
  const mid = MID + Math.floor(second) * 3 * BP;
  if (every(second, 3, 3, SECONDS)) return sweep(BUYER, mid);
  return every(second, 4, 4, SECONDS) ? sweep(SELLER, mid) : calm(mid);
};

const accepted = (key: ParameterKey, text: string): boolean => {
  try {
    // A secret is never a flag.
    const secret = 'secret' in PARAMETERS[key];
    const flags = secret ? {} : { [key]: text };
    const env = secret ? { [variableOf(key)]: text } : {};
    checkSettings(readLayers({ flags, env, dotenvPath: null, configPath: null }).values);
    return true;
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error;
    for (const line of error.lines) expect(line).toMatch(/^.{10,}$/);
    return false;
  }
};

/** Plays it; a refusal at the first book is as good as one before it. */
function play(key: ParameterKey, text: string): void {
  const say = `${flagOf(key)} "${text}"`;
  const w = new World({ script, seconds: SECONDS, flags: { [key]: text } });
  try {
    w.until(SECONDS);
    for (const { command } of w.sent) {
      if (command.kind !== 'place') continue;
      expect(Number.isSafeInteger(command.ticks) && command.ticks > 0, say).toBe(true);
      expect(Number.isSafeInteger(command.lots) && command.lots > 0, say).toBe(true);
    }
    const { numbers } = w.assembly.engine;
    const held = Math.abs(w.venue.exchange.account.position.lots);
    expect(held, say).toBeLessThanOrEqual(numbers.hardLimitLots);
    expect(Number.isSafeInteger(numbers.guardEquity), say).toBe(true);
    expect(
      w.log.filter((line) => /impossible|NaN|undefined/.test(line)),
      say,
    ).toEqual([]);
  } catch (error) {
    if (!(error instanceof StartProblem))
      throw new Error(`${say}: ${String(error)}`, { cause: error });
  } finally {
    w.close();
  }
}

describe('every setting, mutated', () => {
  const keys = PARAMETER_KEYS.filter((key) => !ELSEWHERE.includes(key));
  test.each(keys)('%s', { timeout: 30_000 }, (key) => {
    const { hint } = PARAMETERS[key];
    let refused = 0;
    for (const text of NASTY) {
      if (accepted(key, text)) play(key, text);
      else refused += 1;
    }
    expect(refused, hint).toBeGreaterThan(10);
  });
});
