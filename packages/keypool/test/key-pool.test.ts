import { describe, expect, test } from 'vitest';
import { KeyPool, KeyPoolError } from '../src/index.js';
import type { Lease } from '../src/lease.js';
import { keysOf, simulatedPool, watchPromise } from './support/simulated-pool.js';

describe('pacing', () => {
  test('calls go out as the limit lets them, with no burst beyond what was told', async () => {
    const { pool, clock, elapsed } = simulatedPool({
      keys: keysOf('a'),
      limits: [{ requests: 60, perSeconds: 60, burst: 2 }],
    });
    const starts: number[] = [];
    const calls = Array.from({ length: 5 }, () => pool.run(() => starts.push(elapsed())));
    await clock.advance(10_000);
    await Promise.all(calls);
    // The provider counts the first two up to 150 ms later, so the bucket is full again that much later.
    expect(starts).toEqual([0, 0, 1150, 2150, 3150]);
    expect(clock.pending).toBe(0);
  });

  test('keys of one quota group share its limit; other groups add theirs', async () => {
    const { pool, clock } = simulatedPool({
      keys: [
        { id: 'a1', secret: '1', quotaGroup: 'a' },
        { id: 'a2', secret: '2', quotaGroup: 'a' },
        { id: 'b1', secret: '3', quotaGroup: 'b' },
      ],
      limits: [{ requests: 10, perSeconds: 60, counting: 'sliding' }],
    });
    const used: string[] = [];
    for (let lease = pool.tryAcquire(); lease !== undefined; lease = pool.tryAcquire()) {
      used.push(lease.quotaGroup);
      lease.settle();
    }
    expect(used.filter((group) => group === 'a')).toHaveLength(10);
    expect(used.filter((group) => group === 'b')).toHaveLength(10);
    await clock.advance(61_000);
    expect(pool.tryAcquire()).toBeDefined();
  });

  test('a bound on concurrent calls holds, and a call that ends makes room at once', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 2 }] });
    const held = [await pool.acquire(), await pool.acquire()];
    const third = watchPromise(pool.acquire());
    await clock.advance(60_000);
    expect(third.state).toBe('pending');
    held[0]!.settle();
    await clock.advance(0);
    expect(third.state).toBe('done');
    held[1]!.settle();
    third.value!.settle();
    expect(pool.snapshot().inFlight).toBe(0);
  });

  test('the key is chosen when it is free, not when the call comes', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('slow', 'quick'), limits: [{ concurrent: 1 }] });
    const slow = await pool.acquire();
    const quick = await pool.acquire();
    const waiting = [watchPromise(pool.acquire()), watchPromise(pool.acquire())];
    quick.settle();
    await clock.advance(0);
    expect(waiting[0]!.value?.keyId).toBe(quick.keyId);
    waiting[0]!.value!.settle();
    await clock.advance(0);
    expect(waiting[1]!.value?.keyId).toBe(quick.keyId);
    slow.settle();
  });
});

