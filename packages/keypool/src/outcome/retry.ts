import type { Random } from '../random.js';

const firstDelayMs = 500;
const longestDelayMs = 8_000;

/**
 * How long to wait before a call whose endpoint failed goes out again, in milliseconds. The first repeat goes
 * at once: another key, and often another server, answers it. Later ones wait with growing full jitter.
 */
export function retryDelayMs(failures: number, random: Random): number {
  if (failures <= 1) return 0;
  return random() * Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 2));
}
