// Funding that the venue paid and no run of ours heard of: one that ended within a second after the hour, or that held a
// position while nothing ran. Found at the start, before the money it moved is taken for a transfer. Pure but for the
// question to the ledger.
import type { VenueClient } from '#clients/net/venue-client';
import type { FundingPaid } from '#core/messages';
import type { Micros } from '#core/units';
import type { RestoredAccount } from '#ledger/restore';
import type { FundingRow } from '#ledger/rows';
import { reading } from './ledgers.js';

/** A run hears of a payment within two hours, also after a break of its link: what is older it had. */
const HEARD_WITHIN_US = 7_200_000_000;
/** The venue's clock and ours. */
const SKEW_US = 5_000_000;

type Booked = Pick<FundingRow, 'us' | 'amount'>;

/** What the runs before did not hear of; empty where the venue does not pay by the clock. Throws LedgerProblem. */
export async function missedFunding(
  client: Pick<VenueClient, 'fundingSince'>,
  { lastRun, newestUs }: Pick<RestoredAccount, 'lastRun' | 'newestUs'>,
  ledger: string,
): Promise<FundingPaid[]> {
  if (lastRun === null || client.fundingSince === undefined) return [];
  const since = Math.max(lastRun.startedUs, newestUs - HEARD_WITHIN_US) as Micros;
  const paid = await client.fundingSince(since);
  if (paid.length === 0) return [];
  return missed(
    paid,
    reading(ledger, (reader) => [...reader.rows('funding', lastRun.id)]),
  );
}

/** The payments that are not booked: each row of the ledger stands for one payment of its amount that came before it. */
export function missed(paid: readonly FundingPaid[], booked: readonly Booked[]): FundingPaid[] {
  const left = [...booked];
  return paid.filter(({ us, amount }) => {
    const i = left.findIndex((row) => row.amount === amount && row.us >= us - SKEW_US);
    if (i >= 0) left.splice(i, 1);
    return i < 0;
  });
}