describe('waiting', () => {
  test('higher priority first, then the earlier deadline, then who came first', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 1 }] });
    const first = await pool.acquire();
    const order: string[] = [];
    const wait = (name: string, options: object) =>
      pool.run(() => order.push(name), options).catch(() => order.push(`${name} failed`));
    const calls = [
      wait('plain', {}),
      wait('late', { deadlineMs: 20_000 }),
      wait('soon', { deadlineMs: 10_000 }),
      wait('urgent', { priority: 5 }),
      wait('plain too', {}),
      wait('soon too', { deadlineMs: 10_000 }),
      wait('least', { priority: -1, deadlineMs: 1_000 }),
    ];
    await clock.advance(0);
    first.settle();
    await clock.advance(0);
    await Promise.all(calls);
    expect(order).toEqual(['urgent', 'soon', 'soon too', 'late', 'plain', 'plain too', 'least']);
  });

  test('a call without a deadline does not starve behind later ones that have one', async () => {
    const { pool, clock } = simulatedPool({
      keys: keysOf('a'),
      limits: [{ requests: 1, perSeconds: 1, burst: 1 }],
    });
    (await pool.acquire()).settle();
    const patient = watchPromise(pool.acquire());
    let served = 0;
    for (let second = 0; second < 60 && patient.state === 'pending'; second += 1) {
      void pool.run(() => (served += 1), { deadlineMs: 15_000 }).catch(() => undefined);
      void pool.run(() => (served += 1), { deadlineMs: 15_000 }).catch(() => undefined);
      await clock.advance(1_000);
    }
    expect(patient.state).toBe('done');
    expect(served).toBeGreaterThan(0);
  });

  test('a call that cannot start in time is told so at once, and when it could', async () => {
    const { pool, clock } = simulatedPool({
      keys: keysOf('a'),
      limits: [{ requests: 1, perSeconds: 60, counting: 'sliding' }],
    });
    (await pool.acquire()).settle();
    const refused = await pool.acquire({ deadlineMs: 5_000 }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'deadline_unreachable', isRetryable: true });
    const { earliestStart } = refused as KeyPoolError;
    expect(earliestStart! - clock.now()).toBeGreaterThanOrEqual(60_000);
    expect(earliestStart! - clock.now()).toBeLessThan(60_200);
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });

  test('so is one that those before it would keep from starting in time', async () => {
    const { pool, clock } = simulatedPool({
      keys: keysOf('a', 'b'),
      limits: [{ requests: 60, perSeconds: 60, burst: 1 }],
    });
    const starts: number[] = [];
    const calls = Array.from({ length: 12 }, () =>
      watchPromise(pool.run(() => void starts.push(clock.now()), { deadlineMs: 3_500 })),
    );
    await clock.advance(0);
    // Two go at once, two after each second; the ninth would have to wait for four seconds.
    expect(calls.map(({ state }) => state)).toEqual([
      ...Array(2).fill('done'),
      ...Array(6).fill('pending'),
      ...Array(4).fill('failed'),
    ]);
    expect(calls[8]!.error).toMatchObject({ code: 'deadline_unreachable' });
    const { earliestStart } = calls[8]!.error as KeyPoolError;
    // A more urgent call goes before them all, and the last of them loses its turn.
    const urgent = watchPromise(pool.run(() => 'urgent', { deadlineMs: 3_500, priority: 1 }));
    await clock.advance(4_000);
    expect(urgent.value).toBe('urgent');
    expect(starts).toHaveLength(7);
    expect(earliestStart! - starts[0]!).toBeGreaterThan(3_500);
    expect(clock.pending).toBe(0);
  });

  test('a call that waits for another to end is turned away when its deadline comes', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 1 }] });
    const held = await pool.acquire();
    const waiting = watchPromise(pool.acquire({ deadlineMs: 500 }));
    await clock.advance(499);
    expect(waiting.state).toBe('pending');
    await clock.advance(1);
    expect(waiting.error).toMatchObject({ code: 'deadline_unreachable' });
    expect(clock.pending).toBe(0);
    held.settle();
  });

  test('the line has an end', async () => {
    const { pool, clock } = simulatedPool({
      keys: keysOf('a'),
      limits: [{ concurrent: 1 }],
      admission: { maxWaiting: 1 },
    });
    const held = await pool.acquire();
    const waiting = watchPromise(pool.acquire());
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'queue_full' });
    held.settle();
    await clock.advance(0);
    waiting.value!.settle();
  });

  test('a call can be called off while it waits, and leaves nothing behind', async () => {
    const { pool, clock } = simulatedPool({
      keys: keysOf('a'),
      limits: [{ requests: 1, perSeconds: 60, burst: 1 }],
    });
    (await pool.acquire()).settle();
    const controller = new AbortController();
    const waiting = watchPromise(pool.acquire({ signal: controller.signal, deadlineMs: 100_000 }));
    await clock.advance(10);
    controller.abort(new Error('changed my mind'));
    await clock.advance(0);
    expect(waiting.error).toMatchObject({ code: 'aborted', cause: controller.signal.reason });
    expect(pool.snapshot()).toMatchObject({ waiting: 0, inFlight: 0 });
    expect(clock.pending).toBe(0);
  });

  test('nobody waits for keys that cannot come', async () => {
    const { pool } = simulatedPool({ keys: keysOf('a', 'b') });
    pool.keys.disable('a');
    pool.keys.disable('b');
    await expect(pool.acquire()).rejects.toMatchObject({
      code: 'no_usable_key',
      message: expect.stringContaining('2 disabled'),
    });
    await expect(simulatedPool({}).pool.acquire()).rejects.toMatchObject({ code: 'no_usable_key' });
  });
});

describe('closing', () => {
  test('waiting calls are turned away, calls in flight are waited for', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 1 }] });
    const held = await pool.acquire();
    const waiting = watchPromise(pool.acquire());
    const closed = watchPromise(pool.close());
    await clock.advance(0);
    expect(waiting.error).toMatchObject({ code: 'closed' });
    expect(closed.state).toBe('pending');
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'closed' });
    expect(() => pool.tryAcquire()).toThrow(KeyPoolError);
    held.settle();
    await clock.advance(0);
    expect(closed.state).toBe('done');
    expect(clock.pending).toBe(0);
  });

  test('not for longer than its deadline', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a') });
    await pool.acquire();
    const closed = watchPromise(pool.close({ deadlineMs: 1_000 }));
    await clock.advance(1_000);
    expect(closed.state).toBe('done');
  });
});

