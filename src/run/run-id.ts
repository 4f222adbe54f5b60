// The id of a run: part of every client order id, never used again.
import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Ten random letters and digits. */
export const newRunId = (): string =>
  [...randomBytes(10)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
