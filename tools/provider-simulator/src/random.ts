import type { DelayOptions } from './options.js';

/** A number in [0, 1). */
export type Random = () => number;

/** Mulberry32 (Tommy Ettinger's 32-bit generator): small, fast, the same sequence for the same seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The 95th percentile of the standard normal distribution. */
const Z95 = 1.644_853_627;

/** One lognormal delay in milliseconds with the given median and 95th percentile (Box–Muller). */
export function lognormalMs({ p50Ms, p95Ms }: DelayOptions, random: Random): number {
  if (p50Ms === 0) return 0;
  const sigma = Math.log(p95Ms / p50Ms) / Z95;
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return p50Ms * Math.exp(sigma * normal);
}
