// Text to quantities with units, strictly: what is ambiguous is refused, with the spelling that works.
// Pure. Each parser returns the internal unit (core/units) or throws BadValue.
import { parseMoney, rateFromBps } from '#core/money';
import { SECONDS_PER_YEAR } from '#core/units';
import type {
  Bps, BpsPerRootSecond, Fraction, Money, PerBp, PerSecond, Rate, Seconds, SpanMicros,
} from '#core/units'; // prettier-ignore
import { BadValue } from './problem.js';

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;

/** A number followed by one of the given unit spellings (the empty string allows a bare number). */
function withUnit(text: string, units: Readonly<Record<string, number>>, example: string): number {
  const match = new RegExp(`^(${NUMBER})\\s*(.*)$`, 'i').exec(text.trim());
  const factor = match ? units[(match[2] as string).toLowerCase().replaceAll(' ', '')] : undefined;
  if (!match || factor === undefined)
    throw new BadValue(`is not understood; write it like ${example}`);
  const value = Number(match[1]);
  if (!Number.isFinite(value))
    throw new BadValue(`is not a finite number; write it like ${example}`);
  return value * factor;
}

function positive<T extends number>(value: number): T {
  if (!(value > 0)) throw new BadValue('must be greater than 0');
  return value as T;
}

function notNegative<T extends number>(value: number): T {
  if (!(value >= 0)) throw new BadValue('must not be negative');
  return value as T;
}

const PER_YEAR = 100 / Math.sqrt(SECONDS_PER_YEAR); // 1 %/yr in bp per root second
/** "40%/yr" or "0.71bp/sqrt(s)". A bare number is refused: its unit would be a guess. */
export const volatility = (text: string): BpsPerRootSecond =>
  positive(
    withUnit(
      text,
      {
        '%/yr': PER_YEAR,
        '%/year': PER_YEAR,
        'bp/√s': 1,
        'bp/sqrt(s)': 1,
        'bps/√s': 1,
        'bp/rs': 1,
      },
      '40%/yr or 0.71bp/√s (or 0.71bp/sqrt(s))',
    ),
  );
export const perBp = (text: string): PerBp =>
  positive(withUnit(text, { '': 1, '/bp': 1, '1/bp': 1 }, '1.2 (per bp)'));
export const perSecond = (text: string): PerSecond =>
  positive(withUnit(text, { '': 1, '/s': 1, '1/s': 1 }, '0.2 (per second)'));
const BP_UNITS = { '': 1, bp: 1, bps: 1, '%': 100 };
export const bps = (text: string): Bps => notNegative(withUnit(text, BP_UNITS, '0.5bp or 0.005%'));
export const positiveBps = (text: string): Bps =>
  positive(withUnit(text, BP_UNITS, '0.5bp or 0.005%'));
/** A fee per side; negative is a rebate. */
export const fee = (text: string): Rate => {
  const value = withUnit(text, BP_UNITS, '2bp or 0.02% (a rebate is negative)');
  if (Math.abs(value) > 100) throw new BadValue('is beyond 100 bp; fees are in basis points');
  return rateFromBps(value);
};
/** A percentage; a bare 5 is 5 %, as in the product's max_daily_loss 5.0. */
export const percent = (text: string): Fraction => {
  const value = positive<Fraction>(withUnit(text, { '': 0.01, '%': 0.01 }, '5%'));
  if (value > 1) throw new BadValue('must not pass 100%');
  return value;
};
const SPANS = { us: 1e-6, ms: 1e-3, s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86_400 };
export const seconds = (text: string): Seconds => positive(withUnit(text, SPANS, '5m, 60s or 24h'));
/** A timer. Below a millisecond it would ask for more turns than a run can take. */
export const span = (text: string): SpanMicros => {
  const value = positive(withUnit(text, SPANS, '250ms, 60s or 5m'));
  if (value < 0.001) throw new BadValue('must be at least 1ms');
  return Math.round(value * 1e6) as SpanMicros;
};
/** Beyond it an amount is no whole number of 1e-8 any more (core/money). */
const MOST_MONEY = 90_000_000;
export const money = (text: string): Money => {
  const plain = text.trim().replace(/^\$/, '').replaceAll(',', '').replaceAll('_', '');
  if (Number(plain) > MOST_MONEY) throw new BadValue(`is too large; at most ${MOST_MONEY}`);
  const amount = parseMoney(plain);
  if (amount === null) throw new BadValue('is not an amount; write it like 5000 or $5,000');
  return positive(amount);
};
/** Beyond these bounds the formulae leave the range of numbers. */
export const positiveNumber = (text: string): number => {
  const value: number = positive(withUnit(text, { '': 1 }, '2'));
  if (value < 1e-6 || value > 1e9) throw new BadValue('must be from 0.000001 to 1000000000');
  return value;
};

export const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new BadValue(`must be a whole number from ${least} to ${most}`);
    }
    return value;
  };

export const oneOf =
  <T extends string>(...choices: readonly T[]) =>
  (text: string): T => {
    const found = choices.find((choice) => choice === text.trim());
    if (found === undefined) throw new BadValue(`must be one of ${choices.join(', ')}`);
    return found;
  };

