import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { enterRecord, type TopicRecord } from '../../../launcher/report/enter-record.js';
import { Ledger } from '../../../launcher/report/ledger.js';

const record = (value: unknown, over: Partial<TopicRecord> = {}): TopicRecord => ({
  topic: 'some-topic',
  partition: 0,
  offset: 0,
  value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  headers: {},
  timestamp: 5_000,
  ...over,
});

const detection = { detectionId: 'd', timestamp: '1970-01-01T00:00:04.000Z' };
const succeeded = {
  requestId: 't',
  detectionId: 'd',
  status: 'succeeded',
  capturedAt: '1970-01-01T00:00:04.000Z',
  attempts: [{ keyId: 'key-1', outcome: 'ok', startedAt: '1970-01-01T00:00:04.100Z', ms: 700 }],
};

describe('a record of a topic', () => {
  it('opens a detection and its result closes it', () => {
    const ledger = new Ledger();
    ledger.measureLatenciesFrom(0);
    enterRecord(ledger, 'detections', record(detection));
    expect(ledger.open).toBe(1);
    expect(enterRecord(ledger, 'results', record(succeeded))).toEqual({
      kind: 'results',
      succeeded: true,
      latencyMs: 1_000,
    });
    expect(ledger.open).toBe(0);
    expect(ledger.overhead.maxValue).toBe(300);
  });

  it('counts a failure by its code', () => {
    const ledger = new Ledger();
    const failed = { ...succeeded, status: 'failed', error: { code: 'image_rejected' }, attempts: [] };
    expect(enterRecord(ledger, 'results', record(failed)).succeeded).toBe(false);
    expect([...ledger.outcomes]).toEqual([['image_rejected', 1]]);
  });

  it('is dead by its reason, once for each original record', () => {
    const ledger = new Ledger();
    enterRecord(ledger, 'detections', record(detection));
    const headers = {
      'rw-dlq-topic': 'detection-results-topic',
      'rw-dlq-partition': '3',
      'rw-dlq-offset': '12',
      'rw-dlq-reason': 'invalid_message',
      'rw-dlq-id': 'd',
    };
    for (const offset of [0, 1]) enterRecord(ledger, 'dead-letters', record('?', { headers, offset }));
    expect([...ledger.deadLetters]).toEqual([['invalid_message', 1]]);
    expect(ledger.open).toBe(0);
  });

  it.each([['{"half'], ['null'], ['[]'], ['{}'], ['{"detectionId":7}']])(
    'that says %s changes nothing',
    (value) => {
      const ledger = new Ledger();
      for (const kind of ['detections', 'tasks', 'results'] as const)
        enterRecord(ledger, kind, record(value));
      enterRecord(ledger, 'results', record('', { value: null }));
      expect([ledger.detections, ledger.tasks, ledger.outcomes.size]).toEqual([0, 0, 0]);
    },
  );

  it('reads the golden messages of the wire contract', () => {
    const packageFile = createRequire(import.meta.url).resolve('@riskwatch/kafka-adapter/package.json');
    const golden = join(dirname(packageFile), 'schemas', 'golden');
    const ledger = new Ledger();
    const read = (name: string) => record(readFileSync(join(golden, name), 'utf8'));
    enterRecord(ledger, 'detections', read('detection.inline.json'));
    enterRecord(ledger, 'tasks', read('assessment-task.inline.json'));
    enterRecord(ledger, 'results', read('risk-assessment.succeeded.json'));
    expect(ledger.detections).toBe(1);
    expect(ledger.tasks).toBe(1);
    expect([...ledger.outcomes]).toEqual([['succeeded', 1]]);
    expect([...ledger.keys.values()].some(({ succeeded: count }) => count > 0)).toBe(true);
  });
});
