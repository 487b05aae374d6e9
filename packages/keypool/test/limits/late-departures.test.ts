import { expect, test } from 'vitest';
import { KeyPool, type Clock } from '../../src/index.js';
import { createFakeClock, seededRandom } from '../../src/testing/index.js';
import { bucketProvider, pause } from '../support/bucket-provider.js';
import { answer, keysOf } from '../support/simulated-pool.js';

/**
 * A process that has just started and shares its machine: whatever it sends at the start leaves, and whatever
 * it set a timer for then fires, `busyMs` late.
 */
async function refusedAfterAStart(busyMs: number): Promise<number> {
  const fake = createFakeClock();
  const startedAt = fake.now();
  const isStart = () => fake.now() < startedAt + 1;
  const clock: Clock = {
    now: () => fake.now(),
    after: (delayMs, action) => fake.after(isStart() ? Math.max(delayMs, busyMs) : delayMs, action),
  };
  const pool = new KeyPool({
    clock,
    random: seededRandom(7),
    keys: keysOf('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    limits: [{ requests: 300, perSeconds: 60, burst: 5 }],
  });
  const provider = bucketProvider(fake, 5, 5);
  const until = startedAt + 20_000;
  const caller = async () => {
    while (fake.now() < until) {
      await pool.run(async (lease) => {
        await pause(fake, isStart() ? 1.4 * busyMs : 1);
        if (!provider.arrives(lease.keyId)) return answer(429, {}, { 'retry-after-ms': '50' });
        await pause(fake, 200);
        return answer(200);
      });
    }
  };
  const callers = Array.from({ length: 32 }, caller);
  await fake.advance(30_000);
  await Promise.all(callers);
  return provider.seen.refused;
}

test.each([1, 60, 150, 300, 600])(
  'calls that leave a busy process %i ms late are reckoned with, and nothing is refused at the seam',
  async (busyMs) => {
    expect(await refusedAfterAStart(busyMs)).toBe(0);
  },
);
