import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { LimitPlan } from '../../src/limits/limit-plan.js';
import { LimitSet } from '../../src/limits/limit-set.js';
import type { Cost, Limit } from '../../src/limits/limit.js';
import { mostInAnyWindow, refusedByBucket, type Arrival } from '../support/provider-models.js';

const oneRequest: Cost = { requests: 1, inputTokens: 0, outputTokens: 0, images: 0 };
const start = 1_000_000;
const gaps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9_000 })), {
  minLength: 1,
  maxLength: 80,
});

/**
 * Sends without delay on the way, and for each call that had to wait checks that a moment earlier the
 * provider would have refused it.
 */
function expectEachWaitNeeded(
  limit: Limit,
  gapsMs: readonly number[],
  refuses: (arrivals: Arrival[]) => boolean,
) {
  const limits = new LimitSet(new LimitPlan([limit], 'unknown'));
  const arrivals: Arrival[] = [];
  let now = start;
  for (const gap of gapsMs) {
    now += gap;
    const at = Math.max(now, limits.freeAt('', oneRequest, now));
    if (at > now) expect(refuses([...arrivals, { at: at - 0.01, amount: 1 }])).toBe(true);
    now = at;
    limits.take('', oneRequest, now, 0);
    arrivals.push({ at: now, amount: 1 });
  }
}

describe('a call waits only if the provider would have refused it', () => {
  test.prop([gaps, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 8 })])(
    'token bucket',
    (gapsMs, amount, burst) => {
      expectEachWaitNeeded(
        { requests: amount, perSeconds: 10, burst, counting: 'bucket' },
        gapsMs,
        (arrivals) => refusedByBucket(arrivals, amount / 10_000, burst) > 0,
      );
    },
  );

  test.prop([gaps, fc.integer({ min: 1, max: 40 })])('sliding window', (gapsMs, amount) => {
    expectEachWaitNeeded(
      { requests: amount, perSeconds: 10, counting: 'sliding' },
      gapsMs,
      (arrivals) => mostInAnyWindow(arrivals, 10_000) > amount,
    );
  });
});

test('an even pace under an unknown rule loses less than one percent of the rate', () => {
  const limits = new LimitSet(new LimitPlan([{ requests: 300, perSeconds: 60 }], 'unknown'));
  let now = start;
  let sent = 0;
  while (now < start + 600_000) {
    // Half a millisecond late each time, as timers are.
    now = Math.max(now, limits.freeAt('', oneRequest, now)) + 0.5;
    limits.take('', oneRequest, now, 5);
    sent += 1;
  }
  expect(sent).toBeGreaterThan(3000 * 0.99);
});

test('a bucket told with its burst loses next to nothing', () => {
  const limits = new LimitSet(new LimitPlan([{ requests: 300, perSeconds: 60, burst: 5 }], 'unknown'));
  let now = start;
  let sent = 0;
  while (now < start + 60_000) {
    now = Math.max(now, limits.freeAt('', oneRequest, now)) + 0.5;
    limits.take('', oneRequest, now, sent < 5 ? 150 : 5);
    sent += 1;
  }
  expect(sent).toBeGreaterThanOrEqual(303);
});
