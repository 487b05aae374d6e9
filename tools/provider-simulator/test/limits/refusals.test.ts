import { afterEach, describe, expect, test } from 'vitest';
import { startProviderSimulator, type ProviderSimulator, type SimulatedLimit } from '../../src/index.js';
import { ask, codeOf, jpeg, question } from '../support.js';

/** Every limit is broken on purpose, from outside, and refuses as providers do. */
const DAY = 86_400;
let simulator: ProviderSimulator;
afterEach(() => simulator.stop());

const start = async (...limits: SimulatedLimit[]) =>
  (simulator = await startProviderSimulator({
    delay: { p50Ms: 0, p95Ms: 0 },
    quotaGroups: [
      {
        id: 'account',
        limits,
        keys: [
          { id: 'a', secret: 'sk-a' },
          { id: 'b', secret: 'sk-b' },
        ],
      },
      { id: 'other', keys: [{ id: 'c', secret: 'sk-c' }] },
    ],
  }));

describe('a request more than the limit is answered 429', () => {
  test.each<[string, SimulatedLimit, number]>([
    ['bucket', { requests: 10, perSeconds: DAY, burst: 3 }, 3],
    ['fixed window', { requests: 4, perSeconds: DAY, counting: 'fixed' }, 4],
    ['sliding window', { requests: 2, perSeconds: DAY, counting: 'sliding' }, 2],
    // 5 of prompt and 100 reserved, of which the answer takes 1
    ['tokens', { tokens: 115, perSeconds: DAY }, 2],
    ['input tokens', { inputTokens: 12, perSeconds: DAY }, 2],
    ['output tokens', { outputTokens: 101, perSeconds: DAY }, 2],
  ])('%s', async (_name, limit, fits) => {
    await start(limit);
    for (let call = 0; call < fits; call += 1) {
      // Both keys spend the same account's budget.
      expect((await ask(simulator.baseUrl, call % 2 ? 'sk-a' : 'sk-b')).status).toBe(200);
    }
    const refused = await ask(simulator.baseUrl, 'sk-a');
    expect(refused.status).toBe(429);
    expect(await codeOf(refused)).toBe('rate_limit_exceeded');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after-ms'))).toBeGreaterThan(0);
    expect((await ask(simulator.baseUrl, 'sk-c')).status).toBe(200);
    expect(simulator.stats()).toMatchObject({ accepted: fits + 1, succeeded: fits + 1, refused: 1 });
  });

  test('images', async () => {
    await start({ images: 1, perSeconds: DAY });
    const picture = question(await jpeg('#456'));
    expect((await ask(simulator.baseUrl, 'sk-a', picture)).status).toBe(200);
    expect((await ask(simulator.baseUrl, 'sk-a', picture)).status).toBe(429);
    expect((await ask(simulator.baseUrl, 'sk-a', question())).status).toBe(200);
  });

  test('concurrency; the slot is free again when the caller hangs up', async () => {
    await start({ concurrent: 1 });
    simulator.control.addFault({ kind: 'stall' });
    const hangUp = new AbortController();
    const first = await ask(simulator.baseUrl, 'sk-a', question(), hangUp.signal);
    expect((await ask(simulator.baseUrl, 'sk-b')).status).toBe(429);
    hangUp.abort();
    await expect(first.text()).rejects.toThrow();
    await expect.poll(() => simulator.stats().inFlight).toBe(0);
    expect((await ask(simulator.baseUrl, 'sk-b')).status).toBe(200);
  });

  test('the longer wait of two limits is told', async () => {
    await start({ requests: 1, perSeconds: 1 }, { requests: 1, perSeconds: DAY, counting: 'sliding' });
    await ask(simulator.baseUrl, 'sk-a');
    const refused = await ask(simulator.baseUrl, 'sk-a');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(DAY / 2);
  });
});

test('a refused request costs nothing in the limits that had room', async () => {
  await start({ requests: 1, perSeconds: DAY }, { tokens: 1_000_000, perSeconds: DAY });
  await ask(simulator.baseUrl, 'sk-a');
  const remaining = async () =>
    (await ask(simulator.baseUrl, 'sk-a')).headers.get('x-ratelimit-remaining-tokens');
  expect(await remaining()).toBe(await remaining());
});

test('headers show the budget, and can be left out', async () => {
  await start({ requests: 60, perSeconds: DAY, burst: 5 });
  const answer = await ask(simulator.baseUrl, 'sk-a');
  expect(answer.headers.get('x-ratelimit-limit-requests')).toBe('60');
  expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe('4');
  expect(answer.headers.get('x-ratelimit-reset-requests')).toMatch(/^\d+m\d+s$/);
  await simulator.stop();
  simulator = await startProviderSimulator({
    delay: { p50Ms: 0, p95Ms: 0 },
    rateLimitHeaders: false,
    quotaGroups: [{ id: 'account', limits: [{ requests: 5, perSeconds: DAY }], keys: ['sk-a'] }],
  });
  const bare = await ask(simulator.baseUrl, 'sk-a');
  expect(bare.headers.has('x-ratelimit-limit-requests')).toBe(false);
});
