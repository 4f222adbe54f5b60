// Any binary frame to named values and back, by walking the tables of schema.ts. For private frames, the simulated
// face, the relay and tests: it allocates, so the market feed does not use it (feed.ts). A frame that does not fit its
// own lengths is refused as a whole; nothing beyond the frame is ever read.
import { assert } from '#core/assert';
import { decimalOf, mantissaOf } from './decimals.js';
import {
  GROUP_HEADER_BYTES, HEADER_BYTES, LEVEL_BYTES, SCHEMA_ID, layoutOf, widthOf,
} from './schema.js'; // prettier-ignore
import type { Field, FieldKind, Layout, Template } from './schema.js';

/**
 * By kind: time = microseconds as a number or null, int = bigint, e8/e12 = decimal string or null, u8/i16 = number,
 * account = "0x..." hex.
 */
export type FieldValue = bigint | number | string | null;
export type Level = readonly [price: string, size: string];

export interface Frame {
  readonly template: Template;
  readonly name: string;
  readonly version: number;
  /** Fields that the frame has; those of a later version are absent. */
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly texts: Readonly<Record<string, string>>;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}
/** `skipped`: a template that we do not know. `unreadable`: damaged, or another schema. */
export type FrameRead = Frame | 'skipped' | 'unreadable';

const text8 = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** Reads a frame; `bytes` is copied from, never kept. Never throws. */
export function readFrame(bytes: Uint8Array): FrameRead {
  if (bytes.byteLength < HEADER_BYTES) return 'unreadable';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const block = view.getUint16(0, true);
  const layout = layoutOf(view.getUint16(2, true));
  const version = view.getUint16(6, true);
  if (view.getUint16(4, true) !== SCHEMA_ID) return 'unreadable';
  if (layout === undefined) return 'skipped';
  if (block < shortestBlock(layout, version) || HEADER_BYTES + block > bytes.byteLength)
    return 'unreadable';
  const cursor = new Cursor(view, bytes, HEADER_BYTES + block);
  const bids = layout.levels ? cursor.levels() : [];
  const asks = layout.levels ? cursor.levels() : [];
  const texts: Record<string, string> = {};
  for (const { name, since } of layout.texts) {
    // Later texts may be missing: version 2 has two layouts.
    if (since > version || (since > 0 && cursor.atEnd)) continue;
    texts[name] = cursor.text();
  }
  if (cursor.failed) return 'unreadable';
  const values: Record<string, FieldValue> = {};
  for (const field of layout.fields) {
    if (field.since <= version && field.at + widthOf(field.kind) <= block)
      values[field.name] = readField(view, HEADER_BYTES + field.at, field.kind);
  }
  const { template, name } = layout;
  return { template, name, version, values, texts, bids, asks };
}

/** Version 2 has two layouts, so only what versions 0 and 1 had is demanded of it. */
export const shortestBlock = (layout: Layout, version: number): number =>
  layout.blocks[version === 0 ? 0 : 1];

class Cursor {
  failed = false;

