/** Risk levels from harmless to worst. */
export const riskLevels = ['none', 'low', 'medium', 'high', 'critical'] as const;
export type RiskLevel = (typeof riskLevels)[number];

/** Negative when `a` is the lesser risk, positive when it is the greater one, 0 when equal; sorts ascending. */
export const compareRiskLevels = (a: RiskLevel, b: RiskLevel): number =>
  riskLevels.indexOf(a) - riskLevels.indexOf(b);

/** Whether `level` is `threshold` or worse. */
export const isRiskAtLeast = (level: RiskLevel, threshold: RiskLevel): boolean =>
  compareRiskLevels(level, threshold) >= 0;
