import type { FakeClock } from '../../src/testing/index.js';

/** A provider with a token bucket for each key, on the test's clock. */
export function bucketProvider(clock: FakeClock, perSecond: number, burst: number) {
  const buckets = new Map<string, { level: number; at: number }>();
  const seen = { answered: 0, refused: 0 };
  return {
    seen,
    /** A call that arrives now. */
    arrives(key: string): boolean {
      const now = clock.now();
      const bucket = buckets.get(key) ?? { level: burst, at: now };
      buckets.set(key, bucket);
      bucket.level = Math.min(burst, bucket.level + ((now - bucket.at) / 1000) * perSecond);
      bucket.at = now;
      // Rounding of times far from zero; no real clock is this fine.
      const admitted = bucket.level >= 1 - 1e-6;
      if (admitted) bucket.level -= 1;
      seen[admitted ? 'answered' : 'refused'] += 1;
      return admitted;
    },
  };
}

export function pause(clock: FakeClock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
