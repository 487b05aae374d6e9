/** Why a task ended without a verdict. */
export const assessmentErrorCodes = [
  /** Its deadline passed before a model could answer. */
  'deadline_exceeded',
  /** The waiting line was full. */
  'queue_full',
  /** Every key is disabled, quarantined or out of credit. */
  'no_usable_key',
  /** The provider failed or could not be reached, and the retries are used up. */
  'provider_unavailable',
  /** The model's answer did not fit the contract, also after one repair. */
  'invalid_output',
  /** The model or the provider's filter declined to judge the picture. */
  'refused',
  /** The provider could not read the picture, or the reference led to no such picture. */
  'image_rejected',
  /** The provider refused the request itself. */
  'request_rejected',
  /** A fault of our own. */
  'internal',
] as const;
export type AssessmentErrorCode = (typeof assessmentErrorCodes)[number];
