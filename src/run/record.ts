// `mm record`: a venue's public feed to a tape, no key needed. Rows as they come; what was lost between a break of the link
// and the next whole book is a gap on the tape. Reads only: nothing leaves but subscriptions.
import type { VenueInbox } from '#clients/net/venue-client';
import type { ParameterValues } from '#config/parameters';
import { EXIT, StartProblem } from '#config/problem';
import type { EngineEvent } from '#core/messages';
import type { RowKind } from '#core/rows';
import { ROW_GAP } from '#core/rows';
import type { Aggressor, Seconds } from '#core/units';
import { TapeWriter } from '#tape/write';
import { WallClock } from './clock.js';
import { StopSignals, holdSignals } from './stop-signals.js';
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

/** Rows to the tape; times at which the link was down become gaps. */
export class TapeInbox implements VenueInbox {
  rows = 0;
  gaps = 0;
  /** When the feed stopped being whole; null while it is. */
  private brokenUs: number | null = null;
  private wholeOnce = false;

  constructor(
    private readonly tape: Pick<TapeWriter, 'push'>,
    private readonly clock: WallClock,
    private readonly say: (line: string) => void,
  ) {}

  row(kind: RowKind, side: Aggressor, exchangeUs: number, price: number, size: number): void {
    this.rows += 1;
    this.tape.push(kind, side, exchangeUs, this.clock.nowUs(), price, size);
  }

  event(event: EngineEvent): void {
    if (event.kind !== 'link' || event.channel !== 'public') return;
    this.say(`${event.state}: ${event.detail}`);
    if (event.state !== 'up') {
      if (this.wholeOnce) this.brokenUs ??= event.us;
      return;
    }
    this.wholeOnce = true;
    if (this.brokenUs === null) return;
    // The snapshot that made it whole lies before this row: what is lost is between the two times all the same.
    this.tape.push(ROW_GAP, 0, this.brokenUs, event.us, 0, 0);
    this.gaps += 1;
    this.brokenUs = null;
  }

  note(level: 'debug' | 'info' | 'warn', text: string): void {
    if (level !== 'debug') this.say(text);
  }
}

/** Records until the time is over or a signal comes; returns the exit code. Throws StartProblem, TapeProblem. */
export async function recordVenue(request: RecordRequest): Promise<number> {
  const { values, out, overwrite, duration, say } = request;
  const clock = new WallClock();
  const counters = {
    ...{ connects: 0, cuts: 0, gaps: 0, requests: 0, failures: 0, unknowns: 0 },
    ...{ unreadable: 0, duplicateFills: 0, messages: 0 },
  };
  const onMarketChange = (market: string): void =>
    say(`${market} changed its specification: begin a new tape`);
  const module = await venueNamed(request.venue);
  const feed = await module.feed({ values, clock, counters, onMarketChange });
  const { venue, symbol, tickSize, lotSize, minNotional, minSize } = feed.instrument.spec;
  const least = minSize === undefined ? {} : { minSize };
  const header = { venue, symbol, tickSize, lotSize, minNotional, ...least };
  const tape = new TapeWriter(
    out,
    { instrument: header, writtenBy: 'record' },
    { overwrite, blockRows: BLOCK_ROWS },
  );
  holdSignals();
  const inbox = new TapeInbox(tape, clock, say);
  const flush = setInterval(() => tape.flush(), FLUSH_MS);
  const close = feed.open(inbox);
  try {
    say(`recording ${symbol} from ${feed.from}`);
    say(`ends: ${await untilAsked(duration)}`);
  } finally {
    clearInterval(flush);
    close();
  }
  const info = tape.finish();
  say(
    `${out}: ${info.rows} rows, ${inbox.gaps} gaps, ${counters.cuts} cuts, ${counters.unreadable} frames unreadable`,
  );
  if (info.rows > 0) return EXIT.clean;
  throw new StartProblem(`${out} is empty: the venue sent no row; check --network and --market`);
}

function untilAsked(duration: Seconds | null): Promise<string> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | null = null;
    const end = (why: string): void => {
      if (timer !== null) clearTimeout(timer);
      signals.close();
      resolve(why);
    };
    const signals = new StopSignals(end, () => process.exit(EXIT.bug));
    if (duration !== null) timer = setTimeout(() => end('the duration is over'), duration * 1000);
  });
}
