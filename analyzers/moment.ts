// Hot path: a time and the mid of that time, in one object that is used again and again: V8 boxes
// every number beyond 31 bits, and every fraction, that one function hands to another, and that is
// an allocation per row. Whoever is given a Moment must not keep it.

export class Moment {
  /** Time in us. */
  us = 0;
  /** In ticks; 0: there is none. */
  mid = 0;
  /** The venue's stamp on the print at hand. */
  venueUs = 0;
}
