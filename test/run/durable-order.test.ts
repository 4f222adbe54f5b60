// The order of things around an order on its way out, on a real ledger: cancels first and at once, then the commit and
// its sync, then places and amends. Nothing of them leaves when the sync failed.
import { beforeEach, expect, test, vi } from 'vitest';
import type { Command, EngineEvent } from '#core/messages';
import type { CommandSink } from '#core/ports';
import { BID } from '#core/units';
import { DurableSink } from '#run/durable-sink';
import { T0, closeQuietly, ledgerFile, lots, place, running, ticks } from '../ledger/fixtures.js';

const cancel: Command = { kind: 'cancel', ordinal: 7 };
const amend: Command = { kind: 'amend', ordinal: 2, side: BID, ticks: ticks(1_000), lots: lots(5) };

const trace = vi.hoisted(() => ({ steps: [] as string[], failing: false }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const fdatasyncSync = (fd: number): void => {
    trace.steps.push('sync');
    if (trace.failing) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    fs.fdatasyncSync(fd);
  };
  return { ...fs, fdatasyncSync };
});

beforeEach(() => {
  trace.failing = false;
});

function sinkOn(path: string): {
  sink: DurableSink;
  events: EngineEvent[];
  end: () => void;
} {
  const ledger = running(path);
  const events: EngineEvent[] = [];
  const venue: CommandSink = {
    send: (_us, commands) => {
      for (const { kind } of commands) trace.steps.push(kind);
    },
  };
  trace.steps.length = 0;
  const sink = new DurableSink(ledger, venue, (event) => events.push(event));
  return { sink, events, end: () => closeQuietly(ledger) };
}

test('cancels wait for nothing, orders for the sync', () => {
  const { sink, events, end } = sinkOn(ledgerFile());
  sink.send(T0, [place(1), cancel, amend]);
  expect(trace.steps).toEqual(['cancel', 'sync', 'place', 'amend']);
  expect(events).toEqual([]);
  end();
});

test('what could not be synced does not leave, and the cancels have left', () => {
  const { sink, events, end } = sinkOn(ledgerFile());
  trace.failing = true;
  sink.send(T0, [place(1), cancel, amend]);
  expect(trace.steps).toEqual(['cancel', 'sync']);
  expect(events.map(({ kind }) => kind)).toEqual(['rejected', 'amend-rejected', 'fault']);
  end();
});
