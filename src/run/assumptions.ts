// What a simulated figure rests on, in one paragraph that every report carries.
import { rateToBps } from '#core/money';
import type { Instrument } from '#core/instrument';
import type { ParameterValues } from '#config/parameters';
import { behindClient } from './behind-client.js';
import { NO_FACTS } from './models.js';
import type { ModelFacts } from './models.js';

const ms = (us: number): string => `${Math.round(us / 100) / 10} ms`;

function latencyText(values: ParameterValues, { skew }: ModelFacts): string {
  const { feed, order, reply } = values.latency;
  const all = `feed ${ms(feed)}, order ${ms(order)}, reply ${ms(reply)}`;
  if (values.latencyModel === 'constant') {
    return `the recorder stood at the venue (rows happen at their local time); constant latency ${all};`;
  }
  if (values.latencyModel === 'sampled') {
    return `the recorder stood at the venue (rows happen at their local time); latency drawn lognormal around ${all}, deviation of the logarithm ${values.latencySpread}, seed ${values.seed}, nothing overtakes;`;
  }
  const corrected =
    skew !== null && skew.correctionUs > 0
      ? `, venue times moved back by ${ms(skew.correctionUs)} because the clocks disagreed`
      : '';
  const typical = skew === null ? '' : ` (median ${ms(skew.medianUs + skew.correctionUs)})`;
  return `rows happen at the venue's own time and reach us at the recorder's${typical}${corrected}; orders and replies take as long as the feed last took;`;
}

const QUEUES: Readonly<Record<ParameterValues['queueModel'], string>> = {
  pessimistic: 'queue what passes the queue ahead of us, which only trades shorten (pessimistic);',
  power:
    'queue what passes the queue ahead of us, which cancels shorten too with chance back²/(back² + front²);',
  log: 'queue what passes the queue ahead of us, which cancels shorten too with chance log(1+back)/(log(1+back) + log(1+front));',
  'behind-ui':
    'queue what passes all of the displayed size at our price, as orders of the interface go first (behind-ui);',
};

function feeText(values: ParameterValues, instrument: Instrument): string {
  const { makerFee, takerFee } = instrument.spec;
  const plain = `maker fee ${rateToBps(makerFee)} bp, taker fee ${rateToBps(takerFee)} bp`;
  switch (values.orderClass) {
    case 'paradex-retail':
      return 'Paradex retail: no fee, 300 ms more on submit and cancel; an order beyond 3/s, 30/min, 300/h or 1,000/day is treated as Pro (0.3 bp maker, no bump), and we quote as if none were;';
    case 'paradex-pro':
      return 'Paradex Pro: maker fee 0.3 bp, taker fee 4.5 bp falling with 14-day volume;';
    default:
      return values.feeTiers === null
        ? `${plain};`
        : `fees by volume of the 30 days before today, from ${plain}, and we quote as at the first tier;`;
  }
}

/** The venue is seen as a run there would see it. */
function clientText(values: ParameterValues): string[] {
  const client = behindClient(values);
  if (client === null) return [];
  const { profile, feed } = client;
  const book =
    feed.bookEvery > 0
      ? `the best ${feed.levels} levels every ${ms(feed.bookEvery)}`
      : 'every change of the book';
  const moves = profile.amend ? 'orders moved in place' : 'no amend';
  const holes = 'holes of the recording are not told';
  const asked = values.latencyModel === 'sampled' ? ', what the client asks takes the medians' : '';
  return [`behind the client of ${values.venue}: ${book}, ${moves}, ${holes}${asked};`];
}

/** What a static run has besides that no static run has by itself. */
const SHADOWED =
  'the analyzer watches in static mode too, so that a jump withdraws its quotes as well;';

/** `facts` of the recording, where a model needed them; `coarse`: a market made of bars, and how; `shadow`: see SHADOWED. */
export function assumptions(
  values: ParameterValues,
  instrument: Instrument,
  facts: ModelFacts = NO_FACTS,
  coarse: string | null = null,
  shadow = false,
): string {
  return [
    ...(coarse === null ? [] : [`COARSE: ${coarse};`]),
    `Assumes: ${latencyText(values, facts)}`,
    ...clientText(values),
    'no market impact: our orders move no price, consume nothing and nobody reacts to them;',
    'floor fills only what trades strictly through us, ceiling everything that touches us,',
    QUEUES[values.queueModel],
    feeText(values, instrument),
    facts.payments > 0
      ? `${facts.payments} funding payments from ${values.funding};`
      : 'funding only where the tape has it;',
    ...(shadow ? [SHADOWED] : []),
    'holes of the recording are bridged up to 10 s in markouts.',
  ].join(' ');
}
