// A loopback Paradex with a market moved by hand, on 127.0.0.1, with the switches that a card wants: for the contract cards.
import { onTestFinished } from 'vitest';
import { Instrument } from '#core/instrument';
import type { InstrumentSpec } from '#core/instrument';
import { WallClock } from '#run/clock';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import type { ParadexQuirks } from '#sim/venues/paradex/quirks';
import { serve } from '#sim/venues/server';
import type { FaceServer } from '#sim/venues/server';
import { HandMadeMarket } from './harness.js';
import type { ParadexTrader } from './paradex-trader.js';
import { connectedTrader } from './paradex-trader.js';

export interface Bare {
  readonly face: ParadexFace;
  readonly market: HandMadeMarket;
  readonly server: FaceServer;
}
export interface Served extends Bare {
  readonly trader: ParadexTrader;
}

/** Nobody is connected yet. Closed after the test. */
export async function bare(
  quirks: Partial<ParadexQuirks>,
  limitScale = 1,
  spec: Partial<InstrumentSpec> = {},
): Promise<Bare> {
  const clock = new WallClock();
  const market = new HandMadeMarket(clock);
  const instrument = new Instrument({ ...SYNTHETIC_INSTRUMENT, ...spec });
  const face = new ParadexFace({ clock, instrument, feed: market, seed: 1, quirks, limitScale });
  const server = await serve(face, 0);
  onTestFinished(() => server.close());
  return { face, market, server };
}

export async function served(quirks: Partial<ParadexQuirks> = {}): Promise<Served> {
  const venue = await bare(quirks);
  return { ...venue, trader: await connectedTrader(venue.server.origin) };
}
