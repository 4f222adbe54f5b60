// Why we cannot start: every problem has a name and a remedy, they are listed together, and the exit code is 2 (3 when
// an earlier run latched).

/** Exit codes: 0 clean, 1 our bug, 2 cannot start, 3 latched, 4 orders may remain. */
export const EXIT = { clean: 0, bug: 1, cannotStart: 2, latched: 3, ordersRemain: 4 } as const;

/** One or more reasons not to start, each one line that names the problem and the remedy. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
  readonly lines: readonly string[];

  constructor(
    lines: readonly string[] | string,
    readonly exitCode: typeof EXIT.cannotStart | typeof EXIT.latched = EXIT.cannotStart,
  ) {
    const list = typeof lines === 'string' ? [lines] : lines;
    super(list.join('\n'));
    this.lines = list;
  }
}

/** A value that a parser refuses; the caller adds which setting and where it came from. */
export class BadValue extends Error {
  override readonly name = 'BadValue';
}
