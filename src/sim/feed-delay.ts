// When rows happen at the venue and when the bot sees them, where that is not one constant apart: sampled delays, or
// the recording's own two clocks. A source around a source that adds both times to its blocks. Never look-ahead: a row
// reaches the bot no earlier than it happens, and neither clock ever steps back.
import { assert } from '#core/assert';
import { Random } from '#core/random';
import { ROW_GAP, RowBlock } from '#core/rows';
import type { RowSource } from '#core/rows';
import type { Micros, SpanMicros } from '#core/units';
import { draw } from './delays.js';

/** A block whose rows carry the two times by which a simulation drives them. */
export class TimedBlock extends RowBlock {
  readonly venueUs: Float64Array;
  readonly botUs: Float64Array;

  constructor(capacity?: number) {
    super(capacity);
    this.venueUs = new Float64Array(this.capacity);
    this.botUs = new Float64Array(this.capacity);
  }
}

abstract class TimedSource implements RowSource {
  protected lastVenueUs = -Infinity;
  protected lastBotUs = -Infinity;

  constructor(private readonly source: RowSource) {}

  get totalRows(): number | null {
    return this.source.totalRows;
  }

  next(reuse?: RowBlock): TimedBlock | null {
    const block = reuse instanceof TimedBlock ? reuse : new TimedBlock();
    const filled = this.source.next(block);
    if (filled === null) return null;
    assert(filled === block, 'a source that does not fill the block it is given');
    this.stamp(block);
    return block;
  }

  close(): void {
    this.source.close();
  }

  protected abstract stamp(block: TimedBlock): void;
}

/** Rows happen when they were recorded; each instant reaches the bot after a lognormal delay of its own. */
export class SampledFeed extends TimedSource {
  private readonly random: Random;
  private instantUs = -1;
  private delay = 0 as SpanMicros;

  constructor(
    source: RowSource,
    seed: number,
    private readonly median: SpanMicros,
    private readonly spread: number,
  ) {
    super(source);
    this.random = new Random(seed).fork('feed delay');
  }

  protected stamp(block: TimedBlock): void {
    const { localUs, venueUs, botUs, count } = block;
    for (let i = 0; i < count; i += 1) {
      const us = localUs[i] as number;
      if (us !== this.instantUs) {
        this.instantUs = us;
        this.delay = draw(this.random, this.median, this.spread);
      }
      venueUs[i] = us;
      this.lastBotUs = Math.max(this.lastBotUs, us + this.delay);
      botUs[i] = this.lastBotUs;
    }
  }
}

/** How the two clocks of a recording stand to each other: local less venue time, in microseconds. */
export interface ClockSkew {
  readonly rows: number;
  readonly leastUs: number;
  readonly medianUs: number;
  readonly p99Us: number;
  /** Added to local less venue time, so that no row is seen before it happens; 0 when the clocks agree. */
  readonly correctionUs: number;
}

/** With corrected clocks, the fastest row took this long. */
export const LEAST_LATENCY_US = 1_000;
const SAMPLES = 10_000;

/** Reads the whole source. Closes it. Gaps have no venue time of their own and do not count. */
export function measureSkew(source: RowSource): ClockSkew {
  const samples: number[] = [];
  let [rows, least, every] = [0, Infinity, 1];
  const block = new RowBlock();
  for (let b = source.next(block); b !== null; b = source.next(block)) {
    for (let i = 0; i < b.count; i += 1) {
      if (b.kind[i] === ROW_GAP) continue;
      const latency = (b.localUs[i] as number) - (b.exchangeUs[i] as number);
      if (latency < least) least = latency;
      if (rows % every === 0) samples.push(latency);
      rows += 1;
      if (samples.length < 2 * SAMPLES) continue;
      for (let k = 0; k < SAMPLES; k += 1) samples[k] = samples[2 * k] as number;
      samples.length = SAMPLES;
      every *= 2;
    }
  }
  source.close();
  samples.sort((a, b) => a - b);
  const at = (share: number): number => samples[Math.floor(share * (samples.length - 1))] ?? 0;
  const correctionUs = rows > 0 && least < 0 ? LEAST_LATENCY_US - least : 0;
  return { rows, leastUs: rows > 0 ? least : 0, medianUs: at(0.5), p99Us: at(0.99), correctionUs };
}

/**
 * Rows happen at the venue's own time and reach the bot at the recorder's. The venue's times, moved back by the
 * correction, are raised where they step back: rows stay in the order of the recording.
 */
export class RecordedFeed extends TimedSource {
  /** Latency by the second in which it was seen, until somebody asked for a later one. */
  private readonly seen: { us: number; latency: number }[] = [];
  private latest: SpanMicros;

  constructor(
    source: RowSource,
    private readonly correctionUs: number,
    /** Taken for orders sent before the first row was seen. */
    fallback: SpanMicros,
  ) {
    super(source);
    this.latest = fallback;
  }

  protected stamp(block: TimedBlock): void {
    const { localUs, exchangeUs, kind, venueUs, botUs, count } = block;
    // The run begins with the first row seen: what the venue did before that is raised to it.
    if (this.lastVenueUs === -Infinity) this.lastVenueUs = localUs[0] ?? 0;
    for (let i = 0; i < count; i += 1) {
      const local = localUs[i] as number;
      if (kind[i] === ROW_GAP) {
        // Its start is on the recorder's clock; at the venue the hole began a latency earlier.
        exchangeUs[i] = this.lastVenueUs;
      } else {
        const happened = Math.min((exchangeUs[i] as number) - this.correctionUs, local);
        if (happened > this.lastVenueUs) this.lastVenueUs = happened;
      }
      venueUs[i] = this.lastVenueUs;
      botUs[i] = local;
      this.note(local, local - (venueUs[i] as number));
    }
  }

  /** The feed's latency when it was last seen at or before `nowUs`. Asked in order of time. */
  latencyAt(nowUs: Micros): SpanMicros {
    const { seen } = this;
    let i = 0;
    while (i < seen.length && (seen[i] as { us: number }).us <= nowUs) i += 1;
    if (i > 0) {
      this.latest = (seen[i - 1] as { latency: number }).latency as SpanMicros;
      seen.splice(0, i);
    }
    return this.latest;
  }

  private note(us: number, latency: number): void {
    const last = this.seen[this.seen.length - 1];
    if (last === undefined || us >= last.us + 1e6) this.seen.push({ us, latency });
  }
}
