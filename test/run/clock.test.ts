// The one real clock against what happens to the clocks of a machine: steps of the system clock move nothing, a sleep
// counts as time that has passed, and time never runs backwards.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunClock } from '#run/clock';

const os = vi.hoisted(() => ({ uptimeS: 0 }));
vi.mock('node:os', () => ({ uptime: () => os.uptimeS }));

const START_MS = Date.UTC(2026, 10, 21, 23, 50);
const MINUTE_MS = 60_000;
let wallMs = 0;
let awakeMs = 0;

/** Time goes on, and all clocks agree. */
function pass(ms: number): void {
  wallMs += ms;
  awakeMs += ms;
  os.uptimeS += ms / 1000;
}
/** The machine sleeps: the monotonic clock stands still. */
function sleep(ms: number): void {
  wallMs += ms;
  os.uptimeS += ms / 1000;
}

beforeEach(() => {
  wallMs = START_MS;
  awakeMs = 1_234;
  os.uptimeS = 98_765.43;
  vi.spyOn(Date, 'now').mockImplementation(() => wallMs);
  vi.spyOn(performance, 'now').mockImplementation(() => awakeMs);
});
afterEach(() => vi.restoreAllMocks());

const agesMs = (clock: RunClock): number => (clock.now() - clock.startUs) / 1000;

describe('the clock of a run', () => {
  it('counts the time that passes, times its speed', () => {
    const [real, fast] = [new RunClock(1, 0), new RunClock(10, 0)];
    pass(1_500);
    expect(agesMs(real)).toBe(1_500);
    expect(agesMs(fast)).toBe(15_000);
    expect(real.waitFor(real.startUs + 2e6)).toBeCloseTo(500, 6);
  });

  it('is not moved by steps of the system clock', () => {
    const clock = new RunClock(1, 0);
    for (const step of [3_600_000, -7_200_000, 1_000, -1_000, 3_600_000]) {
      wallMs += step;
      pass(10);
      clock.now();
    }
    expect(agesMs(clock)).toBe(50);
  });

  it('counts a sleep of the machine: the world went on', () => {
    const clock = new RunClock(1, 0);
    pass(5_000);
    expect(agesMs(clock)).toBe(5_000);
    sleep(10 * MINUTE_MS);
    pass(3);
    expect(agesMs(clock)).toBeCloseTo(10 * MINUTE_MS + 5_003, 0);
    sleep(8 * 60 * MINUTE_MS);
    pass(100);
    expect(agesMs(clock)).toBeCloseTo(490 * MINUTE_MS + 5_103, 0);
  });

  it('tells a sleep from a step that comes with it, and never runs backwards', () => {
    const clock = new RunClock(1, 0);
    sleep(MINUTE_MS);
    wallMs -= 3_600_000;
    expect(agesMs(clock)).toBeCloseTo(MINUTE_MS, 0);
    os.uptimeS -= 30; // nothing does that; whoever does must not turn time back
    wallMs += 1_000;
    expect(agesMs(clock)).toBeCloseTo(MINUTE_MS, 0);
  });
});
