import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { Bucket } from '../../src/limits/bucket.js';
import { FixedWindow } from '../../src/limits/fixed-window.js';
import { duration } from '../../src/limits/headers.js';
import type { Meter } from '../../src/limits/meter.js';
import { SlidingWindow } from '../../src/limits/sliding-window.js';

const WINDOW = 1_000;
const arrivals = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }).map((gaps) =>
  gaps.map(
    (
      (at) => (gap: number) =>
        (at += gap)
    )(5_000),
  ),
);

/** Offers one request at each time; the times that were admitted. */
function admitted(meter: Meter, times: readonly number[]): number[] {
  return times.filter((at) => {
    if (meter.waitMs(1, at) > 0) return false;
    meter.take(1, at);
    return true;
  });
}

const within = (times: readonly number[], from: number, to: number) =>
  times.filter((at) => at >= from && at < to).length;

describe('what a meter admits', () => {
  test.prop([arrivals, fc.integer({ min: 1, max: 9 })])('sliding: never more in any span', (times, count) => {
    const sent = admitted(new SlidingWindow(count, WINDOW), times);
    for (const at of sent) expect(within(sent, at, at + WINDOW)).toBeLessThanOrEqual(count);
  });

  test.prop([arrivals, fc.integer({ min: 1, max: 9 })])(
    'fixed: never more in a window, all of it in each',
    (times, count) => {
      const sent = admitted(new FixedWindow(count, WINDOW), times);
      for (const at of times) {
        const start = Math.floor(at / WINDOW) * WINDOW;
        const offered = within(times, start, start + WINDOW);
        expect(within(sent, start, start + WINDOW)).toBe(Math.min(count, offered));
      }
    },
  );

  test.prop([arrivals, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })])(
    'bucket: at most the burst plus what refilled since',
    (times, count, burst) => {
      const sent = admitted(new Bucket(count, WINDOW, burst, 0), times);
      for (const [index, from] of sent.entries()) {
        for (const [offset, to] of sent.slice(index).entries()) {
          expect(offset + 1).toBeLessThanOrEqual(burst + ((to - from) * count) / WINDOW + 1e-6);
        }
      }
    },
  );

  test.prop([arrivals, fc.constantFrom('bucket', 'fixed', 'sliding')])(
    'whoever waits as long as it was told is admitted, a millisecond earlier is refused',
    (times, kind) => {
      const meter =
        kind === 'bucket'
          ? new Bucket(2, WINDOW, 2, 0)
          : kind === 'fixed'
            ? new FixedWindow(2, WINDOW)
            : new SlidingWindow(2, WINDOW);
      admitted(meter, times);
      const last = times.at(-1) ?? 0;
      const waitMs = meter.waitMs(1, last);
      if (waitMs > 1) expect(meter.waitMs(1, last + waitMs - 1)).toBeGreaterThan(0);
      expect(meter.waitMs(1, last + waitMs)).toBe(0);
    },
  );
});

test('what is larger than the whole limit never fits', () => {
  expect(new Bucket(60, WINDOW, 5, 0).waitMs(6, 0)).toBe(Infinity);
  expect(new FixedWindow(5, WINDOW).waitMs(6, 0)).toBe(Infinity);
  expect(new SlidingWindow(5, WINDOW).waitMs(6, 0)).toBe(Infinity);
});

test.each([
  [0, '0ms'],
  [119.2, '120ms'],
  [1_500, '1.5s'],
  [360_000, '6m0s'],
])('%s ms is written as %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
