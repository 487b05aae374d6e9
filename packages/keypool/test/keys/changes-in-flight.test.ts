import { fc, test } from '@fast-check/vitest';
import { describe, expect, test as plainTest } from 'vitest';
import type { Lease } from '../../src/lease.js';
import { strategyCatalogue } from '../../src/strategies/index.js';
import { keysOf, simulatedPool, watchPromise } from '../support/simulated-pool.js';

type Step =
  | { do: 'add' | 'remove' | 'disable' | 'enable'; key: number }
  | { do: 'move'; key: number; quotaGroup: string }
  | { do: 'ask'; deadlineMs: number | undefined; priority: number; abortAfter: number | undefined }
  | {
      do: 'end';
      lease: number;
      outcome: 'ok' | 'rate-limited' | 'bad-key' | 'exhausted' | 'unavailable' | 'aborted';
    }
  | { do: 'pass'; ms: number }
  | { do: 'limit'; concurrent: number; requests: number };

const key = fc.integer({ min: 0, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('add' as const, 'remove' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('disable' as const, 'enable' as const), key }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('move' as const), key, quotaGroup: fc.constantFrom('x', 'y') }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      deadlineMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
      priority: fc.integer({ min: 0, max: 2 }),
      abortAfter: fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined, freq: 5 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      lease: fc.nat(),
      outcome: fc.constantFrom(
        'ok',
        'ok',
        'ok',
        'rate-limited',
        'bad-key',
        'exhausted',
        'unavailable',
        'aborted',
      ) as fc.Arbitrary<'ok'>,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 3_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('limit' as const),
      concurrent: fc.integer({ min: 1, max: 4 }),
      requests: fc.integer({ min: 1, max: 20 }),
    }),
  },
);

describe('keys that come, change and go while calls are in flight', () => {
  test.prop([fc.array(step, { maxLength: 80 }), fc.constantFrom(...strategyCatalogue.values())], {
    numRuns: 150,
  })(
    'never give a call a key it must not have, lose a call, or leave anything behind',
    async (steps, strategy) => {
      const { pool, clock } = simulatedPool({
        strategy,
        limits: [{ concurrent: 3 }, { requests: 10, perSeconds: 1, burst: 3 }],
      });
      const leases: Lease[] = [];
      const calls: ReturnType<typeof watchPromise<Lease>>[] = [];
      const disabled = new Set<string>();
      const take = (lease: Lease) => {
        expect(pool.keys.has(lease.keyId)).toBe(true);
        expect(disabled.has(lease.keyId)).toBe(false);
        leases.push(lease);
        return lease;
      };
      for (const move of steps) {
        switch (move.do) {
          case 'add':
            if (!pool.keys.has(`k${move.key}`)) {
              pool.keys.add({ id: `k${move.key}`, secret: 's', weight: move.key + 1 });
              disabled.delete(`k${move.key}`);
            }
            break;
          case 'remove':
            if (pool.keys.has(`k${move.key}`)) pool.keys.remove(`k${move.key}`);
            break;
          case 'disable':
          case 'enable':
            if (!pool.keys.has(`k${move.key}`)) break;
            if (move.do === 'disable') disabled.add(`k${move.key}`);
            else disabled.delete(`k${move.key}`);
            pool.keys[move.do](`k${move.key}`);
            break;
          case 'move':
            if (pool.keys.has(`k${move.key}`))
              pool.keys.update(`k${move.key}`, { quotaGroup: move.quotaGroup });
            break;
          case 'ask': {
            const controller = new AbortController();
            if (move.abortAfter !== undefined) clock.after(move.abortAfter, () => controller.abort());
            const { deadlineMs, priority } = move;
            calls.push(
              watchPromise(pool.acquire({ deadlineMs, priority, signal: controller.signal }).then(take)),
            );
            break;
          }
          case 'end':
            if (leases.length > 0)
              leases.splice(move.lease % leases.length, 1)[0]!.settle({ kind: move.outcome });
            break;
          case 'pass':
            await clock.advance(move.ms);
            break;
          case 'limit':
            pool.apply({
              strategy,
              limits: [{ concurrent: move.concurrent }, { requests: move.requests, perSeconds: 1, burst: 3 }],
            });
            break;
        }
        await clock.advance(0);
        const { keys, inFlight, waiting } = pool.snapshot();
        expect(inFlight).toBe(leases.length);
        expect(keys.reduce((sum, each) => sum + each.inFlight, 0)).toBe(leases.length);
        expect(waiting).toBe(calls.filter(({ state }) => state === 'pending').length);
      }
      // Everything ends: calls that got a key end well, the others run out of patience with the pool.
      for (
        let round = 0;
        round < 400 && (leases.length > 0 || calls.some(({ state }) => state === 'pending'));
        round += 1
      ) {
        for (const lease of leases.splice(0)) lease.settle();
        await clock.advance(20_000);
      }
      expect(calls.filter(({ state }) => state === 'pending')).toHaveLength(0);
      for (const { error } of calls)
        if (error !== undefined) expect(error).toMatchObject({ name: 'KeyPoolError' });
      expect(pool.snapshot()).toMatchObject({ inFlight: 0, waiting: 0 });
      expect(pool.snapshot().quotaGroups.every((group) => group.inFlight === 0)).toBe(true);
      expect(pool.snapshot().keys.some(({ state }) => state === 'draining')).toBe(false);
      await clock.advance(1_000_000);
      expect(clock.pending).toBe(0);
    },
  );
});

