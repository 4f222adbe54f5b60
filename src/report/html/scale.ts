// From data to pixels, and where the ticks of an axis go. No drawing here.

import { grouped } from './words.js';

export interface Scale {
  readonly min: number;
  readonly max: number;
  at(value: number): number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

const NICE = [1, 2, 2.5, 5, 10];

/** A step of 1, 2, 2.5 or 5 times a power of ten that gives at most `count` steps. */
function niceStep(span: number, count: number): number {
  const raw = span / count;
  const magnitude = Number(`1e${Math.floor(Math.log10(raw))}`);
  return (NICE.find((nice) => nice * magnitude >= raw) ?? 10) * magnitude;
}

/** Widens nothing to something, so that a flat line has an axis. */
function spread(min: number, max: number): [number, number] {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  if (min < max) return [min, max];
  const room = Math.max(Math.abs(min) * 0.05, 1e-6);
  return [min - room, max + room];
}

export function linear(low: number, high: number, from: number, to: number, ticks: number): Scale {
  const [min, max] = spread(low, high);
  const at = (value: number): number => from + ((value - min) / (max - min)) * (to - from);
  const step = niceStep(max - min, ticks);
  const places = Math.max(
    0,
    Math.ceil(-Math.log10(step) - 1e-9) + (step.toFixed(9).includes('25') ? 1 : 0),
  );
  const found = [];
  for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k += 1) {
    found.push({ value: k * step, label: grouped(k * step, Math.min(places, 8)) });
  }
  return { min, max, at, ticks: found };
}

const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[60, 120, 300, 600, 900, 1800],
  ...[3600, 7200, 10_800, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800],
];

/** Times in microseconds, UTC; labels as short as the span allows. */
export function time(low: number, high: number, from: number, to: number, ticks: number): Scale {
  const [min, max] = low < high ? [low, high] : [low - 1e6, high + 1e6];
  const at = (value: number): number => from + ((value - min) / (max - min)) * (to - from);
  const span = (max - min) / 1e6;
  const step = TIME_STEPS.find((seconds) => span / seconds <= ticks) ?? 2_592_000;
  const found = [];
  for (let s = Math.ceil(min / 1e6 / step) * step; s * 1e6 <= max; s += step) {
    const iso = new Date(s * 1000).toISOString();
    const label =
      step < 60 ? iso.slice(11, 19) : step < 86_400 ? iso.slice(11, 16) : iso.slice(5, 10);
    found.push({ value: s * 1e6, label });
  }
  return { min, max, at, ticks: found };
}
