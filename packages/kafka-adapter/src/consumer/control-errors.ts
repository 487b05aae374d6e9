/** Thrown by a handler: not now. The record keeps its key's turn and comes again; this may go on without end. */
export class RetryLaterError extends Error {
  override readonly name = 'RetryLaterError';
  readonly code = 'retry_later';
  /** Milliseconds until the next try. */
  readonly delayMs: number;

  constructor({ delayMs, cause }: { delayMs: number; cause?: unknown }) {
    super(`try again in ${delayMs} ms`, cause === undefined ? undefined : { cause });
    this.delayMs = delayMs;
  }
}

/** Thrown by a handler: never. The record goes to the dead letters at once, with the message as the error. */
export class RejectMessageError extends Error {
  override readonly name = 'RejectMessageError';
  readonly code = 'rejected';
}