describe('one change at a time', () => {
  plainTest('a removed key takes no new call and is gone when its last call has ended', async () => {
    const { pool } = simulatedPool({ keys: keysOf('a', 'b') });
    const events: string[] = [];
    pool.on('key-draining', ({ keyId }) => events.push(`draining ${keyId}`));
    pool.on('key-removed', ({ keyId }) => events.push(`removed ${keyId}`));
    const lease = await pool.acquire();
    pool.keys.remove(lease.keyId);
    expect(pool.snapshot().keys.find(({ id }) => id === lease.keyId)?.state).toBe('draining');
    for (let call = 0; call < 4; call += 1) expect(pool.tryAcquire()?.keyId).not.toBe(lease.keyId);
    expect(events).toEqual([`draining ${lease.keyId}`]);
    lease.settle();
    expect(pool.snapshot().keys.map(({ id }) => id)).not.toContain(lease.keyId);
    expect(events).toEqual([`draining ${lease.keyId}`, `removed ${lease.keyId}`]);
  });

  plainTest('a key that comes in serves those who wait', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 1 }] });
    await pool.acquire();
    const waiting = watchPromise(pool.acquire());
    pool.keys.add({ id: 'b', secret: 's' });
    await clock.advance(0);
    expect(waiting.value?.keyId).toBe('b');
  });

  plainTest("an operator's flag outlives the configuration; a new secret clears a quarantine", async () => {
    const { pool } = simulatedPool({});
    pool.apply({ keys: keysOf('a', 'b') });
    pool.keys.disable('a');
    (await pool.acquire()).settle({ kind: 'bad-key', reason: '401' });
    const states = () => pool.snapshot().keys.map(({ state }) => state);
    expect(states()).toEqual(['disabled', 'quarantined']);
    pool.apply({
      keys: [
        { id: 'a', secret: 'new' },
        { id: 'b', secret: 'new' },
      ],
    });
    expect(states()).toEqual(['disabled', 'available']);
    pool.keys.enable('a');
    expect(states()).toEqual(['available', 'available']);
  });

  plainTest('apply changes everything or nothing, and leaves keys added by hand alone', () => {
    const { pool } = simulatedPool({});
    pool.apply({ keys: keysOf('a') });
    pool.keys.add({ id: 'by-hand', secret: 's' });
    expect(() => pool.apply({ keys: [...keysOf('b'), { id: 'c', secret: '' }] })).toThrow(
      'secret of key "c"',
    );
    expect(() => pool.apply({ keys: keysOf('by-hand') })).toThrow('by hand');
    expect([...pool.keys]).toEqual(['a', 'by-hand']);
    pool.apply({ keys: keysOf('b') });
    expect([...pool.keys].sort()).toEqual(['b', 'by-hand']);
    expect(
      pool
        .snapshot()
        .keys.map(({ source }) => source)
        .sort(),
    ).toEqual(['admin', 'file']);
  });
});
