import { KeyPool } from '../../src/key-pool.js';
import type { KeyPoolOptions } from '../../src/options.js';
import { createFakeClock, seededRandom, type FakeClock } from '../../src/testing/index.js';

/** Keys named after letters, each its own quota group unless said otherwise. */
export function keysOf(...ids: string[]) {
  return ids.map((id) => ({ id, secret: `secret-of-${id}` }));
}

/** A pool on a clock that stands still. */
export function simulatedPool(options: KeyPoolOptions, clock: FakeClock = createFakeClock()) {
  const pool = new KeyPool({ clock, random: seededRandom(7), ...options });
  const startedAt = clock.now();
  return { pool, clock, elapsed: () => clock.now() - startedAt };
}

/** How a promise ended, without waiting for it: `pending`, its value, or its error. */
export function watchPromise<T>(promise: Promise<T>) {
  const seen: { state: 'pending' | 'done' | 'failed'; value?: T; error?: unknown } = { state: 'pending' };
  promise.then(
    (value) => Object.assign(seen, { state: 'done', value }),
    (error: unknown) => Object.assign(seen, { state: 'failed', error }),
  );
  return seen;
}

export function answer(status: number, body: unknown = {}, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}
