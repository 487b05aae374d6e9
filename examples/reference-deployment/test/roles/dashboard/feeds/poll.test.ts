import { expect, it } from 'vitest';
import { poll } from '../../../../roles/dashboard/feeds/poll.js';

it('reads again and again, one at a time, takes a late answer for none, and ends with its signal', async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  let reading = 0;
  let round = 0;
  await poll({
    everyMs: 1,
    timeoutMs: 20,
    signal: stop.signal,
    read: async (signal) => {
      expect((reading += 1)).toBe(1);
      try {
        if ((round += 1) === 2)
          await new Promise((_, late) => signal.addEventListener('abort', () => late(signal.reason)));
        return round;
      } finally {
        reading -= 1;
      }
    },
    onValue: (value) => {
      seen.push(`${value}`);
      if (value === 3) stop.abort();
    },
    onError: (error) => seen.push((error as Error).message),
  });
  expect(seen).toEqual(['1', 'no answer within 20 ms', '3']);
});
