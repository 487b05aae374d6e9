import { detectionSchema } from '@riskwatch/kafka-adapter/messages';
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { detectionMessage, shortBox } from '../../../roles/camera/detection-message.js';
import { eventOf, somebody } from './events.js';

test('is a Detection as the schema has it, timed by the frame’s due time', () => {
  const event = eventOf('gate', [somebody], 7);
  const message = detectionMessage('018f5c1e-0000-7000-8000-000000000000', event, event.groups[0]!);
  expect(detectionSchema.parse(message)).toEqual(message);
  expect(message).toMatchObject({
    cameraId: 'gate',
    timestamp: '1970-01-01T00:00:14.000Z',
    frame: { width: 64, height: 48, sequence: 7 },
    group: {
      peopleCount: 1,
      people: [{ box: { x: 10.2, y: 6, width: 7.7, height: 30.3 }, confidence: 0.8765 }],
    },
    image: { mediaType: 'image/jpeg', base64: '/9j/2Q==' },
    detector: { model: 'yolov8n', version: '8.0.0' },
  });
});

const edge = fc.double({ min: 0, max: 4_000, noNaN: true });
const side = fc.double({ min: 1, max: 4_000, noNaN: true });

test.prop([edge, edge, side, side])(
  'a shortened box lies inside the box and keeps an area',
  (x, y, width, height) => {
    const box = shortBox({ x, y, width, height });
    expect(box.x).toBeGreaterThanOrEqual(x);
    expect(box.y).toBeGreaterThanOrEqual(y);
    expect(box.x + box.width).toBeLessThanOrEqual(x + width + 1e-9);
    expect(box.y + box.height).toBeLessThanOrEqual(y + height + 1e-9);
    expect(box.width).toBeGreaterThan(0);
    expect(box.height).toBeGreaterThan(0);
  },
);
