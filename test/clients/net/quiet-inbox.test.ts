// During an outage the same few things fail several times a second: the log says each once, then one in thirty seconds with
// a count, and the rest when a link is back.
import { expect, test } from 'vitest';
import type { Micros } from '#core/units';
import { QuietInbox } from '#clients/net/quiet-inbox';
import { SteppedClock } from '#sim/venues/stepped-clock';
import { Heard } from '../../support/scripted-venue.js';

test('the same note again and again: once, then one in thirty seconds with a count', () => {
  const clock = new SteppedClock(0 as Micros);
  const heard = new Heard();
  const inbox = new QuietInbox(heard, clock);
  for (let ms = 0; ms <= 65_000; ms += 500) {
    clock.advanceTo((ms * 1_000) as Micros);
    inbox.note('warn', 'cancel-all: ECONNREFUSED');
    if (ms === 10_000) inbox.note('warn', 'cancel-all: no answer');
  }
  expect(heard.notes).toEqual([
    'cancel-all: ECONNREFUSED',
    'cancel-all: no answer',
    'cancel-all: ECONNREFUSED (59 times more since)',
    'cancel-all: ECONNREFUSED (59 times more since)',
  ]);
});

test('a link is back: what was left out in one line, and the next failure is said at once', () => {
  const clock = new SteppedClock(0 as Micros);
  const heard = new Heard();
  const inbox = new QuietInbox(heard, clock);
  const us = 0 as Micros;
  for (let i = 0; i < 4; i += 1) inbox.note('info', 'private socket not opened');
  inbox.event({ kind: 'link', channel: 'private', state: 'up', detail: '', us });
  inbox.event({ kind: 'link', channel: 'public', state: 'up', detail: '', us });
  inbox.note('info', 'private socket not opened');
  expect(heard.notes).toEqual([
    'private socket not opened',
    'left out of the log meanwhile: 3 times "private socket not opened"',
    'private socket not opened',
  ]);
  expect(heard.links('private')).toEqual(['up']);
});
