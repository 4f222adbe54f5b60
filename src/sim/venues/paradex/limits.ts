// How much the simulated Paradex takes: token buckets per address and per account, refilled continuously, and the
// headers that tell of them. A refusal costs nothing; what was refused was certainly not executed.
import type { Micros } from '#core/units';
import { TokenBucket } from '#clients/net/limiter';
import { Refusal } from './refusal.js';

/** Calls within a window of seconds. */
interface Window {
  readonly calls: number;
  readonly seconds: number;
}
export type LimitGroup = 'public' | 'auth' | 'orders' | 'reads' | 'address' | 'connections';

const GROUPS: Readonly<Record<LimitGroup, readonly Window[]>> = {
  public: [{ calls: 1_500, seconds: 60 }],
  auth: [{ calls: 600, seconds: 60 }],
  orders: [
    { calls: 800, seconds: 1 },
    { calls: 17_250, seconds: 60 },
  ],
  reads: [
    { calls: 120, seconds: 1 },
    { calls: 600, seconds: 60 },
  ],
  /** All private calls of one address. */
  address: [{ calls: 1_500, seconds: 60 }],
  connections: [
    { calls: 20, seconds: 1 },
    { calls: 600, seconds: 60 },
  ],
};

/** What is counted by address, whoever calls. */
const BY_ADDRESS: readonly LimitGroup[] = ['public', 'auth', 'address', 'connections'];

export class TooMany extends Refusal {
  constructor(
    readonly headers: Readonly<Record<string, string>>,
    message: string,
  ) {
    super(429, 'RATE_LIMIT_EXCEEDED', message);
  }
}

export class Limits {
  private readonly buckets = new Map<string, readonly (readonly [Window, TokenBucket])[]>();

  /** `scale`: every limit times this; tests make it small. `bots`: so many share one address. */
  constructor(
    private readonly scale = 1,
    private readonly bots = 1,
  ) {}

  /** Takes one call of `who` (an address or an account); the headers of the reply. Throws TooMany. */
  take(group: LimitGroup, who: string, nowUs: Micros): Readonly<Record<string, string>> {
    const buckets = this.of(group, who, nowUs);
    for (const [window, bucket] of buckets) {
      if (bucket.available(nowUs) >= 1) continue;
      const readyUs = bucket.readyUs(nowUs) - nowUs;
      const headers = { ...headersOf(window, bucket, nowUs), 'retry-after': retry(readyUs) };
      throw new TooMany(headers, `rate limit exceeded: ${window.calls} per ${window.seconds} s`);
    }
    for (const [, bucket] of buckets) bucket.take(nowUs);
    const tightest = buckets.reduce((a, b) =>
      a[1].available(nowUs) / a[0].calls <= b[1].available(nowUs) / b[0].calls ? a : b,
    );
    return headersOf(tightest[0], tightest[1], nowUs);
  }

  private of(
    group: LimitGroup,
    who: string,
    nowUs: Micros,
  ): readonly (readonly [Window, TokenBucket])[] {
    const key = `${group} ${who}`;
    const known = this.buckets.get(key);
    if (known !== undefined) return known;
    const scale = this.scale * (BY_ADDRESS.includes(group) ? this.bots : 1);
    const made = GROUPS[group].map((plain) => {
      const calls = Math.max(1, Math.floor(plain.calls * scale));
      const rate = { perSecond: calls / plain.seconds, burst: calls };
      return [{ ...plain, calls }, new TokenBucket(rate, nowUs)] as const;
    });
    this.buckets.set(key, made);
    return made;
  }
}

const retry = (us: number): string => String(Math.max(1, Math.ceil(us / 1e6)));

const headersOf = (
  window: Window,
  bucket: TokenBucket,
  nowUs: Micros,
): Readonly<Record<string, string>> => {
  const left = Math.max(0, Math.floor(bucket.available(nowUs)));
  const refill = ((window.calls - left) / window.calls) * window.seconds;
  return {
    'x-ratelimit-limit': String(window.calls),
    'x-ratelimit-remaining': String(left),
    'x-ratelimit-reset': String(Math.ceil(nowUs / 1e6 + refill)),
    'x-ratelimit-window': `${window.seconds}s`,
  };
};
