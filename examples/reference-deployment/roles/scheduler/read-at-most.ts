/** A body goes on beyond what is taken of it. */
export class BodyTooLargeError extends Error {
  readonly code = 'body_too_large';
  override readonly name = 'BodyTooLargeError';
}

/**
 * The bytes of a response, uncompressed.
 * @throws {BodyTooLargeError} where there are more than `limit`; the connection is let go then
 */
export async function readAtMost(response: Response, limit: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.byteLength;
    if (length > limit) throw new BodyTooLargeError(`the body is larger than ${limit} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
