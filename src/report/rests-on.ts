// What the figures of a run rest on that was no backtest, in one paragraph; a backtest carries its own (src/run/assumptions).

/** `kind` as the ledger has it: sim, paper, testnet or mainnet. */
export function restsOn(kind: string): string {
  if (kind === 'sim')
    return 'Simulated in the process of the bot: what passes the queue ahead of a quote fills it, in a market that does not know us (no market impact); fees as set.';
  if (kind === 'paper')
    return 'On paper: a venue served on 127.0.0.1 filled what passed the queue ahead of our quotes, in a market that does not know us (no market impact); fees and funding as it charged them.';
  return 'A live run: real fills, fees and funding as the venue reported them.';
}
