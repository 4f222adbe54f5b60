// What a simulated figure rests on, in one paragraph that every report carries.
import { rateToBps } from '#core/money';
import type { Instrument } from '#core/instrument';
import type { ParameterValues } from '#config/parameters';

export function assumptions(values: ParameterValues, instrument: Instrument): string {
  const { feed, order, reply } = values.latency;
  const ms = (us: number): string => `${us / 1000} ms`;
  const { makerFee, takerFee } = instrument.spec;
  return [
    'Assumes: the recorder stood at the venue (rows happen at their local time);',
    `constant latency feed ${ms(feed)}, order ${ms(order)}, reply ${ms(reply)};`,
    'our orders move no price and nobody reacts to them;',
    'floor fills only what trades strictly through us, ceiling everything that touches us,',
    `queue what passes the ${values.queueModel} queue ahead of us;`,
    `maker fee ${rateToBps(makerFee)} bp, taker fee ${rateToBps(takerFee)} bp;`,
    'funding only where the tape has it; holes of the recording are bridged up to 10 s in markouts.',
  ].join(' ');
}
