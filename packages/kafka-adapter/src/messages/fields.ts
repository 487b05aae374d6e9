import { z } from 'zod';

/** The version that every message of this release carries; a message with another one is refused. */
export const schemaVersion = 1;

/** ISO-8601 in UTC with exactly three digits of milliseconds: `2026-05-01T08:30:00.250Z`. */
export const timestampSchema = z.iso.datetime({ precision: 3, offset: false, local: false });

export const versionField = z.literal(schemaVersion);
export const uuidField = z.uuid();
export const labelField = z.string().min(1).max(200);
export const countField = z.int().min(0);
export const shareField = z.number().min(0).max(1);
export const millisecondsField = z.number().min(0);
/** Lower-case hex of a SHA-256 digest. */
export const sha256Field = z.string().regex(/^[0-9a-f]{64}$/);
export const mediaTypeField = z.string().regex(/^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/);

/** A rectangle in pixels of the original frame; `x` and `y` are its upper left corner. */
export const boxSchema = z.looseObject({
  x: z.number(),
  y: z.number(),
  width: z.number().positive(),
  height: z.number().positive(),
});
export type Box = z.infer<typeof boxSchema>;

/** Which model found the people. */
export const detectorSchema = z.looseObject({ model: labelField, version: labelField });
export type DetectorInfo = z.infer<typeof detectorSchema>;
