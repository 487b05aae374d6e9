import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { InputTensor } from '../../src/model/input-tensor.js';
import { Letterbox } from '../../src/model/letterbox.js';
import { grey, image } from '../support/frames.js';

const centred = (width: number, height: number) =>
  ({ width, height, letterbox: { placement: 'center', pad: 114 } }) as const;
const size = fc.integer({ min: 1, max: 90 });

describe('Letterbox', () => {
  test('a frame of the input size goes through unchanged', () => {
    const picture = image(8, 6, (x, y) => [x * 30, y * 40, (x * y * 7) % 256]);
    const letterbox = new Letterbox(centred(8, 6));
    letterbox.fit(picture);
    expect(letterbox.pixels).toEqual(picture.data);
  });

  test('what the frame leaves free is padding, above and below or at the end', () => {
    const rows = (placement: 'center' | 'top-left') => {
      const letterbox = new Letterbox({ width: 4, height: 4, letterbox: { placement, pad: 114 } });
      letterbox.fit(grey(8, 4, 10));
      return [0, 1, 2, 3].map((row) => letterbox.pixels[row * 4 * 3]);
    };
    expect(rows('center')).toEqual([114, 10, 10, 114]);
    expect(rows('top-left')).toEqual([10, 10, 114, 114]);
  });

  test('a larger frame afterwards leaves nothing of the one before', () => {
    const letterbox = new Letterbox(centred(16, 16));
    letterbox.fit(grey(16, 16, 200));
    letterbox.fit(grey(32, 8, 10));
    expect(new Set(letterbox.pixels)).toEqual(new Set([114, 10]));
  });

  test('halving takes the mean of each two by two pixels', () => {
    const letterbox = new Letterbox(centred(2, 1));
    letterbox.fit(image(4, 2, (x, y) => [x * 10 + y * 100, 0, 0]));
    expect([letterbox.pixels[0], letterbox.pixels[3]]).toEqual([55, 75]);
  });

  test.prop([size, size, size, size, fc.integer({ min: 0, max: 255 })])(
    'an even frame stays even at every size',
    (width, height, inputWidth, inputHeight, level) => {
      const letterbox = new Letterbox(centred(inputWidth, inputHeight));
      letterbox.fit(grey(width, height, level));
      expect([...new Set(letterbox.pixels)].every((value) => value === level || value === 114)).toBe(true);
      expect(letterbox.pixels).toContain(level);
    },
  );

  test.prop([size, size, size, size])(
    'the whole frame maps back to itself',
    (width, height, inputWidth, inputHeight) => {
      const scale = Math.min(inputWidth / width, inputHeight / height);
      const [innerWidth, innerHeight] = [
        Math.max(1, Math.round(width * scale)),
        Math.max(1, Math.round(height * scale)),
      ];
      const toFrame = new Letterbox(centred(inputWidth, inputHeight)).fit(grey(width, height));
      const box = toFrame({
        x: Math.floor((inputWidth - innerWidth) / 2),
        y: Math.floor((inputHeight - innerHeight) / 2),
        width: width * scale,
        height: height * scale,
      });
      expect(box.x).toBeCloseTo(0);
      expect(box.y).toBeCloseTo(0);
      expect(box.width).toBeCloseTo(width);
      expect(box.height).toBeCloseTo(height);
    },
  );
});

describe('InputTensor', () => {
  const spec = { ...centred(2, 1), name: 'in', mean: [10, 20, 30], std: [1, 2, 4] } as const;
  const pixels = Uint8Array.from([11, 22, 34, 12, 24, 38]);

  test('one plane a channel, each with its mean and deviation', () => {
    const tensor = new InputTensor({ ...spec, colorOrder: 'rgb' });
    tensor.fill(pixels);
    expect([...tensor.values]).toEqual([1, 2, 1, 2, 1, 2]);
    expect(tensor.dims).toEqual([1, 3, 1, 2]);
  });

  test('bgr turns the channels round; mean and deviation follow the model’s order', () => {
    const tensor = new InputTensor({ ...spec, colorOrder: 'bgr' });
    tensor.fill(pixels);
    expect([...tensor.values]).toEqual([24, 28, 1, 2, -19 / 4, -18 / 4]);
  });
});
