// The breaker: how trips merge, how each state ends and how it does not, and what is told about it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccountNumbers, DecisionAnswer, Guard, GuardName, Severity, Trip } from '#core/guard';
import { ALLOW } from '#core/guard';
import type { Lots, Micros, Money } from '#core/units';
import { RiskBreaker, STATES } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import {
  bothSides, dollars, fill, healthy, INSTRUMENT, lotsOf, NOON, PARAMS, SECOND, tick, trip, VENUE, VIEW,
} from './fixture.js'; // prettier-ignore

/** A guard that says what it is told to. */
class Puppet implements Guard {
  answer: Trip | null = null;
  fills = 0;
  constructor(readonly name: GuardName) {}
  onSettle(): Trip | null {
    return this.answer;
  }
  onDecision(): DecisionAnswer {
    return ALLOW;
  }
  onFill(): void {
    this.fills += 1;
  }
  says(severity: Severity, untilUs = 0): void {
    this.answer = trip({ guard: this.name, severity, untilUs: untilUs as Micros });
  }
}

function puppets() {
  const told: string[] = [];
  const changes: string[] = [];
  const [a, b] = [new Puppet('position'), new Puppet('bleed')];
  const breaker = new RiskBreaker({
    guards: [a, b],
    onTransition: (us, from, to, cause) =>
      changes.push(`${(us - NOON) / SECOND} ${from} > ${to} ${cause?.guard ?? '-'}`),
    onGuard: (us, cause, text) => told.push(`${(us - NOON) / SECOND} ${cause?.guard} ${text}`),
  });
  const numbers = healthy();
  breaker.onSettle(numbers);
  changes.length = 0;
  return { a, b, breaker, numbers, told, changes };
}

describe('merging', () => {
  test('starts withdrawn, runs after the first settle that finds nothing', () => {
    const breaker = new RiskBreaker({ guards: [] });
    expect([breaker.state, breaker.cause?.reason]).toEqual([
      'withdrawn',
      'starting: nothing is known yet',
    ]);
    expect(breaker.onDecision(VIEW, bothSides(1), healthy())).toBeNull();
    expect(breaker.onSettle(healthy())).toBe(false);
    expect([breaker.state, breaker.cause, breaker.untilUs]).toEqual(['running', null, 0]);
  });

  test('the worst wins, and the next worst is there when it ends', () => {
    const { a, b, breaker, numbers, changes } = puppets();
    a.says('reduce');
    breaker.onSettle(tick(numbers, SECOND));
    b.says('withdraw');
    breaker.onSettle(tick(numbers, SECOND));
    a.answer = null;
    breaker.onSettle(tick(numbers, SECOND));
    b.says('reduce');
    breaker.onSettle(tick(numbers, SECOND));
    b.answer = null;
    breaker.onSettle(tick(numbers, SECOND));
    expect(changes).toEqual([
      '1 running > reducing position',
      '2 reducing > withdrawn bleed',
      '4 withdrawn > reducing bleed',
      '5 reducing > running -',
    ]);
  });

  test('asks for a cancel exactly when it got worse than reducing', () => {
    const { a, b, breaker, numbers } = puppets();
    const settle = (): boolean => breaker.onSettle(tick(numbers, SECOND));
    a.says('reduce');
    expect(settle()).toBe(false);
    a.says('withdraw');
    expect([settle(), settle()]).toEqual([true, false]);
    b.says('pause', NOON + 60 * SECOND);
    expect([settle(), settle()]).toEqual([true, false]);
    a.answer = null;
    expect(settle()).toBe(false);
    a.says('latch');
    expect([settle(), settle()]).toEqual([true, false]);
  });

  test('also when the operator or an outsider made it worse since the last settle', () => {
    const { breaker, numbers } = puppets();
    breaker.operator('pause', 'lunch', numbers);
    expect([breaker.state, breaker.onSettle(numbers)]).toEqual(['withdrawn', true]);
    breaker.trip(trip({ severity: 'latch' }), numbers);
    expect([breaker.state, breaker.onSettle(numbers)]).toEqual(['latched', true]);
  });

  test('a pause keeps its time, whatever its guard says meanwhile; a longer one is taken', () => {
    const { b, breaker, numbers } = puppets();
    b.says('pause', NOON + 60 * SECOND);
    breaker.onSettle(numbers);
    for (const answer of [null, trip({ severity: 'reduce' }), { ...b.answer } as Trip]) {
      b.answer = answer;
      breaker.onSettle(tick(numbers, SECOND));
      expect([breaker.state, breaker.untilUs]).toEqual(['paused', NOON + 60 * SECOND]);
    }
    b.says('pause', NOON + 30 * SECOND);
    breaker.onSettle(tick(numbers, SECOND));
    expect(breaker.untilUs).toBe(NOON + 60 * SECOND);
    b.says('pause', NOON + 90 * SECOND);
    breaker.onSettle(tick(numbers, SECOND));
    expect(breaker.untilUs).toBe(NOON + 90 * SECOND);
    b.answer = null;
    numbers.nowUs = (NOON + 90 * SECOND - 1) as Micros;
    breaker.onSettle(numbers);
    expect(breaker.state).toBe('paused');
    breaker.onSettle(tick(numbers, 1));
    expect(breaker.state).toBe('running');
  });

  test('untilUs is the latest end of the state, 0 when some trip of it has none', () => {
    const { a, b, breaker, numbers } = puppets();
    a.says('pause', NOON + 10 * SECOND);
    b.says('pause', NOON + 20 * SECOND);
    breaker.onSettle(numbers);
    expect(breaker.untilUs).toBe(NOON + 20 * SECOND);
    breaker.trip(trip({ guard: 'strategy', severity: 'withdraw' }), numbers);
    expect(breaker.untilUs).toBe(NOON + 20 * SECOND);
    breaker.trip(trip({ guard: 'host', severity: 'pause' }), numbers);
    expect(breaker.untilUs).toBe(0);
  });

  test('a trip that the state does not show is told', () => {
    const { a, b, breaker, numbers, told } = puppets();
    a.says('withdraw');
    breaker.onSettle(numbers);
    b.says('reduce');
    breaker.onSettle(tick(numbers, SECOND));
    breaker.onSettle(tick(numbers, SECOND));
    expect(told).toEqual(['1 bleed bleed, while withdrawn: a test']);
  });

  test('fills reach the guards that want them', () => {
    const { a, b, breaker, numbers } = puppets();
    breaker.onFill(fill(NOON, 1, 500_000), numbers);
    expect([a.fills, b.fills]).toEqual([1, 1]);
  });
});

