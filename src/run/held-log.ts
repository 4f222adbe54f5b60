// The log of a turn, held back until the turn has sent its orders: what is written for people must not cost an order
// time. Whoever drives the turns calls `tell` in each, and before it reports a bug. It drops and reorders nothing; a
// process that is killed in between loses the lines of one turn, and no fact of the account, for those are the ledger's.
import type { Logger } from '#config/log';

type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';
/** As pino has it: a text, or fields and a text. */
type Say = (fields: object | string, text?: string) => void;

export class HeldLog {
  readonly debug = this.holding('debug');
  readonly info = this.holding('info');
  readonly warn = this.holding('warn');
  readonly error = this.holding('error');
  readonly fatal = this.holding('fatal');
  private readonly held: (() => void)[] = [];

  constructor(private readonly log: Logger) {}

  /** More than a line: work that only serves people. */
  later(work: () => void): void {
    this.held.push(work);
  }

  /** Writes all that is held, in the order in which it came. */
  tell(): void {
    for (let work = this.held.shift(); work !== undefined; work = this.held.shift()) work();
  }

  private holding(level: Level): Say {
    return (fields, text) => this.later(() => this.log[level](fields, text));
  }
}
