// The log: console from INFO, daily files in logs/ from DEBUG as JSON lines, both in this process (a worker transport
// loses its tail on sudden death and costs 15 MB). Account facts never depend on it: those are the ledger's.
import { existsSync, mkdirSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pino } from 'pino';
import type { Logger } from 'pino';
import pinoRoll from 'pino-roll';
import { StartProblem } from './problem.js';

export type { Logger } from 'pino';
const LEVEL_NAMES: Readonly<Record<string, string>> = {
  trace: 'DEBUG', debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR', fatal: 'CRITICAL',
}; // prettier-ignore
/** Names under which a secret could reach a log line: censored wherever they stand. */
const SECRET_PATHS = ['secret', 'privateKey', 'passphrase', 'apiKey', 'seed_phrase', 'jwt'];
const redact = { paths: SECRET_PATHS.flatMap((name) => [name, `*.${name}`]), censor: '***' };

export interface LogOptions {
  readonly directory: string;
  readonly keepDays: number;
  /** The present, for the age of old files (this folder has no clock). */
  readonly nowMs: number;
  /** Takes console lines (INFO and above); null = no console. */
  readonly console: ((line: string) => void) | null;
  readonly base: Readonly<Record<string, string>>;
  /** Called once when the log files cannot be written any more (a full disk is a halt). */
  readonly onFailure: (message: string) => void;
}
export interface OpenLog {
  readonly logger: Logger;
  /** Writes what is buffered and closes the file. */
  close(): void;
}

/** One by one: Node's own `recursive` never comes back where the file system refuses with ENOENT, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  makeFolder(dirname(resolve(folder)));
  mkdirSync(folder);
}

function prepareDirectory(directory: string, keepDays: number, nowMs: number): void {
  try {
    makeFolder(directory);
    const oldest = nowMs - keepDays * 86_400_000;
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      if (/^mm\..*\.log$/.test(name) && statSync(path).mtimeMs < oldest) unlinkSync(path);
    }
  } catch (error) {
    throw new StartProblem(
      `the log folder ${directory} cannot be used (${(error as Error).message}); remove what stands there or choose another with --log-dir`,
    );
  }
}

/** Opens the daily file (UTC days: the process runs with TZ=UTC) and returns the logger. Throws StartProblem. */
export async function openLog(options: LogOptions): Promise<OpenLog> {
  prepareDirectory(options.directory, options.keepDays, options.nowMs);
  const file = await pinoRoll({
    file: join(options.directory, 'mm'),
    frequency: 'daily',
    dateFormat: 'yyyy-MM-dd',
    extension: '.log',
    mkdir: true,
    sync: true,
    limit: { count: options.keepDays }, // of this process; those of earlier ones went above
  });
  let failed: string | null = null;
  file.on('error', (error: Error) => {
    if (failed !== null) return;
    failed = error.message;
    options.onFailure(error.message);
  });
  // No flushSync for pino to call: on a full disk that of sonic-boom tries for ever, with our orders in the market.
  // Every write is a synchronous one, so there is nothing to flush.
  const toFile = { write: (line: string): void => void (failed ?? file.write(line)) };
  const streams: { level: 'debug' | 'info'; stream: { write(line: string): void } }[] = [
    { level: 'debug', stream: toFile },
  ];
  const show = options.console;
  if (show) streams.push({ level: 'info', stream: { write: (line) => show(formatLine(line)) } });
  const logger = pino(
    {
      level: 'debug',
      base: options.base,
      redact,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: LEVEL_NAMES[label] ?? label }) },
    },
    pino.multistream(streams),
  );
  const close = (): void => {
    try {
      if (failed !== null) file.destroy();
      else file.end();
    } catch {
      // nothing more can be written; onFailure has said so
    }
  };
  logger.debug('log opens'); // a full disk says so now, not after the first order
  if (failed === null) return { logger, close };
  close();
  throw new StartProblem(
    `the log folder ${options.directory} cannot be written (${String(failed)}); free some space or choose another with --log-dir`,
  );
}

/** Fields that only the files show: the message has said it already, or it is too long for a line. */
const FILE_ONLY = new Set(['bids', 'asks', 'clamps', 'market', 'position', 'run', 'mode']);

/** One JSON log line as a person reads it: time, level, message, then the fields worth seeing. */
export function formatLine(line: string): string {
  const { time, level, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const fields = Object.entries(rest)
    .filter(([key]) => !FILE_ONLY.has(key))
    .map(
      ([key, value]) =>
        `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    );
  const tail = fields.length > 0 ? `  ${fields.join(' ')}` : '';
  return `${String(time).slice(11, 23)} ${String(level).padEnd(8)} ${String(msg)}${tail}`;
}