describe('operator and outsiders', () => {
  test('pause withdraws until resume; resume does nothing else', () => {
    const { b, breaker, numbers } = puppets();
    breaker.operator('pause', 'lunch', numbers);
    expect([breaker.state, breaker.cause]).toMatchObject([
      'withdrawn',
      { guard: 'operator', reason: 'lunch' },
    ]);
    breaker.onSettle(tick(numbers, 1e12));
    expect(breaker.state).toBe('withdrawn');
    b.says('pause', numbers.nowUs + 900 * SECOND);
    breaker.onSettle(numbers);
    b.answer = null;
    breaker.operator('resume', '', numbers);
    breaker.onSettle(tick(numbers, 899 * SECOND));
    expect(breaker.state).toBe('paused');
    breaker.onSettle(tick(numbers, SECOND));
    expect(breaker.state).toBe('running');
  });

  test('stop latches; pause and resume leave a latch; reset ends it but not the pause', () => {
    const { breaker, numbers } = puppets();
    breaker.operator('stop', 'enough', numbers);
    breaker.operator('pause', 'lunch', numbers);
    breaker.operator('resume', '', numbers);
    expect([breaker.state, breaker.cause?.reason]).toEqual(['latched', 'enough']);
    breaker.operator('pause', 'lunch', numbers);
    breaker.operator('reset', 'looked at it', numbers);
    expect(breaker.state).toBe('withdrawn');
    breaker.operator('resume', '', numbers);
    expect(breaker.state).toBe('running');
  });

  test('the first latch is the cause that stays', () => {
    const { a, breaker, numbers } = puppets();
    a.says('latch');
    breaker.onSettle(numbers);
    breaker.operator('stop', 'enough', numbers);
    breaker.trip(trip({ severity: 'latch' }), numbers);
    expect(breaker.cause?.guard).toBe('position');
  });

  test('an outside trip ends at its time; without one, by resume, and no guard of that name ends it', () => {
    const { breaker, numbers } = puppets();
    breaker.trip(
      trip({ guard: 'strategy', severity: 'withdraw', untilUs: (NOON + 5) as Micros }),
      numbers,
    );
    breaker.onSettle(tick(numbers, 4));
    expect(breaker.state).toBe('withdrawn');
    breaker.onSettle(tick(numbers, 1));
    expect(breaker.state).toBe('running');
    breaker.trip(trip({ guard: 'bleed', severity: 'pause' }), numbers);
    breaker.onSettle(tick(numbers, 1e12));
    expect(breaker.state).toBe('paused');
    breaker.operator('resume', '', numbers);
    expect(breaker.state).toBe('running');
  });

  test('a damaged end is no end', () => {
    const { breaker, numbers } = puppets();
    breaker.trip(trip({ severity: 'pause', untilUs: NaN as Micros }), numbers);
    breaker.onSettle(tick(numbers, 1e12));
    expect(breaker.state).toBe('paused');
  });

  test('reset takes new baselines, also when the engine rebases the equity after it', () => {
    const breaker = new RiskBreaker({ guards: makeGuards(PARAMS, INSTRUMENT, VENUE) });
    const numbers = healthy();
    breaker.onSettle(numbers);
    numbers.guardEquity = dollars(3_999);
    breaker.onSettle(tick(numbers, SECOND));
    expect([breaker.state, breaker.cause?.guard]).toEqual(['latched', 'drawdown']);
    breaker.operator('reset', 'looked at it', numbers);
    numbers.guardEquity = dollars(5_000);
    breaker.onSettle(tick(numbers, SECOND));
    expect(breaker.state).toBe('running');
    expect([numbers.dayStartEquity, numbers.peakEquity]).toEqual([dollars(5_000), dollars(5_000)]);
    numbers.guardEquity = dollars(4_749);
    breaker.onSettle(tick(numbers, SECOND));
    expect([breaker.state, breaker.cause?.guard]).toEqual(['paused', 'daily-loss']);
  });

  test('reset does not help while the reason lasts', () => {
    const breaker = new RiskBreaker({ guards: makeGuards(PARAMS, INSTRUMENT, VENUE) });
    const numbers = healthy({ positionLots: 31 as Lots });
    expect(breaker.onSettle(numbers)).toBe(true);
    breaker.operator('reset', 'hope', numbers);
    expect(breaker.onSettle(tick(numbers, SECOND))).toBe(false);
    expect([breaker.state, breaker.cause?.guard]).toEqual(['latched', 'position']);
  });
});

