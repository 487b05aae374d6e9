import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DetectorError } from '../../src/errors.js';
import { decodeImage } from '../../src/source/decode-image.js';
import { imageFolder, type ImageFolderOptions } from '../../src/source/image-folder.js';
import { LeapingClock } from '../support/clocks.js';

let folder: string;
let empty: string;

const colour = (width: number, height: number, red: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: red, g: 0, b: 0 } } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'riskwatch-images-'));
  empty = await mkdtemp(join(tmpdir(), 'riskwatch-images-'));
  await colour(20, 10, 10).png().toFile(join(folder, '1.png'));
  const jpeg = await colour(64, 64, 20).jpeg().toBuffer();
  await writeFile(join(folder, '2-cut.jpg'), jpeg.subarray(0, jpeg.length / 2));
  await writeFile(
    join(folder, '3-drawing.png'),
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
  );
  await colour(5_001, 5_000, 30).png().toFile(join(folder, '4-huge.png'));
  await colour(40, 20, 50).withMetadata({ orientation: 6 }).jpeg().toFile(join(folder, '5-turned.jpeg'));
  await writeFile(join(folder, 'notes.txt'), 'not looked at');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(empty, { recursive: true, force: true });
});

async function take(
  source: AsyncIterable<{ width: number; height: number; data: Uint8Array }>,
  count: number,
) {
  const sizes: string[] = [];
  for await (const { width, height } of source) {
    sizes.push(`${width}x${height}`);
    if (sizes.length === count) break;
  }
  return sizes;
}

describe('imageFolder', () => {
  const options = (problems: DetectorError[], more: ImageFolderOptions = {}): ImageFolderOptions => ({
    clock: new LeapingClock(),
    onProblem: (problem) => problems.push(problem),
    ...more,
  });

  test('plays what can be decoded, upright, again and again, and reports the rest', async () => {
    const problems: DetectorError[] = [];
    expect(await take(imageFolder(folder, options(problems)), 3)).toEqual(['20x10', '20x40', '20x10']);
    expect(problems.slice(0, 3).map(({ code, message }) => [code, message.match(/\d-\w+/)?.[0]])).toEqual([
      ['image_invalid', '2-cut'],
      ['image_invalid', '3-drawing'],
      ['image_invalid', '4-huge'],
    ]);
  });

  test('each camera can begin elsewhere', async () => {
    expect(await take(imageFolder(folder, options([], { startIndex: 9 })), 2)).toEqual(['20x40', '20x10']);
  });

  test('wide pictures are scaled down', async () => {
    expect(await take(imageFolder(folder, options([], { maxWidth: 10 })), 1)).toEqual(['10x5']);
  });

  test('an empty folder is reported and looked at again, with growing pauses', async () => {
    const stop = new AbortController();
    const problems: DetectorError[] = [];
    const clock = new LeapingClock();
    const source = imageFolder(empty, {
      clock,
      signal: stop.signal,
      onProblem: (problem) => {
        if (problems.push(problem) === 9) stop.abort();
      },
    });
    expect(await take(source, 1)).toEqual([]);
    expect(problems[0]).toMatchObject({ code: 'source_failed', isRetryable: true });
    expect(clock.sleeps).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test('played once, it ends; a missing folder is then an error', async () => {
    expect(await take(imageFolder(folder, options([], { loop: false })), 9)).toEqual(['20x10', '20x40']);
    await expect(
      take(imageFolder(join(empty, 'none'), options([], { loop: false })), 1),
    ).rejects.toMatchObject({
      code: 'source_failed',
    });
  });
});

test('decodeImage takes bytes and makes three channels of any', async () => {
  const transparent = await sharp({ create: { width: 3, height: 2, channels: 4, background: '#ff000080' } })
    .png()
    .toBuffer();
  expect(await decodeImage(transparent, 100)).toMatchObject({ width: 3, height: 2, data: { length: 18 } });
  const plain = await sharp({ create: { width: 3, height: 2, channels: 3, background: '#777' } })
    .greyscale()
    .jpeg()
    .toBuffer();
  expect(await decodeImage(plain, 100)).toMatchObject({ data: { length: 18 } });
});
