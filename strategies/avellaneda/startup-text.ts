// The start-up block in words: its warnings, each with a remedy, and the lines that a person reads.
// Knows no parameter that the block does not state.
import type { Bps } from '#core/units';
import type { StartBlock, StartFigures, StartRow } from './startup.js';

/** Fewer units than this to the limit, and the skew has no room to act. */
export const FEWEST_UNITS = 4;

const two = (value: number): string => value.toFixed(2);

/** What is wrong with these figures, if anything, and what to do about it. */
export function warningsOf(block: StartFigures, maxSpread: Bps): string[] {
  const warnings: string[] = [];
  const { units, notional } = block.limit;
  if (units < FEWEST_UNITS) {
    const size = two(Number(notional) / FEWEST_UNITS);
    const needed = two(Number(block.unit.notional) * FEWEST_UNITS);
    warnings.push(
      `inventory control is inert: only ${units.toFixed(1)} units to the limit ` +
        `(at least ${FEWEST_UNITS} wanted); lower --size to ${size} ` +
        `or raise --position-limit to ${needed}`,
    );
  }
  const flat = block.rows[0];
  if (flat !== undefined && flat.halfTicks < 0.5) {
    warnings.push(
      `half-width ${two(flat.halfTicks)} ticks is below half a tick: ` +
        'the tick decides the width, not the model',
    );
  }
  if (flat !== undefined && flat.halfBps * 2 > maxSpread) {
    const width = two(flat.halfBps * 2);
    warnings.push(`width ${width} bp is beyond --max-spread ${maxSpread}: it will not quote`);
  }
  const { value, meanAgeSeconds } = block.staleness;
  if (value > 1) {
    warnings.push(
      `kappa sigma sqrt(mean quote age ${meanAgeSeconds.toFixed(1)} s) = ${two(value)} > 1: ` +
        'quotes are stale by construction; shorten --refresh or set --requote-bps',
    );
  }
  return warnings;
}

function rowLine(row: StartRow): string {
  return (
    `  at ${row.units.toFixed(1).padStart(5)} units: ` +
    `half-spread ${two(row.halfBps)} bp (${two(row.halfTicks)} ticks), ` +
    `skew ${two(row.skewBps)} bp (${two(row.skewTicks)} ticks)`
  );
}

/** The block as text, one fact a line; warnings last. */
export function startLines(block: StartBlock): string[] {
  const { unit, limit, staleness, fees } = block;
  const gamma = `${block.gammaPerBp.toPrecision(3)} /bp`;
  const stops = block.stops.map((stop) => {
    const move = stop.moveBps.toFixed(0);
    return `  ${stop.stop} (${stop.amount}): a move of ${move} bp against a full position`;
  });
  return [
    `model ${block.model}, gamma ${gamma} = gamma-hat ${block.gammaHat.toPrecision(3)} ` +
      `(from ${block.target}: ${block.skewPerUnitBps.toFixed(3)} bp a unit)`,
    `unit ${unit.size} (${unit.notional}), limit ${limit.notional} = ` +
      `${limit.units.toFixed(1)} units; one tick is ${block.tickBps.toPrecision(3)} bp`,
    ...block.rows.map(rowLine),
    'what would stop it:',
    ...stops,
    `mean quote age about ${staleness.meanAgeSeconds.toFixed(1)} s: ` +
      `kappa sigma sqrt(age) = ${two(staleness.value)}`,
    `fees: maker ${fees.makerBps} bp, taker ${fees.takerBps} bp (${fees.from})`,
    ...block.warnings.map((warning) => `WARNING ${warning}`),
  ];
}