describe('decisions', () => {
  test.each(['withdraw', 'pause', 'latch'] as const)('none while %s', (severity) => {
    const { a, breaker, numbers } = puppets();
    a.says(severity, severity === 'pause' ? NOON + SECOND : 0);
    breaker.onSettle(numbers);
    expect(breaker.onDecision(VIEW, bothSides(1), numbers)).toBeNull();
  });

  test('whoever made it reduce: only the reducing side, reduce-only, at most the position', () => {
    const { b, breaker, numbers } = puppets();
    b.says('reduce');
    numbers.positionLots = 3 as Lots;
    breaker.onSettle(numbers);
    const long = breaker.onDecision(VIEW, bothSides(5), numbers);
    expect([long?.bids.length, lotsOf(long?.asks ?? [])]).toEqual([0, [3]]);
    expect(long?.asks[0]?.reduceOnly).toBe(true);
    numbers.positionLots = -8 as Lots;
    const short = breaker.onDecision(VIEW, bothSides(5), numbers);
    expect([lotsOf(short?.bids ?? []), short?.asks.length]).toEqual([[5], 0]);
    numbers.positionLots = 0 as Lots;
    const flat = breaker.onDecision(VIEW, bothSides(5), numbers);
    expect([flat?.bids.length, flat?.asks.length]).toEqual([0, 0]);
  });

  test('an untouched decision comes back as it is; a trim is told', () => {
    const told: string[] = [];
    const breaker = new RiskBreaker({
      guards: makeGuards(PARAMS, INSTRUMENT, VENUE),
      onGuard: (_us, cause, text) => told.push(`${cause} ${text}`),
    });
    const numbers = healthy();
    breaker.onSettle(numbers);
    const wanted = bothSides(4);
    expect(breaker.onDecision(VIEW, wanted, numbers)).toBe(wanted);
    numbers.positionLots = 20 as Lots;
    breaker.onSettle(numbers);
    expect(breaker.onDecision(VIEW, wanted, numbers)?.bids).toEqual([]);
    expect(told).toEqual(['null position trimmed: position 0.02, soft limit 0.02, hard 0.03']);
  });
});

