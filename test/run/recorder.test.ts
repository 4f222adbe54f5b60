// What a run counts as a call of the venue that failed: the `errorRate` of mm metrics (spec.md section 6).
import { expect, test } from 'vitest';
import { pino } from 'pino';
import type { EngineEvent } from '#core/messages';
import type { Micros } from '#core/units';
import type { Ledger } from '#ledger/writer';
import { Recorder } from '#run/recorder';
import { BTC } from '../support/core-instruments.js';

const US = 1_000_000 as Micros;
const quiet = { event: () => undefined } as unknown as Ledger;

function failures(...events: readonly EngineEvent[]): number {
  const recorder = new Recorder(quiet, pino({ level: 'silent' }), BTC);
  for (const event of events) recorder.onEvent(US, event);
  return recorder.counts.failures;
}
const rejected = (ordinal: number, reason: 'margin' | 'post-only' | 'not-sent' | 'other') =>
  ({ kind: 'rejected', us: US, ordinal, reason, detail: '' }) as const;
const lost = { kind: 'unknown', us: US, ordinal: 1, operation: 'place' } as const;

test('a refusal and an unknown outcome are failures; what crossed or never left is none', () => {
  expect(failures(rejected(1, 'margin'))).toBe(1);
  expect(failures(lost)).toBe(1);
  expect(failures(rejected(1, 'post-only'), rejected(2, 'not-sent'))).toBe(0);
});

test('a refused move or cancel is a failure, unless the order was gone', () => {
  const of = (kind: 'amend-rejected' | 'cancel-rejected', reason: 'other' | 'not-found') =>
    ({ kind, us: US, ordinal: 1, reason }) as const;
  expect(failures(of('amend-rejected', 'other'), of('amend-rejected', 'not-found'))).toBe(1);
  expect(failures(of('cancel-rejected', 'other'), of('cancel-rejected', 'not-found'))).toBe(1);
});

test('an order that was unknown and never arrived failed once', () => {
  expect(failures(lost, rejected(1, 'other'))).toBe(1);
  expect(failures(lost, rejected(1, 'other'), rejected(2, 'other'))).toBe(2);
});
