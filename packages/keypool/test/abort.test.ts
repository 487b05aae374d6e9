import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { keysOf, simulatedPool, watchPromise } from './support/simulated-pool.js';

test('one signal for many calls gets one listener, which goes with the last of them', async () => {
  const { pool, clock } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 1 }] });
  const { signal } = new AbortController();
  const release: (() => void)[] = [];
  const calls = Array.from({ length: 50 }, () =>
    pool.run(
      (lease) =>
        new Promise<void>((resolve) => {
          release.push(resolve);
          expect(lease.signal.aborted).toBe(false);
        }),
      { signal },
    ),
  );
  await clock.advance(0);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  for (let call = 0; call < 50; call += 1) {
    release[call]!();
    await clock.advance(0);
  }
  await Promise.all(calls);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a shared signal ends all its calls, waiting and running, and no others', async () => {
  const { pool, clock } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 1 }] });
  const controller = new AbortController();
  const running = await pool.acquire({ signal: controller.signal });
  const leaseSignal = running.signal;
  const shared = [1, 2].map(() => watchPromise(pool.acquire({ signal: controller.signal })));
  const other = watchPromise(pool.acquire());
  controller.abort();
  await clock.advance(0);
  expect(leaseSignal.aborted).toBe(true);
  expect(shared.map(({ error }) => error)).toMatchObject([{ code: 'aborted' }, { code: 'aborted' }]);
  expect(other.state).toBe('pending');
  running.settle();
  await clock.advance(0);
  expect(other.state).toBe('done');
});
