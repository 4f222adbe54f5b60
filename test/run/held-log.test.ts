// The log of a turn is written when the turn says so, whole and in its order.
import { expect, test } from 'vitest';
import { pino } from 'pino';
import { HeldLog } from '#run/held-log';

test('nothing before the turn tells; then everything in order, and each line once', () => {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const log = new HeldLog(pino({ level: 'debug', base: null, timestamp: false }, stream));
  log.info({ a: 1 }, 'first');
  log.later(() => log.debug('third, asked for while telling'));
  log.fatal('second');
  expect(lines).toEqual([]);
  log.tell();
  log.tell();
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { level: 30, a: 1, msg: 'first' },
    { level: 60, msg: 'second' },
    { level: 20, msg: 'third, asked for while telling' },
  ]);
});

test('what goes wrong in one line does not take the others with it', () => {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const log = new HeldLog(pino({ base: null, timestamp: false }, stream));
  log.later(() => {
    throw new Error('bug');
  });
  log.info('kept');
  expect(() => log.tell()).toThrow('bug');
  log.tell();
  expect(lines).toHaveLength(1);
});
