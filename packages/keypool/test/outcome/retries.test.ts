import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/index.js';
import { answer, keysOf, simulatedPool, watchPromise } from '../support/simulated-pool.js';

const noMoney = { error: { code: 'insufficient_quota', type: 'insufficient_quota' } };

describe('a failed try', () => {
  test('is made again with another key when the key or its group is to blame', async () => {
    const { pool } = simulatedPool({
      keys: keysOf('limited', 'dead', 'broke', 'good'),
      limits: [{ requests: 60, perSeconds: 60 }],
    });
    const answers: Record<string, Response> = {
      limited: answer(429, {}, { 'retry-after': '30' }),
      dead: answer(401),
      broke: answer(429, noMoney),
      good: answer(200),
    };
    const attempts: Attempt[] = [];
    const response = await pool.run((lease) => answers[lease.keyId]!, {
      onAttempt: (attempt) => attempts.push(attempt),
    });
    expect(response.status).toBe(200);
    expect(attempts.map(({ keyId, outcome }) => [keyId, outcome])).toEqual([
      ['limited', 'rate-limited'],
      ['dead', 'bad-key'],
      ['broke', 'exhausted'],
      ['good', 'ok'],
    ]);
    expect(pool.snapshot().keys.map(({ id, state }) => [id, state])).toEqual([
      ['limited', 'cooling'],
      ['dead', 'quarantined'],
      ['broke', 'exhausted'],
      ['good', 'available'],
    ]);
  });

  test('is not made again when the request is to blame, and nobody is blamed', async () => {
    const { pool } = simulatedPool({ keys: keysOf('a', 'b') });
    let tries = 0;
    const response = await pool.run(() => {
      tries += 1;
      return answer(400, { error: { code: 'context_length_exceeded' } });
    });
    expect(response.status).toBe(400);
    expect(tries).toBe(1);
    expect(pool.snapshot().keys.every(({ state }) => state === 'available')).toBe(true);
  });

  test('of a kind nobody knows ends the call as it is', async () => {
    const { pool } = simulatedPool({ keys: keysOf('a', 'b') });
    const bug = new TypeError('undefined is not a function');
    await expect(pool.run(() => Promise.reject(bug))).rejects.toBe(bug);
    expect(pool.snapshot().keys.every(({ state }) => state === 'available')).toBe(true);
  });

  test('is classified from what an SDK throws', async () => {
    const { pool } = simulatedPool({ keys: keysOf('a', 'b') });
    const sdkError = Object.assign(new Error('401 Incorrect API key'), {
      status: 401,
      headers: new Headers(),
      error: {},
    });
    const used: string[] = [];
    await pool.run((lease) => {
      used.push(lease.keyId);
      if (used.length === 1) throw sdkError;
      return 'done';
    });
    expect(used).toEqual(['a', 'b']);
    expect(pool.snapshot().keys[0]).toMatchObject({ state: 'quarantined', reason: '401' });
  });

  test('waits for the first key to come back rather than fail', async () => {
    const { pool, clock, elapsed } = simulatedPool({ keys: keysOf('a') });
    let tries = 0;
    const call = watchPromise(
      pool.run(() => {
        tries += 1;
        return tries === 1 ? answer(429, {}, { 'retry-after': '7' }) : answer(200);
      }),
    );
    await clock.advance(6_999);
    expect(tries).toBe(1);
    await clock.advance(1_100);
    expect(call.value?.status).toBe(200);
    expect(elapsed()).toBeGreaterThanOrEqual(7_000);
  });

  test('ends with the last real answer when the deadline does not allow another', async () => {
    const { pool } = simulatedPool({ keys: keysOf('a') });
    const response = await pool.run(() => answer(429, {}, { 'retry-after': '7' }), { deadlineMs: 2_000 });
    expect(response.status).toBe(429);
  });

  test('ends with our error, its cause and all attempts, when there is no answer', async () => {
    const { pool } = simulatedPool({ keys: keysOf('a') });
    const refusal = Object.assign(new Error('429'), { status: 429, headers: { 'retry-after': '7' } });
    const call = pool.run(() => Promise.reject(refusal), { deadlineMs: 2_000 });
    await expect(call).rejects.toMatchObject({
      code: 'deadline_unreachable',
      cause: refusal,
      attempts: [{ keyId: 'a', outcome: 'rate-limited' }],
    });
  });
});

