import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../src/testing/index.js';
import { bucketProvider, pause } from '../support/bucket-provider.js';
import { mostInAnyWindow, type Arrival } from '../support/provider-models.js';
import { answer, keysOf, simulatedPool } from '../support/simulated-pool.js';

/** Eight accounts of 300 calls a minute; nobody told how they are counted. */
function eightUntold(burst: number) {
  const clock = createFakeClock();
  const { pool } = simulatedPool(
    { keys: keysOf('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), limits: [{ requests: 300, perSeconds: 60 }] },
    clock,
  );
  const provider = bucketProvider(clock, 5, burst);
  const arrivals = new Map<string, Arrival[]>();
  const call = async () => {
    const calledAt = clock.now();
    let sentAt = calledAt;
    await pool.run(async (lease) => {
      sentAt = clock.now();
      const log = arrivals.get(lease.keyId) ?? [];
      arrivals.set(lease.keyId, [...log, { at: sentAt, amount: 1 }]);
      await pause(clock, 2);
      if (!provider.arrives(lease.keyId)) return answer(429);
      await pause(clock, 200);
      return answer(200);
    });
    return sentAt - calledAt;
  };
  /** Forty calls at once, and ten seconds to make them in; the longest wait. */
  const round = async () => {
    const calls = Array.from({ length: 40 }, call);
    await clock.advance(10_000);
    return Math.max(...(await Promise.all(calls)));
  };
  return { clock, pool, provider, arrivals, call, round };
}

describe('how many calls at once a provider takes, which nobody told', () => {
  test('is known from the third round on, with nothing refused on the way', async () => {
    const { round, provider } = eightUntold(5);
    const waits = [await round(), await round(), await round(), await round()];
    expect(waits[0]).toBeGreaterThan(100);
    expect(waits.slice(2)).toEqual([0, 0]);
    expect(provider.seen).toEqual({ answered: 160, refused: 0 });
  });

  test.each([1, 2, 3, 4])(
    'is found for a bucket of %i at the price of two refusals in the life of the pool',
    async (burst) => {
      const { round, provider } = eightUntold(burst);
      for (let count = 0; count < 12; count += 1) await round();
      expect(provider.seen.answered).toBe(480);
      expect(provider.seen.refused).toBeLessThanOrEqual(2);
    },
  );

  test('never puts more than one second’s worth into any second', async () => {
    const { round, arrivals } = eightUntold(5);
    for (let count = 0; count < 5; count += 1) await round();
    for (const log of arrivals.values()) expect(mostInAnyWindow(log, 1_000)).toBeLessThanOrEqual(5);
  });

  test('does not upset the pace of callers who keep all accounts busy', async () => {
    const { clock, call, provider } = eightUntold(5);
    const until = clock.now() + 60_000;
    const waits: number[] = [];
    const caller = async () => {
      while (clock.now() < until) waits.push(await call());
    };
    const callers = Array.from({ length: 32 }, caller);
    await clock.advance(60_000);
    expect(provider.seen.refused).toBe(0);
    expect(provider.seen.answered).toBeGreaterThanOrEqual(8 * 300 * 0.99);
    waits.sort((a, b) => a - b);
    expect(waits[Math.floor(waits.length * 0.99)]).toBeLessThan(900);
    await clock.advance(10_000);
    await Promise.all(callers);
  });
});
