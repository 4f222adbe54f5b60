// Damaged words about orders, fills and the account (issue: figure 6), into a whole client over a scripted venue: nothing
// throws; every fill that is booked is one that an independent reading of the same text finds, on tick, in the band,
// within its order, with a fee that can be; nothing else moves the position; what cannot be read takes the link down, and
// quotes with it. MM_FRAMES=1000000 npx vitest run test/clients/apex/private-fuzz.test.ts --testTimeout=3600000
import { expect, test } from 'vitest';
import { Random } from '#core/random';
import type { Micros } from '#core/units';
import { BID } from '#core/units';
import type { NaiveApexFill } from '../../support/apex-naive-fill.js';
import { naiveApexFrame } from '../../support/apex-naive-fill.js';
import { JudgedScene, whole } from '../../support/judged-scene.js';
import { mutateText } from '../../support/paradex-mutants.js';
import type { Rig, VenueOrder } from './scripted.js';
import { START_US, SYMBOL, place, readyRig, reply } from './scripted.js';

const COUNT = Number(process.env['MM_FRAMES'] ?? 1200);
const LOTS = 10;
/** The mark is 60,000: a quarter and four times of it, in ticks. */
const LOW = 150_000;
const HIGH = 2_400_000;
const MOST_WORTH = 10_000_000;
const NOW = 0 as Micros;
const START_MS = START_US / 1000;

/** One client with an order resting, and what was fed to it. */
class Scene extends JudgedScene {
  private trades = 0;
  /** What each booked fill moved. */
  private readonly booked = new Map<string, number>();

  private constructor(
    readonly rig: Rig,
    private readonly random: Random,
  ) {
    super(rig.heard, { lots: LOTS, low: LOW, high: HIGH });
  }

  static async open(random: Random): Promise<Scene> {
    const rig = await readyRig();
    const scene = new Scene(rig, random);
    const data = { symbol: 'BTCUSDT', markPrice: '60000' };
    const ticker = {
      topic: 'instrumentInfo.H.BTCUSDT',
      type: 'snapshot',
      data,
      ts: START_US,
      cs: 1,
    };
    rig.venue.publicSocket.push(ticker);
    scene.quote();
    scene.judge();
    return scene;
  }

  /** A new order rests. */
  quote(): void {
    const { rig } = this;
    this.ordinal += 1;
    const side = this.side(this.ordinal);
    rig.client.send(NOW, [place(this.ordinal, side, side === BID ? 599_990 : 600_020)]);
    rig.run(10);
  }

  private get newest(): VenueOrder {
    return [...this.rig.venue.orders.values()].at(-1) as VenueOrder;
  }

  /** A valid frame about the newest order. */
  next(): string {
    const { random, newest } = this;
    const { venue } = this.rig;
    this.trades += random.bool(0.9) ? 1 : 0;
    const { id, clientId, side, price } = newest;
    const own = { orderId: id, clientOrderId: clientId, symbol: SYMBOL, side, price };
    const more = { fee: '0.0155', liquidity: 'MAKER', createdAt: START_MS + 5_000 };
    const size = (1 + random.int(LOTS)) / 1_000;
    const status = random.bool(0.05) ? 'FAILED_L2_REJECTED' : 'SUCCESS';
    const fill = { id: `f${this.trades}`, ...own, ...more, status, size: String(size) };
    const order = { ...venue.wire(newest), cumMatchFillSize: String(size) };
    const positions = [{ symbol: SYMBOL, side: 'LONG', size: '0.01', entryPrice: '59999' }];
    const contents = {
      fills: random.bool(0.7) ? [fill] : null,
      orders: random.bool(0.5) ? [order] : null,
      positions,
    };
    const type = random.bool(0.9) ? 'delta' : 'snapshot';
    return JSON.stringify({ type, timestamp: venue.nowMs, topic: 'ws_zk_accounts_v3', contents });
  }

