// `mm record`: a venue's public feed to a tape, no key needed. Rows as they come; what was lost between a break of the link
// and the next whole book is a gap on the tape. Reads only: nothing leaves but subscriptions.
import { existsSync } from 'node:fs';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import type { ParameterValues } from '#config/parameters';
import { EXIT, StartProblem } from '#config/problem';
import type { EngineEvent } from '#core/messages';
import type { RowKind } from '#core/rows';
import type { Clock } from '#core/outside';
import { ROW_CLEAR, ROW_GAP, ROW_LEVEL } from '#core/rows';
import { MICROS_PER_MS } from '#core/units';
import type { Aggressor, Seconds } from '#core/units';
import type { TapeInfo } from '#tape/format';
import { rescueTape } from '#tape/rescue';
import { TapeWriter } from '#tape/write';
import { WallClock } from './clock.js';
import { plainJob } from './paper-job.js';
import { startPaperVenue, type PaperVenue } from './paper-venue.js';
import { StopSignals, holdSignals } from './stop-signals.js';
import type { PublicFeed, VenueModule } from './venue-module.js';
import { venueNamed } from './venue-registry.js';
import type { VenueName } from './venue-registry.js';

const FLUSH_MS = 10_000;
const BLOCK_ROWS = 8_192;

export interface RecordRequest {
  readonly venue: VenueName;
  readonly values: ParameterValues;
  readonly out: string;
  readonly overwrite: boolean;
  readonly duration: Seconds | null;
  readonly say: (line: string) => void;
}

/** Rows to the tape. Between the last book row before a break and the snapshot after it lies a gap. */
export class TapeInbox implements VenueInbox {
  rows = 0;
  gaps = 0;
  /** Told once when the tape takes no more rows (a full disk). */
  onFailure: (error: unknown) => void = () => undefined;
  private failed = false;
  private broken = false;
  /** The last row of a whole book; 0 before the first. */
  private bookUs = 0;
  private stampUs = 0;

  constructor(
    private readonly tape: Pick<TapeWriter, 'push'>,
    private readonly clock: Clock,
    private readonly say: (line: string) => void,
  ) {}

  row(kind: RowKind, side: Aggressor, exchangeUs: number, price: number, size: number): void {
    const us = this.stamp();
    if (kind === ROW_CLEAR) this.whole(us);
    if (kind === ROW_CLEAR || kind === ROW_LEVEL) this.bookUs = us;
    this.push(kind, side, exchangeUs, us, price, size);
  }

  event(event: EngineEvent): void {
    if (event.kind !== 'link' || event.channel !== 'public') return;
    this.say(`${event.state}: ${event.detail}`);
    if (event.state !== 'up' && this.bookUs > 0) this.broken = true;
  }

  note(level: 'debug' | 'info' | 'warn', text: string): void {
    if (level !== 'debug') this.say(text);
  }

  /** The recording ends: what was broken then lasts to the end. */
  end(): void {
    this.whole(this.stamp());
  }

  private whole(us: number): void {
    if (!this.broken) return;
    this.broken = false;
    this.gaps += 1;
    this.push(ROW_GAP, 0, this.bookUs, us, 0, 0);
  }

  /** Rows that came in one go are of one instant: half a snapshot is no book. */
  private stamp(): number {
    if (this.stampUs !== 0) return this.stampUs;
    queueMicrotask(() => (this.stampUs = 0));
    return (this.stampUs = this.clock.nowUs());
  }

  private push(kind: RowKind, side: Aggressor, exchangeUs: number, us: number, price: number, size: number): void {
    if (this.failed) return;
    try {
      this.tape.push(kind, side, exchangeUs, us, price, size);
      this.rows += 1;
    } catch (error) {
      this.failed = true;
      this.onFailure(error);
    }
  } // prettier-ignore
}

