// Damaged words about orders, fills, positions and the account (issue: figure 6), into a whole client over a scripted
// venue: nothing throws; every fill that is booked is one that an independent reading of the same bytes finds, on tick,
// in the band, within its order, with a fee that can be; nothing else moves the position; what cannot be read takes the
// link down, and quotes with it. MM_FRAMES=1000000 npx vitest run test/clients/paradex/private-fuzz.test.ts --testTimeout=3600000
import { expect, test } from 'vitest';
import {
  accountFrame,
  fillFrame,
  orderFrame,
  positionFrame,
} from '#clients/paradex/codec/from-wire';
import type { SbeVersion } from '#clients/paradex/endpoints';
import type { FillWire, OrderWire } from '#clients/paradex/wire';
import type { SocketHandlers } from '#core/outside';
import { Random } from '#core/random';
import type { Micros } from '#core/units';
import { BID } from '#core/units';
import {
  ACCOUNT_STATE, FILL, INSTRUMENT, ORDER, POSITION, mutate, mutateText,
} from '../../support/paradex-mutants.js'; // prettier-ignore
import type { NaiveFill, NaiveReading } from '../../support/paradex-naive-fill.js';
import { naiveFillFrame, naiveFillText } from '../../support/paradex-naive-fill.js';
import { JudgedScene, whole } from '../../support/judged-scene.js';
import type { Rig } from './scripted.js';
import { MARKET, START_US, place, readyRig, reply, results } from './scripted.js';

const COUNT = Number(process.env['MM_FRAMES'] ?? 1200);
const LOTS = 100;
/** The mark is 90,000: a quarter and four times of it, in ticks. */
const LOW = 225_000;
const HIGH = 3_600_000;
const MOST_WORTH = 10_000_000;
const NOW = 0 as Micros;
const START_MS = START_US / 1000;
const AFTER_MS = START_MS + 5_000;

/** Its two ids name two orders. Whose it is depends on what earlier damage has said of ids: not on these bytes alone. */
const isContradictory = ({ orderId, clientId }: NaiveFill): boolean =>
  orderId.replace('v', 'mm-run1-') !== clientId;

interface Mutant {
  readonly reading: NaiveReading;
  readonly shown: string;
  readonly feed: (to: SocketHandlers) => void;
}

/** One client with an order resting, and what was fed to it. */
class Scene extends JudgedScene {
  trades = 0;
  private seq = 10;
  private readonly booked = new Set<string>();

  private constructor(
    readonly rig: Rig,
    private readonly random: Random,
  ) {
    super(rig.heard, { lots: LOTS, low: LOW, high: HIGH });
  }

  static async open(random: Random): Promise<Scene> {
    const rig = await readyRig();
    const scene = new Scene(rig, random);
    rig.venue.summary('90000');
    rig.venue.rpc.set('order.create', () => ({
      result: { order: { ...scene.wire(), status: 'NEW', seq_no: 0 } },
    }));
    // A new connection finds the newest order open, and the end of any other.
    rig.venue.http.set('GET /orders', () => results(scene.wire()));
    rig.venue.http.set('GET /orders-history', ({ url }) => {
      const ordinal = Number(/mm-run1-(\d+)/.exec(url)?.[1]);
      return results(ordinal === scene.ordinal ? scene.wire() : scene.ended(ordinal));
    });
    scene.quote();
    scene.judge();
    return scene;
  }

  /** An order as the venue words it. */
  wire(ordinal = this.ordinal): OrderWire {
    const bid = this.side(ordinal) === BID;
    const names = { id: `v${ordinal}`, client_id: `mm-run1-${ordinal}`, market: MARKET };
    const terms = { side: bid ? 'BUY' : 'SELL', price: bid ? '89999' : '90002', size: '0.001' };
    const rest = { remaining_size: '0.001', flags: [], seq_no: this.seq, status: 'OPEN' };
    return { ...ORDER, ...names, ...terms, ...rest, request_info: undefined } as never;
  }

