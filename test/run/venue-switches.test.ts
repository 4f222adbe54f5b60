// Switches of a venue from one setting: every default can be said, every wrong word is refused.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { APEX_SWITCHES } from '#clients/apex/switches';
import { PARADEX_SWITCHES } from '#clients/paradex/switches';
import { apexSwitches } from '#run/apex-switches';
import { paradexSwitches } from '#run/paradex-switches';

const said = (switches: object): string =>
  Object.entries(switches)
    .map(([name, value]) => `${name}=${value === '' ? 'none' : String(value)}`)
    .join(',');

test('every switch with its default is understood, and comes out as the same value', () => {
  expect(apexSwitches(said(APEX_SWITCHES))).toEqual(APEX_SWITCHES);
  expect(paradexSwitches(said(PARADEX_SWITCHES))).toEqual(PARADEX_SWITCHES);
});

test.each([
  ['Paradex', PARADEX_SWITCHES],
  ['ApeX', APEX_SWITCHES],
])('the check list of docs/go-live.md has every switch of %s with its default', (_venue, switches) => {
  const text = readFileSync(fileURLToPath(new URL('../../docs/go-live.md', import.meta.url)), 'utf8');
  for (const [name, value] of Object.entries(switches)) {
    const shown = value === '' ? 'none' : String(value);
    expect(text).toContain(`| \`${name}\` | \`${shown}\` |`);
  }
}); // prettier-ignore

test('the other setting of each comes out as the client knows it', () => {
  expect(apexSwitches('signaturePrefix=0x, expirationS=3600,expirationUnit=s')).toEqual({
    ...{ signaturePrefix: '0x', expirationS: 3_600, expirationUnit: 's' },
  });
  expect(paradexSwitches('schemaVersion=2,ipLimitCoversOrders=true')).toEqual({
    ...{ schemaVersion: 2, ipLimitCoversOrders: true },
  });
  expect(apexSwitches(null)).toEqual({});
});

test.each([
  ['batchCancel=on', /batchCancel: "on" must be off or indexed or comma/],
  ['expirationS=30', /must be a whole number, at least 60/],
  ['expirationS=-1', /must be a whole number/],
  ['toString=off', /must be NAME=VALUE with one of expirationUnit/],
  ['batchCancel', /must be NAME=VALUE/],
])('refused: %s', (text, line) => {
  expect(() => apexSwitches(text)).toThrow(line);
});

test('a word that Paradex does not know is refused, not passed on', () => {
  expect(() => paradexSwitches('amend=replaced')).toThrow(/must be modify or replace/);
  const most = /batchMost: "51" must be a whole number, at least 1 and at most 50/;
  expect(() => paradexSwitches('batchMost=51')).toThrow(most);
});
