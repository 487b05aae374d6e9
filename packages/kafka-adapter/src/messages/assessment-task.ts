import { z } from 'zod';
import {
  boxSchema,
  countField,
  detectorSchema,
  labelField,
  timestampSchema,
  uuidField,
  versionField,
} from './fields.js';
import { imageSchema } from './image.js';

/** The request to judge one detection. Unknown fields are kept. */
export const assessmentTaskSchema = z.looseObject({
  schemaVersion: versionField,
  /** `taskIdOf({ detectionId, policyVersion, revision })`: the same request always has the same id. */
  taskId: uuidField,
  detectionId: uuidField,
  policyVersion: labelField,
  /** 0 for the first judgement; judging the same detection again is the next number. */
  revision: countField,
  cameraId: labelField,
  /** The detection's `timestamp`. */
  capturedAt: timestampSchema,
  image: imageSchema,
  context: z.looseObject({
    peopleCount: z.int().positive(),
    /** One box per person, in pixels of the original frame. */
    boxes: z.array(boxSchema).min(1),
    detector: detectorSchema,
  }),
  /** Higher goes first. */
  priority: z.int().default(0),
  /** After this moment the task is no longer worth a model call. */
  deadline: timestampSchema,
  /** When the detection was stored in its topic (the record's timestamp). */
  detectedAt: timestampSchema.optional(),
  /** When the dispatcher first handed this task over. */
  dispatchedAt: timestampSchema.optional(),
});
export type AssessmentTask = z.infer<typeof assessmentTaskSchema>;