describe('a lease', () => {
  test('has what a call needs, and its signal fires at the deadline', async () => {
    const { pool, clock } = simulatedPool({
      keys: keysOf('a'),
      baseUrl: 'https://host/v1',
      model: 'some-model',
    });
    const lease = await pool.acquire({ deadlineMs: 1_000 });
    expect(lease).toMatchObject({
      keyId: 'a',
      quotaGroup: 'a',
      baseUrl: 'https://host/v1',
      model: 'some-model',
    });
    expect(lease.headers).toEqual({ authorization: 'Bearer secret-of-a' });
    const { signal } = lease;
    await clock.advance(1_000);
    expect(signal.aborted).toBe(true);
    lease.settle({ kind: 'aborted' });
    expect(clock.pending).toBe(0);
  });

  test('counts its end once, and one that was not settled frees its slot when it is disposed of', async () => {
    const { pool } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 1 }] });
    const lease = await pool.acquire();
    await lease[Symbol.asyncDispose]();
    lease.settle();
    await lease[Symbol.asyncDispose]();
    expect(pool.snapshot().keys[0]).toMatchObject({ calls: 1, succeeded: 0, otherFailures: 1, inFlight: 0 });
    expect(pool.tryAcquire()).toBeDefined();
  });

  test('understands the error that broke its call', async () => {
    const { pool } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 9 }] });
    const outcomes: string[] = [];
    pool.on('attempt', ({ outcome, reason }) => outcomes.push(`${outcome} ${reason}`));
    (await pool.acquire()).settle(new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } }));
    (await pool.acquire()).settle(new RangeError('a bug'));
    (await pool.acquire()).settle(Object.assign(new Error('refused'), { status: 401 }));
    expect(outcomes).toEqual(['unavailable ECONNRESET', 'unclassified RangeError', 'bad-key 401']);
  });

  test('shows its secret to nobody who prints it', async () => {
    const { inspect } = await import('node:util');
    const { pool } = simulatedPool({ keys: keysOf('a') });
    const lease: Lease = await pool.acquire();
    const printed = [lease, pool, pool.snapshot()].map(
      (it) => `${inspect(it, { depth: 9, showHidden: true })}${JSON.stringify(it)}`,
    );
    expect(printed.join()).not.toContain('secret-of-a');
    lease.settle();
  });
});

describe('wrong options are named', () => {
  test.each([
    [{ keys: [{ id: '', secret: 'x' }] }, 'key.id'],
    [{ keys: [{ id: 'a', secret: '' }] }, 'secret of key "a"'],
    [{ keys: [{ id: 'a', secret: 'x', weight: 0 }] }, 'weight of key "a"'],
    [
      {
        keys: [
          { id: 'a', secret: 'x' },
          { id: 'a', secret: 'y' },
        ],
      },
      'keys must not name the same id twice',
    ],
    [{ limits: [{ requests: 0, perSeconds: 60 }] }, 'limits[0].requests'],
    [{ limits: [{ requests: 1.5, perSeconds: 60 }] }, 'limits[0].requests'],
    [{ limits: [{ requests: 5, perSeconds: -1 }] }, 'limits[0].perSeconds'],
    [{ limits: [{ requests: 5, perSeconds: 1, burst: 0 }] }, 'limits[0].burst'],
    [{ limits: [{ requests: 5, tokens: 5, perSeconds: 1 }] }, 'limits[0] must count one thing'],
    [{ limits: [{ perSeconds: 1 }] }, 'limits[0] must name'],
    [{ limits: [{ requests: 5, perDay: 'Mars' }] }, 'limits[0].perDay'],
    [{ quotaGroups: [{ id: 'g', limits: [], baseUrl: 'host' }] }, 'baseUrl of quota group "g"'],
    [{ baseUrl: 'ftp://host' }, 'baseUrl'],
    [{ strategy: {} }, 'strategy'],
    [{ admission: { maxWaiting: -1 } }, 'admission.maxWaiting'],
  ])('%j', (options, message) => {
    expect(() => new KeyPool(options as never)).toThrow(message);
    expect(() => new KeyPool(options as never)).toThrow(KeyPoolError);
  });

  test.each([
    [{ deadlineMs: -1 }, 'deadlineMs'],
    [{ priority: Number.NaN }, 'priority'],
    [{ maxAttempts: 0 }, 'maxAttempts'],
    [{ tokens: -5 }, 'tokens.input'],
    [{ images: Number.NaN }, 'images'],
  ])('of a call: %j', async (options, message) => {
    const { pool } = simulatedPool({ keys: keysOf('a') });
    await expect(pool.acquire(options)).rejects.toThrow(message);
  });
});
