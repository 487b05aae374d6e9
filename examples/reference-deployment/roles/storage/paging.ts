import { z } from 'zod';
import { riskLevels } from '../../config/deployment.js';

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.union([schema.transform((value) => [value]), z.array(schema).min(1)]);

/** Where a page ended: the last row's place in the order "newest capture first". */
export interface Position {
  readonly capturedAt: Date;
  readonly requestId: string;
}

const positionSchema = z.tuple([z.iso.datetime(), z.uuid()]);

const cursor = z.string().transform((text, context): Position => {
  try {
    const [capturedAt, requestId] = positionSchema.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString('utf8')),
    );
    return { capturedAt: new Date(capturedAt), requestId };
  } catch {
    context.addIssue({ code: 'custom', message: 'is no cursor of an earlier answer' });
    return z.NEVER;
  }
});

/** What `GET /v1/risk-assessments` understands. `since` is inclusive, `until` exclusive; both mean the capture time. */
export const pageQuerySchema = z.strictObject({
  cameraId: z.string().min(1).max(200).optional(),
  status: z.enum(['succeeded', 'failed']).optional(),
  /** Repeatable: `riskLevel=high&riskLevel=critical`. */
  riskLevel: oneOrMore(z.enum(riskLevels)).optional(),
  since: moment.optional(),
  until: moment.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: cursor.optional(),
});
export type PageQuery = z.output<typeof pageQuerySchema>;

/** The opaque text by which the next page is asked for. */
export function cursorAt({ capturedAt, requestId }: Position): string {
  return Buffer.from(JSON.stringify([capturedAt.toISOString(), requestId])).toString('base64url');
}
