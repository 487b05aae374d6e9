import { randomBytes } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import sharp from 'sharp';
import { describe, expect } from 'vitest';
import { cropRegion } from '../../src/crop/crop-region.js';
import { cropJpeg, encodeJpeg } from '../../src/crop/jpeg.js';
import { person } from '../support/arbitraries.js';
import { image } from '../support/frames.js';

const noise = (width: number, height: number) => ({ width, height, data: randomBytes(width * height * 3) });

describe('cropRegion', () => {
  test('adds the margin on every side, by the longer side', () => {
    expect(cropRegion({ x: 100, y: 100, width: 40, height: 100 }, 0.2, 640, 480)).toEqual({
      x: 80,
      y: 80,
      width: 80,
      height: 140,
    });
  });

  test.prop([person, fc.double({ min: 0, max: 3, noNaN: true })])(
    'lies inside the frame, has whole pixels and holds what of the box is visible',
    ({ box }, margin) => {
      const region = cropRegion(box, margin, 1_920, 1_080);
      expect(Object.values(region).every(Number.isInteger)).toBe(true);
      expect(region.x).toBeGreaterThanOrEqual(0);
      expect(region.y).toBeGreaterThanOrEqual(0);
      expect(region.width).toBeGreaterThanOrEqual(1);
      expect(region.height).toBeGreaterThanOrEqual(1);
      expect(region.x + region.width).toBeLessThanOrEqual(1_920);
      expect(region.y + region.height).toBeLessThanOrEqual(1_080);
      expect(region.x).toBeLessThanOrEqual(Math.min(box.x, 1_919));
      expect(region.x + region.width).toBeGreaterThanOrEqual(Math.min(box.x + box.width, 1_920));
    },
  );
});

describe('cropJpeg', () => {
  test('cuts out what the region says', async () => {
    const halves = image(64, 32, (x) => (x < 32 ? [255, 0, 0] : [0, 0, 255]));
    const crop = await cropJpeg(halves, { x: 40, y: 8, width: 16, height: 16 }, { margin: 0 });
    expect(crop).toMatchObject({ mediaType: 'image/jpeg', width: 16, height: 16 });
    const { channels } = await sharp(crop.data).stats();
    expect(channels[0]!.mean).toBeLessThan(10);
    expect(channels[2]!.mean).toBeGreaterThan(245);
  });

  test('steps quality and then size down until the picture fits', async () => {
    const whole = { x: 0, y: 0, width: 300, height: 200 };
    const noisy = noise(300, 200);
    const free = await cropJpeg(noisy, whole);
    const tight = await cropJpeg(noisy, whole, { maxBytes: 4_000 });
    expect(free).toMatchObject({ width: 300, height: 200 });
    expect(tight.data.length).toBeLessThanOrEqual(4_000);
    expect(tight.width).toBeLessThan(300);
    expect(tight.width / tight.height).toBeCloseTo(1.5, 1);
  });

  test('a picture for which no JPEG is small enough is refused', async () => {
    await expect(
      cropJpeg(noise(40, 40), { x: 0, y: 0, width: 40, height: 40 }, { maxBytes: 100 }),
    ).rejects.toMatchObject({ code: 'invalid_options' });
  });

  test.each([{ margin: -1 }, { maxBytes: 0 }, { maxSide: Number.NaN }, { quality: 101 }, { quality: 1.5 }])(
    'refuses %j and names it',
    async (options) => {
      const [name] = Object.keys(options);
      await expect(cropJpeg(noise(9, 9), { x: 0, y: 0, width: 9, height: 9 }, options)).rejects.toMatchObject(
        {
          code: 'invalid_options',
          message: expect.stringContaining(name!) as string,
        },
      );
    },
  );

  test('bytes that are no frame are refused', async () => {
    const wrong = { width: 10, height: 10, data: new Uint8Array(299) };
    await expect(cropJpeg(wrong, { x: 0, y: 0, width: 5, height: 5 })).rejects.toMatchObject({
      code: 'frame_invalid',
    });
  });
});

test('encodeJpeg scales a whole frame down to its longest side', async () => {
  expect(await encodeJpeg(noise(400, 100), { maxSide: 200 })).toMatchObject({ width: 200, height: 50 });
});
