import { asDetectorError, DetectorError } from '../errors.js';
import { MAX_PIXELS, type RgbImage } from '../frame.js';
import { loadSharp } from './load-sharp.js';
import { DEFAULT_MAX_WIDTH } from './source-options.js';

/** By content, whatever the file is called: no other decoder of the library is fed with pictures from outside. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp']);

/**
 * Decodes a JPEG, PNG or WebP, upright.
 * @param input a path, or the file's bytes.
 * @param maxWidth wider pictures are scaled down to this. Default 1,920.
 * @throws {DetectorError} `image_invalid` where it is damaged, another format, or larger than 25 million pixels;
 * `dependency_missing` (sharp).
 */
export async function decodeImage(
  input: string | Uint8Array,
  maxWidth: number = DEFAULT_MAX_WIDTH,
): Promise<RgbImage> {
  const sharp = await loadSharp();
  const where = typeof input === 'string' ? input : `picture of ${input.length} bytes`;
  try {
    const options = { limitInputPixels: MAX_PIXELS, failOn: 'error' } as const;
    const { format, width, height } = await sharp(input, options).metadata();
    if (!FORMATS.has(format)) throw new DetectorError('image_invalid', `${where} is no JPEG, PNG or WebP`);
    if (width * height > MAX_PIXELS) {
      throw new DetectorError(
        'image_invalid',
        `${where}: ${width} x ${height} are more than ${MAX_PIXELS} pixels`,
      );
    }
    const { data, info } = await sharp(input, options)
      .rotate()
      .resize({ width: maxWidth, withoutEnlargement: true })
      .flatten()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    throw asDetectorError(error, 'image_invalid', where);
  }
}
