import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import type { LiveResult } from '../live/live-model.js';
import { refusalOf } from '../live/refusal.js';

/** A published assessment as the dashboard takes it in. */
export function liveResultOf(assessment: RiskAssessment, publishedAt: number): LiveResult {
  return {
    requestId: assessment.requestId,
    cameraId: assessment.cameraId,
    detectionId: assessment.detectionId,
    capturedAt: Date.parse(assessment.capturedAt),
    publishedAt,
    ...(assessment.status === 'succeeded'
      ? { level: assessment.riskLevel, description: assessment.description }
      : { errorCode: assessment.error.code }),
    calls: assessment.attempts.map(({ keyId, outcome, startedAt, reason }) => {
      const refused = refusalOf(outcome, reason);
      return { keyId, startedAt: Date.parse(startedAt), ...(refused === undefined ? {} : { refused }) };
    }),
  };
}
