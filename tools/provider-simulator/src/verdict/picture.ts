import sharp from 'sharp';

/** The picture cannot be judged: not a JPEG, PNG or WebP, cut off, or too large to decode. */
export class UnreadablePictureError extends Error {
  override readonly name = 'UnreadablePictureError';
}

/** What the simulated model sees of a picture; every share and mean is within 0–1. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly brightness: number;
  /** Share of bright red to yellow pixels: what a flame looks like from afar. */
  readonly flame: number;
  /** A 32-bit fingerprint of the coarse picture. */
  readonly fingerprint: number;
}

const SIDE = 32;
const MAX_PIXELS = 25_000_000;
const FORMATS = new Set(['jpeg', 'png', 'webp']);

/**
 * Looks at a picture, shrunk while it is decoded, so that a camera's frame costs a few milliseconds.
 * @throws {UnreadablePictureError}
 */
export async function readPicture(bytes: Buffer): Promise<Picture> {
  try {
    const image = sharp(bytes, { failOn: 'truncated', limitInputPixels: MAX_PIXELS });
    const { width, height, format } = await image.metadata();
    if (!FORMATS.has(format)) throw new UnreadablePictureError(`format ${format} is not supported`);
    const { data } = await image
      .resize(SIDE, SIDE, { fit: 'fill' })
      .flatten()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width, height, ...measure(data, data.length / (SIDE * SIDE)) };
  } catch (cause) {
    if (cause instanceof UnreadablePictureError) throw cause;
    throw new UnreadablePictureError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function measure(pixels: Buffer, channels: number): Pick<Picture, 'brightness' | 'flame' | 'fingerprint'> {
  let light = 0;
  let flames = 0;
  let hash = 0x811c9dc5; // FNV-1a over four bits a pixel: re-encoding noise hardly matters, content does
  for (let at = 0; at < pixels.length; at += channels) {
    const red = pixels[at] ?? 0;
    const green = pixels[at + 1] ?? red;
    const blue = pixels[at + 2] ?? red;
    const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    light += luma;
    if (red > 180 && green > 60 && red > green * 1.15 && green > blue * 1.4) flames += 1;
    hash = Math.imul(hash ^ (luma >> 4), 0x01000193);
  }
  const count = pixels.length / channels;
  return { brightness: light / count / 255, flame: flames / count, fingerprint: hash >>> 0 };
}
