import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { quantiles } from '../../../../roles/dashboard/live/quantiles.js';

test('nearest rank: of 1 … 100 they are 50, 95 and 99, in whatever order the values come', () => {
  const values = Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) + 1);
  expect(quantiles(values)).toEqual({ p50: 50, p95: 95, p99: 99 });
});

test('nothing has no quantiles', () => {
  expect(quantiles([])).toBeNull();
});

test.prop([fc.array(fc.nat(100_000), { minLength: 1 })])('are values that occurred, in order', (values) => {
  const found = quantiles(values);
  if (!found) throw new Error('values have quantiles');
  expect(values).toContain(found.p50);
  expect(found.p50).toBeLessThanOrEqual(found.p95);
  expect(found.p95).toBeLessThanOrEqual(found.p99);
  expect(found.p99).toBeLessThanOrEqual(Math.max(...values));
});
