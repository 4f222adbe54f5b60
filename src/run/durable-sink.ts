// Between the engine and the venue: cancels leave at once and wait for nothing; places and amends leave only after
// the ledger has committed them (and synced them, with real orders). What could not be recorded is not sent, and comes back
// to the engine as rejected.
import type { AmendCommand, Command, EngineEvent, PlaceCommand } from '#core/messages';
import type { CommandSink } from '#core/ports';
import type { Micros } from '#core/units';
import { LedgerProblem } from '#ledger/problem';
import type { Ledger } from '#ledger/writer';

type Intent = PlaceCommand | AmendCommand;
const isIntent = (command: Command): command is Intent =>
  command.kind === 'place' || command.kind === 'amend';

export class DurableSink implements CommandSink {
  constructor(
    private readonly ledger: Ledger,
    private readonly venue: CommandSink,
    /** Takes events for the engine's next drain. */
    private readonly enqueue: (event: EngineEvent) => void,
  ) {}

  send(nowUs: Micros, commands: readonly Command[]): void {
    const cancels = commands.filter((command) => !isIntent(command));
    if (cancels.length > 0) this.venue.send(nowUs, cancels);
    const intents = commands.filter(isIntent);
    try {
      this.ledger.recordIntents(nowUs, commands);
    } catch (error) {
      if (!(error instanceof LedgerProblem)) throw error;
      for (const intent of intents) this.refuse(nowUs, intent, error);
      this.enqueue({ kind: 'fault', us: nowUs, source: 'ledger', detail: error.message });
      return;
    }
    if (intents.length > 0) this.venue.send(nowUs, intents);
  }

  private refuse(us: Micros, intent: Intent, problem: LedgerProblem): void {
    const { ordinal } = intent;
    if (intent.kind === 'amend') {
      this.enqueue({ kind: 'amend-rejected', us, ordinal, reason: 'journal' });
      return;
    }
    this.enqueue({ kind: 'rejected', us, ordinal, reason: 'journal', detail: problem.message });
  }
}
