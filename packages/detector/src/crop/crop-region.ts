import type { Box } from '../boxes/box.js';

/**
 * The whole pixels to cut out for a group: its box with `margin` times its longer side on every side, inside the
 * frame. People are judged by what is around them, so the margin follows the group's size.
 */
export function cropRegion(box: Box, margin: number, frameWidth: number, frameHeight: number): Box {
  const extra = margin * Math.max(box.width, box.height);
  const x = clamp(Math.floor(box.x - extra), 0, frameWidth - 1);
  const y = clamp(Math.floor(box.y - extra), 0, frameHeight - 1);
  const right = clamp(Math.ceil(box.x + box.width + extra), x + 1, frameWidth);
  const bottom = clamp(Math.ceil(box.y + box.height + extra), y + 1, frameHeight);
  return { x, y, width: right - x, height: bottom - y };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
