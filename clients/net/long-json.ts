// JSON whose whole numbers may be beyond 2^53 (sequence numbers, nanoseconds): those arrive as strings of digits, all
// else as JSON.parse gives it. Most texts hold none, so one regular expression decides; only the others are rewritten.
// It never alters what is inside a string, and never rounds an integer.

/** A run of 16 or more digits: the shortest that can be beyond 2^53 - 1 (9007199254740991 has 16). */
const LONG_RUN = /\d{16}/;
const QUOTE = 34;
const BACKSLASH = 92;
const MINUS = 45;
const SAFE = '9007199254740991';

/** Throws SyntaxError on what is no JSON. */
export function parseJson(text: string): unknown {
  return JSON.parse(LONG_RUN.test(text) ? quoteLongIntegers(text) : text) as unknown;
}

/** Like parseJson; undefined (which JSON cannot say) on what is no JSON. */
export function tryParseJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Puts quotes around every whole number beyond 2^53 that stands outside a string. */
export function quoteLongIntegers(text: string): string {
  let out = '';
  let copied = 0;
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i + 1);
    } else if (code === MINUS || isDigit(code)) {
      const start = i;
      i = endOfNumber(text, i + 1);
      const token = text.slice(start, i);
      if (tooLong(token) && !isKey(text, i)) {
        out += `${text.slice(copied, start)}"${token}"`;
        copied = i;
      }
    } else {
      i += 1;
    }
  }
  return copied === 0 ? text : out + text.slice(copied);
}

/** The place after the closing quote (the end of the text when there is none). */
function endOfString(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i += 1;
    else if (code === QUOTE) return i + 1;
  }
  return text.length;
}

function endOfNumber(text: string, from: number): number {
  let i = from;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    const part =
      isDigit(code) || code === 46 || code === 43 || code === MINUS || (code | 32) === 101;
    if (!part) break;
    i += 1;
  }
  return i;
}

/** What stands before a colon: no JSON, and quotes must not make it so. */
function isKey(text: string, from: number): boolean {
  let i = from;
  while (i < text.length && text.charCodeAt(i) <= 32) i += 1;
  return text.charCodeAt(i) === 58;
}

/** A well-formed whole number (no fraction, no exponent, no leading zero) beyond +-(2^53 - 1). */
function tooLong(token: string): boolean {
  if (token.length < SAFE.length || !/^-?[1-9]\d*$/.test(token)) return false;
  const digits = token.startsWith('-') ? token.slice(1) : token;
  return digits.length > SAFE.length || (digits.length === SAFE.length && digits > SAFE);
}
