// `npm run results`: docs/results.md anew from the recordings in ../shared/data. Market parameters are measured and
// settings chosen on the first third of each recording only; every figure printed is of the other two thirds. On all cores,
// kept point by point (a killed run goes on). Says so and writes nothing where the recordings are absent.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLayers } from '#config/layers';
import { PARAMETER_KEYS, fileKeyOf } from '#config/parameters';
import type { Seconds } from '#core/units';
import { parameterFile } from '#report/calibration-file';
import { scoreOf } from '#report/sweep-result';
import type { TrialFigures } from '#report/sweep-result';
import type { Calibration } from '#report/calibration';
import { calibrate } from '#run/calibrate';
import { importedTape } from '#run/markets';
import { SweepPool } from '#run/sweep-pool';
import { SweepStore } from '#run/sweep-store';
import { runTrial } from '#run/sweep-trial';
import type { TrialRequest } from '#run/sweep-trial';
import { readInfo } from '#tape/read';
import { RULES, kappaOfTwo } from './rules.js';
import { FEE_BPS, LONG_HOURS, PARTS } from './results-text.js';
import type { Recording, Row } from './results-text.js';
import { resultsText } from './results-words.js';

const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const OUT = fileURLToPath(new URL('../../docs/results.md', import.meta.url));
const STATE = join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state'), 'perp-mm');
const L2 = '_incremental_book_L2.csv.gz';

const CLOCKS = {
  tolerance: {},
  'literal 60 s': { requoteBps: 'off', fillWake: 'off' },
} as const;
const FEES: Readonly<Record<string, Record<string, string>>> = {
  '0 (retail)': { orderClass: 'paradex-retail' },
  '0.3 bp': { makerFee: '0.3bp' },
  '2 bp': { makerFee: '2bp' },
};
const MODELS = ['as', 'glft', 'prd-f2'];
/** Other rules of the family, beside `as` with the tolerance clock. */
const VARIANTS: Readonly<Record<string, Record<string, string>>> = {
  'as, micro-price': { fair: 'micro' },
  'as, weighted mid': { fair: 'weighted' },
  'as, joins the touch': { placement: 'join' },
  'as, horizon 30 s': { horizon: '30s' },
  'as, two levels': { levels: '2' },
  'as, even tolerance': { requoteBps: '0.7,0.7' },
  'as, tight near, loose far': { requoteBps: '0.2,3' },
};
const TWO = 'as, two exponentials';
/** Tried on the first third; the best by money of net edge is what the other two thirds are scored with. */
const CHOICES: readonly Readonly<Record<string, string>>[] = [
  {},
  { inventoryStd: '4' },
  { minSpread: '6bp' },
  { epsilon: '0.2bp' },
];

interface Plan {
  readonly label: string;
  readonly mode: 'static' | 'dynamic';
  readonly clock: string;
  readonly flags: Readonly<Record<string, string>>;
  /** One of RULES, which the workers do not know: these run here. */
  readonly rule?: string;
}

const PLANS: readonly Plan[] = [
  ...MODELS.flatMap((model) =>
    (['static', 'dynamic'] as const).flatMap((mode) =>
      Object.entries(CLOCKS).map(([clock, flags]) => ({
        ...{ label: model, mode, clock, flags: { model, ...flags } },
      })),
    ),
  ),
  ...Object.entries(VARIANTS).map(([label, flags]) => ({
    ...{ label, mode: 'static' as const, clock: 'tolerance', flags: { model: 'as', ...flags } },
  })),
];

/** Only where a difference could be told. */
const RULE_PLANS: readonly Plan[] = Object.keys(RULES).map((rule) => ({
  ...{ label: rule, mode: 'static', clock: 'tolerance', rule },
  flags: { model: 'as', ...(RULES[rule]?.().fairPrice === undefined ? {} : { fair: 'micro' }) },
}));

interface Measured {
  readonly base: Readonly<Record<string, string>>;
  readonly found: Calibration;
}

/** What `mm calibrate` measures on the first third, as flags. */
async function measured(tape: string, seconds: number): Promise<Measured> {
  // From the nearest place where quotes of all fee columns may stand; at 0 bp most orders end at the touch.
  const flags = { bandFrom: '1bp' };
  const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
  const found = await calibrate({
    ...{ values, market: { tape, synthetic: null }, duration: (seconds / PARTS) as Seconds },
    ...{ out: null, overwrite: false, progress: { step: () => undefined } },
  });
  const file = JSON.parse(parameterFile(found)) as Record<string, unknown>;
  const named = PARAMETER_KEYS.flatMap((key) => {
    const value = file[fileKeyOf(key)];
    return typeof value === 'string' ? [[key, value] as const] : [];
  });
  return { base: Object.fromEntries(named), found };
}

