import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { CallOptions } from '../../src/index.js';
import { keysOf, simulatedPool } from '../support/simulated-pool.js';

/** A pool in which every call waits for the one before it, and the order in which they are served. */
async function served(calls: readonly (CallOptions & { name: string })[]): Promise<string[]> {
  const { pool, clock } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 1 }] });
  const first = await pool.acquire();
  const order: string[] = [];
  const waiting = calls.map(async ({ name, ...options }) => {
    const lease = await pool.acquire(options);
    order.push(name);
    lease.settle();
  });
  await clock.advance(0);
  first.settle();
  await Promise.all(waiting);
  return order;
}

const of = (name: string, count: number, options: CallOptions = {}) =>
  Array.from({ length: count }, () => ({ name, fairnessKey: name, ...options }));

describe('while calls wait', () => {
  test('a key with few calls is not kept waiting by one with many', async () => {
    const order = await served([...of('noisy', 20), ...of('quiet', 3)]);
    expect(order.slice(0, 6).filter((name) => name === 'quiet')).toHaveLength(3);
  });

  test('shares go by tokens where calls name them', async () => {
    const order = await served([
      ...of('large', 30, { tokens: 3_000 }),
      ...of('small', 30, { tokens: 1_000 }),
    ]);
    const early = order.slice(0, 20);
    expect(early.filter((name) => name === 'small').length).toBeGreaterThanOrEqual(14);
    expect(early.filter((name) => name === 'large').length).toBeGreaterThanOrEqual(4);
  });

  test('a higher priority goes before any share', async () => {
    const order = await served([...of('a', 5), ...of('urgent', 5, { priority: 1 })]);
    expect(order.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'urgent'));
  });

  test('inside a share the earlier deadline goes first', async () => {
    const order = await served([
      { name: 'late', fairnessKey: 'x', deadlineMs: 9_000 },
      { name: 'soon', fairnessKey: 'x', deadlineMs: 1_000 },
    ]);
    expect(order).toEqual(['soon', 'late']);
  });

  test('whoever comes late does not catch up on what it did not ask for', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 1 }] });
    let current = await pool.acquire();
    const order: string[] = [];
    const ask = (name: string) =>
      void pool.acquire({ fairnessKey: name }).then((lease) => {
        order.push(name);
        current = lease;
      });
    const step = async () => {
      current.settle();
      await clock.advance(0);
    };
    for (let call = 0; call < 40; call += 1) ask('early');
    for (let call = 0; call < 20; call += 1) await step();
    for (let call = 0; call < 20; call += 1) ask('late');
    for (let call = 0; call < 20; call += 1) await step();
    const since = order.slice(20);
    expect(since.filter((name) => name === 'late').length).toBeGreaterThanOrEqual(9);
    expect(since.filter((name) => name === 'early').length).toBeGreaterThanOrEqual(9);
  });

  property.prop([
    fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), tokens: fc.integer({ min: 1, max: 50 }) }), {
      minLength: 1,
      maxLength: 80,
    }),
  ])('two keys that both wait are never further apart than two of their largest calls', async (calls) => {
    const order = await served(
      calls.map(({ name, tokens }, index) => ({ name: `${name}:${index}`, fairnessKey: name, tokens })),
    );
    expect(order).toHaveLength(calls.length);
    const largest = Math.max(...calls.map(({ tokens }) => tokens));
    const left = new Map<string, number>();
    for (const { name } of calls) left.set(name, (left.get(name) ?? 0) + 1);
    const got = new Map<string, number>([...left.keys()].map((name) => [name, 0]));
    for (const entry of order) {
      const [name = '', index = ''] = entry.split(':');
      got.set(name, got.get(name)! + calls[Number(index)]!.tokens);
      left.set(name, left.get(name)! - 1);
      const waiting = [...got].filter(([key]) => left.get(key)! > 0).map(([, tokens]) => tokens);
      if ([...left.values()].some((count) => count === 0)) break;
      expect(Math.max(...waiting) - Math.min(...waiting)).toBeLessThanOrEqual(2 * largest);
    }
  });
});
