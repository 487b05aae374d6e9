import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';

/** Where results are published. */
export interface ResultLog {
  /**
   * Resolves with the published bytes once every in-sync replica has them; keeps trying meanwhile.
   * @throws when the scheduler stops before they are durable
   */
  publish(result: RiskAssessment): Promise<Buffer>;
}
