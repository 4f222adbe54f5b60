// Breaks between the real Paradex client and the loopback venue.
import { Instrument } from '#core/instrument';
import type { SpanMicros } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import type { ParadexFace } from '#sim/venues/paradex/paradex-face';
import { pipe } from '#sim/venues/pipe';
import { ParadexClient } from '#clients/paradex/client';
import { loopback, type Environment } from '#clients/paradex/endpoints';
import type { Figures } from '../support/break-figures.js';
import { BreakWorld, type Books } from '../support/break-world.js';
import { makeVenue } from './disconnect-venue.js';
import { type FaultName, FAULTS, ParadexFaults } from './faulty-network.js';

const HEAL = 10_000_000;

export class DisconnectWorld extends BreakWorld {
  protected readonly net: ParadexFaults;
  protected readonly client: ParadexClient;
  protected readonly asks = { account: 5, list: 60, doubt: 1 };
  private readonly face: ParadexFace;
  private readonly address: string;

  constructor(seed: string, figures: Figures) {
    super(seed, figures, HEAL);
    const instrument = new Instrument({ ...SYNTHETIC_INSTRUMENT, makerFee: 300_000 as never });
    const { clock } = this;
    const venue = makeVenue(seed, clock, instrument, this.random);
    const { binary, signer } = venue;
    this.face = venue.face;
    this.address = signer.account;
    if (venue.real) figures.realSeeds += 1;
    if (venue.tokenSeconds < 300) figures.shortTokens += 1;
    this.net = new ParadexFaults(pipe(this.face, clock), clock, this.random.fork('net'));
    this.client = new ParadexClient({
      ...{ network: this.net, clock, seed, signer, inbox: this },
      environment: loopback('http://127.0.0.1:9') as Environment,
      ...{ market: instrument.spec.symbol, runId: 'campaign' },
      switches: binary ? { privateSocket: 'sbe', schemaVersion: 2 } : {},
    });
  }

  protected get books(): Books {
    const account = this.face.accounts.get(this.address);
    return {
      openOrders: account?.openOrders ?? [],
      positionLots: account?.exchange.account.position.lots ?? 0,
      fillTimes: account?.fills.map((fill) => fill.created_at) ?? [],
    };
  }

  protected inject(): void {
    const fault = FAULTS[this.random.int(FAULTS.length)] as FaultName;
    const { net, random, figures } = this;
    const link = net.privateLink;
    const market = net.publicLink;
    const more = this.count(fault, (link?.underWay ?? 0) > 0, 0.3);
    this.clean = fault === 'cut' && !more;
    const cuts = fault === 'cut' || fault === 'half-open' || fault === 'unarmed';
    if (cuts && link !== undefined) this.cutUs = this.clock.nowUs();
    if (fault === 'cut') link?.cut();
    else if (fault === 'unarmed') {
      net.swallowArming = true;
      link?.cut();
    } else if (fault === 'half-open' && link !== undefined) link.halfOpen = true;
    else if (fault === 'public-cut') market?.cut();
    else if (fault === 'public-gap' && market !== undefined) market.losePublic = true;
    else if (fault === 'maintenance') this.maintain();
    else if (link !== undefined) {
      // These strike the next order: it is in flight by design.
      if (fault !== 'repeat') figures.hitInFlight += 1;
      if (fault === 'cut-before-send') link.cutBeforeSend = true;
      else if (fault === 'cut-after-send') link.cutAfterSend = true;
      else if (fault === 'lost-reply') link.loseReply = true;
      else if (fault === 'stall') link.stallNextUs = 2_000_000 + random.int(2_000_000);
      else link.repeat = 60;
    }
  }

  /** The states of 04:30 UTC, in seconds instead of minutes: orders are ended and refused. */
  private maintain(): void {
    const { face, clock, random } = this;
    const span = (): SpanMicros => (500_000 + random.int(2_000_000)) as SpanMicros;
    face.setSystem('cancel_only');
    clock.after(span(), () => {
      face.setSystem('post_only');
      clock.after(span(), () => face.setSystem('ok'));
    });
  }

  protected finish(): void {
    this.figures.tokens += this.net.logins;
    this.face.close();
  }
}
