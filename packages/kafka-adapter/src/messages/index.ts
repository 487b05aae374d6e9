/**
 * The messages that travel between the parts of riskwatch: schemas, types, ids, topics.
 *
 * ```ts
 * import { parseDetection, taskIdOf } from '@riskwatch/kafka-adapter/messages';
 *
 * const detection = parseDetection(record.value);
 * const taskId = taskIdOf({ detectionId: detection.detectionId, policyVersion: '1', revision: 0 });
 * ```
 *
 * @module
 */
export { assessmentErrorCodes, type AssessmentErrorCode } from './assessment-error-code.js';
export { assessmentTaskSchema, type AssessmentTask } from './assessment-task.js';
export { detectionSchema, type Detection } from './detection.js';
export {
  boxSchema,
  detectorSchema,
  schemaVersion,
  timestampSchema,
  type Box,
  type DetectorInfo,
} from './fields.js';
export {
  imageReferenceSchema,
  imageSchema,
  inlineImageSchema,
  isInlineImage,
  type Image,
  type ImageReference,
  type InlineImage,
} from './image.js';
export { messageJsonSchemas, type JsonSchemaName } from './json-schema.js';
export {
  MessageError,
  messageErrorCodes,
  type MessageErrorCode,
  type MessageIssue,
} from './message-error.js';
export { parseAssessmentTask, parseDetection, parseRiskAssessment } from './parse.js';
export {
  attemptSchema,
  failedAssessmentSchema,
  riskAssessmentSchema,
  succeededAssessmentSchema,
  type AssessmentTimings,
  type Attempt,
  type FailedAssessment,
  type RiskAssessment,
  type SucceededAssessment,
} from './risk-assessment.js';
export { compareRiskLevels, isRiskAtLeast, riskLevels, type RiskLevel } from './risk-level.js';
export { taskIdNamespace, taskIdOf, type TaskIdentity } from './task-id.js';
export { timestampOf } from './timestamp.js';
export { deadLetterContractOf, deadLetterTopicOf, topicContracts, type TopicContract } from './topics.js';
export { createUuidV7, type UuidV7Options } from './uuid-v7.js';
