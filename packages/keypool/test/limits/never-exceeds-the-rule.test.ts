import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { LimitPlan } from '../../src/limits/limit-plan.js';
import { LimitSet } from '../../src/limits/limit-set.js';
import type { Cost, Limit } from '../../src/limits/limit.js';
import {
  mostInAnyWindow,
  mostInFixedWindows,
  refusedByBucket,
  type Arrival,
} from '../support/provider-models.js';

const oneRequest: Cost = { requests: 1, inputTokens: 0, outputTokens: 0, images: 0 };
const start = 1_000_000;

/** How calls come: gaps between them in milliseconds, and how late each arrives, as a share of the margin. */
const traffic = fc.array(
  fc.record({
    gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 20_000 })),
    lateness: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 120 },
);

/** Sends each call as early as the limits let it, and returns when the provider sees them. */
function send(
  limits: LimitSet,
  calls: readonly { gapMs: number; lateness: number }[],
  marginMs: number,
): Arrival[] {
  let now = start;
  return calls.map(({ gapMs, lateness }) => {
    now += gapMs;
    now = Math.max(now, limits.freeAt('', oneRequest, now));
    limits.take('', oneRequest, now, marginMs);
    return { at: now + lateness * marginMs, amount: 1 };
  });
}

describe('calls sent as early as the limits let them, arriving early or late within the margin', () => {
  test.prop([
    traffic,
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 2, max: 8 }),
    fc.integer({ min: 0, max: 50 }),
  ])('are never refused by a token bucket', (calls, perTenSeconds, burst, margin) => {
    const limit: Limit = { requests: perTenSeconds, perSeconds: 10, burst, counting: 'bucket' };
    const arrivals = send(new LimitSet(new LimitPlan([limit], 'unknown')), calls, margin);
    expect(refusedByBucket(arrivals, perTenSeconds / 10_000, burst)).toBe(0);
  });

  test.prop([traffic, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 50 })])(
    'never exceed a sliding window',
    (calls, amount, margin) => {
      const limit: Limit = { requests: amount, perSeconds: 10, counting: 'sliding' };
      const arrivals = send(new LimitSet(new LimitPlan([limit], 'unknown')), calls, margin);
      expect(mostInAnyWindow(arrivals, 10_000)).toBeLessThanOrEqual(amount);
    },
  );

  test.prop([traffic, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 9_999 })])(
    'never exceed fixed windows, wherever those start',
    (calls, amount, phase) => {
      const limit: Limit = { requests: amount, perSeconds: 10, counting: 'fixed' };
      const arrivals = send(new LimitSet(new LimitPlan([limit], 'unknown')), calls, 20);
      expect(mostInFixedWindows(arrivals, 10_000, phase)).toBeLessThanOrEqual(amount);
    },
  );

  test.prop([traffic, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 999 })])(
    'are safe under every rule at once where the rule is unknown',
    (calls, perSecond, phase) => {
      const limit: Limit = { requests: perSecond * 60, perSeconds: 60, counting: 'unknown' };
      const arrivals = send(new LimitSet(new LimitPlan([limit], 'bucket')), calls, 5);
      expect(mostInAnyWindow(arrivals, 60_000)).toBeLessThanOrEqual(perSecond * 60);
      expect(mostInFixedWindows(arrivals, 1_000, phase)).toBeLessThanOrEqual(perSecond);
      // Nothing was answered here: the one trial that may be under way asks for three at once, and no more.
      expect(refusedByBucket(arrivals, perSecond / 1000, 3)).toBe(0);
    },
  );

  test.prop([traffic, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })])(
    'keep to several limits at once',
    (calls, perMinute, perTenSeconds) => {
      const limits = new LimitSet(
        new LimitPlan(
          [
            { requests: perMinute, perSeconds: 60, counting: 'sliding' },
            { requests: perTenSeconds, perSeconds: 10, counting: 'sliding' },
          ],
          'unknown',
        ),
      );
      const arrivals = send(limits, calls, 10);
      expect(mostInAnyWindow(arrivals, 60_000)).toBeLessThanOrEqual(perMinute);
      expect(mostInAnyWindow(arrivals, 10_000)).toBeLessThanOrEqual(perTenSeconds);
    },
  );
});
