// A position as people read it: the size in base units with its sign.
import type { Instrument } from '#core/instrument';
import type { Lots } from '#core/units';

export function signedSize(instrument: Instrument, lots: Lots): string {
  const size = instrument.formatSize(Math.abs(lots) as Lots);
  return lots < 0 ? `-${size}` : size;
}