  ended(ordinal: number): OrderWire {
    const end = { status: 'CLOSED', cancel_reason: 'USER_CANCELED', seq_no: this.seq + 1_000 };
    return { ...this.wire(ordinal), ...end } as never;
  }

  private fillWire(): FillWire {
    const { id, client_id, side, price } = this.wire();
    const size = INSTRUMENT.formatSize((1 + this.random.int(LOTS)) as never);
    const own = { id: `f-${this.trades}`, order_id: id, client_id, side, price, size };
    return { ...FILL, ...own, realized_funding: '', created_at: AFTER_MS } as never;
  }

  /** The old order ends, and a new one rests, as far as the client knows. */
  quote(): void {
    const { rig } = this;
    if (this.ordinal > 0) rig.venue.privateSocket.push('orders.ALL', this.ended(this.ordinal));
    this.ordinal += 1;
    const side = this.side(this.ordinal);
    const command = place(this.ordinal, side, side === BID ? 899_990 : 900_020);
    rig.client.send(NOW, [command]);
    rig.run(5);
  }

  /** A valid word on something private, as text or as a frame. */
  next(): { text: string } | { bytes: Uint8Array } {
    const { random } = this;
    const version = random.int(3) as SbeVersion;
    const binary = random.bool(0.4);
    this.seq += 1;
    const push = (channel: string, data: unknown): { text: string } => ({
      text: JSON.stringify({ jsonrpc: '2.0', method: 'subscription', params: { channel, data } }),
    });
    const kind = random.int(12);
    if (kind < 6) {
      this.trades += random.bool(0.9) ? 1 : 0;
      const fill = this.fillWire();
      return binary ? { bytes: fillFrame(fill, 1, version) } : push('fills.ALL', fill);
    }
    if (kind < 10) {
      const end = { status: 'CLOSED', cancel_reason: 'USER_CANCELED', remaining_size: '0.0004' };
      const order = { ...this.wire(), ...(random.bool(0.2) ? end : {}) } as OrderWire;
      return binary ? { bytes: orderFrame(order, version) } : push('orders.ALL', order);
    }
    if (kind < 11)
      return binary ? { bytes: positionFrame(POSITION, version) } : push('positions', POSITION);
    return binary ? { bytes: accountFrame(ACCOUNT_STATE, version) } : push('account', ACCOUNT_STATE); // prettier-ignore
  }

  /** The next word, damaged or not: what the other reader makes of it, and how to feed it. */
  mutant(damaged: boolean): Mutant {
    const { random } = this;
    const word = this.next();
    if ('text' in word) {
      const text = damaged ? mutateText(random, word.text) : word.text;
      return { reading: naiveFillText(text), shown: text, feed: (to) => to.onText(text) };
    }
    const bytes = damaged ? mutate(random, word.bytes, fillFrame(FILL, 1, 2)) : word.bytes;
    const shown = Buffer.from(bytes).toString('hex');
    return { reading: naiveFillFrame(bytes), shown, feed: (to) => to.onBinary(bytes) };
  }

  /** What the client made of a fill that the other reader cannot judge. */
  adopt({ id }: NaiveFill, expected: number, moved: number): void {
    if (moved !== 0) this.booked.add(id);
    else if (expected !== 0) this.booked.delete(id);
  }

