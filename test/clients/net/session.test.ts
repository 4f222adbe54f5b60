// A session on a stepped clock: found dead however it dies, back after a back-off with jitter, deaf to old connections.
import { describe, expect, test } from 'vitest';
import type { Network, Socket, SocketHandlers } from '#core/outside';
import { Random } from '#core/random';
import type { Micros } from '#core/units';
import { Session, TIMING } from '#clients/net/session';
import { SteppedClock } from '#sim/venues/stepped-clock';

interface Line extends Socket {
  readonly handlers: SocketHandlers;
  readonly atUs: number;
  terminated: boolean;
  pings: number;
}

function rig(withPing = true, byHook = false) {
  const clock = new SteppedClock(1_000_000 as Micros);
  const lines: Line[] = [];
  const said: string[] = [];
  const network: Network = {
    request: () => undefined,
    connect: (_url, handlers) => {
      const line: Line = {
        ...{ handlers, atUs: clock.nowUs(), terminated: false, pings: 0 },
        send: () => true,
        close: () => said.push('goodbye'),
        terminate: () => (line.terminated = true),
        ...(withPing ? { ping: () => (line.pings += 1) > 0 } : {}),
      };
      lines.push(line);
      return line;
    },
  };
  const session = new Session('ws://x', {
    ...{ network, clock, random: new Random(1), timing: TIMING, byHook },
    hooks: {
      onOpen: () => said.push('open'),
      onText: (text) => said.push(text),
      onBinary: () => said.push('bytes'),
      onDown: (detail) => said.push(`down: ${detail}`),
      onFailed: (detail) => said.push(`failed: ${detail}`),
      ping: () => said.push('ping?'),
    },
  });
  const run = (ms: number): void => clock.advanceTo((clock.nowUs() + ms * 1000) as Micros);
  return { clock, lines, said, session, run };
}

describe('session', () => {
  test('a handshake that nobody answers is given up after 5 s', () => {
    const { session, run, said, lines } = rig();
    session.open();
    run(5_001);
    expect(said).toEqual(['failed: no answer to the handshake']);
    expect(lines[0]?.terminated).toBe(true);
    run(300);
    expect(lines).toHaveLength(2);
  });

  test('an unanswered ping is the end within 4 s; an answered one is not', () => {
    const { session, run, said, lines } = rig();
    session.open();
    lines[0]?.handlers.onOpen();
    for (let i = 0; i < 10; i += 1) {
      run(2_000);
      lines[0]?.handlers.onPong?.();
    }
    expect(said).toEqual(['open']);
    run(4_001);
    expect(said).toEqual(['open', 'down: ping unanswered']);
    expect(lines[0]?.terminated).toBe(true);
  });

  test.each([
    [false, false],
    [true, true],
  ])(
    'without a ping of its own (or told so) the hook asks, and alive() answers',
    (withPing, byHook) => {
      const { session, run, said, lines } = rig(withPing, byHook);
      session.open();
      lines[0]?.handlers.onOpen();
      run(2_000);
      session.alive();
      run(1_900);
      expect(said).toEqual(['open', 'ping?']);
      run(4_000);
      expect(said.at(-1)).toBe('down: ping unanswered');
    },
  );

  test('down is told once for every open, before the next attempt; old connections are not heard', () => {
    const { session, run, said, lines } = rig();
    session.open();
    const first = lines[0]?.handlers;
    first?.onOpen();
    session.restart('it lies');
    first?.onText('late');
    first?.onClose(1006, '');
    expect(said).toEqual(['open', 'down: it lies']);
    run(300);
    first?.onClose(1006, '');
    lines[1]?.handlers.onOpen();
    lines[1]?.handlers.onText('new');
    expect(said).toEqual(['open', 'down: it lies', 'open', 'new']);
  });

  test('back-off doubles with jitter, stays below 10 s, and starts again after a good connection', () => {
    const { session, run, lines, clock } = rig();
    session.open();
    const waits: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      lines.at(-1)?.handlers.onClose(1006, 'refused');
      const from = clock.nowUs();
      const before = lines.length;
      while (lines.length === before) run(10);
      waits.push((clock.nowUs() - from) / 1000);
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_010);
    expect(waits[0]).toBeLessThanOrEqual(210);
    expect(waits[9]).toBeGreaterThanOrEqual(2_500);
    expect(new Set(waits.slice(-4)).size).toBeGreaterThan(1);
    lines.at(-1)?.handlers.onOpen();
    run(1_900);
    lines.at(-1)?.handlers.onPong?.();
    run(1_900);
    const count = lines.length;
    session.restart('again');
    run(210);
    expect(lines).toHaveLength(count + 1);
  });

  test('closed for good: no more attempts, a goodbye on an open one', () => {
    const { session, run, lines, said } = rig();
    session.open();
    lines[0]?.handlers.onOpen();
    session.close();
    lines[0]?.handlers.onClose(1000, '');
    run(60_000);
    expect(lines).toHaveLength(1);
    expect(said).toEqual(['open', 'goodbye']);
    expect(session.send('x')).toBe(false);
  });
});
