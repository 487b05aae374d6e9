import { randomUUID } from 'node:crypto';
import type { FailedAssessment, SucceededAssessment } from '@riskwatch/kafka-adapter/messages';

const CAPTURED_AT = '2026-05-01T08:30:00.250Z';

/** A verdict of a task of its own, unless told otherwise. */
export function verdict(changes: Partial<SucceededAssessment> = {}): SucceededAssessment {
  return {
    ...common(),
    status: 'succeeded',
    riskLevel: 'high',
    description: 'Two people stand below a suspended load.',
    hazards: ['suspended-load'],
    confidence: 0.86,
    model: 'some-vision-model',
    evidence: { sha256: 'ab'.repeat(32), mediaType: 'image/jpeg' },
    ...changes,
  };
}

/** A task that ended without a verdict. */
export function failure(changes: Partial<FailedAssessment> = {}): FailedAssessment {
  return {
    ...common(),
    status: 'failed',
    error: { code: 'deadline_exceeded', message: 'no key was free before the deadline', retryable: true },
    ...changes,
  };
}

/** A place in the results' topic; each is another record. */
export const sourceOf = (offset: number): string => `risk-assessment-results-topic/0/${offset}`;

const common = () => ({
  schemaVersion: 1 as const,
  requestId: randomUUID(),
  detectionId: randomUUID(),
  policyVersion: '1',
  revision: 0,
  cameraId: 'gate',
  timestamp: '2026-05-01T08:30:01.260Z',
  capturedAt: CAPTURED_AT,
  attempts: [],
  timings: { receivedAt: '2026-05-01T08:30:00.406Z', waitMs: 1.5, providerMs: 842 },
});
