// A client's reasons not to start, as the reasons not to start that the command line knows.
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