type Act =
  | { readonly kind: 'settle'; readonly equity: number; readonly lots: number; readonly us: number }
  | { readonly kind: 'order'; readonly order: 'stop' | 'pause' | 'resume' }
  | { readonly kind: 'trip'; readonly severity: Severity; readonly forUs: number };
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant('settle' as const),
    equity: fc.integer({ min: 3_500, max: 6_000 }),
    lots: fc.integer({ min: -35, max: 35 }),
    us: fc.integer({ min: -3_600 * SECOND, max: 7_200 * SECOND }),
  }),
  fc.record({
    kind: fc.constant('order' as const),
    order: fc.constantFrom('stop' as const, 'pause' as const, 'resume' as const),
  }),
  fc.record({
    kind: fc.constant('trip' as const),
    severity: fc.constantFrom('reduce' as const, 'withdraw' as const, 'pause' as const),
    forUs: fc.integer({ min: 0, max: 3_600 * SECOND }),
  }),
);

function perform(breaker: RiskBreaker, numbers: AccountNumbers, step: Act): void {
  if (step.kind === 'order') breaker.operator(step.order, 'random', numbers);
  else if (step.kind === 'trip') {
    const untilUs = (step.forUs === 0 ? 0 : numbers.nowUs + step.forUs) as Micros;
    breaker.trip(trip({ severity: step.severity, untilUs }), numbers);
  } else {
    numbers.guardEquity = dollars(step.equity);
    numbers.positionLots = step.lots as Lots;
    breaker.onSettle(tick(numbers, step.us));
  }
}

describe('random histories', () => {
  test('a latch cannot be left but by reset, restarts included', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), fc.array(fc.nat(40)), (steps, restarts) => {
        const make = (old?: RiskBreaker): RiskBreaker => {
          const restored =
            old === undefined
              ? null
              : (JSON.parse(JSON.stringify(old.snapshot())) as ReturnType<RiskBreaker['snapshot']>);
          return new RiskBreaker({
            guards: makeGuards(PARAMS, INSTRUMENT, VENUE, restored),
            restored,
          });
        };
        let breaker = make();
        const numbers = healthy();
        let latched = false;
        for (const [i, step] of steps.entries()) {
          perform(breaker, numbers, step);
          if (restarts.includes(i)) breaker = make(breaker);
          if (latched) expect(breaker.state).toBe('latched');
          latched = breaker.state === 'latched';
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('a timed pause ends at its time and not before, whatever anybody orders', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (steps) => {
        const breaker = new RiskBreaker({ guards: makeGuards(PARAMS, INSTRUMENT, VENUE) });
        const numbers = healthy();
        breaker.onSettle(numbers);
        const untilUs = (NOON + 900 * SECOND) as Micros;
        breaker.trip(trip({ guard: 'bleed', severity: 'pause', untilUs }), numbers);
        for (const step of steps) {
          perform(breaker, numbers, step);
          if (numbers.nowUs >= untilUs) return;
          expect(STATES.indexOf(breaker.state)).toBeGreaterThanOrEqual(STATES.indexOf('paused'));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('baselines: the day start is an equity of that day, the peak is the highest since the start', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (steps) => {
        const breaker = new RiskBreaker({ guards: [] });
        const numbers = healthy();
        let peak = 0 as Money;
        for (const step of steps) {
          perform(breaker, numbers, step);
          if (step.kind !== 'settle') continue;
          if (numbers.guardEquity > peak) peak = numbers.guardEquity;
          expect(numbers.peakEquity).toBe(peak);
          expect(breaker.snapshot().day).toBeGreaterThanOrEqual(
            Math.floor(numbers.nowUs / 86_400e6),
          );
        }
      }),
    );
  });
});
