import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { retryAfterMs, retryDelayMs } from '../../../roles/alerts/backoff.js';

describe('retryDelayMs', () => {
  it('doubles from a second to five minutes', () => {
    const delays = [1, 2, 3, 4, 8, 9, 10, 1_000].map((attempts) => retryDelayMs(attempts, () => 0) / 1_000);
    expect(delays).toEqual([1, 2, 4, 8, 128, 256, 300, 300]);
  });

  test.prop([fc.nat(2_000), fc.double({ min: 0, max: 1, noNaN: true }), fc.option(fc.nat())])(
    'is never less than half a second or what was asked for, never more than an hour',
    (attempts, chance, told) => {
      const delay = retryDelayMs(attempts, () => chance, told ?? undefined);
      expect(delay).toBeGreaterThanOrEqual(Math.max(500, Math.min(told ?? 0, 3_600_000)));
      expect(delay).toBeLessThanOrEqual(3_600_000);
    },
  );
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-05-01T08:30:00Z');
  it.each([
    ['120', 120_000],
    ['Fri, 01 May 2026 08:31:00 GMT', 60_000],
    ['Fri, 01 May 2026 08:29:00 GMT', undefined],
    ['0', undefined],
    ['-5', undefined],
    ['soon', undefined],
    [undefined, undefined],
  ])('%s', (header, ms) => expect(retryAfterMs(header, now)).toBe(ms));
});