  /** By how many lots the position must move, by the other reader. */
  expected(fill: NaiveApexFill): number {
    if (fill.symbol !== SYMBOL) return 0;
    const before = this.booked.get(fill.id);
    if (before !== undefined) {
      if (fill.failed) this.booked.set(fill.id, 0);
      return fill.failed ? 0 - before : 0;
    }
    const { ticks, lots, fee, createdMs } = fill;
    const orders = [...this.rig.venue.orders.values()];
    const order = orders.find(({ id }) => id === fill.orderId);
    const named = /^mm-run1-(\d{1,9})$/.exec(order?.clientId ?? fill.clientId)?.[1];
    const known = Number(named) >= 1 && Number(named) <= this.ordinal ? Number(named) : null;
    if (fill.failed || (known === null && createdMs <= START_MS)) return 0;
    const nowMs = this.rig.venue.nowMs;
    if (!whole(createdMs) || createdMs <= 0 || createdMs > nowMs + 60_000) return 0;
    if (ticks === null || lots === null || lots === 0 || fee === null) return 0;
    const worth = ticks * lots * 1e-4;
    if (ticks < LOW || ticks > HIGH || Math.abs(fee) > worth * 1e8) return 0;
    if (known === null ? worth > MOST_WORTH : lots > LOTS) return 0;
    const moved = (known === null ? fill.side : this.side(known)) * lots;
    this.booked.set(fill.id, moved);
    return moved;
  }
}

test(
  `${COUNT} damaged private frames: only what can be is booked, the rest takes the link down`,
  async () => {
    const random = new Random('apex private');
    const tally = { booked: 0, down: 0, other: 0, stuck: 0 };
    let scene = await Scene.open(random);
    for (let i = 0; i < COUNT; i++) {
      if (i % 250 === 249) scene = await Scene.open(random);
      const { rig } = scene;
      const socket = rig.venue.privateSocket;
      const text = random.bool(0.1) ? scene.next() : mutateText(random, scene.next());
      const reading = naiveApexFrame(text);
      // A new connection costs a hundred times what a frame does: few of those, but all of the others.
      if (reading.lost && !random.bool(0.05)) {
        i -= 1;
        continue;
      }
      const expected = reading.fills.reduce((sum, fill) => sum + scene.expected(fill), 0);
      socket.handlers.onText(text);
      const moved = scene.judge();
      if (moved !== expected)
        throw new Error(`position moved by ${moved}, not ${expected}: ${text}`);
      rig.run(3);
      scene.judge();
      if (reading.lost && socket.open) throw new Error(`the link stands: ${text}`);
      tally[expected !== 0 ? 'booked' : reading.lost ? 'down' : 'other'] += 1;
      if (socket.open) continue;
      if (scene.isUp) throw new Error(`nobody was told: ${text}`);
      for (let n = 0; !scene.isUp && n < 50; n++) {
        rig.run(200);
        scene.judge();
      }
      if (!scene.isUp) tally.stuck += 1;
      if (scene.isUp) scene.quote();
      else scene = await Scene.open(random);
    }
    if (COUNT > 100_000) console.log(COUNT, 'private frames', tally);
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
    const random = new Random('apex account');
    const scene = await Scene.open(random);
    const { rig } = scene;
    const positions = [
      { symbol: SYMBOL, side: 'LONG', size: '0.010', entryPrice: '59999.0', updatedAt: START_MS },
      { symbol: SYMBOL, side: 'SHORT', size: '0.000', entryPrice: '0', updatedAt: START_MS },
    ];
    const texts = {
      '/account': JSON.stringify({ data: { ...rig.venue.account, positions }, timeCost: 1 }),
      '/account-balance': JSON.stringify({
        data: { totalEquityValue: '5000.5', maintenanceMargin: '10' },
        timeCost: 1,
      }),
    };
    let reports = 0;
    for (let i = 0; i < Math.ceil(COUNT / 20); i++) {
      for (const [path, text] of Object.entries(texts)) {
        const body = random.bool(0.7) ? mutateText(random, text) : text;
        rig.venue.handlers.set(path, () => reply(body));
      }
      rig.client.requestAccount();
      rig.run(4_500);
      reports += rig.heard.of('account').length;
      scene.judge();
    }
    expect(reports).toBeGreaterThan(COUNT / 100);
  },
  60_000 + COUNT * 4,
);
