import { createHash } from 'node:crypto';
import { isInlineImage, type Image } from '@riskwatch/kafka-adapter/messages';
import sharp, { type Metadata } from 'sharp';
import { ImageRejectedError } from './image-rejected-error.js';
import type { ImageStore } from './image-store.js';

/** A picture that is what it says it is, ready to be sent to the model. */
export interface Picture {
  readonly mediaType: string;
  readonly base64: string;
  /** Lower-case hex of the bytes' hash; results name the evidence by it. */
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
}

interface Format {
  /** As sharp calls it. */
  readonly name: string;
  /** How its first bytes look, read as Latin-1: nothing else is handed to a decoder. */
  readonly magic: RegExp;
}

const FORMATS: Readonly<Record<string, Format>> = {
  'image/jpeg': { name: 'jpeg', magic: /^\xff\xd8\xff/ },
  'image/png': { name: 'png', magic: /^\x89PNG\r\n\x1a\n/ },
  'image/webp': { name: 'webp', magic: /^RIFF[^]{4}WEBP/ },
};
const MAGIC_BYTES = 12;
/** What a task's record can hold, with room for the rest of it. */
export const MAX_IMAGE_BYTES = 1_024 * 1_024;
/** A bomb of a few hundred kilobytes can unpack to gigabytes; cameras' crops are far below this. */
export const MAX_IMAGE_PIXELS = 25_000_000;

/**
 * Takes a task's picture and looks at its header: type, size in bytes and in pixels. Nothing is decoded.
 * @throws {ImageRejectedError}
 */
export async function takePicture(image: Image, store: ImageStore, signal: AbortSignal): Promise<Picture> {
  const format = FORMATS[image.mediaType];
  if (!format) {
    throw new ImageRejectedError(
      `media type ${image.mediaType} is none of ${Object.keys(FORMATS).join(', ')}`,
    );
  }
  const bytes = isInlineImage(image)
    ? Buffer.from(image.base64, 'base64')
    : await store.fetch(image, MAX_IMAGE_BYTES, signal);
  if (bytes.byteLength > MAX_IMAGE_BYTES) {
    throw new ImageRejectedError(`${bytes.byteLength} bytes, at most ${MAX_IMAGE_BYTES} are allowed`);
  }
  const { width, height } = await readHeader(bytes, format, image.mediaType);
  if (width * height > MAX_IMAGE_PIXELS) {
    throw new ImageRejectedError(`${width} × ${height} pixels, at most ${MAX_IMAGE_PIXELS} are allowed`);
  }
  return {
    mediaType: image.mediaType,
    base64: isInlineImage(image) ? image.base64 : bytes.toString('base64'),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    width,
    height,
  };
}

async function readHeader(bytes: Buffer, format: Format, mediaType: string): Promise<Metadata> {
  const isNot = (cause?: unknown) => new ImageRejectedError(`the bytes are no ${mediaType}`, { cause });
  if (!format.magic.test(bytes.toString('latin1', 0, MAGIC_BYTES))) throw isNot();
  let header: Metadata;
  try {
    header = await sharp(bytes).metadata();
  } catch (cause) {
    throw isNot(cause);
  }
  if (header.format !== format.name) throw isNot();
  if ((header.pages ?? 1) > 1) throw new ImageRejectedError('the picture is animated; one frame is judged');
  return header;
}
