// Assertions that stay on in production: a broken one is our mistake, and stops the machine (DESIGN.md section 4).

/** Our own mistake: an impossible state. Whoever catches it cancels everything and exits with code 1. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/** Throws AssertionFailure when `condition` does not hold. `message` says what was impossible. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** For the `default` of an exhaustive switch: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`impossible value ${JSON.stringify(value)}`);
}
