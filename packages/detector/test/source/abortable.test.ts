import { expect, test } from 'vitest';
import { abortable } from '../../src/source/abortable.js';
import { untilAborted } from '../../src/until-aborted.js';

const never = new Promise<void>(() => {});

function source(log: string[], outer?: AbortSignal): AsyncIterable<number> {
  return abortable(async function* (signal) {
    try {
      yield 1;
      await untilAborted(never, signal);
    } finally {
      log.push('cleaned up');
    }
  }, outer);
}

test('leaving ends a step that would never end', async () => {
  const log: string[] = [];
  const iterator = source(log)[Symbol.asyncIterator]();
  await iterator.next();
  const stuck = iterator.next();
  await iterator.return?.();
  expect(await stuck).toEqual({ done: true, value: undefined });
  expect(log).toEqual(['cleaned up']);
});

test('the outer signal ends the iteration without an error', async () => {
  const log: string[] = [];
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const value of source(log, stop.signal)) {
    seen.push(value);
    stop.abort();
  }
  expect([seen, log]).toEqual([[1], ['cleaned up']]);
});

test('an error of its own is thrown', async () => {
  const failing = abortable(async function* (): AsyncGenerator<number, void, undefined> {
    yield await Promise.reject(new Error('broken'));
  });
  await expect(failing[Symbol.asyncIterator]().next()).rejects.toThrow('broken');
});
