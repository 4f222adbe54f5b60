// Funding that no run heard of: what is asked for, and what of the answer the ledger has already.
import { expect, test } from 'vitest';
import type { FundingPaid } from '#core/messages';
import type { Micros, Money, Rate, TickPrice } from '#core/units';
import type { RunRow } from '#ledger/rows';
import { missed, missedFunding } from '#run/missed-funding';

const HOUR = 3_600_000_000;
const paid = (hour: number, amount: number): FundingPaid => ({
  ...{ kind: 'funding', rate: 0 as Rate, mark: 0 as TickPrice },
  ...{ us: (hour * HOUR) as Micros, amount: amount as Money },
});
const row = (us: number, amount: number) => ({ us: us as Micros, amount: amount as Money });

test.each([
  ['the last hours of a long run', 1, 9.5, 7.5],
  ['a short run: nothing from before it, which others have booked', 9, 9.5, 9],
])('asked for: %s', async (_what, started, newest, since) => {
  const asked: number[] = [];
  const lastRun = { startedUs: started * HOUR } as RunRow;
  const newestUs = (newest * HOUR) as Micros;
  const client = {
    fundingSince: (us: Micros): Promise<FundingPaid[]> => {
      asked.push(us);
      return Promise.resolve([]);
    },
  };
  expect(await missedFunding(client, { lastRun, newestUs }, '/nowhere')).toEqual([]);
  expect(asked).toEqual([since * HOUR]);
  expect(await missedFunding(client, { lastRun: null, newestUs }, '/nowhere')).toEqual([]);
  expect(await missedFunding({}, { lastRun, newestUs }, '/nowhere')).toEqual([]);
  expect(asked).toHaveLength(1);
});

test('each row of the ledger stands for one payment of its amount that came before it', () => {
  const [three, four, five] = [paid(3, -7), paid(4, -7), paid(5, 2)];
  expect(missed([three, four, five], [])).toEqual([three, four, five]);
  expect(missed([three, four, five], [row(3 * HOUR + 1e6, -7)])).toEqual([four, five]);
  expect(missed([three, four], [row(3 * HOUR + 1e6, -7), row(4 * HOUR + 9e6, -7)])).toEqual([]);
  // Heard of before it was paid, or of another amount: another payment.
  expect(missed([four], [row(3 * HOUR + 1e6, -7)])).toEqual([four]);
  expect(missed([five], [row(5 * HOUR + 1e6, -2)])).toEqual([five]);
});
