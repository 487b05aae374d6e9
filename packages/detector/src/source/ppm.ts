import { DetectorError } from '../errors.js';
import { MAX_PIXELS, type RgbImage } from '../frame.js';

const LONGEST_HEADER = 64;

/**
 * Cuts a stream of binary PPM pictures, as ffmpeg writes them, into frames. Each says its own size, so nothing has to
 * be known about the video beforehand.
 * @throws {DetectorError} `frame_invalid` where the stream is something else or a picture is too large;
 * `source_failed` where it ends inside a picture.
 */
export async function* readPpm(stream: AsyncIterable<Uint8Array>): AsyncGenerator<RgbImage, void, undefined> {
  let header = '';
  let picture: { width: number; height: number; data: Uint8Array } | undefined;
  let filled = 0;
  for await (const chunk of stream) {
    let at = 0;
    while (at < chunk.length) {
      if (!picture) {
        header += String.fromCharCode(chunk[at++]!);
        const size = /^P6\s(\d+)\s(\d+)\s255\s$/.exec(header);
        if (size) picture = allocate(Number(size[1]), Number(size[2]));
        else if (header.length > LONGEST_HEADER) {
          throw new DetectorError('frame_invalid', 'The decoder wrote something that is no PPM picture');
        }
        continue;
      }
      const part = chunk.subarray(at, at + picture.data.length - filled);
      picture.data.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < picture.data.length) continue;
      yield picture;
      [picture, header, filled] = [undefined, '', 0];
    }
  }
  if (picture || header) throw new DetectorError('source_failed', 'The decoder stopped inside a picture');
}

function allocate(width: number, height: number): { width: number; height: number; data: Uint8Array } {
  if (width < 1 || height < 1 || width * height > MAX_PIXELS) {
    throw new DetectorError('frame_invalid', `A video of ${width} x ${height} cannot be used`);
  }
  return { width, height, data: new Uint8Array(width * height * 3) };
}
