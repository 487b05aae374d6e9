import type { AssessmentErrorCode } from '@riskwatch/kafka-adapter/messages';

/** The model, or its provider, ended the call for good: another key cannot help. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  constructor(
    readonly code: Extract<
      AssessmentErrorCode,
      'refused' | 'invalid_output' | 'image_rejected' | 'request_rejected' | 'provider_unavailable'
    >,
    message: string,
  ) {
    super(message);
  }
}
