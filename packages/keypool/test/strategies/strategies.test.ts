import { describe, expect, test } from 'vitest';
import {
  leastLoaded,
  powerOfTwoChoices,
  random,
  roundRobin,
  strategyCatalogue,
  weighted,
  type Strategy,
} from '../../src/strategies/index.js';
import { keysOf, simulatedPool } from '../support/simulated-pool.js';

/** How many of `calls` calls, one after the other, each key got. */
function shares(strategy: Strategy, keys: Parameters<typeof simulatedPool>[0]['keys'], calls: number) {
  const { pool } = simulatedPool({ strategy, keys, limits: [{ concurrent: 1000 }] });
  for (let call = 0; call < calls; call += 1) pool.tryAcquire()!.settle();
  return Object.fromEntries(pool.snapshot().keys.map((key) => [key.id, key.calls]));
}

test('round-robin gives every key the same number of calls', () => {
  expect(shares(roundRobin, keysOf('a', 'b', 'c'), 300)).toEqual({ a: 100, b: 100, c: 100 });
});

test('round-robin stays even while keys go out of reach and come back', async () => {
  const { pool, clock } = simulatedPool({
    strategy: roundRobin,
    keys: keysOf('a', 'b', 'c', 'd'),
    limits: [{ requests: 120, perSeconds: 60, burst: 3 }],
  });
  for (let tick = 0; tick < 2_000; tick += 1) {
    pool.tryAcquire()?.settle();
    await clock.advance(130 + (tick % 7) * 20);
  }
  const calls = pool.snapshot().keys.map((key) => key.calls);
  expect(Math.max(...calls) / Math.min(...calls)).toBeLessThan(1.02);
});

test('random gives every key about the same', () => {
  for (const calls of Object.values(shares(random, keysOf('a', 'b', 'c', 'd'), 4_000))) {
    expect(calls).toBeGreaterThan(850);
    expect(calls).toBeLessThan(1_150);
  }
});

test('weighted gives each key its share to within one call, at every moment', () => {
  const keys = [
    { id: 'one', secret: 's', weight: 1 },
    { id: 'three', secret: 's', weight: 3 },
    { id: 'four', secret: 's', weight: 4 },
  ];
  for (const calls of [8, 80, 801]) {
    const got = shares(weighted, keys, calls);
    for (const { id, weight } of keys)
      expect(Math.abs(got[id]! - (calls * weight) / 8)).toBeLessThanOrEqual(1);
  }
});

test('least-loaded takes the key with the fewest calls in flight', () => {
  const { pool } = simulatedPool({
    strategy: leastLoaded,
    keys: keysOf('a', 'b', 'c'),
    limits: [{ concurrent: 100 }],
  });
  const leases = Array.from({ length: 9 }, () => pool.tryAcquire()!);
  expect(pool.snapshot().keys.map((key) => key.inFlight)).toEqual([3, 3, 3]);
  const ofB = leases.filter(({ keyId }) => keyId === 'b');
  for (const lease of ofB.slice(0, 2)) lease.settle();
  expect([pool.tryAcquire()!.keyId, pool.tryAcquire()!.keyId]).toEqual(['b', 'b']);
});

test('two choices keep the load close together', () => {
  const { pool } = simulatedPool({
    strategy: powerOfTwoChoices,
    keys: keysOf(...'abcdefghij'),
    limits: [{ concurrent: 1_000 }],
  });
  for (let call = 0; call < 1_000; call += 1) pool.tryAcquire();
  const loads = pool.snapshot().keys.map((key) => key.inFlight);
  expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(8);
});

describe.each([...strategyCatalogue.values()])('$name', (strategy) => {
  test('uses every key of a group of many', () => {
    const keys = Array.from({ length: 40 }, (_, index) => ({
      id: `k${index}`,
      secret: 's',
      quotaGroup: 'one',
    }));
    const { pool } = simulatedPool({ strategy, keys, limits: [{ concurrent: 1_000 }] });
    for (let call = 0; call < 400; call += 1) pool.tryAcquire()!.settle();
    expect(pool.snapshot().keys.every((key) => key.calls > 0)).toBe(true);
  });

  test('can take the place of another while calls wait', async () => {
    const { pool, clock } = simulatedPool({ keys: [], limits: [{ concurrent: 1 }] });
    pool.apply({ keys: keysOf('a', 'b'), limits: [{ concurrent: 1 }] });
    const held = [await pool.acquire(), await pool.acquire()];
    const waiting = [pool.acquire(), pool.acquire()];
    pool.apply({ strategy, keys: keysOf('a', 'b'), limits: [{ concurrent: 1 }] });
    for (const lease of held) lease.settle();
    await clock.advance(0);
    expect((await Promise.all(waiting)).map(({ keyId }) => keyId).sort()).toEqual(['a', 'b']);
    expect(pool.snapshot().strategy).toBe(strategy.name);
  });
});

describe("a strategy of one's own", () => {
  test('sees the ready keys and the call, and decides', async () => {
    const alphabetical: Strategy = {
      name: 'alphabetical',
      start: () => ({
        pick: (ready, call) => {
          const keys = Array.from({ length: ready.size }, (_, index) => ready.at(index));
          keys.sort((a, b) => a.id.localeCompare(b.id));
          return keys[call.priority > 0 ? 0 : keys.length - 1]!;
        },
      }),
    };
    const { pool } = simulatedPool({ strategy: alphabetical, keys: keysOf('b', 'c', 'a') });
    expect(pool.tryAcquire({ priority: 1 })!.keyId).toBe('a');
    expect(pool.tryAcquire()!.keyId).toBe('c');
  });

  test('that picks what is not ready is named', () => {
    const broken: Strategy = {
      name: 'broken',
      start: () => ({ pick: () => ({ id: 'x', slot: 7 }) as never }),
    };
    const { pool } = simulatedPool({ strategy: broken, keys: keysOf('a') });
    expect(() => pool.tryAcquire()).toThrow('Strategy "broken"');
  });
});
