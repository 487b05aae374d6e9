import { expect, it } from 'vitest';
import { Fence } from '../../src/consumer/fence.js';

it('is open only while the group has answered within three quarters of the session', () => {
  const fence = new Fence(6_000);
  expect(fence.isOpen(0)).toBe(false);
  fence.seen(1_000);
  expect([1_000, 5_499, 5_500, 20_000].map((now) => fence.isOpen(now))).toEqual([true, true, false, false]);
  fence.seen(20_000);
  expect(fence.isOpen(20_000)).toBe(true);
});
