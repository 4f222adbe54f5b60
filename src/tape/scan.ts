// Hot path: reads numbers and words from the bytes of one CSV line after another, without making strings.
// A number is kept as digits and decimals (12.50 is 1250 and 2), so that nothing is rounded on the way to ticks.

const COMMA = 44;
const NEWLINE = 10;
const RETURN = 13;
const MOST_DIGITS = 15;

/** What `decimal` found: a number, nothing, a number below zero, or no number. */
export type Found = 'number' | 'empty' | 'negative' | 'nonsense';

export class Scanner {
  at = 0;
  /** Of the last number: its digits as a whole number, and how many of them are decimals. */
  digits = 0;
  decimals = 0;
  bytes: Buffer = Buffer.alloc(0);

  /** True at the end of a field. */
  private ends(byte: number | undefined): boolean {
    return byte === COMMA || byte === NEWLINE || byte === RETURN || byte === undefined;
  }

  /** A whole number up to the next comma, which is passed; -1 when it is none. */
  whole(): number {
    const { bytes } = this;
    let value = 0;
    let at = this.at;
    const start = at;
    for (; ; at++) {
      const digit = (bytes[at] as number) - 48;
      if (digit >= 0 && digit <= 9) value = value * 10 + digit;
      else break;
    }
    const length = at - start;
    if (bytes[at] !== COMMA || length === 0 || length > MOST_DIGITS + 1) return -1;
    this.at = at + 1;
    return value;
  }

  /** A decimal number up to the end of its field; a comma there is passed. */
  decimal(): Found {
    const { bytes } = this;
    let at = this.at;
    let value = 0;
    let digits = 0;
    let point = -1;
    const negative = bytes[at] === 45;
    if (negative) at += 1;
    for (; ; at++) {
      const byte = bytes[at] as number;
      if (byte >= 48 && byte <= 57) {
        value = value * 10 + (byte - 48);
        if (value !== 0) digits += 1;
      } else if (byte === 46 && point === -1) point = at;
      else break;
    }
    const length = at - this.at - (negative ? 1 : 0) - (point === -1 ? 0 : 1);
    this.digits = value;
    this.decimals = point === -1 ? 0 : at - point - 1;
    if (length > 0 && (bytes[at] === 101 || bytes[at] === 69)) at = this.exponent(at + 1);
    if (!this.ends(bytes[at])) return 'nonsense';
    if (length === 0 && (negative || point !== -1)) return 'nonsense';
    this.at = bytes[at] === COMMA ? at + 1 : at;
    if (length === 0) return 'empty';
    if (digits > MOST_DIGITS) return 'nonsense';
    return negative && value !== 0 ? 'negative' : 'number';
  }

  /** A power of ten after an "e"; returns where it ends. */
  private exponent(start: number): number {
    let at = start;
    const negative = this.bytes[at] === 45;
    if (negative || this.bytes[at] === 43) at += 1;
    let power = 0;
    for (; (this.bytes[at] as number) >= 48 && (this.bytes[at] as number) <= 57; at++) {
      power = power * 10 + (this.bytes[at] as number) - 48;
    }
    this.decimals += negative ? power : -power;
    for (; this.decimals < 0 && this.digits < 1e15; this.decimals++) this.digits *= 10;
    return at;
  }

  /** Passes a field, its comma too; returns where it started. */
  skip(): number {
    const start = this.at;
    while (!this.ends(this.bytes[this.at])) this.at += 1;
    if (this.bytes[this.at] === COMMA) this.at += 1;
    return start;
  }

  /** Is the field from `start` exactly `word` (with the comma after it)? Passes it when it is. */
  is(word: Buffer): boolean {
    const { bytes, at } = this;
    const { length } = word;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== word[i]) return false;
    this.at = at + length;
    return true;
  }

  /** Passes the end of the line; false when the line goes on or the bytes end. */
  endLine(): boolean {
    if (this.bytes[this.at] === RETURN) this.at += 1;
    if (this.bytes[this.at] !== NEWLINE) return false;
    this.at += 1;
    return true;
  }

  /** The line around `start`, for a message. */
  line(start: number): string {
    const end = this.bytes.indexOf(NEWLINE, start);
    const text = this.bytes.toString('utf8', start, end === -1 ? start + 120 : end).trim();
    return text.length > 120 ? `${text.slice(0, 117)}...` : text;
  }
}
