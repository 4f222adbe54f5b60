// How a soak went, from what the bot itself kept: share of time with both sides resting, interruptions, links lost,
// orders refused or of unknown outcome, and what was logged at which level.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerReader } from '#ledger/reader';
import { bothSides, lengthOf, restedSpans } from '#report/quoted-time';
import type { Span } from '#report/quoted-time';

interface Line {
  readonly level: string;
  readonly msg: string;
}

export function linesOf(logDir: string): Line[] {
  const files = readdirSync(logDir).filter((name) => name.endsWith('.log'));
  return files.flatMap((name) =>
    readFileSync(join(logDir, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line),
  );
}

/** Lines to print. */
export function activity(reader: LedgerReader, logDir: string): string[] {
  const run = reader.lastRun();
  if (run === null || run.endedUs === null) return ['the run did not end by itself'];
  const { startedUs, endedUs } = run;
  const orders = [...reader.orders(run.id)];
  const span = endedUs - startedUs;
  const quoting = bothSides(orders, startedUs, endedUs);
  const gaps = quoting.slice(1).map(([from], i) => from - (quoting[i] as Span)[1]);
  const share = (us: number): string => `${((100 * us) / span).toFixed(2)} %`;
  const any = restedSpans(orders, startedUs, endedUs);
  const changes = [...reader.rows('order_changes', run.id)];
  const kinds = new Map<string, number>();
  for (const { kind } of changes) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const rejected = orders.filter(({ state }) => state === 'rejected').length;
  const lines = linesOf(logDir);
  const count = (test: (line: Line) => boolean): number => lines.filter(test).length;
  const levels = ['WARNING', 'ERROR', 'CRITICAL', 'FATAL'].map(
    (level) => `${level} ${count((line) => line.level === level)}`,
  );
  const said = (start: string): number => count(({ msg }) => (msg ?? '').startsWith(start));
  const longest = gaps.length === 0 ? 0 : Math.max(...gaps) / 1e6;
  return [
    `run ${run.run}: ${(span / 1e6).toFixed(0)} s, ended "${run.endReason ?? ''}"`,
    `uptime: both sides resting ${share(lengthOf(quoting))}, any side ${share(lengthOf(any))}; ${gaps.length} interruptions, the longest ${longest.toFixed(1)} s`,
    `orders ${orders.length}, rejected ${rejected}, amends and refusals ${[...kinds].map(([kind, n]) => `${kind} ${n}`).join(', ')}`,
    `links: up ${said('link up')}, down ${said('link down')}, gap ${said('link gap')}; withdrawn ${said('state withdrawn')}, paused ${said('state paused')}`,
    `log: ${levels.join(', ')} of ${lines.length} lines`,
  ];
}
