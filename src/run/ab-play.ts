// Plays the pairs of `mm ab` under one host, shows the one table of all of them while they run, and sums up what the
// difference is worth. A pair is static and dynamic on copies of one flow; where that flow comes from (ab.ts, ab-venue.ts)
// is not known here.
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { moneyToNumber } from '#core/money';
import type { Money } from '#core/units';
import { LedgerProblem } from '#ledger/problem';
import { abTable, evidenceLines } from '#report/ab-text';
import type { AbStanding } from '#report/ab-text';
import { keptOf } from '#report/ab-kept';
import type { AbKept } from '#report/ab-kept';
import { loadRecord } from '#report/record';
import { AbWatch } from './ab-watch.js';
import type { Watched } from './ab-watch.js';
import type { Mode } from './assembly.js';
import type { RunClock } from './clock.js';
import type { ConsoleView } from './console-view.js';
import { reading } from './ledgers.js';
import type { LiveRun } from './live-run.js';
import { RunHost } from './run-host.js';

export const MODES = ['static', 'dynamic'] as const satisfies readonly Mode[];
/** An account name may have 40 characters, and `-dynamic` comes after it. */
const LONGEST_NAME = 32;
/** How often the table is written where there is no terminal to redraw it on. */
const TABLE_MS = 60_000;

/** Static, dynamic. */
export type Pair = readonly [Watched, Watched];

/** The account of each mode. Throws StartProblem. */
export function abAccount({ account }: Pick<ParameterValues, 'account'>, mode: Mode): string {
  if (account !== null && account.length > LONGEST_NAME) {
    throw new StartProblem(
      `--account "${account}" must have at most ${LONGEST_NAME} characters for mm ab, which adds -static and -dynamic`,
    );
  }
  return `${account ?? 'paper'}-${mode}`;
}

export interface AbParts {
  readonly pairs: readonly Pair[];
  /** What all of them were played, for people. */
  readonly market: string;
  readonly clock: RunClock;
  readonly capital: Money;
  readonly terminal: boolean;
  readonly view: ConsoleView;
  /** One has ended: its account is to be free again while the others go on. */
  readonly ended: (run: LiveRun) => void;
}

export class AbPlay {
  readonly host: RunHost;
  private readonly watches: readonly AbWatch[];
  private tableMs = performance.now() + TABLE_MS;

  constructor(private readonly parts: AbParts) {
    const { pairs, market, clock, ended } = parts;
    this.watches = pairs.map((pair) => new AbWatch(market, ...pair, clock.startUs));
    this.host = new RunHost({
      runs: pairs.flatMap((pair) => pair.map(({ run }) => run)),
      ...{ clock, ended },
      show: () => this.show(),
      played: (us) => this.watches.forEach((watch) => watch.played(us)),
    });
  }

  private show(): void {
    const { terminal, view } = this.parts;
    if (!terminal && performance.now() < this.tableMs) return;
    const standings = this.watches.map(({ standing }) => standing);
    if (terminal) return view.block(abTable(standings, false));
    this.tableMs += TABLE_MS;
    view.line(abTable(standings, true));
  }

  /** The last word, when all accounts are closed, also when the recording broke off; none when there never was a price. */
  sumUp(): void {
    const standings = this.watches.map(({ final }) => final);
    if (standings.every(({ difference }) => difference === null)) return;
    const dollars = moneyToNumber(this.parts.capital);
    const worth = this.watches.flatMap((watch, i) => {
      const standing = standings[i] as AbStanding;
      const lines = evidenceLines(standing, watch.evidence(dollars), dollars);
      return standings.length === 1 ? lines : ['', `${standing.fixed.now.venue}:`, ...lines];
    });
    this.parts.view.line(`\n${[abTable(standings, true), ...worth].join('\n')}`);
  }
}

/** What the ledger at `path` says of that run; null when it cannot be read: whoever closed it has said why. */
export function keptIn(path: string, runId: string): AbKept | null {
  try {
    return reading(path, (reader) => {
      const record = loadRecord(reader, runId);
      return record === null ? null : keptOf(record, [...reader.orders(record.run.id)]);
    });
  } catch (error) {
    if (error instanceof LedgerProblem) return null;
    throw error;
  }
}