interface Shop {
  readonly pool: SweepPool;
  readonly store: SweepStore;
}

/** One run, or what the store has of it. */
async function figures(shop: Shop, request: TrialRequest, rule?: string): Promise<TrialFigures> {
  const point = { ...request.flags, $mode: request.mode, ...(rule ? { $rule: rule } : {}) };
  const known = shop.store.get(point);
  if (known !== null) return known.figures;
  const make = rule === undefined ? undefined : RULES[rule];
  const found = await (make === undefined ? shop.pool.run(request) : runTrial(request, make()));
  shop.store.add({ point, figures: found });
  return found;
}

async function rowOf(
  shop: Shop,
  tape: string,
  base: Readonly<Record<string, string>>,
  { label, mode, clock, flags, rule }: Plan,
  fee: string,
): Promise<Row> {
  const tried = await Promise.all(
    CHOICES.map(async (choice) => {
      const all = { ...base, capital: '5000', size: '100', positionLimit: '1000', ...FEES[fee] };
      const request = {
        ...{ flags: { ...all, ...flags, ...choice }, mode, windows: PARTS, duration: null },
        market: { tape, synthetic: null },
      };
      return { choice, figures: await figures(shop, request, rule) };
    }),
  );
  const able = tried.filter((one) => one.figures.problem === null);
  const score = (one: (typeof able)[number]): number => {
    const value = scoreOf(one.figures.windows.slice(0, 1), 'edge');
    return Number.isNaN(value) ? -Infinity : value;
  };
  const best = able.reduce<(typeof able)[number] | null>(
    (a, b) => (a === null || score(b) > score(a) ? b : a),
    null,
  );
  const plain = able.find(({ choice }) => choice === CHOICES[0]);
  return {
    ...{ label, mode, clock, fee, choice: best?.choice ?? {} },
    ...{ figures: best?.figures ?? null, defaults: plain?.figures ?? null },
  };
}

/** Kappa where the curve of two exponentials pays most at each fee; none where the curve has too few points. */
function twoExponentialJobs(
  base: Readonly<Record<string, string>>,
  found: Calibration,
): { readonly plan: Plan; readonly fee: string }[] {
  const epsilon = Number.parseFloat(base['epsilon'] ?? '0');
  return Object.keys(FEES).flatMap((fee) => {
    const kappa = kappaOfTwo(found, (FEE_BPS[fee] ?? 0) + epsilon);
    if (kappa === null) return [];
    const flags = { model: 'as', kappa: kappa.toFixed(3) };
    return [{ fee, plan: { label: TWO, mode: 'static' as const, clock: 'tolerance', flags } }];
  });
}

async function recordingOf(book: string): Promise<Recording> {
  const name = book.slice(0, -L2.length);
  const files = [book, `${name}_trades.csv.gz`].map((file) => join(DATA, file));
  mkdirSync(STATE, { recursive: true });
  const tape = await importedTape(files, STATE, () => undefined);
  const { firstUs, lastUs } = readInfo(tape);
  const seconds = (lastUs - firstUs) / 1e6;
  const { base, found } = await measured(tape, seconds);
  const store = new SweepStore(STATE, { results: 1, tape, base });
  const pool = new SweepPool(availableParallelism());
  const plans = [...PLANS, ...(seconds / 3600 >= LONG_HOURS ? RULE_PLANS : [])];
  const jobs = [
    ...plans.flatMap((plan) => Object.keys(FEES).map((fee) => ({ plan, fee }))),
    ...twoExponentialJobs(base, found),
  ];
  let done = 0;
  try {
    const rows = await Promise.all(
      jobs.map(async ({ plan, fee }) => {
        const row = await rowOf({ pool, store }, tape, base, plan, fee);
        done += 1;
        if (done % 10 === 0 || done === jobs.length)
          process.stderr.write(`${name}: ${done} of ${jobs.length}\n`);
        return row;
      }),
    );
    return { name, hours: seconds / 3600, base, rows };
  } finally {
    pool.close();
  }
}

const wanted = process.argv.slice(2);
if (!existsSync(DATA)) {
  console.log('no recordings: ../shared/data is absent; docs/results.md is left as it is');
} else {
  const books = readdirSync(DATA)
    .filter((name) => name.endsWith(L2))
    .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
  const recordings: Recording[] = [];
  for (const book of books.sort()) recordings.push(await recordingOf(book));
  const text = resultsText(recordings, Object.keys(FEES));
  if (wanted.length > 0) console.log(text);
  else {
    mkdirSync(fileURLToPath(new URL('../../docs', import.meta.url)), { recursive: true });
    writeFileSync(OUT, text);
    console.log(`written: ${OUT}`);
  }
}
