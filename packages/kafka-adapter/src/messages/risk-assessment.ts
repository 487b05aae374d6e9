import { z } from 'zod';
import { assessmentErrorCodes } from './assessment-error-code.js';
import {
  countField,
  labelField,
  mediaTypeField,
  millisecondsField,
  sha256Field,
  shareField,
  timestampSchema,
  uuidField,
  versionField,
} from './fields.js';
import { riskLevels } from './risk-level.js';

/** One call to the model: which key (its label, never its secret), what came of it, when, how long. */
export const attemptSchema = z.looseObject({
  keyId: labelField,
  outcome: labelField,
  startedAt: timestampSchema,
  ms: millisecondsField,
});
export type Attempt = z.infer<typeof attemptSchema>;

const timingsSchema = z.looseObject({
  /** When the detection was stored in its topic. */
  detectedAt: timestampSchema.optional(),
  /** When the task was handed over by the dispatcher. */
  dispatchedAt: timestampSchema.optional(),
  /** When the scheduler received the task. */
  receivedAt: timestampSchema,
  /** When the first call could start; absent when none ever did. */
  admittedAt: timestampSchema.optional(),
  /** Milliseconds spent waiting for a key, over all attempts. */
  waitMs: millisecondsField,
  /** Milliseconds spent in calls to the provider, over all attempts. */
  providerMs: millisecondsField,
});
export type AssessmentTimings = z.infer<typeof timingsSchema>;

const common = {
  schemaVersion: versionField,
  /** The task's id. */
  requestId: uuidField,
  detectionId: uuidField,
  policyVersion: labelField,
  revision: countField,
  cameraId: labelField,
  /** When this assessment became final. */
  timestamp: timestampSchema,
  /** The detection's `timestamp`. */
  capturedAt: timestampSchema,
  /** The picture that was judged, by the hash of its bytes. */
  evidence: z.looseObject({ sha256: sha256Field, mediaType: mediaTypeField }).optional(),
  attempts: z.array(attemptSchema),
  usage: z.looseObject({ inputTokens: countField, outputTokens: countField }).optional(),
  timings: timingsSchema,
};

/** A verdict. */
export const succeededAssessmentSchema = z.looseObject({
  ...common,
  status: z.literal('succeeded'),
  riskLevel: z.enum(riskLevels),
  description: z.string(),
  /** Names from the policy's list of hazards. */
  hazards: z.array(labelField),
  confidence: shareField,
  model: labelField,
});
export type SucceededAssessment = z.infer<typeof succeededAssessmentSchema>;

/** The end of a task without a verdict; final as well. It never has a level. */
export const failedAssessmentSchema = z.looseObject({
  ...common,
  status: z.literal('failed'),
  riskLevel: z.never().optional(),
  /** The model that was asked, when one was. */
  model: labelField.optional(),
  error: z.looseObject({
    code: z.enum(assessmentErrorCodes),
    message: z.string(),
    /** Whether judging the same detection again (as the next revision) may succeed. */
    retryable: z.boolean(),
  }),
});
export type FailedAssessment = z.infer<typeof failedAssessmentSchema>;

/** The one final result of a task. Unknown fields are kept. */
export const riskAssessmentSchema = z.discriminatedUnion('status', [
  succeededAssessmentSchema,
  failedAssessmentSchema,
]);
export type RiskAssessment = z.infer<typeof riskAssessmentSchema>;
