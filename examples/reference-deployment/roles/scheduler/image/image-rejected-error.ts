/** The picture cannot be judged and never will be; the message says why and holds none of its bytes. */
export class ImageRejectedError extends Error {
  readonly code = 'image_rejected';
  override readonly name = 'ImageRejectedError';
}
