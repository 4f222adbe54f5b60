// The host of live runs: same moments for all, one that ends leaves the others alone, one that breaks does not, and the
// exit code is the one that must not be overlooked. The runs here are puppets; real ones are in test/cli/ab.test.ts.
import { describe, expect, test } from 'vitest';
import { StartProblem } from '#config/problem';
import { RunClock } from '#run/clock';
import type { LiveRun } from '#run/live-run';
import { RunHost, worstOf } from '#run/run-host';

class Puppet {
  exitCode: number | null = null;
  readonly limitUs = Infinity;
  readonly shuttingDown = false;
  readonly played: number[] = [];
  readonly calls: string[] = [];
  turns = 0;
  nextUs = 0;

  constructor(private readonly act: (turn: number, self: Puppet) => void) {}

  obey(): void {
    this.calls.push('obey');
  }
  playTo(us: number): void {
    this.played.push(us);
    this.nextUs = us;
    this.turns += 1;
    this.act(this.turns, this);
  }
  settle(): void {
    if (this.calls.includes('shutDown') && this.exitCode === null) this.exitCode = 0;
  }
  shutDown(why: string): void {
    this.calls.push('shutDown', why);
  }
  crash(error: unknown): void {
    this.calls.push(`crash ${(error as Error).message}`);
    this.exitCode = 1;
  }
  cannotStart(): void {
    this.exitCode = 2;
  }
}

/** `puppets` until all have ended. */
async function hosted(...puppets: Puppet[]): Promise<number> {
  const before = process.listeners('SIGINT').filter(({ name }) => name !== 'ignore').length;
  const runs = puppets as unknown as LiveRun[];
  const host = new RunHost({ runs, clock: new RunClock(1_000, 0), show: () => undefined });
  try {
    return await host.untilEnd();
  } finally {
    const heard = process.listeners('SIGINT').filter(({ name }) => name !== 'ignore');
    expect(heard.length).toBe(before); // one that ignores stays: the last steps are not to be cut
    expect(process.listeners('uncaughtException').map(({ name }) => name)).not.toContain(
      'onUncaught',
    );
  }
}

const endsAt =
  (turn: number, code: number) =>
  (now: number, self: Puppet): void => {
    if (now === turn) self.exitCode = code;
  };

describe('the host', () => {
  test('plays all to the same moments; one that ends leaves the others going', async () => {
    const [short, long] = [new Puppet(endsAt(3, 3)), new Puppet(endsAt(9, 0))];
    expect(await hosted(short, long)).toBe(3);
    expect(long.turns).toBe(9);
    expect(short.played).toEqual(long.played.slice(0, 3));
    expect(long.calls).not.toContain('shutDown');
  });

  test('a bug in one ends it at once and the other in order', async () => {
    const broken = new Puppet((turn) => {
      if (turn === 2) throw new Error('planted');
    });
    const sound = new Puppet(() => undefined);
    expect(await hosted(broken, sound)).toBe(1);
    expect(broken.calls).toContain('crash planted');
    expect(sound.calls).toContain('shutDown');
    expect(sound.exitCode).toBe(0);
  });

  test('one that finds that it cannot start: the other is shut down, and the reason comes out', async () => {
    const early = new Puppet(() => undefined);
    const late = new Puppet(() => {
      throw new StartProblem('size too small');
    });
    await expect(hosted(early, late)).rejects.toThrow('size too small');
    expect([early.exitCode, late.exitCode]).toEqual([0, 2]);
  });

  test('none of them is always served first', async () => {
    const served: string[] = [];
    const named = (name: string): Puppet =>
      new Puppet((turn, self) => {
        served.push(name);
        if (turn === 40) self.exitCode = 0;
      });
    await hosted(named('a'), named('b'));
    // Within a turn both are played the same number of times, one after the other.
    const firsts = served.filter((_, i) => i % 2 === 0);
    expect(new Set(firsts)).toEqual(new Set(['a', 'b']));
  });

  test('never beyond the limit of those that still run', async () => {
    const clock = new RunClock(1e6, 0);
    const limit = clock.startUs + 7e6;
    const puppet = new Puppet((turn, self) => {
      if (turn === 20) self.exitCode = 0;
    });
    Object.assign(puppet, { limitUs: limit });
    const runs = [puppet] as unknown as LiveRun[];
    await new RunHost({ runs, clock, show: () => undefined }).untilEnd();
    expect(Math.max(...puppet.played)).toBe(limit);
  });
});

describe('the worse exit code', () => {
  test.each([
    [[0, 0], 0], [[0, 2], 2], [[2, 3], 3], [[3, 4], 4], [[4, 1], 1], [[3, 0], 3], [[7, 0], 1],
  ] as const)('of %j is %d', (codes, worst) => {
    expect(worstOf(codes)).toBe(worst);
  }); // prettier-ignore
});
