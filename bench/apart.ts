// Gives the venue of a bench a processor of its own. On one machine the kernel wakes it on the processor that has just
// written to it, where it checks a signature (0.7 ms) before the writer's call returns; a venue on the network does not.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const run = (flags: '-cp' | '-acp', processors: string, pid: number): void => {
  execFileSync('taskset', [flags, processors, String(pid)], { stdio: 'ignore' });
};

/**
 * The venue on the last processor, the main thread of this process on all others (its compiler may use any); false
 * where that cannot be arranged: one processor, or no Linux.
 */
export function apartFrom(venue: number | undefined): boolean {
  const last = availableParallelism() - 1;
  if (last < 1 || venue === undefined) return false;
  try {
    run('-acp', String(last), venue);
    run('-cp', last === 1 ? '0' : `0-${last - 1}`, process.pid);
    return true;
  } catch {
    return false;
  }
}
