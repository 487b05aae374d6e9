import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { readPpm } from '../../src/source/ppm.js';

const ppm = (width: number, height: number, fill: number): Buffer =>
  Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), Buffer.alloc(width * height * 3, fill)]);

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(bytes: Buffer, size = 1_000): Promise<string[]> {
  const found: string[] = [];
  for await (const { width, height, data } of readPpm(cut(bytes, size))) {
    found.push(`${width}x${height} ${data.length} ${new Set(data).size === 1 ? data[0] : 'mixed'}`);
  }
  return found;
}

describe('readPpm', () => {
  test.prop([fc.integer({ min: 1, max: 400 })])(
    'cuts pictures out however the bytes arrive',
    async (size) => {
      const bytes = Buffer.concat([ppm(4, 3, 7), ppm(10, 2, 10), ppm(1, 1, 32)]);
      expect(await read(bytes, size)).toEqual(['4x3 36 7', '10x2 60 10', '1x1 3 32']);
    },
  );

  test.each([
    ['a picture that is cut off', ppm(4, 3, 7).subarray(0, 30), 'source_failed'],
    ['a cut header', Buffer.from('P6\n4 '), 'source_failed'],
    ['something else', Buffer.from('x'.repeat(100)), 'frame_invalid'],
    ['25 million pixels and more', Buffer.from('P6\n5001 5000\n255\n'), 'frame_invalid'],
    ['no pixels', Buffer.from('P6\n0 10\n255\n'), 'frame_invalid'],
  ])('%s is a typed error', async (_what, bytes, code) => {
    await expect(read(bytes)).rejects.toMatchObject({ code });
  });
});
