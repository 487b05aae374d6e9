import type { Box } from '../boxes/box.js';
import { DetectorError } from '../errors.js';
import { assertImage, type RgbImage } from '../frame.js';
import { loadSharp } from '../source/load-sharp.js';
import { cropRegion } from './crop-region.js';

export interface CropOptions {
  /** Space around the group on each side, as a share of its longer side. Default 0.4. */
  readonly margin?: number;
  /** Largest JPEG in bytes. Default 524,288 (512 KiB): what fits inside a Kafka message of 1 MiB as base64. */
  readonly maxBytes?: number;
  /** Longest side of the JPEG in pixels; larger crops are scaled down. Default 1,280. */
  readonly maxSide?: number;
  /** JPEG quality to begin with, 1 to 100. Default 85; it steps down only for a picture over `maxBytes`. */
  readonly quality?: number;
}

export interface JpegImage {
  readonly mediaType: 'image/jpeg';
  readonly data: Buffer;
  /** Size of the JPEG in pixels. */
  readonly width: number;
  readonly height: number;
}

export interface Crop extends JpegImage {
  /** What was cut out, in pixels of the frame. */
  readonly region: Box;
}

/** @throws {DetectorError} `invalid_options`, naming the option. */
export function resolveCrop({
  margin = 0.4,
  maxBytes = 524_288,
  maxSide = 1_280,
  quality = 85,
}: CropOptions = {}): Required<CropOptions> {
  const refuse = (name: string, rule: string, value: number): never => {
    throw new DetectorError('invalid_options', `${name} must be ${rule}, got ${value}`);
  };
  if (!(margin >= 0)) refuse('margin', 'at least 0', margin);
  if (!(maxBytes > 0)) refuse('maxBytes', 'greater than 0', maxBytes);
  if (!(maxSide >= 1)) refuse('maxSide', 'at least 1', maxSide);
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) {
    refuse('quality', 'a whole number from 1 to 100', quality);
  }
  return { margin, maxBytes, maxSide, quality };
}

const SMALLEST_SIDE = 32;
const QUALITY_STEP = 15;
const LOWEST_QUALITY = 40;

/**
 * Cuts a group out of its frame as a JPEG. A picture over `maxBytes` loses quality first (down to 40), then size.
 * @throws {DetectorError} `frame_invalid`, `dependency_missing` (sharp), `invalid_options`, also where not even the
 * smallest picture fits into `maxBytes`.
 */
export async function cropJpeg(frame: RgbImage, box: Box, options: CropOptions = {}): Promise<Crop> {
  const region = cropRegion(box, resolveCrop(options).margin, frame.width, frame.height);
  return { ...(await encodeJpeg(frame, { ...options, region })), region };
}

/** A whole frame, or the `region` of it, as a JPEG within the same bounds as a crop. */
export async function encodeJpeg(
  frame: RgbImage,
  options: CropOptions & { readonly region?: Box } = {},
): Promise<JpegImage> {
  assertImage(frame);
  const { maxBytes, maxSide, quality: bestQuality } = resolveCrop(options);
  const region = options.region ?? { x: 0, y: 0, width: frame.width, height: frame.height };
  const sharp = await loadSharp();
  let side = Math.floor(Math.min(maxSide, Math.max(region.width, region.height)));
  let quality = bestQuality;
  for (;;) {
    const { data, info } = await sharp(frame.data, {
      raw: { width: frame.width, height: frame.height, channels: 3 },
      limitInputPixels: false,
    })
      .extract({ left: region.x, top: region.y, width: region.width, height: region.height })
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality })
      .toBuffer({ resolveWithObject: true });
    if (data.length <= maxBytes)
      return { mediaType: 'image/jpeg', data, width: info.width, height: info.height };
    if (quality > LOWEST_QUALITY) quality = Math.max(LOWEST_QUALITY, quality - QUALITY_STEP);
    else if (side > SMALLEST_SIDE) side = Math.max(SMALLEST_SIDE, Math.floor(side * 0.75));
    else throw new DetectorError('invalid_options', `No JPEG fits into maxBytes ${maxBytes}`);
  }
}
