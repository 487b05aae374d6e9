import { systemClock } from '../clock.js';
import { DetectorError } from '../errors.js';
import type { Frame } from '../frame.js';
import { abortable } from './abortable.js';
import { decodeVideo } from './ffmpeg.js';
import { keepPlaying } from './keep-playing.js';
import { once } from './once.js';
import { pace, resolvePace } from './pace.js';
import { DEFAULT_MAX_WIDTH, type SourceOptions } from './source-options.js';

export interface VideoFileOptions extends SourceOptions {
  /** The ffmpeg to run. Default `ffmpeg` of the PATH. */
  readonly ffmpeg?: string;
  /** Where in the video to begin, in seconds; later rounds begin at 0. Default 0. See `videoDuration`. */
  readonly offsetSeconds?: number;
}

/**
 * Replays a video file in real time, one frame each `sampleMs`, as a camera would give them. An ffmpeg that dies is
 * started again, with growing pauses.
 * @throws {DetectorError} `invalid_options`.
 */
export function videoFile(file: string, options: VideoFileOptions = {}): AsyncIterable<Frame> {
  const {
    ffmpeg = 'ffmpeg',
    offsetSeconds = 0,
    loop = true,
    maxWidth = DEFAULT_MAX_WIDTH,
    clock = systemClock,
    onProblem = () => {},
  } = options;
  const { sampleMs } = resolvePace(options);
  if (!(offsetSeconds >= 0)) {
    throw new DetectorError('invalid_options', `offsetSeconds must be at least 0, got ${offsetSeconds}`);
  }

  return abortable((signal) => {
    const round = (first: boolean) =>
      decodeVideo(file, { ffmpeg, sampleMs, offsetSeconds: first ? offsetSeconds : 0, maxWidth, signal });
    const pictures = loop ? keepPlaying(round, file, clock, signal, onProblem) : once(round(true), file);
    return pace(pictures, options, clock, signal);
  }, options.signal);
}
