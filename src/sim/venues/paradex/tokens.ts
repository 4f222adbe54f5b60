// Access tokens of the simulated venue: JWTs of five minutes, signed (HS256; the real ones are ES384, which no client
// looks at) with a key drawn from the seed, so that a run repeats. Not a security boundary: the venue is on 127.0.0.1.
import { createHmac } from 'node:crypto';
import type { Micros } from '#core/units';
import { MICROS_PER_SECOND } from '#core/units';
import { Refusal } from './refusal.js';

const LIFE_SECONDS = 300;
const encode = (value: unknown): string =>
  Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');

export class Tokens {
  private issued = 0;

  constructor(
    private readonly secret: string,
    private readonly lifeSeconds = LIFE_SECONDS,
  ) {}

  issue(account: string, nowUs: Micros): string {
    const iat = Math.floor(nowUs / MICROS_PER_SECOND);
    this.issued += 1;
    const claims = {
      ...{ typ: 'at+JWT', exp: iat + this.lifeSeconds, iat, iss: 'Paradex loopback' },
      ...{ sub: account, jti: String(this.issued) },
    };
    const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${body}.${this.sign(body)}`;
  }

  /** The account of a bearer; throws Refusal (401) in the venue's own words. */
  accountOf(token: string, nowUs: Micros): string {
    const parts = token.split('.');
    const [head = '', claims = '', signature = ''] = parts;
    if (parts.length !== 3 || this.sign(`${head}.${claims}`) !== signature) {
      throw new Refusal(401, '', 'missing or malformed jwt: signature is invalid');
    }
    const { sub, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as {
      sub: string;
      exp: number;
    };
    const late = nowUs / MICROS_PER_SECOND - exp;
    if (late < 0) return sub;
    throw new Refusal(401, '', `missing or malformed jwt: token is expired by ${late.toFixed(3)}s`);
  }

  private sign(body: string): string {
    return createHmac('sha256', this.secret).update(body).digest('base64url');
  }
}
