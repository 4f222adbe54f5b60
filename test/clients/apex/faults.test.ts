// Injected faults on a stepped clock: cuts, silence, lost, late and missing answers, 20002, 5xx, 403, fills that the
// stream misses. Afterwards every order's fate is known, every fill counted once, nothing sent twice; with a planted bug
// it must go red. Campaign: MM_APEX_FAULTS=10000 npx vitest run test/clients/apex/faults.test.ts
import { describe, expect, test } from 'vitest';
import { CANCEL_ALL } from '#core/messages';
import { Random } from '#core/random';
import type { HttpOutcome, HttpRequest, Network } from '#core/outside';
import type { Micros } from '#core/units';
import { ASK, BID } from '#core/units';
import { ApexClient } from '#clients/apex/client';
import { Doubts } from '#clients/net/doubts';
import { FillDesk } from '#clients/net/fill-desk';
import { Recovery } from '#clients/net/recovery';
import type { Answer, Rig } from './scripted.js';
import { API, ENVIRONMENT, FakeSigner, Heard, paceOf, place, refusal, reply, ScriptedApex, SYMBOL } from './scripted.js'; // prettier-ignore

const NOW = 0 as Micros;
const FAULTS = Number(process.env['MM_APEX_FAULTS'] ?? '200');
const FAULTS_A_RUN = 10;

interface Tally {
  faults: number;
  inFlight: number;
  wrong: string[];
}

type Bug = 'none' | 'timeout is failure' | 'no dedupe' | 'nobody asks';

/** A client whose memory or network is broken in one way. */
async function makeRun(bug: Bug): Promise<Rig> {
  const venue = new ScriptedApex();
  const heard = new Heard();
  const signer = new FakeSigner();
  const naive: Network = {
    connect: (url, handlers) => venue.connect(url, handlers),
    request: (request, done) =>
      venue.request(request, (outcome) =>
        done(outcome.kind === 'unknown' ? { kind: 'unsent', detail: 'failed' } : outcome),
      ),
  };
  const client = new ApexClient({
    ...{ network: bug === 'timeout is failure' ? naive : venue, clock: venue.clock, seed: 1 },
    ...{ api: API, signer, inbox: heard, environment: ENVIRONMENT, symbol: SYMBOL, runId: 'run1' },
  });
  const { run, settle } = paceOf(venue.clock);
  await settle(client.start());
  client.open();
  run(200);
  return { venue, client, signer, heard, run, settle };
}

const ANSWERS: readonly (() => Answer)[] = [
  () => 'lost',
  () => 'late',
  () => 'cut',
  () => 'cut',
  () => null,
  () => refusal(20002),
  () => refusal(10004),
  () => reply('{}', 502),
  (): HttpOutcome => ({ kind: 'unknown', detail: 'cut' }),
  (): HttpOutcome => ({ kind: 'unsent', detail: 'refused' }),
  () => reply('', 403),
];
/** Placing three times as often: there it hurts most. */
const PATHS = [
  ...['/order', '/order', '/order', '/order', '/delete-order', '/delete-client-order-id'],
  ...['/delete-open-orders', '/open-orders', '/order-by-client-order-id', '/fills', '/account'],
];

class Chaos {
  private ordinal = 0;
  private readonly seen = new Set<string>();

  constructor(
    private readonly rig: Rig,
    private readonly random: Random,
    private readonly tally: Tally,
  ) {}

  /** A while of trading in which one thing goes wrong. */
  round(): void {
    const { rig, random, tally } = this;
    const { venue } = rig;
    for (let i = 0; i < 3; i += 1) this.trade();
    const inFlight = venue.requests.length;
    this.fault();
    tally.faults += 1;
    this.trade();
    this.trade();
    const asked = venue.requests.slice(inFlight).some((r) => r.method === 'POST');
    if (asked || venue.open.length > 0) tally.inFlight += 1;
    this.live(random.next() * 3_000);
    for (const socket of venue.sockets) socket.frozen = false;
    venue.handlers.clear();
    venue.refusing = false;
  }

  private trade(): void {
    const { rig, random } = this;
    const { venue, client } = rig;
    const what = random.next();
    if (what < 0.45) {
      this.ordinal += 1;
      const buy = random.next() < 0.5;
      client.send(NOW, [place(this.ordinal, buy ? BID : ASK, buy ? 599_990 : 600_100)]);
    } else if (what < 0.65 && this.ordinal > 0) {
      const ordinal = 1 + Math.floor(random.next() * this.ordinal);
      // The engine cancels what it believes open; the end of anything else would be told again.
      if (!rig.heard.ended(ordinal)) client.send(NOW, [{ kind: 'cancel', ordinal }]);
    } else if (what < 0.7) client.send(NOW, [CANCEL_ALL]);
    else {
      const open = venue.open.filter((o) => o.status === 'OPEN');
      const order = open[Math.floor(random.next() * open.length)];
      if (order !== undefined) {
        const left = Math.round((Number(order.size) - order.filled) * 1_000);
        venue.fill(order.clientId, 1 + Math.floor(random.next() * left), random.next() < 0.7);
      }
    }
    rig.run(random.next() * 30);
  }