describe('an endpoint that fails', () => {
  test('is tried maxAttempts times, the second time at once and never with the same key in a row', async () => {
    const { pool, clock, elapsed } = simulatedPool({ keys: keysOf('a', 'b') });
    const tries: [string, number][] = [];
    const fault = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    const call = watchPromise(
      pool.run((lease) => {
        tries.push([lease.keyId, elapsed()]);
        return Promise.reject(fault);
      }),
    );
    await clock.advance(10_000);
    expect(call.error).toMatchObject({
      code: 'attempts_exhausted',
      cause: fault,
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect(tries.map(([keyId]) => keyId)).toEqual(['a', 'b', 'a']);
    expect(tries[1]![1]).toBe(0);
    expect(tries[2]![1]).toBeGreaterThan(0);
    expect(clock.pending).toBe(0);
  });

  test('is left alone after five failures, probed by one call, and opened by its success', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a', 'b', 'c') });
    const events: string[] = [];
    pool.on('endpoint-failing', () => events.push('failing'));
    pool.on('endpoint-ready', () => events.push('ready'));
    for (let call = 0; call < 5; call += 1)
      (await pool.acquire()).settle({ kind: 'unavailable', reason: '503' });
    expect(events).toEqual(['failing']);
    expect(pool.snapshot().endpoints[0]).toMatchObject({ state: 'failing', reason: '503' });
    expect(pool.snapshot().keys.every(({ state }) => state === 'available')).toBe(true);
    expect(pool.tryAcquire()).toBeUndefined();
    await clock.advance(1_200);
    const probe = pool.tryAcquire();
    expect(probe).toBeDefined();
    expect(pool.tryAcquire()).toBeUndefined();
    probe!.settle();
    expect(events).toEqual(['failing', 'ready']);
    expect(pool.tryAcquire()).toBeDefined();
  });

  test('for one quota group only is that group, and it is left alone while the others work on', async () => {
    const { pool, clock } = simulatedPool({
      keys: keysOf('bad', 'x', 'y'),
      limits: [{ requests: 600, perSeconds: 60, burst: 5 }],
    });
    const calls = { bad: 0, others: 0, failed: 0 };
    const one = () =>
      pool
        .run((lease) => {
          if (lease.keyId === 'bad') {
            calls.bad += 1;
            return answer(503);
          }
          calls.others += 1;
          return answer(200);
        })
        .then((response) => {
          if (!response.ok) calls.failed += 1;
        });
    for (let tick = 0; tick < 400; tick += 1) {
      void one();
      await clock.advance(100);
    }
    await clock.advance(5_000);
    expect(calls.failed).toBe(0);
    expect(calls.others).toBe(400);
    expect(calls.bad).toBeLessThanOrEqual(9);
  });
});

test('callers at the limit of the keys see nothing of a group that fails', async () => {
  const { pool, clock } = simulatedPool({
    keys: keysOf('bad', 'x', 'y'),
    limits: [{ requests: 300, perSeconds: 60, burst: 5 }],
  });
  const calls = { bad: 0, ok: 0, failed: 0 };
  const [failsFrom, until] = [clock.now() + 2_000, clock.now() + 42_000];
  const caller = async () => {
    while (clock.now() < until) {
      const response = await pool.run(async (lease) => {
        const fails = lease.keyId === 'bad' && clock.now() >= failsFrom;
        if (fails) calls.bad += 1;
        await new Promise<void>((resolve) => void clock.after(fails ? 1 : 200, resolve));
        return answer(fails ? 503 : 200);
      });
      if (response.ok) calls.ok += 1;
      else calls.failed += 1;
    }
  };
  const callers = Array.from({ length: 16 }, caller);
  await clock.advance(60_000);
  await Promise.all(callers);
  expect(calls.failed).toBe(0);
  expect(calls.bad).toBeLessThanOrEqual(10);
  expect(calls.ok).toBeGreaterThan(2 * 5 * 40 * 0.99);
});

describe('a call that we end', () => {
  test('at its deadline blames nobody', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a') });
    const call = watchPromise(
      pool.run(
        (lease) =>
          new Promise((_, reject) =>
            lease.signal.addEventListener('abort', () => reject(lease.signal.reason as Error)),
          ),
        { deadlineMs: 1_000 },
      ),
    );
    await clock.advance(1_000);
    expect(call.error).toMatchObject({ code: 'deadline_unreachable', attempts: [{ outcome: 'aborted' }] });
    expect(pool.snapshot().keys[0]).toMatchObject({ state: 'available', inFlight: 0 });
  });

  test('by its signal ends while it waits to try again', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a') });
    const controller = new AbortController();
    const call = watchPromise(
      pool.run(
        () =>
          Promise.reject(Object.assign(new Error('x'), { status: 429, headers: { 'retry-after': '60' } })),
        {
          signal: controller.signal,
        },
      ),
    );
    await clock.advance(100);
    controller.abort();
    await clock.advance(0);
    expect(call.error).toMatchObject({ code: 'aborted' });
    expect(clock.pending).toBe(0);
  });
});
