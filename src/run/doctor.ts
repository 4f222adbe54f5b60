// `mm doctor`: everything that a run would find out at its start, and a little more, each problem with its remedy. On
// paper it starts the venue that a paper run would. It places no order; it never takes longer than its limit.
import { accessSync, constants, statSync } from 'node:fs';
import { VenueProblem } from '#clients/net/venue-client';
import type { Layered } from '#config/layers';
import { PARAMETERS, PARAMETER_KEYS } from '#config/parameters';
import type { Parameter } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { makeStateFolder } from '#ledger/paths';
import { LedgerProblem } from '#ledger/problem';
import { limitChecks } from './doctor-limits.js';
import { findLedgers } from './ledgers.js';
import { startPaperVenue, type PaperVenue } from './paper-venue.js';
import { plainJob } from './paper-job.js';
import { stateDirOf } from './state-dir.js';
import { storedBreaker } from './targets.js';
import type { AddCheck, Check } from './venue-module.js';
import type { VenueName } from './venue-registry.js';
import { venueNamed } from './venue-registry.js';

/** As the help of the command says. */
export const DOCTOR_WITHIN_MS = 10_000;
const READABLE_BY_OTHERS = 0o077;

/** Never throws. */
export async function venueDoctor(
  name: VenueName,
  layered: Layered,
  withinMs = DOCTOR_WITHIN_MS,
  dotenv = '.env',
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  let over = false;
  const add: AddCheck = (state, text) => void (over || checks.push({ state, text }));
  const visit = new Visit(name, layered, add, dotenv);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    const tell = (): void => {
      const after = checks.at(-1)?.text.replace(/[:,;(].*$/, '') ?? 'nothing';
      add('problem', `not done within ${withinMs / 1000} s (last: ${after}): the venue answers too slowly or not at all; check the connection, --network and --${name}-url`); // prettier-ignore
      resolve();
    };
    timer = setTimeout(tell, withinMs);
  });
  await Promise.race([visit.pay().catch((error: unknown) => explain(error, add)), late]);
  clearTimeout(timer);
  over = true;
  await visit.close();
  return checks;
}

function explain(error: unknown, add: AddCheck): void {
  if (error instanceof StartProblem || error instanceof VenueProblem)
    for (const line of error.lines) add('problem', line);
  else if (error instanceof LedgerProblem) add('problem', error.message);
  else add('problem', `unexpected: ${(error as Error).message}; please report it`);
}

class Visit {
  private paper: PaperVenue | null = null;
  private closed = false;

  constructor(
    private readonly name: VenueName,
    private readonly layered: Layered,
    private readonly add: AddCheck,
    private readonly dotenv: string,
  ) {}

  async pay(): Promise<void> {
    const { name, add } = this;
    const { values } = this.layered;
    settingsCheck(name, this.layered, add);
    secretsCheck(this.layered, this.dotenv, add);
    const module = await venueNamed(name);
    let own = values;
    if (values.network === 'paper' && module.url(values) === null) {
      this.paper = await startPaperVenue({ ...plainJob(values), venue: name, port: 0 });
      if (this.closed) return await this.close();
      const { origin, market } = this.paper;
      own = { ...values, ...module.onPaper(origin), market: values.market ?? market };
      add(
        'ok',
        `paper: the ${name} of paper runs, on ${origin} for this check, with a throw-away key`,
      );
    }
    const examined = await module.examine(own, add);
    if (examined !== null)
      for (const { state, text } of limitChecks(examined, own)) add(state, text);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.paper?.close();
  }
}

/** What can be seen without the venue: where settings came from, the folder, a latch. */
function settingsCheck(name: VenueName, { values, texts }: Layered, add: AddCheck): void {
  const count = new Map<string, number>();
  for (const { origin } of texts.values()) count.set(origin, (count.get(origin) ?? 0) + 1);
  count.delete('default');
  const from = [...count].map(([origin, settings]) => `${settings} from ${origin}`);
  const stateDir = stateDirOf(values);
  makeStateFolder(stateDir);
  try {
    accessSync(stateDir, constants.W_OK);
  } catch {
    add('problem', `${stateDir} cannot be written: mend its permissions or choose another --state-dir`); // prettier-ignore
  }
  const settings = from.length === 0 ? 'all settings are defaults' : `settings: ${from.join(', ')}, the rest are defaults`; // prettier-ignore
  add('ok', `configuration: ${name} ${values.network}; ${settings}; ledgers in ${stateDir}`);
  for (const target of findLedgers(stateDir, { venue: name, account: values.account })) {
    const latched = target.problem === null ? (storedBreaker(target)?.latched ?? null) : null;
    if (latched !== null)
      add('warning', `account ${target.account} is latched by ${latched.guard} (${latched.reason}): a run of it ends at once until mm reset --account ${target.account} --reason "..."`); // prettier-ignore
  }
}

/** Keys that stand in the file must be for their owner alone. */
function secretsCheck({ texts }: Layered, dotenv: string, add: AddCheck): void {
  const there = PARAMETER_KEYS.some(
    (key) => (PARAMETERS[key] as Parameter<unknown>).secret && texts.get(key)?.origin === '.env',
  );
  if (there && (statSync(dotenv).mode & READABLE_BY_OTHERS) !== 0)
    add('warning', 'the keys in .env can be read by other users of this computer: chmod 600 .env');
}
