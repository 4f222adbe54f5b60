// A signature as the venue writes it: `["<r decimal>","<s decimal>"]`.
import type { Signature } from './ecdsa.js';

export const toWire = ({ r, s }: Signature): string => `["${r}","${s}"]`;

/** The signature of a wire string; null when it is none. White space between the parts is forgiven. */
export function fromWire(text: string): Signature | null {
  const match = /^\s*\[\s*"(\d{1,80})"\s*,\s*"(\d{1,80})"\s*\]\s*$/.exec(text);
  return match === null ? null : { r: BigInt(match[1] ?? ''), s: BigInt(match[2] ?? '') };
}