/** Records until the time is over or a signal comes; returns the exit code. Throws StartProblem, TapeProblem. */
export async function recordVenue(request: RecordRequest): Promise<number> {
  const { values, say } = request;
  const clock = new WallClock();
  const counters = {
    ...{ connects: 0, cuts: 0, gaps: 0, requests: 0, failures: 0, unknowns: 0 },
    ...{ unreadable: 0, duplicateFills: 0, messages: 0 },
  };
  const onMarketChange = (market: string): void =>
    say(`${market} changed its specification: begin a new tape`);
  const module = await venueNamed(request.venue);
  const paper = await paperVenue(request.venue, module, values);
  try {
    const at = paper === null ? values : { ...values, ...module.onPaper(paper.origin) };
    const feed = await module.feed({ values: at, clock, counters, onMarketChange });
    return await record(request, feed, clock, counters);
  } finally {
    await paper?.close();
    clock.release();
  }
}

/** Without a network or an address: the made-up market of a paper run, served for us. */
async function paperVenue(
  name: VenueName,
  module: VenueModule,
  values: ParameterValues,
): Promise<PaperVenue | null> {
  if (values.network !== 'paper' || module.url(values) !== null) return null;
  return await startPaperVenue({ ...plainJob(values), venue: name, port: 0 });
}

async function record(
  { out, overwrite, duration, say }: RecordRequest,
  feed: PublicFeed,
  clock: WallClock,
  counters: VenueCounters,
): Promise<number> {
  const { venue, symbol, tickSize, lotSize, minNotional, minSize } = feed.instrument.spec;
  const least = minSize === undefined ? {} : { minSize };
  const header = { venue, symbol, tickSize, lotSize, minNotional, ...least };
  keepLeft(out, say);
  const tape = new TapeWriter(
    out,
    { instrument: header, writtenBy: 'record' },
    { overwrite, blockRows: BLOCK_ROWS },
  );
  holdSignals();
  const inbox = new TapeInbox(tape, clock, say);
  const failed = new Promise<never>((_, reject) => (inbox.onFailure = reject));
  const flush = setInterval(() => guarded(() => tape.flush(), inbox), FLUSH_MS);
  const close = feed.open(inbox);
  try {
    say(`recording ${symbol} from ${feed.from}; Ctrl-C ends it and keeps the tape`);
    say(`ends: ${await Promise.race([untilAsked(duration, out, say), failed])}`);
  } catch (error) {
    say(`${out}.part holds the rows until then`);
    throw error;
  } finally {
    clearInterval(flush);
    close();
  }
  if (inbox.rows === 0) {
    tape.abort();
    throw new StartProblem(
      `nothing was recorded, ${out} is not made: the venue sent no row; check --network and --market`,
    );
  }
  inbox.end();
  const { rows } = tape.finish();
  const { cuts, unreadable } = counters;
  say(`${out}: ${rows} rows, ${inbox.gaps} gaps, ${cuts} cuts, ${unreadable} frames unreadable`);
  return EXIT.clean;
}

/** What a killed recording left under the name of the new one is kept under a name of its own: when it began. */
export function keepLeft(out: string, say: (line: string) => void): void {
  if (!existsSync(`${out}.part`)) return;
  const named = ({ firstUs }: TapeInfo): string => {
    const began = new Date(firstUs / MICROS_PER_MS).toISOString().replace(/\.\d+Z|[-:]/g, '');
    return `${out.replace(/\.tape$/, '')}-${began}.tape`;
  };
  const info = rescueTape(`${out}.part`, named);
  if (info !== null) say(`${info.file}: ${info.rows} rows that a killed recording left`);
}

/** A disk that is full while flushing ends the recording as one that is full at a row does. */
function guarded(work: () => void, inbox: TapeInbox): void {
  try {
    work();
  } catch (error) {
    inbox.onFailure(error);
  }
}

/** A second signal does not wait for the venue to be closed. */
function untilAsked(
  duration: Seconds | null,
  out: string,
  say: (line: string) => void,
): Promise<string> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | null = null;
    const end = (why: string): void => {
      if (timer !== null) clearTimeout(timer);
      signals.close();
      resolve(why);
    };
    const atOnce = (): never => {
      say(`ended at once; ${out}.part holds the rows until then`);
      process.exit(EXIT.bug);
    };
    const signals = new StopSignals(end, atOnce);
    if (duration !== null) timer = setTimeout(() => end('the duration is over'), duration * 1000);
  });
}
