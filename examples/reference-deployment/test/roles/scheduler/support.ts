import { Buffer } from 'node:buffer';
import { assessmentTaskSchema, taskIdOf, type AssessmentTask } from '@riskwatch/kafka-adapter/messages';
import sharp from 'sharp';
import { loadPolicy } from '../../../config/policy.js';

export const policy = loadPolicy();

/** A JPEG of one colour. */
export const jpeg = (background = '#708090', size = 64): Promise<Buffer> =>
  sharp({ create: { width: size, height: size, channels: 3, background } })
    .jpeg()
    .toBuffer();

let made = 0;

/** A valid task; each call makes another detection's. */
export async function task(changes: Partial<AssessmentTask> = {}): Promise<AssessmentTask> {
  made += 1;
  const detectionId = `01968b2e-5c1a-7c3d-8e4f-${made.toString(16).padStart(12, '0')}`;
  const identity = { detectionId, policyVersion: policy.version, revision: 0 };
  return assessmentTaskSchema.parse({
    schemaVersion: 1,
    taskId: taskIdOf(identity),
    ...identity,
    cameraId: 'yard-1',
    capturedAt: new Date().toISOString(),
    image: { mediaType: 'image/jpeg', base64: (await jpeg()).toString('base64') },
    context: {
      peopleCount: 2,
      boxes: [{ x: 1, y: 2, width: 30, height: 60 }],
      detector: { model: 'yolov8n', version: '8' },
    },
    priority: 0,
    deadline: new Date(Date.now() + 30_000).toISOString(),
    ...changes,
  });
}

export const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** An answer that fits the contract. */
export const answer = (changes: object = {}): string =>
  JSON.stringify({
    observations: ['two people', 'a ladder'],
    hazards: ['fall'],
    risk_level: 'high',
    confidence: 0.8,
    description: 'One of two people slips on a ladder.',
    text_in_scene: false,
    ...changes,
  });
