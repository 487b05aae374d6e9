export type DetectorErrorCode =
  /** An option has a value that it cannot have; the message names it. */
  | 'invalid_options'
  /** An optional peer (onnxruntime-node, sharp) or ffmpeg is not installed. */
  | 'dependency_missing'
  /** The model spec breaks its rules, or the model file cannot be loaded or is not what the spec says. */
  | 'model_invalid'
  /** The model was loaded but an inference failed or its process ended; the next frame gets a new one. */
  | 'inference_failed'
  /** A frame's size and its bytes do not fit together, or it is too large. */
  | 'frame_invalid'
  /** A file is no picture that can be decoded, or too large a one. */
  | 'image_invalid'
  /** A source gives no frames; file and folder sources go on trying. */
  | 'source_failed'
  /** The detector was closed. */
  | 'closed';

const retryable: ReadonlySet<DetectorErrorCode> = new Set(['inference_failed', 'source_failed']);

/** What this package throws or reports; compare `code`, never the message. */
export class DetectorError extends Error {
  override readonly name = 'DetectorError';

  constructor(
    readonly code: DetectorErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether the same thing may work a little later. */
  get isRetryable(): boolean {
    return retryable.has(this.code);
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Any error as one of ours: ours stays, another becomes the cause. */
export const asDetectorError = (error: unknown, code: DetectorErrorCode, where: string): DetectorError =>
  error instanceof DetectorError
    ? error
    : new DetectorError(code, `${where}: ${reasonOf(error)}`, { cause: error });
