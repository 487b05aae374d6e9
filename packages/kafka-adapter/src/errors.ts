/** What a caller can tell apart. */
export const kafkaAdapterErrorCodes = [
  /** An option has a wrong value; the message names it. */
  'invalid_options',
  /** A record cannot be sent as it is: no key, a header that is neither text nor bytes. Nothing was sent. */
  'invalid_record',
  /** Larger than its topic takes. Nothing was stored. */
  'record_too_large',
  /** The producer's line is full; nothing was sent. Wait for earlier sends. */
  'queue_full',
  /** The caller's deadline passed; `maybeStored` says whether the record was already on its way. */
  'deadline_exceeded',
  /** The producer, consumer or reader is closed. */
  'closed',
  /** No such topic at the broker. */
  'unknown_topic',
  /** The broker refuses the credentials, or what they may do. */
  'not_authorized',
  /** The broker cannot be reached or does not answer. */
  'unavailable',
  /** The broker refused for another reason, which the message gives. */
  'refused',
] as const;
export type KafkaAdapterErrorCode = (typeof kafkaAdapterErrorCodes)[number];

export interface KafkaAdapterErrorOptions extends ErrorOptions {
  maybeStored?: boolean;
}

const retryable: ReadonlySet<KafkaAdapterErrorCode> = new Set([
  'queue_full',
  'deadline_exceeded',
  'unknown_topic',
  'unavailable',
]);

export class KafkaAdapterError extends Error {
  override readonly name = 'KafkaAdapterError';
  readonly code: KafkaAdapterErrorCode;
  /** Whether the same again can succeed without anybody changing anything but time. */
  readonly isRetryable: boolean;
  /** Whether a record that was to be sent may be in the topic all the same. */
  readonly maybeStored: boolean;

  constructor(code: KafkaAdapterErrorCode, message: string, options: KafkaAdapterErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.isRetryable = retryable.has(code);
    this.maybeStored = options.maybeStored ?? false;
  }
}
