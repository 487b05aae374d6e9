import { DetectorError } from './errors.js';

/** Larger pictures are refused wherever they come from: 25 million pixels are 75 MB of memory. */
export const MAX_PIXELS = 25_000_000;

/** A decoded picture: three bytes (red, green, blue) a pixel, row by row from the top, no padding. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** One picture of one camera. All boxes are in its pixels. */
export interface Frame extends RgbImage {
  /** Running number at its camera; a gap is a frame that could not be had. */
  readonly sequence: number;
  /** When it was due at its source, in milliseconds since 1970. */
  readonly timestamp: number;
}

/** @throws {DetectorError} `frame_invalid` where the picture cannot be what it says. */
export function assertImage({ width, height, data }: RgbImage): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new DetectorError('frame_invalid', `A frame cannot be ${width} x ${height} pixels`);
  }
  if (width * height > MAX_PIXELS) {
    throw new DetectorError(
      'frame_invalid',
      `A frame of ${width} x ${height} has more than ${MAX_PIXELS} pixels`,
    );
  }
  if (!(data instanceof Uint8Array) || data.length !== width * height * 3) {
    throw new DetectorError(
      'frame_invalid',
      `A frame of ${width} x ${height} needs ${width * height * 3} bytes of RGB, got ${data?.length ?? 'none'}`,
    );
  }
}
