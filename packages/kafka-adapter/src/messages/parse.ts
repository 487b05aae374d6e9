import type { z } from 'zod';
import { assessmentTaskSchema, type AssessmentTask } from './assessment-task.js';
import { detectionSchema, type Detection } from './detection.js';
import { schemaVersion } from './fields.js';
import { MessageError } from './message-error.js';
import { riskAssessmentSchema, type RiskAssessment } from './risk-assessment.js';
import { topicContracts } from './topics.js';

const issuesShown = 10;
const utf8 = new TextDecoder('utf-8', { fatal: true });

const sizeOf = (value: Uint8Array | string): number =>
  typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength;

const parseJson = (kind: string, value: Uint8Array | string): unknown => {
  try {
    return JSON.parse(typeof value === 'string' ? value : utf8.decode(value));
  } catch {
    // The engine's own message quotes the text, which may hold anything; it stays out.
    throw new MessageError('invalid-json', `${kind}: the value is not JSON in UTF-8`);
  }
};

const otherVersionOf = (json: unknown): number | undefined => {
  if (typeof json !== 'object' || json === null || !('schemaVersion' in json)) return undefined;
  const version = json.schemaVersion;
  return typeof version === 'number' && version !== schemaVersion ? version : undefined;
};

const parser =
  <Schema extends z.ZodType>(kind: string, schema: Schema, maxBytes: number) =>
  (value: Uint8Array | string | null): z.output<Schema> => {
    if (value === null) throw new MessageError('invalid-json', `${kind}: the record has no value`);
    const bytes = sizeOf(value);
    if (bytes > maxBytes) {
      throw new MessageError('too-large', `${kind}: ${bytes} bytes, at most ${maxBytes} are allowed`);
    }
    const json = parseJson(kind, value);
    const version = otherVersionOf(json);
    if (version !== undefined) {
      throw new MessageError(
        'unknown-version',
        `${kind}: schemaVersion ${version} is unknown here, only ${schemaVersion} can be read`,
      );
    }
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    const issues = parsed.error.issues
      .slice(0, issuesShown)
      .map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    const list = issues
      .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
      .join('; ');
    throw new MessageError('schema', `${kind}: ${list}`, issues);
  };

/**
 * Reads a Detection from a record's value (or a string).
 *
 * @throws MessageError with code `too-large`, `invalid-json`, `unknown-version` or `schema`.
 */
export const parseDetection: (value: Uint8Array | string | null) => Detection = parser(
  'Detection',
  detectionSchema,
  topicContracts.detections.maxRecordBytes,
);

/**
 * Reads an AssessmentTask from a record's value, a request body or a string.
 *
 * @throws MessageError with code `too-large`, `invalid-json`, `unknown-version` or `schema`.
 */
export const parseAssessmentTask: (value: Uint8Array | string | null) => AssessmentTask = parser(
  'AssessmentTask',
  assessmentTaskSchema,
  topicContracts.tasks.maxRecordBytes,
);

/**
 * Reads a RiskAssessment from a record's value (or a string).
 *
 * @throws MessageError with code `too-large`, `invalid-json`, `unknown-version` or `schema`.
 */
export const parseRiskAssessment: (value: Uint8Array | string | null) => RiskAssessment = parser(
  'RiskAssessment',
  riskAssessmentSchema,
  topicContracts.results.maxRecordBytes,
);
