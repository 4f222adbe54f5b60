// The daily files of a run that goes on for weeks: a new one each UTC day, and none older than the days to keep.
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openLog } from '#config/log';

const DAY_MS = 86_400_000;

describe('log files', () => {
  afterEach(() => vi.useRealTimers());

  it('roll every day and are kept for the days asked for, also without a new start', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mm-log-'));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    vi.setSystemTime(new Date(2026, 10, 21, 12));
    const onFailure = vi.fn();
    const log = await openLog({
      ...{ directory, keepDays: 3, nowMs: Date.now(), console: null, base: {}, onFailure },
    });
    const seen = new Set<string>();
    for (let day = 0; day < 8; day += 1) {
      log.logger.info(`day ${day}`);
      vi.advanceTimersByTime(DAY_MS);
      await vi.waitFor(() => expect(readdirSync(directory).length).toBeLessThanOrEqual(4));
      for (const name of readdirSync(directory)) seen.add(name);
    }
    log.close();
    expect(seen.size).toBe(9);
    expect(onFailure).not.toHaveBeenCalled();
  });
});
