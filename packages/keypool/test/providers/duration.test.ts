import { expect, test } from 'vitest';
import { durationMs } from '../../src/providers/duration.js';

test.each([
  ['120ms', 120],
  ['27s', 27_000],
  ['7.66s', 7_660],
  ['6m0s', 360_000],
  ['1h2m3s', 3_723_000],
  ['2d', 172_800_000],
  ['', undefined],
  ['soon', undefined],
  ['-5s', undefined],
  [5, undefined],
])('%j is %s ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});
