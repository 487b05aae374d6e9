import { describe, expect, test } from 'vitest';
import { riskAssessmentSchema } from '@riskwatch/kafka-adapter/messages';
import { failure } from '../../../../roles/scheduler/tasks/failure.js';
import { Journal } from '../../../../roles/scheduler/tasks/journal.js';
import { failed } from '../../../../roles/scheduler/tasks/result.js';
import { readSubmission } from '../../../../roles/scheduler/tasks/submission.js';
import { bytesOf, task } from '../support.js';

const RECEIVED = Date.parse('2026-05-01T08:30:00.000Z');

describe('a body', () => {
  test('that is a task is one', async () => {
    const made = await task();
    expect(readSubmission(bytesOf(made), { receivedAt: RECEIVED })).toMatchObject({
      task: made,
      receivedAt: RECEIVED,
    });
  });

  test.each<[string, Buffer]>([
    ['no JSON', Buffer.from('{"taskId":')],
    ['nothing', Buffer.alloc(0)],
    ['no object', Buffer.from('"9980feb3-6fcc-5335-95b5-8041ce665b91"')],
    ['no task id', bytesOf({ schemaVersion: 1 })],
    ['a task id that is none', bytesOf({ taskId: 'seven' })],
  ])('without a task id is unreadable: %s', (_name, body) => {
    expect(() => readSubmission(body, { receivedAt: RECEIVED })).toThrow(
      expect.objectContaining({ code: 'unreadable_task' }),
    );
  });

  test.each<[string, object, string]>([
    ['no picture', { image: undefined }, 'image_rejected'],
    ['base64 that is none', { image: { mediaType: 'image/jpeg', base64: '@@@@' } }, 'image_rejected'],
    ['a boxless context', { context: {} }, 'request_rejected'],
    ['another version', { schemaVersion: 2 }, 'request_rejected'],
  ])('with a task id but %s ends in a result', async (_name, changes, code) => {
    const made = await task();
    const submission = readSubmission(bytesOf({ ...made, ...changes }), { receivedAt: RECEIVED });
    expect(submission).toMatchObject({ code, identity: { taskId: made.taskId, cameraId: 'yard-1' } });
  });

  test('with a task id and nothing else ends in a result that the schema accepts', () => {
    const taskId = '9980feb3-6fcc-5335-95b5-8041ce665b91';
    const submission = readSubmission(bytesOf({ taskId }), { receivedAt: RECEIVED });
    const result = failed(submission, new Journal(), RECEIVED, failure('request_rejected', 'why'));
    expect(riskAssessmentSchema.parse(result)).toMatchObject({ requestId: taskId, cameraId: 'unknown' });
  });
});
