import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../clock.js';
import { asDetectorError } from '../errors.js';
import type { Frame, RgbImage } from '../frame.js';
import { abortable } from './abortable.js';
import { decodeImage } from './decode-image.js';
import { keepPlaying } from './keep-playing.js';
import { once } from './once.js';
import { pace, resolvePace } from './pace.js';
import { DEFAULT_MAX_WIDTH, type SourceOptions } from './source-options.js';

const IMAGE = /\.(jpe?g|png|webp)$/i;

export interface ImageFolderOptions extends SourceOptions {
  /** Begin with this picture, counted from 0 and over the end. Default 0. */
  readonly startIndex?: number;
}

/**
 * Replays the pictures of a folder in the order of their names, one each `sampleMs`. The folder is read again in each
 * round. A file that cannot be decoded is reported to `onProblem` and left out.
 * @throws {DetectorError} `invalid_options`.
 */
export function imageFolder(folder: string, options: ImageFolderOptions = {}): AsyncIterable<Frame> {
  const { loop = true, maxWidth = DEFAULT_MAX_WIDTH, startIndex = 0, clock = systemClock } = options;
  const onProblem = options.onProblem ?? (() => {});
  resolvePace(options);

  async function* round(start: number): AsyncGenerator<RgbImage, void, undefined> {
    const names = (await readdir(folder)).filter((name) => IMAGE.test(name)).sort();
    const first = names.length > 0 ? start % names.length : 0;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      try {
        yield await decodeImage(join(folder, name), maxWidth);
      } catch (error) {
        const problem = asDetectorError(error, 'image_invalid', join(folder, name));
        if (problem.code !== 'image_invalid') throw problem;
        onProblem(problem);
      }
    }
  }

  return abortable((signal) => {
    const pictures = loop
      ? keepPlaying(() => round(startIndex), folder, clock, signal, onProblem)
      : once(round(startIndex), folder);
    return pace(pictures, options, clock, signal);
  }, options.signal);
}
