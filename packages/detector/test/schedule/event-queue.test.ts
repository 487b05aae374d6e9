import { expect, test } from 'vitest';
import { EventQueue } from '../../src/schedule/event-queue.js';

const open = new AbortController().signal;

test('put waits for a place, take for an item', async () => {
  const queue = new EventQueue<number>(1);
  const order: string[] = [];
  await queue.put(1, open);
  const second = queue.put(2, open).then(() => order.push('put 2'));
  await Promise.resolve();
  order.push(`took ${await queue.take()}`);
  await second;
  order.push(`took ${await queue.take()}`);
  const third = queue.take();
  await queue.put(3, open);
  order.push(`took ${await third}`);
  expect(order).toEqual(['took 1', 'put 2', 'took 2', 'took 3']);
});

test('what is inside at the end is still handed out, then the failure', async () => {
  const queue = new EventQueue<number>(2);
  await queue.put(1, open);
  queue.end(new Error('broken'));
  expect(await queue.take()).toBe(1);
  await expect(queue.take()).rejects.toThrow('broken');
});

test('an abort ends a put that waits', async () => {
  const queue = new EventQueue<number>(1);
  await queue.put(1, open);
  const stop = new AbortController();
  const waiting = queue.put(2, stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});

test('clearing forgets what is inside and wakes everyone', async () => {
  const queue = new EventQueue<number>(1);
  await queue.put(1, open);
  const waiting = queue.put(2, open);
  queue.clear();
  await waiting;
  expect(await queue.take()).toBeUndefined();
});
