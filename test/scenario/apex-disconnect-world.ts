// Breaks between the real ApeX client and the loopback venue.
import { Instrument } from '#core/instrument';
import type { Money } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { ApexFace } from '#sim/venues/apex/apex-face';
import { loopbackCredentials } from '#sim/venues/apex/credentials';
import { zkChecks } from '#sim/venues/apex/zk-checks';
import { pipe } from '#sim/venues/pipe';
import { ApexClient } from '#clients/apex/client';
import { loopback, type ApexEnvironment } from '#clients/apex/endpoints';
import { parseSeed } from '#clients/apex/sign/keys';
import { inThreadSigner, type ApexSigner } from '#clients/apex/signer';
import type { DashSymbol } from '#clients/apex/wire';
import type { Figures } from '../support/break-figures.js';
import { BreakWorld, type Books } from '../support/break-world.js';
import { ApexFaults, type FaultName, FAULTS } from './apex-faulty-network.js';
import { WalkFeed } from './walk-feed.js';

const KEY = 'campaign';
const HEAL = 15_000_000;
/** An order that never arrived is given up after 60 s; then it takes a question or two. */
const SETTLE = 75_000_000;
const L2_KEY = '0xbeef';
const PRETENDED: ApexSigner = {
  l2Key: L2_KEY,
  sign: (_order, _terms, done) => done({ kind: 'signature', signature: '00'.repeat(64) }),
  close: () => Promise.resolve(),
};
const TRUSTING = { l2Key: (): string => L2_KEY, order: (): boolean => true };
/** Where orders are really signed, this share is verified. */
const VERIFIED = 0.2;

export class ApexDisconnectWorld extends BreakWorld {
  protected readonly net: ApexFaults;
  protected readonly client: ApexClient;
  protected readonly asks = { account: 10, list: 60, doubt: 2 };
  private readonly face: ApexFace;

  /** `signed`: with real zk signatures, of which the venue verifies a share. */
  constructor(
    seed: string,
    figures: Figures,
    signed = false,
    private readonly faults: readonly FaultName[] = FAULTS,
  ) {
    super(seed, figures, HEAL, SETTLE);
    const { clock } = this;
    if (signed) figures.realSeeds += 1;
    const instrument = new Instrument({
      ...{ ...SYNTHETIC_INSTRUMENT, venue: 'apex', symbol: 'BTC-USDT', settle: 'USDT' },
      minNotional: '0',
    });
    this.face = new ApexFace({
      ...{ clock, instrument, seed: 7, deposit: 1e15 as Money },
      checks: signed ? zkChecks(VERIFIED, seed) : TRUSTING,
      feed: new WalkFeed(clock, this.random.fork('market')),
    });
    this.net = new ApexFaults(pipe(this.face, clock), clock, this.random.fork('net'));
    const api = loopbackCredentials(KEY);
    const signer = signed ? inThreadSigner(parseSeed(api.seed) as Uint8Array) : PRETENDED;
    this.client = new ApexClient({
      ...{ network: this.net, clock, seed, api, signer, inbox: this, runId: 'campaign' },
      environment: loopback('http://127.0.0.1:9') as ApexEnvironment,
      symbol: instrument.spec.symbol as DashSymbol,
    });
  }

  protected get books(): Books {
    const account = this.face.accounts.all.get(KEY);
    return {
      openOrders: account?.openOrders ?? [],
      positionLots: account?.exchange.account.position.lots ?? 0,
      fillTimes: account?.fills.map((fill) => fill.createdAt) ?? [],
    };
  }

  protected inject(): void {
    const fault = this.faults[this.random.int(this.faults.length)] as FaultName;
    const { net, random } = this;
    const more = this.count(fault, net.inFlight > 0, 0.2);
    const nowUs = this.clock.nowUs();
    this.clean = fault === 'private-cut' && !more;
    const link = net.privateLink;
    if (fault === 'private-cut' || fault === 'half-open') this.cutUs = nowUs;
    if (fault === 'private-cut') link?.cut();
    else if (fault === 'half-open') {
      if (link !== undefined) link.halfOpen = true;
      net.struck();
    } else if (fault === 'public-cut') net.publicLink?.cut();
    else if (fault === 'public-gap') {
      if (net.publicLink !== undefined) net.publicLink.losePublic = true;
    } else if (fault === 'repeat') {
      if (link !== undefined) link.repeat = 60;
    } else if (fault === 'stall') {
      if (link !== undefined) link.stallUntilUs = nowUs + 2_000_000 + random.int(2_000_000);
      net.struck(link?.stallUntilUs);
    } else if (fault === 'cancel-lost') net.nextCancel = 'lost';
    else if (fault === 'cancel-reply') net.nextCancel = 'lost-reply';
    else net.nextPlace = fault;
  }

  protected finish(): void {
    this.figures.hitInFlight += this.net.ordersHit;
    this.figures.bans += this.net.bans;
    this.face.close();
  }
}
