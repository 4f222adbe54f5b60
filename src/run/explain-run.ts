// `mm explain --run`, `--last`: the last decision of a run as its ledger has it, with the start-up block worked out anew
// from the parameters that the run stored. Reads only; the decision is shown as it was, never made again.
import type { ParameterKey, ParameterValues } from '#config/parameters';
import { PARAMETERS, PARAMETER_KEYS } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { engineParams } from '#config/settings';
import { Instrument } from '#core/instrument';
import type { RunRow } from '#ledger/rows';
import { explainLines } from '#strategies/avellaneda/explain';
import type { Explanation } from '#strategies/avellaneda/explain';
import { startBlock } from '#strategies/avellaneda/startup';
import type { StartBlock } from '#strategies/avellaneda/startup';
import { startLines } from '#strategies/avellaneda/startup-text';
import { SIM_PROFILE } from './assembly.js';
import { factsOf } from './explain.js';
import type { ExplainAnswer } from './explain.js';
import { findLedgers, nothingFound, reading } from './ledgers.js';
import type { AccountLedger } from './ledgers.js';

/** The last decision of that run (null: of the last run). Throws StartProblem, LedgerProblem. */
export function explainRun(
  stateDir: string,
  account: string | null,
  runId: string | null,
): ExplainAnswer {
  const { entry, run } = findRun(stateDir, account, runId);
  const [status, spec] = reading(entry.paths.ledger, (reader) => [
    reader.status(run.id),
    reader.accounts().find(({ id }) => id === run.account)?.spec,
  ]);
  const decision = (status?.decision ?? null) as Explanation | null;
  if (decision === null || status?.decisionUs == null) {
    throw new StartProblem(
      `run ${run.run} has not decided anything yet (it waits for a sound book); ask again, or see mm metrics`,
    );
  }
  const decidedAt = new Date(status.decisionUs / 1000).toISOString();
  const { run: id, mode, venue, accountName, market } = run;
  const explained = { runId: id, mode, venue, account: accountName, market, decidedAt };
  const start = spec === undefined ? null : startOf(run, new Instrument(spec), decision);
  const lines = [
    `run ${id} (${mode}, ${venue}:${market}, account ${accountName})`,
    ...(start === null
      ? []
      : [`its parameters at a price of ${decision.fair}:`, ...startLines(start)]),
    '',
    `its last decision, at ${decidedAt}:`,
    ...explainLines(decision),
  ];
  return { run: explained, book: null, start, decision, lines };
}

function findRun(
  stateDir: string,
  account: string | null,
  runId: string | null,
): { entry: AccountLedger; run: RunRow } {
  const filter = { venue: null, account };
  const found = findLedgers(stateDir, filter);
  if (found.length === 0) throw nothingFound(stateDir, filter);
  const sound = found.filter(({ problem }) => problem === null);
  for (const entry of sound) {
    const run = runId === null ? entry.lastRun : reading(entry.paths.ledger, (r) => r.run(runId));
    if (run !== null) return { entry, run };
  }
  const problem = found.find((entry) => entry.problem !== null)?.problem;
  if (problem) throw problem;
  throw new StartProblem(
    `no run ${runId ?? ''} in ${stateDir}; mm metrics shows the last one, mm explain --last explains it`,
  );
}

/** The start-up block from the parameters that the run stored, at the price of its decision. */
function startOf(run: RunRow, instrument: Instrument, decision: Explanation): StartBlock | null {
  const stored = storedValues(run.params);
  const mid = instrument.mark(Number(decision.fair));
  if (stored === null || !(mid > 0)) return null;
  const { makerFee, takerFee } = instrument.spec; // the venue's: widths were derived from them
  const values = { ...stored, makerFee, takerFee };
  const params = engineParams(values, instrument, SIM_PROFILE, mid);
  const facts = factsOf(params, instrument, mid);
  if (!(facts.unitLots > 0) || !(facts.limitLots > 0)) return null;
  return startBlock(params, instrument, facts, 'as the run had them');
}

/** Null when this version reads them otherwise than the one that wrote them. */
function storedValues(params: unknown): ParameterValues | null {
  const texts = (params ?? {}) as Readonly<Record<string, { readonly text?: unknown } | undefined>>;
  const values: Partial<Record<ParameterKey, unknown>> = {};
  try {
    for (const key of PARAMETER_KEYS) {
      const { fallback, parse } = PARAMETERS[key];
      const text = texts[key]?.text ?? fallback;
      values[key] = typeof text === 'string' ? parse(text) : null;
    }
  } catch {
    return null;
  }
  return values as ParameterValues;
}
