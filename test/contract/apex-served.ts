// A loopback ApeX with a market moved by hand, on 127.0.0.1: for the contract cards.
import { Instrument } from '#core/instrument';
import { WallClock } from '#run/clock';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { ApexFace } from '#sim/venues/apex/apex-face';
import type { ApexFaceOptions } from '#sim/venues/apex/apex-face';
import type { ZkChecks } from '#sim/venues/apex/zk-checks';
import type { Face } from '#sim/venues/face';
import { serve } from '#sim/venues/server';
import type { FaceServer } from '#sim/venues/server';
import { HandMadeMarket } from './harness.js';

export const TRUSTING: ZkChecks = { l2Key: (key) => `0x${key}`, order: () => true };
export const INSTRUMENT = new Instrument({
  ...SYNTHETIC_INSTRUMENT,
  ...{ venue: 'apex', symbol: 'BTC-USDT', minNotional: '0', settle: 'USDT' },
});

export interface Served {
  readonly face: ApexFace;
  readonly market: HandMadeMarket;
  readonly server: FaceServer;
  readonly clock: WallClock;
}

export type ServedOptions = Omit<Partial<ApexFaceOptions>, 'clock' | 'feed' | 'checks'> & {
  /** real: every zk signature is verified. */
  readonly checks: 'trusting' | 'real';
};

export async function served(
  { checks, ...options }: ServedOptions,
  wrap = (face: Face): Face => face,
): Promise<Served> {
  const clock = new WallClock();
  const market = new HandMadeMarket(clock);
  const trust = checks === 'trusting' ? { checks: TRUSTING } : {};
  const parts = { clock, instrument: INSTRUMENT, feed: market, seed: 1 };
  const face = new ApexFace({ ...parts, ...trust, ...options });
  return { face, market, server: await serve(wrap(face), 0), clock };
}
