import { expect, test } from 'vitest';
import { createFakeClock, seededRandom } from '../../src/testing/index.js';

test('timers fire at their time, in order, and what they set in motion happens before the next', async () => {
  const clock = createFakeClock(1_000);
  const seen: string[] = [];
  clock.after(20, () => seen.push(`second at ${clock.now()}`));
  clock.after(10, () => {
    void Promise.resolve().then(() => {
      seen.push(`promised at ${clock.now()}`);
      clock.after(5, () => seen.push(`set by it at ${clock.now()}`));
    });
  });
  clock.after(10, () => seen.push('never')).cancel();
  await clock.advance(30);
  expect(seen).toEqual(['promised at 1010', 'set by it at 1015', 'second at 1020']);
  expect(clock.now()).toBe(1_030);
  expect(clock.pending).toBe(0);
  expect(await clock.next()).toBe(false);
});

test('seeded chance repeats itself', () => {
  const [a, b] = [seededRandom(5), seededRandom(5)];
  const first = Array.from({ length: 20 }, a);
  expect(Array.from({ length: 20 }, b)).toEqual(first);
  expect(first.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(Array.from({ length: 20 }, seededRandom(6))).not.toEqual(first);
});
