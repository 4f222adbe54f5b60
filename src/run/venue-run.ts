// `mm run` on the wire: one run (venue-open.ts) alone under a host, from an open account to the venue's word that nothing
// is open, or to saying what may be.
import type { Layered } from '#config/layers';
import { metricsText } from '#report/metrics';
import { WallClock } from './clock.js';
import { ConsoleView } from './console-view.js';
import type { Mode } from './assembly.js';
import type { PaperVenue } from './paper-venue.js';
import { RunHost } from './run-host.js';
import { openOnVenue } from './venue-open.js';
import type { VenueRunWanted } from './venue-open.js';

export interface VenueRequest extends Omit<VenueRunWanted, 'account' | 'clock' | 'console'> {
  readonly terminal: boolean;
  /** The venue itself where it is ours: a run does not outlive it. */
  readonly paper?: PaperVenue;
}

/** The ledger of a real account is one, whoever trades it; a paper account is the mode's own. */
export const accountOf = ({ account, network }: Layered['values'], mode: Mode): string =>
  account ?? (network === 'paper' ? `paper-${mode}` : network);

/** Returns the exit code. Throws StartProblem, LedgerProblem or AccountHeld before a quote is sent. */
export async function runOnVenue(request: VenueRequest): Promise<number> {
  const { layered, mode, terminal, paper, ...common } = request;
  const clock = new WallClock();
  const view = new ConsoleView(terminal);
  const account = accountOf(layered.values, mode);
  const console = (line: string): void => view.line(line);
  view.line(`mm: ${common.place.name}: looking at the market, the account and its orders`);
  try {
    const venueRun = await openOnVenue({ ...common, layered, mode, account, clock, console });
    try {
      const run = venueRun.begin();
      const show = (): void => view.block(metricsText(run.status()));
      const host = new RunHost({ runs: [run], clock, show });
      venueRun.onArrival(() => host.poke());
      paper?.whenGone((why) => {
        run.venueGone(why);
        host.poke();
      });
      const code = await host.untilEnd();
      view.line(`\n${metricsText(run.status())}`);
      return code;
    } finally {
      await venueRun.close();
    }
  } finally {
    clock.release();
  }
}
