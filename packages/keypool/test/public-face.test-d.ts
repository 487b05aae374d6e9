import OpenAI from 'openai';
import * as client from 'prom-client';
import { Agent, type Dispatcher } from 'undici';
import { assertType, expectTypeOf, test } from 'vitest';
import { createPooledInterceptor } from '../src/http/undici/index.js';
import {
  KeyPool,
  createPooledFetch,
  type CallOptions,
  type KeyPoolEvents,
  type Lease,
  type Limit,
} from '../src/index.js';
import { bindMetrics } from '../src/metrics/index.js';
import { classifyByCode, codeTable, openai, type ProviderProfile } from '../src/providers/index.js';
import { leastLoaded, type Strategy } from '../src/strategies/index.js';

test('limits', () => {
  assertType<Limit>({ requests: 300, perSeconds: 60, burst: 5, counting: 'bucket' });
  assertType<Limit>({ inputTokens: 1, perDay: 'UTC', models: ['m'] });
  assertType<Limit>({ concurrent: 4 });
  // @ts-expect-error A rate needs a period.
  assertType<Limit>({ requests: 300 });
  // @ts-expect-error There is no such counting rule.
  assertType<Limit>({ requests: 300, perSeconds: 60, counting: 'leaky' });
});

test('a pool', () => {
  const pool = new KeyPool({
    provider: openai,
    strategy: leastLoaded,
    keys: [{ id: 'a', secret: 's' }],
    limits: [],
  });
  expectTypeOf(pool.run(() => 5)).resolves.toEqualTypeOf<number>();
  expectTypeOf(pool.acquire()).resolves.toEqualTypeOf<Lease>();
  expectTypeOf(pool.tryAcquire()).toEqualTypeOf<Lease | undefined>();
  assertType<Promise<number>>(
    pool.run(async () => 5, { usage: (value) => ({ inputTokens: value, outputTokens: 0 }) }),
  );
  pool.on('key-quarantined', (event) =>
    expectTypeOf(event).toEqualTypeOf<KeyPoolEvents['key-quarantined'][0]>(),
  );
  // @ts-expect-error There is no such event.
  pool.on('key-lost', () => undefined);
  // @ts-expect-error Milliseconds are a number.
  assertType<CallOptions>({ deadlineMs: '2s' });
});

test('under real packages', () => {
  const pool = new KeyPool();
  new OpenAI({ apiKey: 'pooled', fetch: createPooledFetch(pool) });
  assertType<Dispatcher>(new Agent().compose(createPooledInterceptor(pool)));
  bindMetrics(pool, { client });
  bindMetrics(new Map([['a', pool]]), { client, registry: new client.Registry() });
});

test("a provider of one's own", () => {
  const codes = codeTable({ exhausted: ['out_of_money'] });
  assertType<ProviderProfile>({
    ...openai,
    name: 'mine',
    credential: (secret) => ({ 'x-my-key': secret }),
    classify: (answer) => classifyByCode(answer, codes),
  });
  // @ts-expect-error There is no such outcome.
  codeTable({ tired: ['later'] });
});

test("a strategy of one's own", () => {
  assertType<Strategy>({ name: 'first', start: () => ({ pick: (ready) => ready.at(0) }) });
  // @ts-expect-error A pick gives a key, not its id.
  assertType<Strategy>({ name: 'first', start: () => ({ pick: (ready) => ready.at(0).id }) });
});
