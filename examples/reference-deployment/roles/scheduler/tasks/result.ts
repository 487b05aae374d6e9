import {
  schemaVersion,
  timestampOf,
  type FailedAssessment,
  type SucceededAssessment,
} from '@riskwatch/kafka-adapter/messages';
import type { FloorRule } from '../../../config/policy.js';
import type { Verdict } from '../model/answer.js';
import { applyFloor } from '../model/floor.js';
import type { Failure } from './failure.js';
import type { Journal } from './journal.js';
import { identityOf, type Submission } from './submission.js';

/** The result of a task that the model judged; the floor has the last word on the level. */
export function succeeded(
  submission: Submission,
  journal: Journal,
  now: number,
  judged: { verdict: Verdict; model: string; floor: FloorRule | undefined },
): SucceededAssessment {
  const { riskLevel, ...raised } = applyFloor(judged.verdict.riskLevel, judged.floor);
  return {
    ...common(submission, journal, now),
    status: 'succeeded',
    riskLevel,
    ...raised,
    description: judged.verdict.description,
    hazards: [...judged.verdict.hazards],
    confidence: judged.verdict.confidence,
    observations: judged.verdict.observations,
    textInScene: judged.verdict.textInScene,
    model: judged.model,
  };
}

/** The result of a task that ended without a verdict. */
export function failed(
  submission: Submission,
  journal: Journal,
  now: number,
  error: Failure,
): FailedAssessment {
  return {
    ...common(submission, journal, now),
    status: 'failed',
    ...(journal.model !== undefined && { model: journal.model }),
    error: { ...error },
  };
}

function common(submission: Submission, journal: Journal, now: number) {
  const identity = identityOf(submission);
  return {
    schemaVersion,
    requestId: identity.taskId,
    detectionId: identity.detectionId,
    policyVersion: identity.policyVersion,
    revision: identity.revision,
    cameraId: identity.cameraId,
    timestamp: timestampOf(now),
    capturedAt: identity.capturedAt,
    ...(journal.evidence && { evidence: journal.evidence }),
    attempts: journal.attempts,
    ...(journal.usage && { usage: journal.usage }),
    timings: {
      ...(identity.detectedAt !== undefined && { detectedAt: identity.detectedAt }),
      ...(identity.dispatchedAt !== undefined && { dispatchedAt: identity.dispatchedAt }),
      receivedAt: timestampOf(submission.receivedAt),
      ...journal.timings(),
    },
  } as const;
}