  /** By how many lots the position must move, by the other reader. */
  expected(fill: NaiveFill): number {
    if (fill.market !== MARKET || this.booked.has(fill.id)) return 0;
    const named = /^v([1-9]\d{0,8})$/.exec(fill.orderId)?.[1];
    const ours = /^mm-run1-(\d{1,9})$/.exec(fill.clientId)?.[1];
    const known = [named, ours].map(Number).find((n) => n >= 1 && n <= this.ordinal);
    if (known === undefined && fill.createdMs <= START_MS) return 0;
    const { ticks, lots, fee, createdMs } = fill;
    const nowMs = this.rig.venue.clock.nowUs() / 1000;
    if (!whole(createdMs) || createdMs <= 0 || createdMs > nowMs + 60_000) return 0;
    if (ticks === null || lots === null || lots === 0 || fee === null) return 0;
    const worth = ticks * lots * 1e-6;
    if (ticks < LOW || ticks > HIGH || Math.abs(fee) > worth * 1e8) return 0;
    if (known === undefined ? worth > MOST_WORTH : lots > LOTS) return 0;
    this.booked.add(fill.id);
    return (known === undefined ? fill.side : this.side(known)) * lots;
  }
}

test(
  `${COUNT} damaged private messages: only what can be is booked, the rest takes the link down`,
  async () => {
    const random = new Random('paradex private');
    const tally = { booked: 0, down: 0, other: 0, stuck: 0 };
    let scene = await Scene.open(random);
    for (let i = 0; i < COUNT; i++) {
      if (i % 500 === 499) scene = await Scene.open(random);
      if (i % 8 === 0) scene.quote();
      const { rig } = scene;
      const socket = rig.venue.privateSocket;
      const { reading, shown, feed } = scene.mutant(random.bool(0.9));
      // A new connection costs a hundred times what a message does: few of those, but all of the others.
      if (reading === 'lost' && !random.bool(0.05)) {
        i -= 1;
        continue;
      }
      feed(socket.handlers);
      const expected = typeof reading === 'string' ? 0 : scene.expected(reading);
      rig.run(3);
      const moved = scene.judge();
      if (typeof reading !== 'string' && isContradictory(reading))
        scene.adopt(reading, expected, moved);
      else if (moved !== expected)
        throw new Error(`position moved by ${moved}, not ${expected}: ${shown}`);
      if (reading === 'lost' && socket.open) throw new Error(`the link stands: ${shown}`);
      tally[expected !== 0 ? 'booked' : reading === 'lost' ? 'down' : 'other'] += 1;
      if (socket.open) continue;
      if (scene.isUp) throw new Error(`nobody was told: ${shown}`);
      for (let n = 0; !scene.isUp && n < 50; n++) {
        rig.run(200);
        scene.judge();
      }
      // An order whose damaged number is higher than any to come can never be told apart: it stays in doubt, unquoted.
      if (!scene.isUp) tally.stuck += 1;
      if (!scene.isUp) scene = await Scene.open(random);
    }
    if (COUNT > 100_000) console.log(COUNT, 'private messages', tally);
    expect(tally.booked).toBeGreaterThan(COUNT / 20);
    expect(tally.other).toBeGreaterThan(COUNT / 20);
    expect(tally.down).toBeGreaterThan(COUNT / 200);
    expect(tally.stuck).toBeLessThan(5 + COUNT / 2_000);
  },
  60_000 + COUNT * 4,
);

test(
  `${Math.ceil(COUNT / 20)} damaged answers about the account: a report that can be, or none`,
  async () => {
    const random = new Random('paradex account');
    const scene = await Scene.open(random);
    const { rig } = scene;
    const position = { ...POSITION, last_fill_id: '' };
    const texts = { '/positions': JSON.stringify({ results: [position] }), '/account': JSON.stringify(ACCOUNT_STATE) }; // prettier-ignore
    let reports = 0;
    for (let i = 0; i < Math.ceil(COUNT / 20); i++) {
      for (const [path, text] of Object.entries(texts)) {
        const body = random.bool(0.7) ? mutateText(random, text) : text;
        rig.venue.http.set(path, () => ({ ...(reply({}) as object), body }) as never);
      }
      rig.client.requestAccount();
      rig.run(2_500);
      reports += rig.heard.of('account').length;
      scene.judge();
    }
    expect(reports).toBeGreaterThan(COUNT / 100);
  },
  60_000 + COUNT * 4,
);
