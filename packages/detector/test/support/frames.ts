import type { Person } from '../../src/boxes/box.js';
import type { Frame, RgbImage } from '../../src/frame.js';

export function image(
  width: number,
  height: number,
  pixel: (x: number, y: number) => [number, number, number],
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set(pixel(x, y), (y * width + x) * 3);
  }
  return { width, height, data };
}

export const grey = (width: number, height: number, level = 128): RgbImage =>
  image(width, height, () => [level, level, level]);

export const frame = (sequence: number, picture: RgbImage = grey(32, 24)): Frame => ({
  ...picture,
  sequence,
  timestamp: sequence * 1_000,
});

export const personAt = (x: number, y: number, width: number, height: number, confidence = 0.9): Person => ({
  box: { x, y, width, height },
  confidence,
});
