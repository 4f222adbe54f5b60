// What a client warned of at its start, as checks of `mm doctor`: a difference of the clocks within what is allowed is no
// warning there (more than that keeps the client from starting).
import type { AddCheck } from './venue-module.js';

const CLOCK = /^our clock is (-?\d+ ms) ahead/;
/** The doctor says these itself, with a remedy. */
const SAID_BETTER = /does not trade now|lets nobody open/;
const STATE = /^the venue is in state/;

export function clientWarnings(warnings: readonly string[], add: AddCheck): void {
  const skew = warnings.map((text) => CLOCK.exec(text)?.[1]).find((text) => text !== undefined);
  add('ok', `clock: ${skew === undefined ? "that of the venue, within a request's time" : `${skew} ahead of the venue's`} (500 ms are allowed)`); // prettier-ignore
  for (const text of warnings)
    if (!CLOCK.test(text) && !SAID_BETTER.test(text)) add('warning', text);
  if (!warnings.some((text) => STATE.test(text) || SAID_BETTER.test(text)))
    add('ok', 'venue: no maintenance, it takes orders');
}