  private fault(): void {
    const { rig, random } = this;
    const { venue } = rig;
    const kind = random.next();
    if (kind < 0.3) venue.privateSocket.end(1006, 'cut');
    else if (kind < 0.35) venue.publicSocket.end(1006, 'cut');
    else if (kind < 0.45) venue.privateSocket.frozen = true;
    else if (kind < 0.5) {
      venue.refusing = true;
      venue.privateSocket.end(1006, 'cut');
    } else if (kind < 0.55) {
      const last = venue.fills.at(-1);
      if (last !== undefined) venue.push({ fills: [last] }, 'snapshot'); // a repeat
      venue.privateSocket.end(1006, 'cut');
    } else {
      const path = PATHS[Math.floor(random.next() * PATHS.length)] as string;
      const pick = Math.floor(random.next() * (random.next() < 0.2 ? 11 : 10));
      const answer = (ANSWERS[pick] as () => Answer)();
      let left = 1 + Math.floor(random.next() * 2);
      const answering = (_request: HttpRequest): Answer => (left-- > 0 ? answer : 'plain');
      venue.handlers.set(path, answering);
    }
  }

  /** Time goes by with a book that ticks. */
  private live(ms: number): void {
    for (let t = 0; t < ms; t += 500) {
      const socket = this.rig.venue.publicSocket;
      if (socket.open) this.rig.venue.book('delta', [], []);
      this.rig.run(500);
    }
  }

  /** Nothing goes wrong any more: then everything must become known, and true. */
  finish(): void {
    const { rig, tally } = this;
    const { venue, heard, client } = rig;
    const banned = heard.notes.some((n) => n.includes('403'));
    this.live(banned ? 1_000_000 : 80_000);
    client.send(NOW, [CANCEL_ALL]);
    this.live(20_000);
    const wrong = (text: string): void => void tally.wrong.push(text);
    if (heard.links('private').at(-1) !== 'up') wrong('the private link did not come back');
    if (venue.open.length > 0) wrong(`${venue.open.length} orders rest after cancel-all`);
    for (const fill of heard.of('fill')) {
      if (this.seen.has(fill.tradeId)) wrong(`${fill.tradeId} counted twice`);
      this.seen.add(fill.tradeId);
    }
    for (const fill of venue.fills) {
      if (!this.seen.has(String(fill['id']))) wrong(`${String(fill['id'])} never heard`);
    }
    this.fates(wrong);
    const lots = heard.of('fill').reduce((sum, f) => sum + f.side * f.lots, 0);
    if (Math.round(venue.net * 1_000) !== lots) wrong('the position is another');
  }

  private fates(wrong: (text: string) => void): void {
    const { venue, heard } = this.rig;
    const posts = new Map<string, number>();
    for (const request of venue.calls('/order')) {
      if (request.method !== 'POST') continue;
      const id = new URLSearchParams(request.body ?? '').get('clientId') ?? '';
      posts.set(id, (posts.get(id) ?? 0) + 1);
    }
    for (let ordinal = 1; ordinal <= this.ordinal; ordinal += 1) {
      const id = `mm-run1-${ordinal}`;
      const story = heard.story(ordinal).filter((kind) => kind !== 'cancel-rejected');
      const order = [...venue.orders.values()].find((o) => o.clientId === id);
      const ends = story.filter((kind) => kind === 'closed' || kind === 'rejected').length;
      const late = story.lastIndexOf('accepted') > story.indexOf('rejected') && story.includes('rejected'); // prettier-ignore
      if (ends !== (late ? 2 : 1)) wrong(`${id}: ${story.join(' ')}`);
      if (order === undefined && story.includes('accepted')) wrong(`${id} was never there`);
      const refused = story.at(-1) === 'rejected' && order !== undefined;
      if (refused && order.cancelReason !== 'COULD_NOT_FILL') wrong(`${id} rejected, but it was there: ${order.status}`); // prettier-ignore
      if ((posts.get(id) ?? 0) > 2) wrong(`${id} sent ${posts.get(id)} times`);
    }
  }
}

async function campaign(faults: number, bug: Bug, seed: string): Promise<Tally> {
  const tally: Tally = { faults: 0, inFlight: 0, wrong: [] };
  for (let n = 0; tally.faults < faults; n += 1) {
    const rig = await makeRun(bug);
    const chaos = new Chaos(rig, new Random(`${seed}/${n}`), tally);
    const before = tally.wrong.length;
    for (let i = 0; i < FAULTS_A_RUN; i += 1) chaos.round();
    chaos.finish();
    await rig.client.close();
    if (tally.wrong.length > before)
      tally.wrong[before] = `seed ${seed}/${n}: ${tally.wrong[before]}`;
  }
  return tally;
}

describe('faults', () => {
  test(`${FAULTS} faults: nothing unknown, nothing twice, nothing left`, async () => {
    const tally = await campaign(FAULTS, 'none', 'apex');
    if (FAULTS > 200) console.log(`${tally.faults} faults, ${tally.inFlight} with an order in flight or resting`); // prettier-ignore
    expect(tally.wrong).toEqual([]);
    expect(tally.inFlight).toBeGreaterThan(FAULTS / 3);
  }, 3_600_000);

  test.each(['timeout is failure', 'no dedupe', 'nobody asks'] as const)(
    'planted bug: %s is found',
    async (bug) => {
      type Patched = Record<string, (...args: never[]) => void>;
      const fills = FillDesk.prototype as unknown as Patched;
      const recovery = Recovery.prototype as unknown as Patched;
      const doubts = Doubts.prototype as unknown as Patched;
      const [remember, run, look] = [fills['remember'], recovery['run'], doubts['look']];
      if (bug === 'no dedupe') fills['remember'] = () => undefined;
      if (bug === 'nobody asks') {
        recovery['run'] = function (this: { up(): void }) {
          this.up();
        };
        doubts['look'] = () => undefined;
      }
      try {
        expect((await campaign(120, bug, 'apex')).wrong.length).toBeGreaterThan(0);
      } finally {
        Object.assign(fills, { remember });
        Object.assign(recovery, { run });
        Object.assign(doubts, { look });
      }
    },
  );
});
