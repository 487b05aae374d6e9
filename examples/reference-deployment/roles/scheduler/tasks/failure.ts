import type { AssessmentErrorCode } from '@riskwatch/kafka-adapter/messages';
import { KeyPoolError } from '@riskwatch/keypool';
import { ImageRejectedError } from '../image/image-rejected-error.js';
import { ModelError } from '../model/model-error.js';

/** How a task ends without a verdict. */
export interface Failure {
  readonly code: AssessmentErrorCode;
  /** For people; one line, free of secrets and of the picture. */
  readonly message: string;
  /** Whether judging the same detection again may succeed. */
  readonly retryable: boolean;
}

/** The same request may well succeed later: nothing was wrong with it. */
const RETRYABLE: ReadonlySet<AssessmentErrorCode> = new Set([
  'deadline_exceeded',
  'queue_full',
  'no_usable_key',
  'provider_unavailable',
  'invalid_output',
  'internal',
]);

export const failure = (code: AssessmentErrorCode, message: string): Failure => ({
  code,
  message,
  retryable: RETRYABLE.has(code),
});

/** What an error that ended a task means for its result. Errors that do not end it never come here. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ImageRejectedError) return failure('image_rejected', error.message);
  if (error instanceof ModelError) return failure(error.code, error.message);
  if (KeyPoolError.is(error)) return failureOfPool(error);
  // The message of an unknown error may hold anything; it goes to the log, not into the topic.
  return failure('internal', 'an error inside the scheduler; its log says more');
}

function failureOfPool(error: KeyPoolError): Failure {
  switch (error.code) {
    case 'deadline_unreachable':
      return failure(
        'deadline_exceeded',
        error.earliestStart === undefined || !Number.isFinite(error.earliestStart)
          ? 'no key could answer before the deadline'
          : `the next key is free at ${new Date(error.earliestStart).toISOString()}, after the deadline`,
      );
    case 'queue_full':
      return failure('queue_full', 'the waiting line stayed full until the deadline');
    case 'no_usable_key':
      return failure('no_usable_key', 'every key is disabled, quarantined or out of credit');
    case 'attempts_exhausted':
      return failure('provider_unavailable', 'the provider failed and the retries are used up');
    case 'closed':
    case 'aborted':
    case 'invalid_options':
      return failure('internal', `the key pool said ${error.code}`);
  }
}
