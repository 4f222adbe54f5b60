// A moment for calls that want one, made anew each time: a test may.
import { Instant } from '#core/instant';
import type { Micros } from '#core/units';

export const at = (us: number, venueUs = us): Instant =>
  new Instant(us as Micros, venueUs as Micros);