export const onOff = (text: string): boolean => {
  if (['on', 'true', 'yes', '1'].includes(text.trim().toLowerCase())) return true;
  if (['off', 'false', 'no', '0'].includes(text.trim().toLowerCase())) return false;
  throw new BadValue('must be on or off');
};

/** A parser that also takes a keyword, mapped to null: "auto", "off". */
export const orWord =
  <T>(word: string, parse: (text: string) => T) =>
  (text: string): T | null =>
    text.trim().toLowerCase() === word ? null : parse(text);

export interface LatencySetting {
  readonly feed: SpanMicros;
  readonly order: SpanMicros;
  readonly reply: SpanMicros;
}
const latencySpan = (text: string): SpanMicros =>
  Math.round(notNegative(withUnit(text, { '': 1e-3, ...SPANS }, '100ms')) * 1e6) as SpanMicros;
/** "feed=100ms,order=150ms,reply=150ms", in any order; bare numbers are milliseconds. */
export const latency = (text: string): LatencySetting => {
  const parts = new Map<string, SpanMicros>();
  for (const piece of text.split(/[,\s]+/).filter((part) => part !== '')) {
    const [name, value] = piece.split('=');
    if (!name || value === undefined || !['feed', 'order', 'reply'].includes(name)) {
      throw new BadValue('must look like feed=100ms,order=150ms,reply=150ms');
    }
    parts.set(name, latencySpan(value));
  }
  const [feed, order, reply] = [parts.get('feed'), parts.get('order'), parts.get('reply')];
  if (feed === undefined || order === undefined || reply === undefined) {
    throw new BadValue(
      'must name all of feed, order and reply, like feed=100ms,order=150ms,reply=150ms',
    );
  }
  return { feed, order, reply };
};

export type RequoteSetting = 'auto' | 'off' | { readonly near: Bps; readonly far: Bps };
/** "auto", "off" or "NEAR,FAR" in bp. */
export const requote = (text: string): RequoteSetting => {
  const word = text.trim().toLowerCase();
  if (word === 'auto' || word === 'off') return word;
  const parts = text.split(',');
  if (parts.length !== 2) throw new BadValue('must be auto, off, or NEAR,FAR in bp, like 0.4,1.2');
  return { near: positiveBps(parts[0] as string), far: positiveBps(parts[1] as string) };
};

export const text = (value: string): string => {
  if (value.trim() === '') throw new BadValue('must not be empty');
  return value.trim();
};
/** A number of up to 256 bits as venues write addresses and keys; the value itself is never part of the problem. */
export const hexNumber = (value: string): string => {
  const text = value.trim();
  if (/^[0-9A-Fa-f]{64}$/.test(text)) return `0x${text}`;
  if (!/^0x[0-9A-Fa-f]{1,64}$/.test(text)) throw new BadValue('must be 0x and 1 to 64 hex digits');
  return text;
};
/** A key, secret or passphrase as venues hand them out: no blanks. */
export const credential = (value: string): string => {
  const text = value.trim();
  if (!/^[!-~]{1,256}$/.test(text))
    throw new BadValue('must be 1 to 256 characters without blanks');
  return text;
};
/** The 65 bytes of an Ethereum signature, as the Omni Key is one. */
export const seed65 = (value: string): string => {
  const text = value.trim();
  if (!/^(0x)?[0-9A-Fa-f]{130}$/.test(text)) throw new BadValue('must be 130 hex digits');
  return text;
};
/** Where a venue is served, without path, user or query. */
export const origin = (value: string): string => {
  const text = value.trim().replace(/\/$/, '');
  if (!/^https?:\/\/[0-9A-Za-z.-]+(:\d{1,5})?$/.test(text))
    throw new BadValue('must look like http://127.0.0.1:4801');
  return text;
};
/** `name=value,name=value`; the venue knows which names there are. */
export const switchList = (value: string): string => {
  const text = value.trim();
  if (!/^[A-Za-z]\w*=[\w.-]+(,[A-Za-z]\w*=[\w.-]+)*$/.test(text))
    throw new BadValue('must look like name=value,name=value');
  return text;
};
export const accountName = (value: string): string => {
  if (!/^[0-9A-Za-z_-]{1,40}$/.test(value))
    throw new BadValue('must be 1 to 40 of 0-9 A-Z a-z _ -');
  return value;
};

export interface FeeTierSetting {
  readonly volume: Money;
  readonly maker: Rate;
  readonly taker: Rate;
}
/** "0:2bp/5bp,1000000:1.5bp/4.5bp": from which volume on, maker and taker fee; the first begins at 0. */
export const feeTiers = (text: string): readonly FeeTierSetting[] => {
  const wrong = new BadValue('must look like 0:2bp/5bp,1000000:1.5bp/4.5bp, volumes rising from 0');
  const tiers = text.split(',').map((piece): FeeTierSetting => {
    const match = /^([^:]+):([^/]+)\/(.+)$/.exec(piece.trim());
    const volume = parseMoney((match?.[1] ?? '').trim().replace(/^\$/, '').replaceAll('_', ''));
    if (match === null || volume === null) throw wrong;
    return { volume, maker: fee(match[2] as string), taker: fee(match[3] as string) };
  });
  const rising = tiers.every(({ volume }, i) => volume > (tiers[i - 1]?.volume ?? -1));
  if (!rising || tiers[0]?.volume !== 0) throw wrong;
  return tiers;
};
