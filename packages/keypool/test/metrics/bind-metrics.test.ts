import * as client from 'prom-client';
import { expect, test } from 'vitest';
import { bindMetrics, metricCatalogue } from '../../src/metrics/index.js';
import { answer, keysOf, simulatedPool } from '../support/simulated-pool.js';

test("a pool's numbers come out of a real registry under the names of the catalogue", async () => {
  const registry = new client.Registry();
  const { pool } = simulatedPool({ keys: keysOf('a', 'b'), limits: [{ concurrent: 2 }] });
  const unbind = bindMetrics(pool, { client, registry });
  await pool.run((lease) => answer(lease.keyId === 'a' ? 429 : 200, {}, { 'retry-after': '9' }));
  await pool.acquire();
  await pool.acquire({ deadlineMs: 0, priority: 1 });
  await pool.acquire({ deadlineMs: 0 }).catch(() => undefined);
  const text = await registry.metrics();
  for (const { name } of Object.values(metricCatalogue)) expect(text).toContain(`# TYPE ${name} `);
  expect(text).toContain('keypool_attempts_total{key="a",quota_group="a",outcome="rate-limited"} 1');
  expect(text).toContain('keypool_attempts_total{key="b",quota_group="b",outcome="ok"} 1');
  expect(text).toContain('keypool_in_flight{key="b",quota_group="b"} 2');
  expect(text).toContain('keypool_key_state{key="a",quota_group="a",state="cooling"} 1');
  expect(text).toContain('keypool_group_state{quota_group="b",state="ready"} 1');
  expect(text).toContain('keypool_limit_remaining_ratio{quota_group="b",dimension="concurrent"} 0');
  expect(text).toContain('keypool_refused_total{code="deadline_unreachable"} 1');
  expect(text).not.toContain('secret-of');

  pool.keys.remove('a');
  expect(await registry.metrics()).not.toContain('keypool_key_state{key="a"');
  unbind();
  expect(await registry.metrics()).not.toContain('keypool_key_state{key="b"');
  expect(pool.listenerCount('attempt')).toBe(0);
});

test('several pools are told apart by a label', async () => {
  const registry = new client.Registry();
  const pools = new Map(['vision', 'text'].map((name) => [name, simulatedPool({ keys: keysOf('a') }).pool]));
  bindMetrics(pools, { client, registry });
  await pools.get('text')!.run(() => 'done');
  const text = await registry.metrics();
  expect(text).toContain('keypool_attempts_total{pool="text",key="a",quota_group="a",outcome="ok"} 1');
  expect(text).toContain('keypool_waiting{pool="vision"} 0');
});
