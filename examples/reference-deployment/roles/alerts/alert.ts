import type { SucceededAssessment } from '@riskwatch/kafka-adapter/messages';
import type { RiskLevel } from '../../config/deployment.js';
import { cleanText } from '../../role-process/clean-text.js';

/** An alert as every channel, page and answer shows it. Times are ISO-8601. */
export interface Alert {
  readonly taskId: string;
  readonly detectionId: string;
  readonly cameraId: string;
  readonly riskLevel: RiskLevel;
  /** The model's words, as plain text. */
  readonly description: string;
  readonly hazards: readonly string[];
  readonly confidence: number;
  readonly capturedAt: string;
  readonly raisedAt: string;
  /** The first rule that matched. */
  readonly rule: string;
  /** SHA-256 of the picture that was judged; storage keeps it under that name. */
  readonly evidence: string | null;
  readonly peopleCount: number | null;
  readonly acknowledged: { readonly at: string; readonly by: string } | null;
}

/** The alert that a verdict raises, its texts made safe to show anywhere. */
export function alertOf(verdict: SucceededAssessment, rule: string, raisedAt: Date): Alert {
  return {
    taskId: verdict.requestId,
    detectionId: verdict.detectionId,
    cameraId: cleanText(verdict.cameraId, 200),
    riskLevel: verdict.riskLevel,
    description: cleanText(verdict.description, 1_000),
    hazards: verdict.hazards.slice(0, 20).map((hazard) => cleanText(hazard, 64)),
    confidence: verdict.confidence,
    capturedAt: verdict.capturedAt,
    raisedAt: raisedAt.toISOString(),
    rule,
    evidence: verdict.evidence?.sha256 ?? null,
    peopleCount: countOf(verdict['peopleCount']),
    acknowledged: null,
  };
}

/** A result need not say how many people it is about. */
const countOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31 ? value : null;
