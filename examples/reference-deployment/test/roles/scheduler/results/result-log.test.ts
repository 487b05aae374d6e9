import { KafkaAdapterError } from '@riskwatch/kafka-adapter';
import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import { describe, expect, test, vi } from 'vitest';
import { Health } from '../../../../role-process/health.js';
import { ResultLog } from '../../../../roles/scheduler/results/result-log.js';
import { childTrace } from '../../../../roles/scheduler/results/trace-parent.js';

const result = { requestId: 'task-1', status: 'failed' } as unknown as RiskAssessment;

function log(send: (record: unknown) => Promise<never>) {
  const health = new Health();
  const stop = new AbortController();
  const subject = new ResultLog({
    producer: { send: send as never },
    topic: 'results',
    health,
    signal: stop.signal,
  });
  return { subject, health, stop };
}

describe('publishing', () => {
  test('is one record under the task id, in the trace of the task', async () => {
    const send = vi.fn().mockResolvedValue({});
    await log(send).subject.publish(result, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
    expect(send.mock.calls[0]?.[0]).toMatchObject({
      topic: 'results',
      key: 'task-1',
      value: JSON.stringify(result),
      headers: {
        'content-type': 'application/json',
        traceparent: expect.stringMatching(/^00-a{32}-/) as string,
      },
    });
  });

  test('goes on while the broker is away, and says so', async () => {
    const send = vi
      .fn()
      .mockRejectedValueOnce(new KafkaAdapterError('not_authorized', 'no'))
      .mockResolvedValue({});
    const { subject, health } = log(send);
    const published = subject.publish(result);
    await vi.waitFor(() => expect(health.reasons).toEqual(['results: cannot be published: no']));
    await published;
    expect(health.ready).toBe(true);
    expect(send).toHaveBeenCalledTimes(2);
  });

  test('ends with the scheduler', async () => {
    const { subject, stop } = log(() => Promise.reject(new KafkaAdapterError('closed', 'closed')));
    const published = subject.publish(result);
    stop.abort(new Error('stopping'));
    await expect(published).rejects.toThrow('stopping');
  });
});

test.each([undefined, '', 'nonsense', '01-xyz'])('without a trace a new one begins: %s', (parent) => {
  expect(childTrace(parent)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(childTrace(parent)).not.toBe(childTrace(parent));
});
