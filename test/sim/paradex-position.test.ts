// The simulated Paradex says of a position what a frame can hold: one of a single lot in a rich account would only be
// liquidated at a price beyond 64 bits (found by a campaign of disconnects).
import { expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import type { Micros } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import type { ParadexAccount } from '#sim/venues/paradex/account';
import { positionFrame, positionWire } from '#sim/venues/paradex/account-views';

const US = 1_790_000_000_000_000 as Micros;

const shortOf = (liquidateAbove: number): ParadexAccount => {
  const position = { lots: -1, averageEntry: () => 1e6, unrealised: () => 0, cost: 0, realised: 0, funding: 0 }; // prettier-ignore
  const account = { position, accrued: () => 0, liquidateBelow: 0, liquidateAbove };
  return {
    ...{ exchange: { account, markPrice: 1e6 }, instrument: new Instrument(SYNTHETIC_INSTRUMENT) },
    ...{ market: 'BTC-USD-PERP', address: '0x1', untoldFunding: 0, leverage: 50, fills: [] },
    ...{ createdUs: US, updatedUs: US },
  } as unknown as ParadexAccount;
};

test.each([
  [1e6, '100000'],
  [1e12, '0'], // 10 million in the account, one lot of a ten-thousandth short
  [Infinity, '0'],
])('liquidated above %d ticks: said as %s', (above, said) => {
  const wire = positionWire(shortOf(above), US, 1n);
  expect(wire.liquidation_price).toBe(said);
  expect(positionFrame(wire, US, 1).length).toBeGreaterThan(0);
});
