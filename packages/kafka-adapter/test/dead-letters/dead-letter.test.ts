import { describe, expect, it } from 'vitest';
import { deadLetterHeaders, deadLetterOf } from '../../src/dead-letters/dead-letter.js';

const record = {
  topic: 'tasks',
  partition: 2,
  offset: 17,
  timestamp: Date.UTC(2026, 4, 1, 8, 30, 0, 250),
  key: Buffer.of(1, 2),
  value: Buffer.of(0xff),
  headers: { traceparent: Buffer.from('00-abc') },
};
const context = {
  topic: 'tasks.dlq',
  consumerGroup: 'riskwatch-scheduler',
  service: 'scheduler',
  reason: 'schema' as const,
  error: 'cameraId: missing',
  attempts: 1,
  nowMs: Date.UTC(2026, 4, 1, 8, 31),
};

describe('deadLetterOf', () => {
  it('leaves a time that is none as it was', () => {
    const { headers } = deadLetterOf({ ...record, timestamp: 1.7e18 }, context);
    expect(headers?.['rw-dlq-timestamp']).toBe('1700000000000000000');
  });

  it('keeps key, value and headers and adds what happened, as text', () => {
    expect(deadLetterOf(record, context)).toEqual({
      topic: 'tasks.dlq',
      key: record.key,
      value: record.value,
      headers: {
        traceparent: record.headers.traceparent,
        'rw-dlq-topic': 'tasks',
        'rw-dlq-partition': '2',
        'rw-dlq-offset': '17',
        'rw-dlq-timestamp': '2026-05-01T08:30:00.250Z',
        'rw-dlq-group': 'riskwatch-scheduler',
        'rw-dlq-id': 'tasks/2/17/riskwatch-scheduler',
        'rw-dlq-reason': 'schema',
        'rw-dlq-error': 'cameraId: missing',
        'rw-dlq-attempts': '1',
        'rw-dlq-at': '2026-05-01T08:31:00.000Z',
        'rw-dlq-service': 'scheduler',
      },
    });
  });

  it('gives a record without a key its address as the key, the same each time', () => {
    expect(deadLetterOf({ ...record, key: null }, context).key).toBe('tasks/2/17/riskwatch-scheduler');
  });

  it('leaves the first place alone on a second hop', () => {
    const headers = {
      [deadLetterHeaders.topic]: Buffer.from('first'),
      [deadLetterHeaders.reason]: Buffer.from('old'),
    };
    const second = deadLetterOf({ ...record, headers }, context);
    expect(second.headers?.[deadLetterHeaders.topic]).toEqual(Buffer.from('first'));
    expect(second.headers?.[deadLetterHeaders.reason]).toBe('schema');
  });

  it('cuts long errors, between characters', () => {
    const { headers } = deadLetterOf(record, { ...context, error: '险'.repeat(1_000) });
    expect(headers?.[deadLetterHeaders.error]).toBe('险'.repeat(333));
  });

  it.each([
    'Authorization: Bearer canary-123',
    'invalid x-api-key=canary-123',
    '{"apiKey": "canary-123"}',
    'connect postgres://user:canary-123@db:5432',
    'bad credential sk-canary-123',
  ])('takes secrets out of %j', (error) => {
    const { headers } = deadLetterOf(record, { ...context, error });
    expect(headers?.[deadLetterHeaders.error]).not.toContain('canary-123');
  });
});
