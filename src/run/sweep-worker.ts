// A process of a sweep: one point at a time, from its parent's messages. Ends when the parent is gone, however it went.
import { runTrial } from './sweep-trial.js';
import type { TrialRequest } from './sweep-trial.js';

process.on('disconnect', () => process.exit(0));
/** An answer that finds nobody any more is no error of ours. */
process.on('error', () => process.exit(0));
/** Points wait here while one runs: the next one is at hand without asking. */
let last = Promise.resolve();
process.on('message', (request: TrialRequest) => {
  last = last.then(() =>
    runTrial(request).then(
      (figures) => void process.send?.({ figures }),
      (error: unknown) => {
        const explained = error instanceof Error && /^(Start|Tape)Problem$/.test(error.name);
        if (explained) return void process.send?.({ problem: error.message });
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.send?.({ error: text });
      },
    ),
  );
});
process.send?.({ ready: true });