  constructor(
    private readonly view: DataView,
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  get atEnd(): boolean {
    return this.at >= this.bytes.byteLength;
  }

  levels(): Level[] {
    const out: Level[] = [];
    if (!this.fits(GROUP_HEADER_BYTES)) return out;
    const entry = this.view.getUint16(this.at, true);
    const count = this.view.getUint16(this.at + 2, true);
    this.at += GROUP_HEADER_BYTES;
    if (entry < LEVEL_BYTES || !this.fits(entry * count)) {
      this.failed = true;
      return out;
    }
    for (let i = 0; i < count; i++, this.at += entry) {
      const price = decimalOf(this.view.getBigInt64(this.at, true), 8);
      const size = decimalOf(this.view.getBigInt64(this.at + 8, true), 8);
      if (price === null || size === null) this.failed = true;
      else out.push([price, size]);
    }
    return out;
  }

  text(): string {
    if (!this.fits(1)) return '';
    const length = this.bytes[this.at] as number;
    this.at += 1;
    if (!this.fits(length)) return '';
    const from = this.at;
    this.at += length;
    try {
      return text8.decode(this.bytes.subarray(from, this.at));
    } catch {
      this.failed = true;
      return '';
    }
  }

  private fits(bytes: number): boolean {
    if (this.failed || this.at + bytes > this.bytes.byteLength) this.failed = true;
    return !this.failed;
  }
}

function readField(view: DataView, at: number, kind: FieldKind): FieldValue {
  if (kind === 'u8') return view.getUint8(at);
  if (kind === 'i16') return view.getInt16(at, true);
  if (kind === 'uint') return view.getBigUint64(at, true);
  if (kind === 'account') return readAccount(view, at);
  const value = view.getBigInt64(at, true);
  if (kind === 'int') return value;
  if (kind === 'e8') return decimalOf(value, 8);
  if (kind === 'e12') return decimalOf(value, 12);
  return value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
}

function readAccount(view: DataView, at: number): string {
  let value = 0n;
  for (let i = 0; i < 32; i += 8) value = (value << 64n) | view.getBigUint64(at + i, false);
  return `0x${value.toString(16)}`;
}

/** What `writeFrame` takes; what is missing becomes null, 0 or ''. Names as in schema.ts. */
export interface FrameParts {
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly texts?: Readonly<Record<string, string>>;
  readonly bids?: readonly Level[];
  readonly asks?: readonly Level[];
  /** Bytes appended to the block, as a later version of the schema would. */
  readonly padding?: Uint8Array;
}

/**
 * The bytes of a frame of the given version. Throws AssertionFailure for a name that the template does not have, a
 * value of the wrong kind, or one that does not fit.
 */
export function writeFrame(template: Template, version: 0 | 1 | 2, parts: FrameParts): Uint8Array {
  const layout = layoutOf(template);
  assert(layout !== undefined, 'a frame of no known template');
  checkNames(layout, parts);
  const texts = layout.texts
    .filter((t) => t.since <= version)
    .map((t) => encoder.encode(parts.texts?.[t.name] ?? ''));
  assert(texts.every((t) => t.length < 256), 'a text longer than 255 bytes'); // prettier-ignore
  const groups = layout.levels ? [parts.bids ?? [], parts.asks ?? []] : [];
  const padding = parts.padding?.length ?? 0;
  const block = layout.blocks[version] + padding;
  const bytes = new Uint8Array(
    HEADER_BYTES + block +
      groups.reduce((sum, g) => sum + GROUP_HEADER_BYTES + g.length * LEVEL_BYTES, 0) +
      texts.reduce((sum, t) => sum + 1 + t.length, 0),
  ); // prettier-ignore
  const view = new DataView(bytes.buffer);
  [block, template, SCHEMA_ID, version].forEach((n, i) => view.setUint16(i * 2, n, true));
  for (const field of layout.fields) {
    if (field.since <= version) writeField(view, field, parts.values[field.name]);
  }
  let at = HEADER_BYTES + block;
  if (parts.padding !== undefined) bytes.set(parts.padding, at - padding);
  for (const group of groups) at = writeLevels(view, at, group);
  for (const t of texts) {
    bytes[at] = t.length;
    bytes.set(t, at + 1);
    at += 1 + t.length;
  }
  return bytes;
}

function checkNames(layout: Layout, parts: FrameParts): void {
  for (const name of Object.keys(parts.values))
    assert(layout.fields.some((f) => f.name === name), 'a field that the template does not have'); // prettier-ignore
  for (const name of Object.keys(parts.texts ?? {}))
    assert(layout.texts.some((t) => t.name === name), 'a text that the template does not have'); // prettier-ignore
}

function writeLevels(view: DataView, from: number, levels: readonly Level[]): number {
  let at = from;
  view.setUint16(at, LEVEL_BYTES, true);
  view.setUint16(at + 2, levels.length, true);
  at += GROUP_HEADER_BYTES;
  for (const [price, size] of levels) {
    view.setBigInt64(at, mantissaOf(price, 8), true);
    view.setBigInt64(at + 8, mantissaOf(size, 8), true);
    at += LEVEL_BYTES;
  }
  return at;
}

function writeField(view: DataView, field: Field, value: FieldValue | undefined): void {
  const at = HEADER_BYTES + field.at;
  const { kind } = field;
  if (kind === 'e8' || kind === 'e12') {
    assert(value === undefined || value === null || typeof value === 'string', 'no decimal');
    view.setBigInt64(at, mantissaOf(value ?? null, kind === 'e8' ? 8 : 12), true);
    return;
  }
  if (kind === 'account') {
    const account = BigInt(value ?? 0);
    for (let i = 0; i < 4; i++)
      view.setBigUint64(at + i * 8, BigInt.asUintN(64, account >> BigInt(192 - i * 64)), false);
    return;
  }
  assert(typeof value !== 'string', 'a text where a number belongs');
  const number = value ?? 0;
  if (kind === 'u8') view.setUint8(at, Number(number));
  else if (kind === 'i16') view.setInt16(at, Number(number), true);
  else view.setBigInt64(at, BigInt.asIntN(64, BigInt(number)), true);
}
