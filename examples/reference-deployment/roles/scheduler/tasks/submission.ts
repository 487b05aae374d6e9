import {
  MessageError,
  parseAssessmentTask,
  timestampSchema,
  type AssessmentErrorCode,
  type AssessmentTask,
} from '@riskwatch/kafka-adapter/messages';
import { z } from 'zod';

/** What every result has to say about its task. */
export type TaskIdentity = Pick<
  AssessmentTask,
  | 'taskId'
  | 'detectionId'
  | 'policyVersion'
  | 'revision'
  | 'cameraId'
  | 'capturedAt'
  | 'detectedAt'
  | 'dispatchedAt'
>;

/**
 * What was handed in: a task, or a body with a readable task id that is no task. The latter ends in a failed result
 * like any other task, since whoever handed it in waits for one.
 */
export type Submission = {
  /** Bytes of the body. */
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** W3C trace context of whoever handed it in. */
  readonly traceparent?: string | undefined;
} & (
  | { readonly task: AssessmentTask }
  | { readonly identity: TaskIdentity; readonly code: AssessmentErrorCode; readonly problem: string }
);

/** The task a submission is about. */
export const identityOf = (submission: Submission): TaskIdentity =>
  'task' in submission ? submission.task : submission.identity;

/** No task id can be read; nobody could be told a result. */
export class UnreadableTaskError extends Error {
  readonly code = 'unreadable_task';
  override readonly name = 'UnreadableTaskError';
}

const identified = z.object({ taskId: z.uuid() });
const UNKNOWN = 'unknown';
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Reads a request body or a record's value.
 * @throws {UnreadableTaskError} where no task id can be read
 */
export function readSubmission(
  body: Uint8Array,
  handedIn: { readonly receivedAt: number; readonly traceparent?: string | undefined },
): Submission {
  const common = { ...handedIn, bytes: body.byteLength };
  try {
    return { ...common, task: parseAssessmentTask(body) };
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    const json = looseJson(body);
    const withId = identified.safeParse(json);
    if (!withId.success) throw new UnreadableTaskError(error.message, { cause: error });
    const onlyTheImage =
      error.issues.length > 0 && error.issues.every((issue) => /^image\b/.test(issue.path));
    return {
      ...common,
      identity: identityIn(json as Record<string, unknown>, handedIn.receivedAt),
      code: onlyTheImage ? 'image_rejected' : 'request_rejected',
      problem: error.message,
    };
  }
}

function looseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** As much of the identity as is there; the rest is told to be unknown. */
function identityIn(json: Record<string, unknown>, receivedAt: number): TaskIdentity {
  const field = <Value>(name: string, schema: z.ZodType<Value>, otherwise: Value): Value => {
    const parsed = schema.safeParse(json[name]);
    return parsed.success ? parsed.data : otherwise;
  };
  const label = z.string().min(1).max(200);
  const optional = timestampSchema.optional();
  return {
    taskId: field('taskId', z.uuid(), NOBODY),
    detectionId: field('detectionId', z.uuid(), NOBODY),
    policyVersion: field('policyVersion', label, UNKNOWN),
    revision: field('revision', z.int().min(0), 0),
    cameraId: field('cameraId', label, UNKNOWN),
    capturedAt: field('capturedAt', timestampSchema, new Date(receivedAt).toISOString()),
    detectedAt: field('detectedAt', optional, undefined),
    dispatchedAt: field('dispatchedAt', optional, undefined),
  };
}
