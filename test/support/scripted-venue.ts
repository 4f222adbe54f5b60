// What the scripted venues of the client tests share: sockets that a test can freeze or end, connections that can be
// refused, what a client wrote into its inbox, and a clock that a test steps. Nothing here matches orders.
import type { HttpOutcome, HttpRequest, Network, Socket, SocketHandlers } from '#core/outside';
import type { EngineEvent } from '#core/messages';
import { ROW_MARK } from '#core/rows';
import type { Aggressor, Micros, SpanMicros } from '#core/units';
import { SteppedClock } from '#sim/venues/stepped-clock';

export const HOP = 1_000 as SpanMicros;

export abstract class ScriptedSocket implements Socket {
  open = false;
  /** Frames vanish both ways and nobody is told. */
  frozen = false;

  constructor(
    protected readonly owner: ScriptedNetwork<ScriptedSocket>,
    readonly url: string,
    readonly handlers: SocketHandlers,
  ) {}

  abstract get isPrivate(): boolean;
  /** The venue hears a frame. */
  protected abstract heard(text: string): void;

  send(text: string): boolean {
    if (!this.open) return false;
    if (!this.frozen) this.owner.later(() => this.heard(text));
    return true;
  }

  ping(): boolean {
    if (this.open && !this.frozen) this.owner.later(() => this.handlers.onPong?.());
    return this.open;
  }

  close(): void {
    this.end(1000, '');
  }

  terminate(): void {
    this.end(1006, '');
  }

  /** The connection ends, seen from the client a moment later. */
  end(code: number, reason: string): void {
    if (!this.open) return;
    this.open = false;
    this.owner.later(() => this.handlers.onClose(code, reason));
  }

  text(text: string): void {
    if (this.frozen) return;
    this.owner.later(() => {
      if (this.open) this.handlers.onText(text);
    });
  }
}

export abstract class ScriptedNetwork<Link extends ScriptedSocket> implements Network {
  readonly clock: SteppedClock;
  readonly sockets: Link[] = [];
  readonly requests: HttpRequest[] = [];
  /** Every connection that was tried, refused ones too. */
  readonly tried: Link[] = [];
  /** New connections are refused. */
  refusing = false;
  /** Requests find nobody. */
  away = false;

  constructor(startUs: Micros) {
    this.clock = new SteppedClock(startUs);
  }

  protected abstract socket(url: string, handlers: SocketHandlers): Link;
  /** `finish` may be called late or never. */
  protected abstract answer(request: HttpRequest, finish: (outcome: HttpOutcome) => void): void;

  later(run: () => void): void {
    this.clock.after(HOP, run);
  }

  connect(url: string, handlers: SocketHandlers): Socket {
    const socket = this.socket(url, handlers);
    this.tried.push(socket);
    this.later(() => {
      if (this.refusing) return handlers.onClose(1006, 'refused');
      socket.open = true;
      this.sockets.push(socket);
      handlers.onOpen();
    });
    return socket;
  }

  request(request: HttpRequest, done: (outcome: HttpOutcome) => void): void {
    this.requests.push(request);
    let open = true;
    const finish = (outcome: HttpOutcome): void => {
      if (open) done(outcome);
      open = false;
    };
    if (this.away) {
      this.later(() => finish({ kind: 'unsent', detail: 'ECONNREFUSED' }));
      return;
    }
    this.answer(request, finish);
    this.clock.after(request.timeout, () => finish({ kind: 'unknown', detail: 'timed out' }));
  }

  get privateSocket(): Link {
    return this.last(true);
  }
  get publicSocket(): Link {
    return this.last(false);
  }

  private last(isPrivate: boolean): Link {
    const found = this.sockets.filter((s) => s.isPrivate === isPrivate).at(-1);
    if (found === undefined) throw new Error('no such socket');
    return found;
  }
}

/** Everything a client wrote, in order. */
export class Heard {
  readonly events: EngineEvent[] = [];
  readonly notes: string[] = [];
  readonly rows: number[][] = [];

  row(kind: number, side: Aggressor, us: number, price: number, size: number): void {
    this.rows.push([kind, side, us, price, size]);
  }
  event(event: EngineEvent): void {
    this.events.push(event);
  }
  note(_level: string, text: string): void {
    this.notes.push(text);
  }
  get marks(): number[] {
    return this.rows.filter(([kind]) => kind === ROW_MARK).map(([, , , price]) => price as number);
  }
  of<Kind extends EngineEvent['kind']>(kind: Kind): Extract<EngineEvent, { kind: Kind }>[] {
    return this.events.filter((e): e is Extract<EngineEvent, { kind: Kind }> => e.kind === kind);
  }
  /** Kinds of everything about one order. */
  story(ordinal: number): string[] {
    return this.events.filter((e) => 'ordinal' in e && e.ordinal === ordinal).map((e) => e.kind);
  }
  /** The engine has been told that it is over. */
  ended(ordinal: number): boolean {
    const last = this.story(ordinal)
      .filter((kind) => kind !== 'fill')
      .at(-1);
    return last === 'closed' || last === 'rejected';
  }
  links(channel: 'public' | 'private'): string[] {
    return this.of('link').filter((e) => e.channel === channel).map((e) => e.state); // prettier-ignore
  }
}

export interface Pace {
  /** Runs the clock on by ms. */
  run(ms: number): void;
  /** Awaits something that the clock must bring about. */
  settle<T>(promise: Promise<T>): Promise<T>;
}

export function paceOf(clock: SteppedClock): Pace {
  const run = (ms: number): void => clock.advanceTo((clock.nowUs() + ms * 1_000) as Micros);
  const settle = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    const mark = (): void => void (done = true);
    promise.then(mark, mark);
    for (let i = 0; i < 50_000 && !done; i += 1) {
      await Promise.resolve();
      if (i % 5 === 4) run(1);
    }
    return promise;
  };
  return { run, settle };
}
