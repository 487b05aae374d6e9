import { expect, it } from 'vitest';
import { waitUntilReady } from '../../../launcher/start/wait-until-ready.js';

const signal = new AbortController().signal;

it('waits until no reason is left, telling each new one', async () => {
  const answers = [['kafka: connecting'], ['kafka: connecting'], ['start: starting'], []];
  const told: string[] = [];
  await waitUntilReady('Storage', () => Promise.resolve(answers.shift() ?? []), {
    signal,
    timeoutMs: 20_000,
    onReasons: (text) => told.push(text),
  });
  expect(told).toEqual(['kafka: connecting', 'start: starting']);
});

it('gives up with the last reasons', async () => {
  const waiting = waitUntilReady('Storage', () => Promise.resolve(['database: full', 'kafka: away']), {
    signal,
    timeoutMs: 0,
    onReasons: () => {},
  });
  await expect(waiting).rejects.toThrow('Storage is not ready after 0 s: database: full; kafka: away');
});
