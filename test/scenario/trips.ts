// What followed a change of state in a World: was everything cancelled in the same turn, when did the venue confirm
// that nothing is open, was anything sent while it held, and when did quoting go on. And the table of all of them.
import { expect } from 'vitest';
import type { Command } from '#core/messages';
import type { Move, World } from './world.js';

/** Order latency and reply latency of the simulated venue. */
export const ROUND_TRIP_MS = 300;

export interface Trip {
  readonly move: Move;
  /** Cancel-all left in the settle in which the state changed. */
  readonly cancelledAtOnce: boolean;
  /** Milliseconds of market time until the venue's word that nothing is open had arrived; null: never. */
  readonly emptyMs: number | null;
  /** Places and amends sent from the change until quoting was allowed again (or the end). */
  readonly ordersAfter: number;
  /** Seconds until then; null: it held to the end. */
  readonly heldSeconds: number | null;
  /** The log line that announces it. */
  readonly line: string;
}

const ALLOWED = new Set(['running', 'reducing']);
const grows = (command: Command): boolean => command.kind === 'place' || command.kind === 'amend';

/** The first change to that state, and what followed it. Throws when there was none. */
export function tripTo(world: World, state: Move['to']): Trip {
  const at = world.moves.find((move) => move.to === state);
  if (at === undefined) {
    const seen = world.moves.map(({ from, to, cause }) => `${from}>${to} ${cause?.reason ?? ''}`);
    throw new Error(`never ${state}; moves: ${seen.join(' | ')}`);
  }
  const index = world.moves.indexOf(at);
  const back = world.moves.slice(index + 1).find((move) => ALLOWED.has(move.to));
  const after = world.sent.slice(at.sentBefore, back?.sentBefore);
  const empty = world.emptyAt.find((us) => us > at.us);
  return {
    move: at,
    cancelledAtOnce: after.some((s) => s.us === at.us && s.command.kind === 'cancel-all'),
    emptyMs: empty === undefined ? null : (empty - at.us) / 1000,
    ordersAfter: after.filter((s) => grows(s.command)).length,
    heldSeconds: back === undefined ? null : (back.us - at.us) / 1e6,
    line: lineWith(world, at.cause?.reason ?? 'clear'),
  };
}

/** The first log line with that text, without its fields. */
export const lineWith = (world: World, text: string): string =>
  (world.log.find((line) => line.includes(text)) ?? '')
    .replace(/ {2}\w+=.*/, '')
    .replace(/\s+/g, ' ');

/** What holds for every trip that may not leave a quote standing; and its row for the table. */
export function expectHalt(guard: string, trip: Trip, back: string): void {
  addRow({ guard, trip, back });
  expect(trip.move.open > 0 || trip.move.underWay, 'something was there to cancel').toBe(true);
  expect(trip.cancelledAtOnce, 'cancel-all in the same settle').toBe(true);
  expect(trip.emptyMs, 'the venue confirmed').not.toBeNull();
  expect(trip.emptyMs).toBeLessThanOrEqual(ROUND_TRIP_MS);
  expect(trip.ordersAfter, 'orders while it held').toBe(0);
  expect(trip.line).not.toBe('');
}

interface Row {
  readonly guard: string;
  readonly trip: Pick<Trip, 'line' | 'emptyMs' | 'ordersAfter'> & { move: Pick<Move, 'to'> };
  readonly back: string;
}
const rows: Row[] = [];

export const addRow = (row: Row): void => void rows.push(row);

/** With SCENARIO_TABLE=1: all rows of this file so far, as a table for the report. */
export function printTable(): void {
  if (!process.env['SCENARIO_TABLE']) return;
  const cells = rows.map(({ guard, trip, back }) => [
    ...[guard, trip.move.to, trip.emptyMs === null ? '-' : `${trip.emptyMs} ms`],
    ...[String(trip.ordersAfter), back, trip.line],
  ]);
  const head = [
    'guard',
    'state',
    'venue empty after',
    'orders after',
    'resumes',
    'what the log says',
  ];
  const lines = [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`);
  console.log(`\n${lines.join('\n')}\n`);
}
