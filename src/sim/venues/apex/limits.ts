// How much the simulated ApeX takes: 600 requests a minute of an address, 300 POSTs and 600 GETs a minute of an account,
// refilled continuously. Whoever wants more is shut out with 403 for a while; what was refused was not executed.
import type { Micros } from '#core/units';
import { TokenBucket } from '#clients/net/limiter';
import { REQUEST_LIMITS } from '#clients/apex/endpoints';
import { Banned } from './refusal.js';

export type LimitGroup = 'address' | 'posts' | 'gets';
const SECONDS = 60;

export class Limits {
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly bans = new Map<string, number>();

  /** `scale`: every limit times this. `bots`: so many share one address. */
  constructor(
    private readonly banUs: number,
    private readonly scale = 1,
    private readonly bots = 1,
  ) {}

  /** Takes one request of `who` (an address or an account). Throws Banned. */
  take(group: LimitGroup, who: string, nowUs: Micros): void {
    const key = `${group} ${who}`;
    if (nowUs < (this.bans.get(key) ?? 0)) throw new Banned();
    if (this.bucket(group, key, nowUs).take(nowUs)) return;
    this.bans.set(key, nowUs + this.banUs);
    throw new Banned();
  }

  /** Shuts an address out, as an operator of the venue may. */
  ban(address: string, untilUs: Micros): void {
    this.bans.set(`address ${address}`, untilUs);
  }

  private bucket(group: LimitGroup, key: string, nowUs: Micros): TokenBucket {
    const known = this.buckets.get(key);
    if (known !== undefined) return known;
    const scale = this.scale * (group === 'address' ? this.bots : 1);
    const calls = Math.max(1, Math.floor(REQUEST_LIMITS[group] * scale));
    const made = new TokenBucket({ perSecond: calls / SECONDS, burst: calls }, nowUs);
    this.buckets.set(key, made);
    return made;
  }
}
