// The half of `mm stop` that needs no bot: a client of its own that cancels our orders at the venue and believes only the
// venue's list. It works with the bot hung or dead. What it finds is put beside what the bot answered.
import type { EmergencyClient } from '#clients/net/venue-client';
import { emptyBook } from './empty-book.js';
import type { Emptied } from './empty-book.js';
import type { AccountLedger } from './ledgers.js';
import type { OperateResult } from './operate.js';
import type { VenueKeys } from './venue-keys.js';
import { readReach } from './venue-place.js';
import type { Reach } from './venue-place.js';

const WITHIN_MS = 10_000;
/** A paper venue answers at once or is not there any more. */
const PAPER_WITHIN_MS = 1_500;
const GONE = /does not answer at|ECONNREFUSED/;

/** What the venue said, or that a paper venue is not there to say anything. */
export interface VenueWord extends Emptied {
  readonly gone: boolean;
}

/** Makes the client of a venue that a run left word of. Throws StartProblem or VenueProblem. */
export type MakeEmergency = (reach: Reach, keys: VenueKeys) => Promise<EmergencyClient>;

export class VenueStop {
  private first: Promise<VenueWord>;
  private client: EmergencyClient | null = null;

  private constructor(
    private readonly reach: Reach,
    private readonly keys: VenueKeys,
    private readonly make: MakeEmergency,
  ) {
    this.first = this.empty();
  }

  /** Begins at once; null for an account that never traded on the wire. Throws StartProblem. */
  static begin(target: AccountLedger, keys: VenueKeys, make: MakeEmergency): VenueStop | null {
    const reach = readReach(target.paths.ledger);
    return reach === null ? null : new VenueStop(reach, keys, make);
  }

  /** Once the bot has answered, or will not: what the venue says then. Never throws. */
  async confirm(): Promise<VenueWord> {
    const first = await this.first;
    const began = performance.now();
    const again = await this.empty();
    await this.client?.close().catch(() => undefined);
    const { found } = first;
    // When it was seen empty first and still is, that is how long it took. A paper venue may have ended since, with its bot.
    if (first.empty && !first.gone && (again.gone || (again.empty && again.found.length === 0)))
      return first;
    const seconds = first.seconds + (performance.now() - began) / 1000;
    return { ...again, found: [...found, ...again.found], seconds };
  }

  private async empty(): Promise<VenueWord> {
    const began = performance.now();
    const paper = this.reach.network === 'paper';
    let found: Emptied;
    try {
      this.client ??= await this.make(this.reach, this.keys);
      found = await emptyBook(this.client, paper ? PAPER_WITHIN_MS : WITHIN_MS);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      const seconds = (performance.now() - began) / 1000;
      found = { empty: false, found: [], left: [], seconds, problem };
    }
    // The orders of a paper venue live in its process and nowhere else.
    const gone = paper && found.problem !== null && GONE.test(found.problem);
    return gone ? { ...found, gone, empty: true, problem: null } : { ...found, gone };
  }
}

/** The bot's answer and the venue's word together. Only the venue's word says that nothing is open. */
export function withVenue(result: OperateResult, word: VenueWord): OperateResult {
  if (!word.empty)
    return { ...result, outcome: 'failed', openOrders: word.left, line: unconfirmed(result, word) };
  // A bot that obeyed had the venue's word before it ended, and its venue with it.
  const said = !word.gone ? emptyLine(word) : result.outcome === 'obeyed' ? ENDED_LINE : GONE_LINE;
  if (result.outcome === 'obeyed' || result.outcome === 'written')
    return { ...result, openOrders: [], line: `${result.line}; ${said}` };
  const kill = result.pid === null ? '' : ` (or end it: kill -9 ${result.pid})`;
  const line = `stopped at the venue: ${said}; the bot does not answer: the stop lies in its inbox and latches it when it wakes${kill}`;
  return { ...result, outcome: 'written', openOrders: [], line };
}

const ENDED_LINE = 'its paper venue has ended with it';
const GONE_LINE =
  'its paper venue could not be reached: it has ended, and the orders with it (they were in its memory only)';

function emptyLine({ seconds, found }: VenueWord): string {
  const were = found.length === 0 ? '' : `, ${found.length} were cancelled from here`;
  return `the venue lists no order of ours after ${seconds.toFixed(1)} s${were}`;
}

function unconfirmed({ line }: OperateResult, { problem, left, seconds }: VenueWord): string {
  const took = `${seconds.toFixed(1)} s`;
  const what =
    problem === null
      ? `still open after ${took}: ${left.join(' ')}; cancel them on its site`
      : `it could not be asked in ${took} (${problem}), orders of ours may be open there; cancel them on its site, or run mm stop again when it answers`;
  return `${line}; THE VENUE DOES NOT CONFIRM AN EMPTY BOOK: ${what}`;
}
