// Both ways over one tape, and what a test says when they differ.
import { expect } from 'vitest';
import { readLayers } from '#config/layers';
import type { Mode } from '#run/assembly';
import { openMarket } from '#run/markets';
import { WireTwin, backtestTwin } from './twin-world.js';
import type { TwinOutcome, TwinSetup, TwinVenue } from './twin-world.js';

export type Flags = Readonly<Record<string, string>>;
const FLAGS: Flags = { makerFee: '0', kappa: '2', sigma: '0.5bp/√s', queueModel: 'behind-ui' };

export interface Both {
  readonly wire: TwinOutcome;
  readonly back: TwinOutcome;
}

export class Twin {
  constructor(
    readonly venue: TwinVenue,
    private readonly name: 'paradex' | 'apex',
    private readonly folder: string,
  ) {}

  async setup(tape: string, mode: Mode, flags: Flags): Promise<TwinSetup> {
    const layered = readLayers({
      flags: { venue: this.name, ...FLAGS, ...flags },
      ...{ env: {}, dotenvPath: null, configPath: null },
    });
    const { values } = layered;
    const market = await openMarket({ tape, synthetic: null }, values, null, this.folder);
    return { values, market, mode };
  }

  async both(tape: string, mode: Mode, flags: Flags = {}): Promise<Both> {
    const setup = await this.setup(tape, mode, flags);
    const world = new WireTwin(this.venue, setup);
    await world.start();
    return { wire: world.run(), back: backtestTwin(setup, world.facts) };
  }
}

/** The first difference as text, so that a red test says what happened. */
export function firstDifference({ wire, back }: Both): string {
  const most = Math.max(wire.commands.length, back.commands.length);
  for (let i = 0; i < most; i += 1) {
    const [a, b] = [back.commands[i] ?? 'none', wire.commands[i] ?? 'none'];
    if (a !== b) return `command ${i + 1}: backtest "${a}", wire "${b}"`;
  }
  return 'none';
}

export function same(outcome: Both, leastCommands: number, kinds: readonly string[]): void {
  expect(firstDifference(outcome)).toBe('none');
  expect(outcome.wire.hash).toBe(outcome.back.hash);
  expect(outcome.wire.fills).toBe(outcome.back.fills);
  expect(outcome.wire.commands.length).toBeGreaterThanOrEqual(leastCommands);
  const seen = new Set(outcome.wire.commands.map((text) => text.split(' ')[1]));
  expect([...seen]).toEqual(expect.arrayContaining([...kinds]));
}
