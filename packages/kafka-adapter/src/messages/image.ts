import { z } from 'zod';
import { mediaTypeField, sha256Field } from './fields.js';

/**
 * Padded standard base64. One linear pass, since it runs over every picture; the JSON Schema says
 * `contentEncoding` and no pattern, because a grouped pattern over a megabyte overflows some engines' stacks.
 */
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);

/** The picture's bytes inside the message. */
export const inlineImageSchema = z.looseObject({
  mediaType: mediaTypeField,
  base64: z.string().min(4).refine(isBase64, 'must be padded base64').meta({ contentEncoding: 'base64' }),
});
export type InlineImage = z.infer<typeof inlineImageSchema>;

/** Where the picture lies, for pictures too large to travel inside (JPEG over 512 KiB). */
export const imageReferenceSchema = z.looseObject({
  uri: z.string().min(1).max(2048),
  mediaType: mediaTypeField,
  /** Size of the stored picture in bytes. */
  bytes: z.int().positive(),
  sha256: sha256Field,
});
export type ImageReference = z.infer<typeof imageReferenceSchema>;

export const imageSchema = z.union([inlineImageSchema, imageReferenceSchema]);
export type Image = z.infer<typeof imageSchema>;

/** Tells the two forms of an image apart. */
export const isInlineImage = (image: Image): image is InlineImage => 'base64' in image;
