import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { fillSchema } from '../../src/verdict/fill-schema.js';
import { readPicture, UnreadablePictureError } from '../../src/verdict/picture.js';
import { judge } from '../../src/verdict/verdict.js';
import { schema } from '../support.js';

const plain = (background: string, size = 80) =>
  sharp({ create: { width: size, height: size, channels: 3, background } });
const judged = async (bytes: Buffer) => judge(await readPicture(bytes), { language: 'en', peopleCount: 2 });

/** A picture with blocks of grey, different for each seed. */
async function scene(seed: number): Promise<Buffer> {
  const pixels = Buffer.alloc(64 * 64 * 3);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (Math.floor(at / 192) * seed * 37 + seed) % 256;
  return sharp(pixels, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toBuffer();
}

describe('the verdict', () => {
  test('is the same for the same picture, in whatever size it arrives', async () => {
    const bytes = await plain('#708090', 80).png().toBuffer();
    const larger = await plain('#708090', 400).png().toBuffer();
    expect(await judged(bytes)).toEqual(await judged(bytes));
    expect(await judged(larger)).toEqual(await judged(bytes));
  });

  test('depends on the picture', async () => {
    const verdicts = await Promise.all(
      Array.from({ length: 60 }, async (_, seed) => judged(await scene(seed + 1))),
    );
    expect(new Set(verdicts.map((verdict) => verdict.rank)).size).toBeGreaterThan(2);
  });

  test('calls flames critical and darkness poor', async () => {
    expect(await judged(await plain('#ff8010').jpeg().toBuffer())).toMatchObject({
      rank: 4,
      hazards: ['fire'],
    });
    expect(await judged(await plain('#050505').jpeg().toBuffer())).toMatchObject({ imageQuality: 'poor' });
  });

  test('speaks the language asked for', async () => {
    const picture = await readPicture(await plain('#708090').png().toBuffer());
    expect(judge(picture, { language: 'zh', peopleCount: 3 }).description).toMatch(/3 人/);
    expect(judge(picture, { language: 'en', peopleCount: 1 }).description).toMatch(/One person|one person/);
  });

  test('fits the schema asked for', async () => {
    const verdict = await judged(await plain('#ff8010').jpeg().toBuffer());
    expect(fillSchema(schema, verdict)).toMatchObject({
      hazards: ['fire'],
      risk_level: 'critical',
      description: expect.stringContaining('flames') as string,
    });
    expect(fillSchema({ enum: ['safe', 'unsafe'] }, verdict)).toBe('unsafe');
  });
});

describe('what does not decode', () => {
  test.each<[string, () => Promise<Buffer>]>([
    ['text', () => Promise.resolve(Buffer.from('not a picture'))],
    ['a cut JPEG', async () => (await plain('#123456', 400).jpeg().toBuffer()).subarray(0, 300)],
    ['a GIF', () => plain('#123456').gif().toBuffer()],
    ['nothing', () => Promise.resolve(Buffer.alloc(0))],
  ])('%s', async (_name, bytes) => {
    await expect(readPicture(await bytes())).rejects.toThrow(UnreadablePictureError);
  });
});
