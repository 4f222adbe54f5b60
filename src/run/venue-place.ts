// Where a run on the wire trades: one venue on one network, as what can be made there (clients) and what `mm stop` must
// find again when the bot is hung or dead (the reach file beside the ledger). Holds keys of paper accounts only: a real
// key stays where the user put it.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { EmergencyClient, VenueClient } from '#clients/net/venue-client';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import type { WallClock } from './clock.js';
import type { Watch, WatchNote } from './watchdog-link.js';
import type { WireInbox } from './wire-inbox.js';

export type TradingNetwork = ParameterValues['network'];

/** What an emergency client needs, besides keys that are in the settings. Mode 600. */
export interface Reach {
  readonly venue: string;
  readonly network: TradingNetwork;
  readonly market: string;
  /** Where the venue is served when not at its own address: of a paper run always. */
  readonly url: string | null;
  /** Of a throw-away paper account. */
  readonly paperKey: string | null;
}

export interface VenuePlace {
  readonly venue: string;
  readonly network: TradingNetwork;
  readonly market: string;
  /** The account at the venue in letters and digits, nothing secret: two runs must not share one. */
  readonly identity: string;
  /** For people: "paradex paper (127.0.0.1:4801), synthetic normal". */
  readonly name: string;
  readonly reach: Reach;
  client(runId: string, inbox: WireInbox, clock: WallClock): Promise<VenueClient>;
  emergency(): Promise<EmergencyClient>;
  /** Starts the process that empties the book should this one die or hang. Throws StartProblem. */
  watch(runId: string, note: WatchNote): Promise<Watch>;
  /** Ends what was started for it; its timers keep no process alive any more. */
  close(): Promise<void>;
}

export const reachPath = (ledgerPath: string): string =>
  ledgerPath.replace(/\.ledger$/, '.reach.json');

/** Throws StartProblem: a run that mm stop cannot find must not begin. */
export function writeReach(ledgerPath: string, reach: Reach): void {
  const path = reachPath(ledgerPath);
  const draft = `${path}.${process.pid}`;
  try {
    rmSync(draft, { force: true });
    writeFileSync(draft, `${JSON.stringify(reach)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    const why = (error as Error).message;
    throw new StartProblem(`${path} cannot be written (${why}); mm stop needs it; mend the folder`);
  }
}

/** Null when no run on the wire ever wrote one. Throws StartProblem for damage. */
export function readReach(ledgerPath: string): Reach | null {
  const path = reachPath(ledgerPath);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StartProblem(`${path} cannot be read (${(error as Error).message})`);
  }
  try {
    return JSON.parse(text) as Reach;
  } catch {
    throw new StartProblem(`${path} is damaged; cancel the orders on the site of the venue`);
  }
}
