import { z } from 'zod';
import {
  boxSchema,
  countField,
  detectorSchema,
  labelField,
  shareField,
  timestampSchema,
  uuidField,
  versionField,
} from './fields.js';
import { imageSchema } from './image.js';

/** One group of people in one frame. Unknown fields are kept. */
export const detectionSchema = z.looseObject({
  schemaVersion: versionField,
  /** A UUIDv7, made once; a producer that repeats a detection repeats its id. */
  detectionId: uuidField,
  cameraId: labelField,
  /** The frame's due time at its source; end-to-end latency counts from here. */
  timestamp: timestampSchema,
  frame: z.looseObject({
    width: z.int().positive(),
    height: z.int().positive(),
    /** Running number of the frame at its camera. */
    sequence: countField,
  }),
  group: z.looseObject({
    box: boxSchema,
    peopleCount: z.int().positive(),
    people: z.array(z.looseObject({ box: boxSchema, confidence: shareField })).min(1),
  }),
  /** The group's crop, inside the message or by reference. */
  image: imageSchema,
  detector: detectorSchema,
});
export type Detection = z.infer<typeof detectionSchema>;
