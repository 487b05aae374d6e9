export type AssetErrorCode =
  /** No way of getting the file worked; the message lists each with its reason. */
  | 'asset_unavailable'
  /** A file was found but is not the pinned one. */
  | 'asset_mismatch'
  /** An archive is damaged or does not hold the file. */
  | 'archive_invalid'
  /** Neither a named, nor an installed, nor a packaged ffmpeg runs here. */
  | 'ffmpeg_missing';

/** A demo asset cannot be had; `message` says what to do instead. */
export class AssetError extends Error {
  override readonly name = 'AssetError';

  constructor(
    readonly code: AssetErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
