import type { RiskAssessment, SucceededAssessment } from '@riskwatch/kafka-adapter/messages';
import { riskLevels, type Deployment } from '../../config/deployment.js';

export type AlertRule = Deployment['alerts']['rules'][number];

export interface RuleMatch {
  readonly verdict: SucceededAssessment;
  /** The first rule that matched, in the file's order. */
  readonly rule: string;
  /** The channels of all rules that matched, each once. */
  readonly channels: readonly string[];
}

/**
 * What the rules say about a result; undefined where none matches. A rule matches a verdict of at least its `minLevel`
 * from one of its `cameras` (absent: any). A failed assessment has no level and matches nothing.
 */
export function matchRules(rules: readonly AlertRule[], result: RiskAssessment): RuleMatch | undefined {
  if (result.status === 'failed') return undefined;
  const level = riskLevels.indexOf(result.riskLevel);
  const matching = rules.filter(
    ({ minLevel, cameras }) =>
      level >= riskLevels.indexOf(minLevel) && (cameras === undefined || cameras.includes(result.cameraId)),
  );
  const [first] = matching;
  if (!first) return undefined;
  return {
    verdict: result,
    rule: first.name,
    channels: [...new Set(matching.flatMap(({ channels }) => channels))],
  };
}
