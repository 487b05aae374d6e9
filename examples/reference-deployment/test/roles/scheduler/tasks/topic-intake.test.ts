import { RetryLaterError } from '@riskwatch/kafka-adapter';
import { expect, test, vi } from 'vitest';
import { BusyError, UnavailableError, type Assessor } from '../../../../roles/scheduler/tasks/assessor.js';
import { readRecord, takeTask } from '../../../../roles/scheduler/tasks/topic-intake.js';
import { bytesOf, task } from '../support.js';

const message = async (headers = {}) => ({ body: readRecord(bytesOf(await task()), 1), headers });

test.each([null, Buffer.alloc(0), Buffer.from('{'), bytesOf({ schemaVersion: 1 })])(
  'a record without a task id is a message error, which makes it a dead letter: %s',
  (value) => {
    expect(() => readRecord(value, 1)).toThrow(expect.objectContaining({ name: 'MessageError' }));
  },
);

test('a task is done when its result is, and keeps its trace', async () => {
  const assess = vi.fn<Assessor['assess']>().mockResolvedValue({} as never);
  await takeTask(await message({ traceparent: Buffer.from('00-trace') }), { assess }, 9);
  expect(assess.mock.calls[0]?.[0]).toMatchObject({ receivedAt: 9, traceparent: '00-trace' });
});

test.each([
  [new BusyError(1_500), 1_500],
  [new UnavailableError('stopping'), 500],
])('%s holds the topic back', async (error, delayMs) => {
  const taken = takeTask(await message(), { assess: () => Promise.reject(error) }, 9);
  await expect(taken).rejects.toThrow(RetryLaterError);
  await expect(taken).rejects.toMatchObject({ delayMs });
});
