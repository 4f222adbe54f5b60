// Reasons not to start: a client's, as those that the command line knows; those of several questions, all at once.
import { VenueProblem } from '#clients/net/venue-client';
import { StartProblem } from '#config/problem';

/** Runs `work`; a VenueProblem comes out as StartProblem, line for line. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof VenueProblem) throw new StartProblem(error.lines);
    throw error;
  }
}

/**
 * The results of all, or one StartProblem with the lines of each that has some, in this order, no line twice. Anything
 * else that was thrown goes on.
 */
export async function together<T extends readonly unknown[]>(work: {
  readonly [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  const done = await Promise.allSettled(
    work.map((one) => explained(() => one as Promise<unknown>)),
  );
  const failed = done.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const odd = failed.find((reason) => !(reason instanceof StartProblem)) as Error | undefined;
  if (odd !== undefined) throw odd;
  const lines = (failed as StartProblem[]).flatMap((problem) => problem.lines);
  if (lines.length > 0) throw new StartProblem([...new Set(lines)]);
  return done.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
