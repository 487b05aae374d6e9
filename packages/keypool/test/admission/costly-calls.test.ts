import { expect, test } from 'vitest';
import { roundRobin, type Strategy } from '../../src/strategies/index.js';
import { simulatedPool } from '../support/simulated-pool.js';

/** Five hundred accounts with 100 of 1,000 tokens left, and how often the strategy was asked. */
function nearlyUsedUp() {
  let picks = 0;
  const counted: Strategy = {
    name: 'counted',
    start: (random) => {
      const picker = roundRobin.start(random);
      return {
        pick: (ready, call) => {
          picks += 1;
          return picker.pick(ready, call);
        },
        changed: (key, ready) => picker.changed?.(key, ready),
      };
    },
  };
  const keys = Array.from({ length: 500 }, (_, index) => ({ id: `key-${index}`, secret: `s${index}` }));
  const limits = [{ tokens: 1_000, perSeconds: 60, counting: 'sliding' as const }, { concurrent: 100 }];
  const { pool, clock } = simulatedPool({ keys, limits, strategy: counted });
  for (let call = 0; call < 500; call += 1) pool.tryAcquire({ tokens: 900 })!.settle();
  picks = 0;
  return { pool, clock, picks: () => picks };
}

test('a call that needs more than any key has looks at a bounded number of them', () => {
  const { pool, picks } = nearlyUsedUp();
  expect(pool.tryAcquire({ tokens: 500 })).toBeUndefined();
  expect(picks()).toBeLessThanOrEqual(65);
});

test('it goes on looking while it waits, and finds the one key that has enough', async () => {
  const { pool, clock } = nearlyUsedUp();
  pool.keys.add({ id: 'fresh', secret: 's' });
  const waiting = pool.acquire({ tokens: 500, deadlineMs: 5_000 });
  await clock.advance(1_000);
  expect((await waiting).keyId).toBe('fresh');
});

test('a lesser call behind it that comes to the head goes at once', async () => {
  const { pool, clock } = nearlyUsedUp();
  const controller = new AbortController();
  const costly = pool.acquire({ tokens: 500, signal: controller.signal }).catch(() => undefined);
  const lesser = pool.acquire({ tokens: 50, deadlineMs: 5_000 });
  await clock.advance(1_000);
  controller.abort();
  await clock.advance(10);
  (await lesser).settle();
  await costly;
});
