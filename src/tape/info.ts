// What a tape says of itself, without reading its rows: one record from header and footer, and lines to print.
import { createHash } from 'node:crypto';
import type { TapeFooter, TapeHeader, TapeInfo } from './format.js';
import { TAPE_VERSION } from './format.js';

/** Joins header and footer, and derives the flags and the identity. */
export function infoOf(
  file: string,
  bytes: number,
  header: TapeHeader,
  footer: TapeFooter,
  headCrc: number,
  torn: boolean,
): TapeInfo {
  const hash = createHash('sha256').update(String(headCrc));
  for (const entry of footer.index) hash.update(`,${entry.crc}`);
  const { kinds } = footer;
  return {
    ...header,
    ...footer,
    file,
    bytes,
    version: TAPE_VERSION,
    torn,
    identity: hash.digest('hex'),
    hasBook: kinds.book > 0,
    hasTrades: kinds.trade > 0,
    hasQuotes: kinds.quote > 0,
    hasMark: kinds.mark > 0,
    hasFunding: kinds.funding > 0,
  };
}

const moment = (us: number): string => new Date(us / 1_000).toISOString().replace('T', ' ');

/** A span as people say it: "8.0 min", "24.0 h". */
export function spanText(us: number): string {
  const s = us / 1e6;
  if (s < 120) return `${s.toFixed(1)} s`;
  return s < 7_200 ? `${(s / 60).toFixed(1)} min` : `${(s / 3_600).toFixed(1)} h`;
}

/** The record as label and value, for a table. */
export function describeTape(info: TapeInfo): readonly (readonly [string, string])[] {
  const counted = Object.entries(info.kinds).filter(([, count]) => count > 0);
  const { instrument } = info;
  const lines: (readonly [string, string])[] = [
    ['tape', info.file],
    ['market', `${instrument.venue} ${instrument.symbol}`],
    ['tick, lot', `${instrument.tickSize}, ${instrument.lotSize}`],
    ['rows', info.rows.toLocaleString('en-US')],
    ['kinds', counted.map(([k, n]) => `${k} ${n.toLocaleString('en-US')}`).join(', ') || 'none'],
    ['from', moment(info.firstUs)],
    ['to', `${moment(info.lastUs)} (${spanText(info.lastUs - info.firstUs)})`],
    ['gaps', `${info.kinds.gap} (${spanText(info.gapUs)} in all)`],
    ['file', `${info.bytes.toLocaleString('en-US')} bytes, ${info.index.length} blocks`],
    ['identity', info.identity.slice(0, 16)],
    ['written by', info.writtenBy],
  ];
  for (const origin of info.origins) {
    lines.push([
      'made from',
      `${origin.name} (${origin.rows} rows, ${origin.sha256.slice(0, 12)})`,
    ]);
  }
  for (const note of info.notes) lines.push(['note', note]);
  if (info.raised > 0) lines.push(['note', `${info.raised} rows had their local time raised`]);
  if (info.torn) lines.push(['note', 'torn: the writer did not finish; whole blocks only']);
  return lines;
}
