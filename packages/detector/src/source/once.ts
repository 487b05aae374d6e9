import { asDetectorError, DetectorError } from '../errors.js';
import type { RgbImage } from '../frame.js';

/** Plays once; what goes wrong is thrown as one of our errors. */
export async function* once(
  pictures: AsyncIterable<RgbImage>,
  where: string,
): AsyncGenerator<RgbImage, void, undefined> {
  let count = 0;
  try {
    for await (const picture of pictures) {
      count += 1;
      yield picture;
    }
  } catch (error) {
    throw asDetectorError(error, 'source_failed', where);
  }
  if (count === 0) throw new DetectorError('source_failed', `${where} gave no picture`);
}
