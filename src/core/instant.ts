// Hot path: the present moment as one object that is used again and again. V8 boxes every number beyond 31 bits that is
// handed to a call which it does not inline (16 bytes), and keeps doing so for fields it has lost track of; a typed
// array never is. Whoever is given an Instant reads it and must not keep it.
import type { Micros } from './units.js';

export class Instant {
  private readonly cells = new Float64Array(2);

  constructor(us = 0 as Micros, venueUs: Micros = us) {
    this.cells[0] = us;
    this.cells[1] = venueUs;
  }

  /** Our clock. */
  get us(): Micros {
    return this.cells[0] as Micros;
  }

  set us(us: Micros) {
    this.cells[0] = us;
  }

  /** The venue's stamp on the print at hand. */
  get venueUs(): Micros {
    return this.cells[1] as Micros;
  }

  set venueUs(us: Micros) {
    this.cells[1] = us;
  }
}
