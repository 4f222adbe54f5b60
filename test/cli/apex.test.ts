// `mm run --venue apex` from dist: the real client over real sockets against the loopback ApeX in its child process; then
// the same client sent to a served ApeX by address and keys alone, as testnet would be.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { home, mm, started } from './command.js';

const RUN = ['run', '--static', '--venue', 'apex', '--latency', 'feed=1ms,order=1ms,reply=1ms'];

describe('paper on ApeX', () => {
  test(
    'quotes, is killed: mm stop says by the venue that nothing is open',
    { timeout: 60_000 },
    async () => {
      const at = home();
      const bot = started(at, RUN);
      await bot.said(/ quote \d/);
      const reach = join(at, 'state', 'apex-paper-static.reach.json');
      expect(statSync(reach).mode & 0o777).toBe(0o600);
      const gone = new Promise((resolve) => bot.process.once('exit', resolve));
      bot.process.kill('SIGKILL');
      await gone; // the venue of the run stays a moment longer, for the watchdog
      const stop = await mm(at, ['stop']);
      expect(stop.out).toMatch(/is latched now.*the venue lists no order of ours/);
      expect(stop.code).toBe(0);
    },
  );
});

test(
  'by address and keys alone: keys, doctor, a run that ends clean and replays, never a secret said',
  { timeout: 60_000 },
  async () => {
    const at = home();
    const venue = started(at, ['venue', 'apex', '--seed', '3']);
    await venue.said(/ApeX on (\S+)\/api\/v3/);
    const url = /ApeX on (\S+)\/api\/v3/.exec(venue.out())?.[1] ?? '';
    const { out: secrets } = await mm(at, ['venue', 'apex', '--credentials', 'alice']);
    writeFileSync(join(at, '.env'), secrets, { mode: 0o600 });
    const there = ['--network', 'testnet', '--apex-url', url];
    const keys = await mm(at, ['keys', 'apex', ...there]);
    expect(keys.out).toMatch(/the seed +is that of the account/);
    const doctor = await mm(at, ['doctor', '--venue', 'apex', ...there]);
    expect(doctor.out).toMatch(/ok +requests: we spend at most 100 orders a minute/);
    expect(doctor.code).toBe(0);
    const bot = started(at, [...RUN.slice(0, 4), ...there]);
    await bot.said(/ quote \d/);
    bot.process.kill('SIGINT');
    expect(await bot.ended).toBe(0);
    const id = /run +(\w+) \(static/.exec(bot.out())?.[1] ?? '';
    expect((await mm(at, ['replay', id])).out).toMatch(/the same commands/);
    const log = readFileSync(join(at, 'state', 'apex-testnet.reach.json'), 'utf8');
    const said = [keys.out, doctor.out, bot.out(), bot.err(), log].join('\n');
    const values = secrets
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('=')[1] as string);
    for (const value of values) expect(said).not.toContain(value);
    // Another account's seed is refused before anything is sent.
    const other = secrets.replace(/MM_APEX_SEED=..../, 'MM_APEX_SEED=0000');
    writeFileSync(join(at, '.env'), other, { mode: 0o600 });
    const refused = await mm(at, [...RUN.slice(0, 4), ...there]);
    expect(refused.err).toMatch(/MM_APEX_SEED belongs to another account/);
    expect(refused.code).toBe(2);
  },
);
