import { expect, it } from 'vitest';
import { FrameCount } from '../../../launcher/watch/frame-count.js';

it('goes on where a process that died has ended', () => {
  const frames = new FrameCount();
  for (const count of [0, 5, 9, 9, 2, 4, 1]) frames.see(count);
  expect(frames.total).toBe(9 + 4 + 1);
});
