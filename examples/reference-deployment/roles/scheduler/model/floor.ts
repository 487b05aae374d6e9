import { compareRiskLevels, type AssessmentTask, type RiskLevel } from '@riskwatch/kafka-adapter/messages';
import type { FloorRule } from '../../../config/policy.js';

/** The highest of the policy's floor rules that holds for this task. */
export function floorFor(
  rules: readonly FloorRule[],
  task: Pick<AssessmentTask, 'cameraId' | 'context'>,
): FloorRule | undefined {
  return rules
    .filter(
      (rule) =>
        task.context.peopleCount >= rule.peopleAtLeast &&
        (rule.cameras === undefined || rule.cameras.includes(task.cameraId)),
    )
    .reduce<FloorRule | undefined>(
      (highest, rule) => (highest && compareRiskLevels(highest.level, rule.level) >= 0 ? highest : rule),
      undefined,
    );
}

/** The level that counts, and, where the floor raised it, by which rule and from where. */
export function applyFloor(
  level: RiskLevel,
  rule: FloorRule | undefined,
): { riskLevel: RiskLevel; floor?: { rule: string; modelLevel: RiskLevel } } {
  if (!rule || compareRiskLevels(level, rule.level) >= 0) return { riskLevel: level };
  return { riskLevel: rule.level, floor: { rule: rule.name, modelLevel: level } };
}
