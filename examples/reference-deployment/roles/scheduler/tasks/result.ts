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

/** The topic takes 256 KiB a record; a pool of very many refused keys must not outgrow it. */
const MAX_ATTEMPTS = 500;

/** The result of a task that the model judged; the floor has the last word on the level. */
export function succeeded(
  submission: Submission,
  journal: Journal,
  now: number,
  judged: { verdict: Verdict; model: string; floor: FloorRule | undefined; policyVersion: string },
): SucceededAssessment {
  const { riskLevel, ...raised } = applyFloor(judged.verdict.riskLevel, judged.floor);
  return {
    ...common(submission, journal, now),
    status: 'succeeded',
    // A task that waited through a change of the policy is judged by the one in force, and says so.
    ...(judged.policyVersion !== identityOf(submission).policyVersion && {
      judgedByPolicy: judged.policyVersion,
    }),
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
    // For those who show results: alerts say how many people theirs is about.
    ...('task' in submission && { peopleCount: submission.task.context.peopleCount }),
    ...(journal.evidence && { evidence: journal.evidence }),
    attempts: journal.attempts.slice(-MAX_ATTEMPTS),
    ...(journal.usage && { usage: journal.usage }),
    timings: {
      ...(identity.detectedAt !== undefined && { detectedAt: identity.detectedAt }),
      ...(identity.dispatchedAt !== undefined && { dispatchedAt: identity.dispatchedAt }),
      receivedAt: timestampOf(submission.receivedAt),
      ...journal.timings(),
    },
  } as const;
}
