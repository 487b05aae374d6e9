/**
 * How providers count, written down a second time and differently: as a question about the whole list of
 * arrivals, not as running state. Slow, and therefore easy to see through.
 */

/** One call as the provider sees it. */
export interface Arrival {
  readonly at: number;
  readonly amount: number;
}

/** Rounding of times far from zero; no real clock is this fine. */
const grain = 1e-3;

/** Fills up evenly to `burst`; starts full. Returns how many arrivals it refuses. */
export function refusedByBucket(arrivals: readonly Arrival[], perMs: number, burst: number): number {
  let level = burst;
  let at = -Infinity;
  let refused = 0;
  for (const arrival of inOrder(arrivals)) {
    if (at !== -Infinity) level = Math.min(burst, level + (arrival.at - at) * perMs);
    at = arrival.at;
    if (level + grain * perMs < Math.min(arrival.amount, burst)) refused += 1;
    else level -= arrival.amount;
  }
  return refused;
}

/** The most that lies in any window of this length, wherever it starts. */
export function mostInAnyWindow(arrivals: readonly Arrival[], periodMs: number): number {
  const sorted = inOrder(arrivals);
  let most = 0;
  for (let first = 0; first < sorted.length; first += 1) {
    let sum = 0;
    for (let last = first; last < sorted.length; last += 1) {
      if (sorted[last]!.at - sorted[first]!.at >= periodMs - grain) break;
      sum += sorted[last]!.amount;
    }
    most = Math.max(most, sum);
  }
  return most;
}

/** The most in any window of a row of windows that starts at `phase`. */
export function mostInFixedWindows(arrivals: readonly Arrival[], periodMs: number, phase: number): number {
  const sums = new Map<number, number>();
  for (const { at, amount } of arrivals) {
    const window = Math.floor((at - phase) / periodMs);
    sums.set(window, (sums.get(window) ?? 0) + amount);
  }
  return Math.max(0, ...sums.values());
}

function inOrder(arrivals: readonly Arrival[]): Arrival[] {
  return [...arrivals].sort((a, b) => a.at - b.at);
}
