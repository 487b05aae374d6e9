import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { delay, settlesWithin, unlessAborted } from '../src/delay.js';

it.each([Infinity, 2 ** 31])('%d ms are not over at once', async (ms) => {
  const controller = new AbortController();
  const wait = delay(ms, controller.signal).catch(() => 'aborted');
  expect(await Promise.race([wait, sleep(20, 'still waiting')])).toBe('still waiting');
  controller.abort();
  expect(await wait).toBe('aborted');
  expect(await settlesWithin(sleep(20), ms)).toBe(true);
});

it('lets a question go when nobody waits for its answer', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const asked = unlessAborted(new Promise(() => undefined), controller.signal);
  controller.abort(reason);
  await expect(asked).rejects.toBe(reason);
  await expect(unlessAborted(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1);
});
