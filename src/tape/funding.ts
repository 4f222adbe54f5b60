// Funding payments from a CSV of their own (venue,symbol,time_ms,interval_h,rate), laid over a tape that has none:
// each payment is a row of the rate that was paid, due at its time. Nothing is known of a rate before it is paid.
import type { RowSource } from '#core/rows';
import { ROW_FUNDING, RowBlock } from '#core/rows';
import { ByteSource } from './bytes.js';
import { TapeProblem } from './problem.js';

export interface FundingPayment {
  readonly us: number;
  /** A count of 1e-10 of the notional; a positive one is paid by the long. */
  readonly rate: number;
}

const HEADER = 'venue,symbol,time_ms,interval_h,rate';
const RATE_SCALE = 1e10;
const REMEDY = `the columns are ${HEADER}`;

async function text(file: string): Promise<string> {
  const source = new ByteSource(file);
  const chunks: Buffer[] = [];
  for await (const chunk of source.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** `name`: FILE, or FILE#venue/symbol where the file holds several series. Throws TapeProblem. */
export async function readFunding(name: string): Promise<FundingPayment[]> {
  const [file = '', wanted] = name.split('#');
  const lines = (await text(file)).split(/\r?\n/);
  if (lines[0] !== HEADER) throw new TapeProblem(file, 'line 1', 'unknown columns', REMEDY);
  const series = new Map<string, FundingPayment[]>();
  for (const [i, line] of lines.entries()) {
    if (i === 0 || line === '') continue;
    const [venue, symbol, ms, , rate, ...more] = line.split(',');
    const [us, value] = [Number(ms) * 1_000, Math.round(Number(rate) * RATE_SCALE)];
    const whole = more.length === 0 && rate !== undefined && rate !== '' && us > 1e15 && us < 4e15;
    if (!whole || !Number.isSafeInteger(us) || !(Math.abs(value) < RATE_SCALE)) {
      throw new TapeProblem(file, `line ${i + 1}`, `no payment in "${line.slice(0, 80)}"`, REMEDY);
    }
    const key = `${venue}/${symbol}`;
    const list = series.get(key) ?? [];
    if (!series.has(key)) series.set(key, list);
    list.push({ us, rate: value });
  }
  const keys = [...series.keys()];
  const key = wanted ?? (keys.length === 1 ? keys[0] : undefined);
  const found = key === undefined ? undefined : series.get(key);
  if (found !== undefined) return found.sort((a, b) => a.us - b.us);
  const what = keys.length === 0 ? 'has no payments' : `holds ${keys.join(', ')}`;
  throw new TapeProblem(
    file,
    '',
    what,
    `name one of them, like ${file}#${keys[0] ?? 'binance/BTC'}`,
  );
}

/** A source with payments laid over it, each before the first row at or after its time; none before the first row. */
export class FundedSource implements RowSource {
  private readonly own = new RowBlock();
  private held: RowBlock | null = null;
  private at = 0;
  private due = -1;

  constructor(
    private readonly source: RowSource,
    private readonly payments: readonly FundingPayment[],
  ) {}

  get totalRows(): number | null {
    return this.source.totalRows;
  }

  /** Always fills the block it is given: rows are copied, which only a run with a series of its own pays for. */
  next(reuse?: RowBlock): RowBlock | null {
    if (this.held === null) {
      this.held = this.source.next(this.own);
      if (this.held === null) return null;
      this.at = 0;
      if (this.due < 0 && this.held.count > 0) this.begin(this.held.localUs[0] as number);
    }
    return this.part(this.held, reuse ?? new RowBlock());
  }

  close(): void {
    this.source.close();
  }

  private get dueUs(): number {
    return this.payments[this.due]?.us ?? Infinity;
  }

  private begin(firstUs: number): void {
    this.due = this.payments.findIndex(({ us }) => us >= firstUs);
    if (this.due < 0) this.due = this.payments.length;
  }

  /** Copies rows of the held block, with the payments due among them, until it or `out` is used up. */
  private part(held: RowBlock, out: RowBlock): RowBlock {
    out.count = 0;
    while (this.at < held.count && !out.full) {
      const i = this.at;
      const us = held.localUs[i] as number;
      if (this.dueUs <= us) {
        const { us: paidUs, rate } = this.payments[this.due] as FundingPayment;
        // Within a tape times never step back: a payment after the last row waits for this one's time.
        out.push(ROW_FUNDING, 0, paidUs, us, rate, 1);
        this.due += 1;
        continue;
      }
      out.push(
        held.kind[i] as 1,
        held.side[i] as 0,
        held.exchangeUs[i] as number,
        us,
        held.price[i] as number,
        held.size[i] as number,
      );
      this.at += 1;
    }
    if (this.at >= held.count) this.held = null;
    return out;
  }
}
