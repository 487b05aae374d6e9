import { KafkaAdapterError, type KafkaAdapterErrorCode, type RecordToSend } from '@riskwatch/kafka-adapter';
import type { Detection } from '@riskwatch/kafka-adapter/messages';
import { beforeEach, expect, test, vi } from 'vitest';
import { detectionMessage } from '../../../roles/camera/detection-message.js';
import { DetectionOutbox, type OutboxOptions } from '../../../roles/camera/detection-outbox.js';
import { eventOf, somebody } from './events.js';

const detection = (number: number): Detection => {
  const event = eventOf('gate', [somebody]);
  const id = `018f5c1e-0000-7000-8000-${String(number).padStart(12, '0')}`;
  return detectionMessage(id, event, event.groups[0]!);
};
const numberOf = ({ detectionId }: Detection): number => Number(detectionId.slice(-12));
const settled = () => new Promise<void>((done) => setImmediate(done));

/** A broker that answers when the test says so. */
let sends: { record: RecordToSend; store: () => void; fail: (code: KafkaAdapterErrorCode) => void }[];
let stored: number[];
let refused: number[];
let stop: AbortController;

function outbox(options: Partial<OutboxOptions> = {}): DetectionOutbox {
  return new DetectionOutbox({
    producer: {
      send: (record) =>
        new Promise((resolve, reject) =>
          sends.push({
            record,
            store: () => resolve({ partition: 0, offset: 0n } as never),
            fail: (code) => reject(new KafkaAdapterError(code, code)),
          }),
        ),
    },
    topic: 'detections',
    onStored: (message) => stored.push(numberOf(message)),
    onRefused: (message) => refused.push(numberOf(message)),
    onRetry: () => {},
    retryMs: 0,
    ...options,
  });
}

beforeEach(() => {
  [sends, stored, refused, stop] = [[], [], [], new AbortController()];
});

test('sends under the camera’s key, with a trace that has the detection’s id', () => {
  outbox().add(detection(1));
  expect(sends[0]!.record).toMatchObject({
    topic: 'detections',
    key: 'gate',
    headers: {
      'content-type': 'application/json',
      traceparent: expect.stringMatching(/^00-018f5c1e000070008000000000000001-[0-9a-f]{16}-01$/) as string,
    },
  });
  expect(JSON.parse(sends[0]!.record.value as string)).toEqual(detection(1));
});

test('when it is full there is no room until something was stored, and nothing is lost', async () => {
  const box = outbox({ maxWaiting: 2 });
  box.add(detection(1));
  await box.room(stop.signal);
  box.add(detection(2));
  let room = false;
  const waiting = box.room(stop.signal).then(() => (room = true));
  await settled();
  expect(room).toBe(false);
  sends[0]!.store();
  await waiting;
  expect(box.waiting).toBe(1);
  sends[1]!.store();
  await box.flush();
  expect(stored).toEqual([1, 2]);
});

test('it is also full by bytes', async () => {
  const box = outbox({ maxWaitingBytes: 100 });
  box.add(detection(1));
  let room = false;
  void box.room(stop.signal).then(() => (room = true));
  await settled();
  expect(room).toBe(false);
});

test('what can work later is sent again as the same detection', async () => {
  const box = outbox();
  box.add(detection(1));
  for (const code of ['unknown_topic', 'not_authorized', 'unavailable'] as const) {
    const tried = sends.length;
    sends.at(-1)!.fail(code);
    await vi.waitUntil(() => sends.length > tried);
  }
  sends.at(-1)!.store();
  await box.flush();
  expect(sends).toHaveLength(4);
  expect(new Set(sends.map(({ record }) => record.value)).size).toBe(1);
  expect([stored, refused]).toEqual([[1], []]);
});

test('what never fits is given up and told', async () => {
  const box = outbox();
  box.add(detection(1));
  sends[0]!.fail('record_too_large');
  await box.flush();
  expect([stored, refused, sends.length]).toEqual([[], [1], 1]);
});

test('what waits for another try is told when the producer has closed meanwhile', async () => {
  const box = outbox();
  box.add(detection(1));
  sends[0]!.fail('unavailable');
  await vi.waitUntil(() => sends.length === 2);
  sends[1]!.fail('closed');
  await box.flush();
  expect([stored, refused]).toEqual([[], [1]]);
});

test('an abort frees whoever waits for room', async () => {
  const box = outbox({ maxWaiting: 1 });
  box.add(detection(1));
  const waiting = box.room(stop.signal);
  stop.abort();
  await waiting;
});
