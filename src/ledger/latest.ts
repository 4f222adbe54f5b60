// What counts in its last value only, until the next commit: small things that survive a restart, what `mm metrics` shows
// and the last decision. It knows what a commit would write, and nothing of when.
import type { Micros } from '#core/units';
import type { Statements } from './statements.js';

type Value = { readonly us: Micros; readonly value: unknown };

export class Latest {
  readonly states = new Map<string, Value>();
  status: Value | null = null;
  /** Worth no wait of anybody for the disk: it is written with the next facts, and never with an order's intent. */
  decision: Value | null = null;

  /** How much of it wants a commit. */
  get pending(): number {
    return this.states.size + Number(this.status !== null);
  }

  get empty(): boolean {
    return this.pending === 0 && this.decision === null;
  }

  /** Inside the transaction; `withDecision`: that too. Status and decision belong to a run; without one they are dropped. */
  write(sql: Statements, account: number, run: number | null, withDecision: boolean): void {
    for (const [key, { us, value }] of this.states) {
      sql.state.run([account, key, us, json(value)]);
    }
    if (run === null) return;
    const { status, decision } = this;
    if (status !== null) sql.status.run([run, status.us, json(status.value)]);
    if (withDecision && decision !== null)
      sql.decision.run([run, decision.us, json(decision.value)]);
  }

  /** It was written. */
  clear(withDecision: boolean): void {
    this.states.clear();
    this.status = null;
    if (withDecision) this.decision = null;
  }
}

/** Never throws: a value that is no JSON must not stop the rows beside it. */
export function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    return JSON.stringify({ unreadable: String(error) });
  }
}
