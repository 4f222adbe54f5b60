// `--venue` on a backtest: which client it stands behind, what follows from that venue's switches, and what is said of it.
import { describe, expect, test } from 'vitest';
import { readLayers } from '#config/layers';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { Instrument } from '#core/instrument';
import type { Seconds } from '#core/units';
import { assumptions } from '#run/assumptions';
import { simulateRun } from '#run/backtest';
import { behindClient } from '#run/behind-client';
import { openMarket } from '#run/markets';
import { paperJob } from '#run/venue-live';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';

const MINUTE = 60 as Seconds;

const valuesOf = (flags: Readonly<Record<string, string>>): ParameterValues =>
  readLayers({ flags, env: {}, dotenvPath: null, configPath: null }).values;
const said = (flags: Readonly<Record<string, string>>): string =>
  assumptions(valuesOf(flags), new Instrument(SYNTHETIC_INSTRUMENT));

describe('--venue on a backtest', () => {
  test('sim is the venue at hand', () => {
    expect(behindClient(valuesOf({}))).toBeNull();
    expect(said({})).not.toContain('behind the client');
  });

  test('ApeX: a book of 200 levels every 100 ms, no amend, no smallest notional', () => {
    const client = behindClient(valuesOf({ venue: 'apex' }));
    expect(client).toMatchObject({ profile: { amend: false }, feed: { bookEvery: 100_000, levels: 200 } }); // prettier-ignore
    expect(client?.spec(SYNTHETIC_INSTRUMENT).minNotional).toBe('0');
    expect(said({ venue: 'apex' })).toContain('behind the client of apex: the best 200 levels every 100 ms, no amend'); // prettier-ignore
  });

  test('Paradex: what its switches say', () => {
    const moved = behindClient(valuesOf({ venue: 'paradex' }));
    expect(moved).toMatchObject({ profile: { amend: true }, ways: { amendPartlyFilled: 'cancel', funding: 'with-fill' } }); // prettier-ignore
    const paradexSwitches = 'amend=replace,modifyPartlyFilled=modify,fundingFrom=payments';
    const replaced = behindClient(valuesOf({ venue: 'paradex', paradexSwitches }));
    expect(replaced).toMatchObject({ profile: { amend: false }, ways: { amendPartlyFilled: 'amend', funding: 'at-once' } }); // prettier-ignore
    expect(moved?.amendKeeps).toBe(true);
    expect(behindClient(valuesOf({ venue: 'paradex', paradexSwitches: 'modifyPriority=lost' }))?.amendKeeps).toBe(false); // prettier-ignore
    const flags = { venue: 'paradex', paradexSwitches: 'amend=modify,modifyPriority=lost' };
    const layered = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
    const job = paperJob(layered, { tape: null, synthetic: null, relay: null });
    expect(job.switches).toBe('modifyPriority=lost'); // the paper venue fills as the backtest does
    expect(said({ venue: 'paradex' })).toContain('every change of the book, orders moved in place');
  });

  test('the two clocks of a recording know nothing of a client', () => {
    const flags = { venue: 'apex', latencyModel: 'recorded' };
    expect(() => behindClient(valuesOf(flags))).toThrow(StartProblem);
    expect(() => behindClient(valuesOf(flags))).toThrow(
      /--latency-model recorded needs --venue sim/,
    );
  });

  test.each(['paradex', 'apex'])(
    '%s with sampled delays: said, repeated, other commands',
    async (venue) => {
      const hash = async (flags: Readonly<Record<string, string>>): Promise<string> => {
        const values = valuesOf({ venue, makerFee: '0', ...flags });
        const market = await openMarket(
          { tape: null, synthetic: 'fast' },
          values,
          MINUTE,
          '/nowhere',
        );
        const run = { values, market, mode: 'static', duration: null, fillModel: 'queue' } as const;
        return simulateRun(run).commandHash;
      };
      const sampled = { latencyModel: 'sampled' };
      expect(said({ venue, ...sampled })).toContain('what the client asks takes the medians');
      const first = await hash(sampled);
      expect(await hash(sampled)).toBe(first);
      expect(await hash({})).not.toBe(first);
      // With hardly a spread (less than 1 us of 10 ms) all comes when it does with constant delays.
      const short = { latency: 'feed=10ms,order=10ms,reply=10ms' };
      const narrow = { ...short, ...sampled, latencySpread: '0.000001' };
      expect(await hash(narrow)).toBe(await hash(short));
    },
  );
});
