import { z } from 'zod';
import { assessmentTaskSchema } from './assessment-task.js';
import { detectionSchema } from './detection.js';
import { schemaVersion } from './fields.js';
import { riskAssessmentSchema } from './risk-assessment.js';

const messages = {
  detection: { title: 'Detection', schema: detectionSchema },
  'assessment-task': { title: 'AssessmentTask', schema: assessmentTaskSchema },
  'risk-assessment': { title: 'RiskAssessment', schema: riskAssessmentSchema },
} as const;

/** File names (without `.schema.json`) of the JSON Schemas. */
export type JsonSchemaName = keyof typeof messages;

/**
 * The messages as JSON Schema (draft 2020-12), by file name; what `schemas/` holds is written from here.
 * They describe what a writer must send: fields with a default may be left out.
 */
export const messageJsonSchemas = (): Record<JsonSchemaName, object> => {
  const entries = Object.entries(messages).map(([name, { title, schema }]) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
    return [name, { $schema, $id: `urn:riskwatch:${name}:${schemaVersion}`, title, ...rest }];
  });
  return Object.fromEntries(entries) as Record<JsonSchemaName, object>;
};
