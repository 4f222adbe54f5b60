// A flag that would change nothing is refused, with the command that it is left out of; the same value from elsewhere is not.
import { expect, test } from 'vitest';
import { refuseBacktestOnly, refuseLiveOnly, refuseSimulationOnly } from '#cli/idle-flags';

const PAPER = { venue: 'paradex', network: 'paper' } as const;
const TESTNET = { venue: 'apex', network: 'testnet' } as const;
const SIM = { venue: 'sim', network: 'paper' } as const;

test('the queue of a venue behind a client is its own', () => {
  const options = { queueModel: 'power' };
  expect(() => refuseSimulationOnly(options, PAPER, 'mm run')).toThrow(
    '--queue-model acts on --venue sim and in backtests only; leave it out of mm run --venue paradex',
  );
  expect(() => refuseSimulationOnly(options, SIM, 'mm run')).not.toThrow();
});

test('delays and chance are of simulations, paper venues among them', () => {
  const options = { latency: 'order=1ms', seed: '7' };
  expect(() => refuseSimulationOnly(options, TESTNET, 'mm run')).toThrow(
    '--latency, --seed act on paper and in backtests only; leave them out of mm run --network testnet',
  );
  expect(() => refuseSimulationOnly(options, PAPER, 'mm run')).not.toThrow();
});

test('an address or an account of a venue is of no use to a paper run, which serves its own', () => {
  const options = { paradexUrl: 'http://127.0.0.1:4801', paradexAccount: '0x1' };
  expect(() => refuseSimulationOnly(options, PAPER, 'mm run')).toThrow(
    '--paradex-account, --paradex-url act on --network testnet and mainnet only (a mm venue of your own is a testnet); leave them out of mm run --network paper',
  );
  expect(() => refuseSimulationOnly({ apexUrl: 'http://127.0.0.1:1' }, PAPER, 'mm ab')).toThrow(
    /^--apex-url acts on/,
  );
  expect(() => refuseSimulationOnly(options, TESTNET, 'mm run')).not.toThrow();
});

test('what only a live run has is refused where no order leaves', () => {
  expect(() => refuseLiveOnly({ network: 'testnet' }, 'mm backtest')).toThrow(
    '--network acts in live and paper runs only (mm run, mm ab); leave it out of mm backtest',
  );
  expect(() => refuseLiveOnly({ latency: 'order=1ms', seed: '7' }, 'mm backtest')).not.toThrow();
});

test('models of backtests are refused where a run quotes', () => {
  expect(() => refuseBacktestOnly({ funding: 'x.csv' }, 'mm ab')).toThrow(/--funding acts in/);
  expect(() => refuseBacktestOnly({}, 'mm ab')).not.toThrow();
});
